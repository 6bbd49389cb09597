"""Questions and answers: what Copier makes of them is what we make of them, and what it refuses we refuse."""

from __future__ import annotations

import pytest

from robot_action.model.tree import Entry, Mode
from tests.oracles.copier_peer import ANSWERS, Interview, assert_same, compare

KINDS = ("str", "int", "float", "bool", "json", "yaml", "path")
VALUES = (
    *("3", "3.7", "yes", "'no'", "'[1, 2]'", "[1, 2]", """'{"a": 1}'""", "null", "''", "'null'", "' x '", "{a: 1}"),
    *("2020-01-01", "1e3", "'1e3'", "017", "'1_000'", ".inf", "'nan'", '"{{ 1 + 1 }}"', """["{{ 'a' }}", {b: "{{ 'c' }}"}]"""),
    *("!!binary aGVsbG8=", "!!binary /w=="),
)
SHOWN = {"shown.jinja": "{{ q }}\n{{ q|type_debug }}\n{{ _copier_answers }}\n", **ANSWERS}
ODD_CHOICES = (
    "{No: null, Yes: 1}",  # a choice without value has its label as one
    "[1, 2]",
    "[true, false]",
    "[[l, a], [m, a]]",
    "{l: [1, '{{ 2 }}'], m: a}",
    "[{x: 1}, {value: a}]",
    "{a: {value: a, validator: ' '}, b: b}",
    "[]",
    "['{{ other }}', b]",
    '"[a, b, {{ other }}]"',
    """"{A: a, B: {value: b, validator: 'no'}}\"""",
    "{A: {x: 1}}",
    "[[a, b, c]]",
    "5",
)


@pytest.fixture(scope="module")
def interview(tmp_path_factory: pytest.TempPathFactory) -> Interview:
    folder = tmp_path_factory.mktemp("template")
    (folder / "part.txt").write_text("{{ kind }}\n")
    return Interview(folder)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", VALUES)
def test_a_default_is_cast_to_its_type(interview: Interview, kind: str, value: str) -> None:
    interview.agrees(f"q: {{type: {kind}, default: {value}}}")


@pytest.mark.parametrize("value", [*VALUES, "~", ".nan", "0x1F", "1:30", "2020-01-01 10:00:00", "!!set {a, b}"])
def test_the_short_form_tells_the_type(interview: Interview, value: str) -> None:
    interview.agrees(f"q: {value}")


@pytest.mark.parametrize("kind", [*KINDS, ""])
@pytest.mark.parametrize("value", ["5", "[a]", "true", "x: y", 5, True, None, [1], {"a": 1}], ids=repr)
def test_a_given_answer_is_cast(interview: Interview, kind: str, value: object) -> None:
    interview.agrees(f"q: {{type: '{kind}', default: null}}", {"q": value})


@pytest.mark.parametrize("choices", ["[a, b]", "{A: a, B: b}", "[[A, a], [B, b]]", *ODD_CHOICES])
@pytest.mark.parametrize("default", ["a", "b", "'{{ other }}'", "1", "null"])
def test_an_answer_must_be_among_the_choices(interview: Interview, choices: str, default: str) -> None:
    interview.agrees(f"other: a\nq:\n  type: yaml\n  default: {default}\n  choices: {choices}\n")


@pytest.mark.parametrize("choices", ["[a, b]", "{A: a, B: b}", "[a, a, b]", *ODD_CHOICES])
@pytest.mark.parametrize("default", ["[b, a]", "'[a, \"b\"]'", "'{{ [other] }}'", "[z]", "a", "null", "{b: 1}"])
def test_several_answers_come_in_the_order_of_the_choices(interview: Interview, choices: str, default: str) -> None:
    interview.agrees(f"other: a\nq:\n  type: str\n  multiselect: true\n  default: {default}\n  choices: {choices}\n")


@pytest.mark.parametrize("given", ["[b]", ["b", "a"], [], "b", ["z"], None], ids=repr)
def test_several_answers_can_be_given(interview: Interview, given: object) -> None:
    interview.agrees("q: {type: str, multiselect: true, choices: [a, b], default: []}", {"q": given})


@pytest.mark.parametrize("given", [None, {"q": "given"}], ids=["default", "given"])
@pytest.mark.parametrize("key", ["when", "ask"])
@pytest.mark.parametrize("value", ["false", "'{{ x }}'", "'{{ not x }}'", "'no'", "''", "'0'", "'0.0'", "'maybe'", "1", "null"])
@pytest.mark.parametrize("default", ["default: 'd{{ x }}', ", ""], ids=["with", "without"])
def test_conditions_of_questions(interview: Interview, value: str, key: str, default: str, given: dict[str, str] | None) -> None:
    validator = "{% if q != 'given' %}bad{% endif %}" if default else ""
    question = f'{{type: str, {default}{key}: {value}, validator: "{validator}"}}'
    interview.agrees(f'x: true\nq: {question}\nz: "{{{{ q }}}}"\n', given)


