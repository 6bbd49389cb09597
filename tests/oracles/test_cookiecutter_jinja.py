"""Jinja as Cookiecutter has it: options, filters, functions, the ``now`` tag, other files."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.oracles.cookiecutter_peer import assert_both_fail, assert_same, compare, template

OPTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "trimmed": ({"trim_blocks": True, "lstrip_blocks": True}, "  {% if 1 %}\nx\n  {% endif %}\ny\n"),
    "delimiters": ({"block_start_string": "[%", "block_end_string": "%]"}, "[% if 1 %]{% x %}[% endif %]"),
    "comments": ({"comment_start_string": "<!--", "comment_end_string": "-->"}, "<!-- x -->{# y #}"),
    "line statements": ({"line_statement_prefix": "#", "line_comment_prefix": "//"}, "# if 1\nx // y\n# endif\n"),
    "line ends": ({"newline_sequence": "\r\n"}, "a\nb\r\n{{cookiecutter.slug}}\n"),
    "escaped": ({"autoescape": True}, "{{ '<' }} {{ '<'|safe }} {{cookiecutter.slug}}"),
    "optimized": ({"optimized": False}, "{{ 1 + 1 }}"),
    "none": ({}, "  {% if 1 %}\nx\n  {% endif %}\n"),
}

WRONG_OPTIONS: dict[str, dict[str, Any]] = {
    "unknown": {"nothing": 1},
    "ours to say": {"keep_trailing_newline": False},
    "no line end": {"newline_sequence": "x"},
    "alike": {"block_start_string": "{{"},
    "no text": {"variable_start_string": 1},
}

TEXTS = [
    "{{ 'Ä Größe & more, much--more'|slugify }} {{ 'a b'|slugify(separator='_') }} {{ 'A B'|slugify(lowercase=False) }}",
    "{{ '影師嗎 ünï'|slugify(allow_unicode=True) }} {{ '影師嗎'|slugify }} {{ 'one two three'|slugify(max_length=8, word_boundary=True) }}",
    "{{ 'the one'|slugify(stopwords=['the']) }} {{ 'a|b'|slugify(replacements=[['|', 'or']]) }} {{ '&amp; &#65; &#x42;'|slugify }}",
    "{{ 'one two three'|slugify(True, True, True, 9, True, '.', True) }} {{ 'a_b'|slugify(regex_pattern='[^-a-z0-9_]+') }}",
    "{{ {'b': 1, 'a': [1, {'c': none}]}|jsonify }} {{ [1]|jsonify(indent=1) }} {{ 'é'|jsonify }} {{ {}|jsonify(2) }}",
    "{% now 'utc' %} {% now 'utc', '%Y-%m-%d %H:%M:%S %Z' %} {% now 'UTC', '%j' %} {%- now 'utc', '' %}",
    "{% now 'Europe/Berlin', '%c %Z %z' %} {% now 'US/Pacific', '%H' %} {% now '+02:00', '%H:%M %Z' %} {% now 'EST', '%H %Z' %}",
    "{% now 'utc' + 'days=2,hours=3', '%d %H' %} {% now 'utc' - 'months=1' %} {% now 'Europe/Paris' + 'minutes=0.5', '%S' %}",
    "{% now cookiecutter.zone, '%H %Z' %} {% now cookiecutter.zone - 'weeks=1' %} {% now 'utc' + cookiecutter.offset %}",
    "{% now 'local', '%Y' %} {% now none, '%Y' %} {% if true %}{% now 'utc', '%B' %}{% endif %}",
    "{% set x = cookiecutter.update({'slug2': 'x'}) %}{{ cookiecutter.slug2 }} {% set l = [] %}{{ l.append(1) }}{{ l }}",
    "{% do %}" if False else "{{ cookiecutter.slug.__len__ is defined }}",
    "{{ cookiecutter.slug[::-1] }} {{ '%s-%05d' % (cookiecutter.slug, 3) }} {{ '{:>9}'.format(cookiecutter.slug) }} {{ 2 ** 10 }}",
    "{{ [3, 1, 2]|sort|join(',') }} {{ 'x'|center(9) }}| {{ namespace(a=1).a }} {{ dict(a=1) }} {{ range(3)|list }} {{ 'a'|upper }}",
    "{% include 'inc' %} {% include './d//inc' %} {% include 'shared' %} {% from 'macros' import m %}{{ m('x') }} {% include 'crlf' %}",
    "{% include ['nothing', 'inc'] %} {% include 'nothing' ignore missing %} {% extends 'base' %}{% block b %}B{% endblock %}",
    "{% import 'macros' as macros with context %}{{ macros.n() }} {{ self is defined }} {% raw %}{{ x }}{% endraw %}",
    "{{ [7]|random }} {{ 'aaa'|random }} {{ random_ascii_string(0) }}x {{ undefined_name is defined }} {{ cookiecutter.no|default('d') }}",
    "{% for i in range(3) %}{{ loop.index }}{{ loop.cycle('a', 'b') }}{% endfor %} {{ joiner(',')() }} {{ cycler(1, 2).next() }}",
    "{{ cookiecutter.items()|list|length > 3 }} {{ cookiecutter['slug'] }} {{ cookiecutter.get('slug') }} {{ cookiecutter.keys()|first }}",
]

OTHERS: dict[str, Any] = {
    "inc": "included {{cookiecutter.slug}}\n",
    "d/inc": "inner\n",
    "macros": "{% macro m(x) %}<{{ x }}>{% endmacro %}{% macro n() %}{{cookiecutter.slug}}{% endmacro %}",
    "base": "base {% block b %}{% endblock %}\n",
    "crlf": "a\r\nb\r\n",
    "/templates/shared": "shared {{cookiecutter.slug}}",
    "/templates/inc": "hidden by the template folder's own",
}

WRONG = [
    "{{ nothing }}",
    "{{ cookiecutter.nothing }}",
    "{{ nothing.more }}",
    "{% include '../cookiecutter.json' %}",
    "{% include 'nothing' %}",
    "{% now %}",
    "{% now 'nowhere' %}",
    "{% now 'utc' + 'x' %}",
    "{% now 'utc' + 'eons=1' %}",
    "{{ 1|nothing }}",
    "{% nothing %}",
    "{{ 1 / 0 }}",
    "{{ cookiecutter.nothing|jsonify }}",
    "{{ []|random }}",
    "{% do 1 %}",
    "{% break %}",
    "{{ 5|slugify(nothing=1) }}",
    "{{ '\\ud800' }}",
]


@pytest.mark.parametrize(("options", "text"), OPTIONS.values(), ids=OPTIONS)
def test_options_of_the_environment(options: dict[str, Any], text: str) -> None:
    assert_same(template({"x": text, "d-{{cookiecutter.slug}}/y": text}, _jinja2_env_vars=options))


@pytest.mark.parametrize("options", WRONG_OPTIONS.values(), ids=WRONG_OPTIONS)
def test_options_that_both_refuse(options: dict[str, Any]) -> None:
    assert_both_fail(template({"x": ""}, _jinja2_env_vars=options))


def test_the_template_folder_is_found_by_its_own_delimiters() -> None:
    files = {
        "cookiecutter.json": '{"slug": "s", "_jinja2_env_vars": {"variable_start_string": "[[", "variable_end_string": "]]"}}',
        "[[cookiecutter.slug]]/x [[cookiecutter.slug]]": "[[cookiecutter.slug]] {{cookiecutter.slug}}",
        "{{cookiecutter.slug}}/y": "another one",
    }
    assert_same(files)


@pytest.mark.parametrize("text", TEXTS)
def test_texts(text: str) -> None:
    assert compare(template({"x": text, **OTHERS}, zone="Asia/Tokyo", offset="days=1")).differences() == []


@pytest.mark.parametrize("text", WRONG)
def test_texts_that_both_refuse(text: str) -> None:
    assert_both_fail(template({"x": text}))


def test_variables_can_do_what_files_can() -> None:
    assert_same(template({"x": "{{cookiecutter.a}}"}, a="{% now 'utc', '%Y' %} {{ 'Ä'|slugify }} {{ {}|jsonify }}"))


def test_random_values_have_cookiecutters_forms_and_come_from_the_seed() -> None:
    text = "{{ random_ascii_string(9) }} {{ random_ascii_string(500, punctuation=True) }} {{ uuid4() }} {{ range(99)|random }}"
    files = template({"x": text, "y": text})
    theirs, ours = compare(files).trees()
    texts = [tree[name].content.decode() for tree in (theirs, ours) for name in "xy"]
    assert len(set(texts)) == 4
    for found in texts:
        assert re.fullmatch(r"[A-Za-z]{9} [!-~]{500} [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12} \d{1,2}", found)
    assert compare(files).trees()[1] == ours
