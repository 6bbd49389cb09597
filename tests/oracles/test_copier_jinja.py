"""Jinja in Copier's templates: options, filters, context, inclusion and the sandbox, byte for byte."""

from __future__ import annotations

from typing import Any

import pytest

from robot_action.rendering.copier_modules import PLAIN, REPLACED, WRAPPED
from tests.oracles.copier_peer import ANSWERS, assert_same, compare

ENVOPS = {
    "delimiters": (
        "{block_start_string: '[%', block_end_string: '%]', variable_start_string: '[[', variable_end_string: ']]', "
        "comment_start_string: '[#', comment_end_string: '#]'}"
    ),
    "blocks": "{trim_blocks: true, lstrip_blocks: true}",
    "the last line end": "{keep_trailing_newline: false}",
    "line statements": "{line_statement_prefix: '%%', line_comment_prefix: '##'}",
    "line ends": '{newline_sequence: "\\r\\n"}',
    "autoescape": "{autoescape: true}",
    "strict": "{undefined: jinja2.StrictUndefined}",
    "lenient": "{undefined: jinja2.Undefined}",
    "another class": "{undefined: foo.Bar}",
    "unknown": "{foo: 1}",
    "alike": "{block_start_string: '{{'}",
    "empty": "{}",
}
TEXT = "  {% if q %}\n[[ q ]] {{ q }} {{ '<' }} [% if q %]x[% endif %]\n  {% endif %}\n{# c #}[# d #]\n%% if q\nyes ## c\n%% endif\nend\n"


@pytest.mark.parametrize("options", ENVOPS.values(), ids=ENVOPS)
def test_options_of_the_environment(options: str) -> None:
    files = {
        "a.jinja": TEXT,
        "b.jinja": "plain\r\n",
        "[[ q ]]": "",
        "{{ q }}": "",
        "{% if q %}c{% endif %}": "",
        "d.jinja": "{{ nothing }}",
    }
    both = compare({"copier.yml": f"_envops: {options}\nq: '[[ 1 ]]{{{{ 1 }}}}'", **files, **ANSWERS})
    assert both.both_fail or both.differences() == []


FILTERS = (
    *("q|to_json", "q|to_json(indent=2)", "q|to_nice_json", "q|to_yaml", "q|to_nice_yaml(indent=2)", "(1, 2)|to_yaml", "none|to_yaml"),
    *("'abc'|b64encode", "'YWJj'|b64decode", "'a'|to_uuid", "'/a/b.c'|basename", "'/a/b.c'|dirname", "'b.c'|splitext", "'yes'|bool"),
    *("'2020-01-01 10:00:00'|to_datetime", "('2020-01-01 10:00:00'|to_datetime)|to_json", '"a\'b"|quote', "'a'|md5", "'a'|sha1"),
    *(
        "'a'|hash('sha256')",
        "'a'|hash('nope')",
        "'a'|checksum",
        "'abc'|regex_replace('b', 'x')",
        "'a.b'|regex_escape",
        "'abc'|regex_search('b')",
    ),
    *(
        "'abcb'|regex_findall('b')",
        "true|ternary(1, 2)",
        "'x\\ny'|comment('c')",
        "1|type_debug",
        "{'a': 1}|combine({'b': 2})",
        "0|extract([5])",
    ),
    *("[1, [2, [3]]]|flatten", "[{'a': [1]}]|subelements('a')", "[1, 2, 3]|shuffle(seed='x')", "100|ans_random(seed=5)"),
    *("'52:54'|random_mac(seed='a')", "'1: 2'|from_yaml", "'[1]'|from_json", "'%Y'|strftime(0)", "[{'a': 1}]|ans_groupby('a')"),
    *(
        "'C:/a/b'|win_basename",
        "'C:/a/b'|win_dirname",
        "'C:/a/b'|win_splitdrive",
        "'x'|mandatory",
        "nothing|mandatory",
        "'/a/b'|relpath('/a')",
    ),
    *("['a']|map('to_json')|list", "'1\\n---\\n2'|from_yaml_all|list", "nothing|to_json", "nothing|to_nice_json", "d|to_json", "t|to_json"),
    *("{'x': d}|to_nice_yaml", "q|tojson", "[1.5, none, true]|to_json", "1e300|to_json", "'a'|nope", "q|pprint"),
    *("pathjoin('a', 'b')", "pathjoin('a', '/b', mode='posix')", "pathjoin('a', 'b', mode='windows')", "'a b'|title", "now is callable"),
    *("make_secret()|length", "lipsum(1)|length > 5", "[7]|random", "[]|random", "[7]|ans_random", "5|ans_random(start=4)"),
)


@pytest.mark.parametrize("expression", FILTERS)
def test_filters(expression: str) -> None:
    specification = "q: {type: yaml, default: {a: [1, 2], b: é}}\nd: 2020-01-01\nt: 2020-01-01 10:00:00"
    both = compare({"copier.yml": specification, "a.jinja": f"{{{{ {expression} }}}}"})
    assert both.both_fail or both.differences() == []