@pytest.mark.parametrize(
    "question",
    [
        "{type: int, default: 5, validator: '{% if q < 3 %}small{% endif %}'}",
        "{type: int, default: 1, validator: '{% if q < 3 %}small{% endif %}'}",
        "{type: int, default: 1, validator: ' \n '}",
        "{type: int, default: 1, validator: '{{ q.foo.bar }}'}",
        "{type: str, default: z, when: false, choices: [a]}",
        "{type: str, default: s, secret: true, validator: 'always bad'}",
        "{type: str, default: s, secret: 'yes'}",
        "{type: str, secret: true}",
        "{type: str, default: '{{ UNSET }}'}",
        "{type: str, default: '{% if false %}{{ UNSET }}{% endif %}'}",
        "{type: str, default: '{{ UNSET }}', when: false}",
        "{type: yaml, default: ['{{ UNSET }}']}",
        "{type: '{{ kind }}', default: 5}",
        "{type: '{{ nothing }}', default: 5}",
        "{type: integer, default: 5}",
        "{type: '', default: 5}",
        "{type: null, default: 5}",
        "{type: str, default: 5, unknown: 1}",
        "{type: str, default: 5, help: 6}",
        "{type: str, default: 5, multiselect: ja}",
        "{type: str, multiline: '{{ true }}', placeholder: p, qmark: 'x', help: '{{ 1 }}', default: z}",
        "'{{ nothing.at.all }}'",
        "'{{ nothing }}'",
        "'{{ _copier_answers }}{{ _copier_phase }}{{ _folder_name }}{{ later }}{{ _copier_conf.answers_file }}'",
        "\"{% include 'part.txt' %}\"",
        '"a\\r\\nb"',
    ],
)
def test_what_else_a_question_can_be(interview: Interview, question: str) -> None:
    interview.agrees(f"kind: str\nq: {question}\nlater: '{{{{ q }}}}'\n")


@pytest.mark.parametrize("name", ["now", "make_secret", "my-question", "'a b'", "''", "range", "1", "yes"])
def test_names_of_questions(interview: Interview, name: str) -> None:
    interview.agrees(f"{name}: 1\nq: 2\n")


def test_secrets_are_named_in_a_setting() -> None:
    rendering = assert_same({"copier.yml": "q: s\n_secret_questions: [q, none]\nr: '{{ q }}'\n", **SHOWN})
    assert rendering.secret == ("q",)


def test_given_answers_come_first_and_strangers_reach_the_context_alone() -> None:
    files = {
        "copier.yml": "a: 1\nb: '{{ c }}{{ stranger }}'\nc: 3\n",
        "order.jinja": "{{ _copier_answers|to_nice_yaml(sort_keys=false) }}{{ _copier_answers }}{{ stranger }}{{ _own }}",
        **ANSWERS,
    }
    rendering = assert_same(files, {"c": "9", "stranger": "{{ 1 }}", "a": 8, "_own": 3})
    assert list(rendering.recorded) == ["c", "a", "b"]


def test_every_kind_of_answer_is_written_as_copier_writes_it() -> None:
    specification = """
s: 'yes'
i: 1
f: 1.50
b: no
l: [1, a, [b]]
m: {type: yaml, default: {z: 1, a: {b: c}}}
n: null
day: 2020-01-01
long: "%s"
lines: "a\\nb\\n"
u: 'é☃'
octal: '012'
big: 100000000000000000000
tiny: 1.5e-7
hidden: {type: str, default: h, when: false}
secret: {type: str, default: h, secret: true}
""" % ("word " * 40)
    rendering = assert_same({"copier.yml": specification, **ANSWERS})
    assert rendering.answers_file == ".copier-answers.yml"
    assert not {"day", "hidden", "secret"} & set(rendering.recorded)


LAST = {
    "kept": "a: 5\nb: text\n",
    "cast": "a: '7'\n",
    "no longer fitting": "a: x\nb: none\nc: 1\nm: [z]\n",
    "of a hidden question": "hidden: old\nsecret: old\n",
    "of a question that is not asked again": "quiet: old\n",
    "of strangers": "stranger: 1\n_src_path: elsewhere\n_commit: v0\n_other: 1\n",
    "several": "m: [b]\na: 2\n",
    "no mapping": "[a]\n",
    "no YAML": "[a\n",
}


@pytest.mark.parametrize("data", [{}, {"a": "9", "hidden": "given"}], ids=["alone", "beside given ones"])
@pytest.mark.parametrize("answered", LAST.values(), ids=LAST)
def test_a_projects_answers_count_before_defaults(answered: str, data: dict[str, str]) -> None:
    specification = """
a: {type: int, default: 1, validator: '{% if a > 8 and not nothing %}{% endif %}'}
b: {type: str, default: text, choices: [text, other]}
c: {type: str, default: '{{ a }}', validator: "{% if c == '1' %}one{% endif %}"}
hidden: {type: str, default: computed, when: false}
secret: {type: str, default: s, secret: true}
quiet: {type: str, default: q, ask: false}
m: {type: str, multiselect: true, choices: [a, b], default: [a]}
"""
    shown = {"shown.jinja": "{{ a }} {{ a|type_debug }} {{ hidden }} {{ secret }} {{ stranger }} {{ _commit }} {{ _copier_answers }}"}
    existing = {".copier-answers.yml": Entry(Mode.FILE, answered.encode())}
    both = compare({"copier.yml": specification, **shown, **ANSWERS}, data, existing)
    assert both.both_fail or both.differences() == []


def test_external_data_are_read_from_the_project() -> None:
    files = {
        "copier.yml": "_external_data: {first: 'a.yml', second: '{{ n }}.yml', none: 'c.yml'}\nn: b\nx: '{{ _external_data.first.a }}'\n",
        "shown.jinja": "{{ _external_data.first }}{{ _external_data.second.b }}{{ _external_data.none }}{{ x }}{{ _external_data.other }}",
        **ANSWERS,
    }
    assert_same(files, existing={"a.yml": Entry(Mode.FILE, b"a: 5\n"), "b.yml": Entry(Mode.FILE, b"b: [1]\n")})