def test_the_library_has_no_other_filters() -> None:
    from jinja2_ansible_filters.core_filters import FilterModule

    assert set(FilterModule().filters()) == PLAIN | WRAPPED | REPLACED


CONTEXTS = (
    "{% for k in _copier_conf %}{{ k }} {% endfor %}",
    "{{ _copier_conf.dst_path.name }} {{ _copier_conf.src_path.name }} {{ _copier_conf.src_path }} {{ _copier_conf.dst_path.parent }}",
    "{{ _copier_conf.answers_file }} {{ _copier_conf.answers_file.suffix }} {{ _copier_conf.vcs_ref }} {{ _copier_conf.vcs_ref_hash }}",
    "{{ _copier_conf.data }} {{ _copier_conf.sep }} {{ _copier_conf.os }} {{ _copier_conf.unsafe }} {{ _copier_conf.defaults }}",
    "{{ _copier_conf.conflict }} {{ _copier_conf.exclude }} {{ _copier_conf.settings.trust }} {{ _copier_conf.settings.defaults }}",
    "{% for k, v in (_copier_conf|to_json|from_json).items() if k not in ('quiet', 'overwrite') %}{{ k }}={{ v }}\n{% endfor %}",
    "{{ _copier_phase }} {{ _copier_phase == 'render' }} {{ _folder_name }} {{ _copier_operation }} {{ _src_path }} {{ _commit }}",
    "{{ _copier_answers }} {{ _external_data|length }}",
    "{% set _ = _copier_answers.pop('q') %}{{ _copier_answers.keys()|list }}",
    "{% set _ = q.append(2) %}{{ q }}",
    "{{ nothing or 'other' }}{{ nothing|default('d') }}{{ nothing is defined }}",
)


@pytest.mark.parametrize("text", CONTEXTS)
def test_contexts(text: str) -> None:
    assert_same({"copier.yml": "q: {type: yaml, default: [1]}", "a.jinja": text}, {"given": 1})


STATEMENTS: dict[str, dict[str, Any]] = {
    "macros and imports": {
        "a.jinja": "{% import 'm.txt' as m %}{{ m.f() }}{% from 'm.txt' import f with context %}{{ f() }}{{ m.x }}",
        "m.txt": "{% set x = q %}{% macro f() %}{{ q }}F{% endmacro %}",
    },
    "inheritance": {"a.jinja": "{% extends 'b.txt' %}{% block x %}child{% endblock %}", "b.txt": "<{% block x %}{% endblock %}>"},
    "inclusion": {
        "d/a.jinja": "{% include 'd/b' %}{% include '/d/b' %}{% include './d//b' %}{% include 'no' ignore missing %}",
        "d/b": "{{ q }}",
    },
    "inclusion by way of the folder above": {"d/a.jinja": "{% include 'd/../f' %}", "f": "x"},
    "inclusion of what is not there": {"a.jinja": "{% include 'nope' %}"},
    "what is on the machine": {"a.jinja": "{% include '/etc/hostname' %}"},
    "calls, filters and scopes": {
        "a.jinja": (
            "{% macro w() %}<{{ caller() }}>{% endmacro %}{% call w() %}x{% endcall %}{% filter upper %}y{% endfilter %}"
            "{% with a = 1 %}{{ a }}{% endwith %}{% set ns = namespace(x=1) %}{% set ns.x = 2 %}{{ ns.x }}{% raw %}{{ x }}{% endraw %}"
        )
    },
    "white space": {"a.jinja": "a \n{%- if q %} b {%- endif -%} \n c {{- q -}} d\n{# c -#}\n e\n"},
    "a tag of an extension": {"a.jinja": "{% do x %}"},
    "the sandbox": {"a.jinja": "{{ ''.__class__.__mro__ }}"},
    "the parser of a path": {"a.jinja": "{{ _copier_conf.src_path.parser }}"},
    "no Jinja": {"a.jinja": "{{ "},
}


@pytest.mark.parametrize("files", STATEMENTS.values(), ids=STATEMENTS)
def test_statements(files: dict[str, Any]) -> None:
    both = compare({"copier.yml": "q: 5", **files})
    assert both.both_fail or both.differences() == []


EXTENSIONS = {
    "Jsonify": "{{ {'b': q, 'a': 1}|jsonify }}{{ [q]|jsonify(2) }}",
    "RandomString": "{{ random_ascii_string(4)|length }}",
    "Slugify": "{{ 'Ä B'|slugify }}{{ 'A B'|slugify(separator='_') }}",
    "Time": "{% now 'utc', '%Z' %}",
    "UUID": "{{ uuid4()|length }}",
}


@pytest.mark.parametrize(("name", "text"), EXTENSIONS.items(), ids=EXTENSIONS)
def test_cookiecutters_own_extensions_can_be_named(name: str, text: str) -> None:
    specification = f"_jinja_extensions: [cookiecutter.extensions.{name}Extension]\nq: 5"
    assert_same({"copier.yml": specification, "a.jinja": text})
    both = compare({"copier.yml": specification, "a.jinja": "".join(other for key, other in EXTENSIONS.items() if key != name)})
    assert both.both_fail
