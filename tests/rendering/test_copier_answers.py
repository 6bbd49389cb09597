from __future__ import annotations

import pytest

from tests.rendering.copier_samples import ANSWERS, copied, refusals, shown


def test_everything_that_is_missing_is_told_at_once() -> None:
    said = refusals("a: {type: str}\nb: {type: int, help: How many}\nc: {type: str, ask: false}\nd: '{{ a }}'")
    assert said == [
        (
            "gh:acme/t: copier.yml:1:1: 2 answers are missing: a, b\n"
            "  Answer with -d NAME=VALUE, or in the manifest:\ndata:\n  a:  # str\n  b:  # int; How many"
        )
    ]


def test_wrong_answers_are_told_with_their_questions() -> None:
    specification = (
        "a: {type: int, default: x}\nb: {type: str, default: z, choices: [c, d]}\nc: {type: str, default: c, validator: 'Never {{ c }}'}"
    )
    assert refusals(specification) == [
        "gh:acme/t: copier.yml:1:1: 'a': 'x' is no int",
        "gh:acme/t: copier.yml:2:1: 'b': 'z' is none of the choices\n  Choose of: c, d",
        "gh:acme/t: copier.yml:3:1: 'c': Never c",
    ]


def test_a_secret_is_never_told() -> None:
    specification = "a: {type: int, default: 1, secret: true}\nb: {type: str, default: '{{ a }}', validator: 'Not {{ a }}!'}"
    assert refusals(specification, data={"a": "hunter22"}) == [
        "gh:acme/t: copier.yml:1:1: 'a': the secret answer is no int, or none of the choices",
    ]
    assert refusals(
        "a: {type: str, default: '', secret: true}\nb: {type: str, default: x, validator: '{{ a }}'}", data={"a": "hunter22"}
    ) == ["gh:acme/t: copier.yml:2:1: 'b': ***"]


@pytest.mark.parametrize("more", ["default: ''", "default: '', when: false", "default: [], multiselect: true, choices: [[x, hunter22]]"])
def test_the_parts_of_a_secret_that_is_read_from_a_text_are_not_told_either(more: str) -> None:
    specification = f"a: {{type: yaml, secret: true, {more}}}\nb: {{type: str, default: x, validator: '{{{{ a[0] }}}}'}}"
    assert refusals(specification, data={"a": "[hunter22]"}) == ["gh:acme/t: copier.yml:2:1: 'b': ***"]


def test_the_parts_of_a_secret_default_are_not_told_either() -> None:
    specification = "a: {type: json, secret: true, default: '[\"hunter22\"]'}\nb: {type: str, default: x, validator: '{{ a[0] }}'}"
    assert refusals(specification) == ["gh:acme/t: copier.yml:2:1: 'b': ***"]


def test_a_type_that_is_rendered_must_be_one() -> None:
    assert refusals("t: integer\nq: {type: '{{ t }}', default: 1}") == [
        "gh:acme/t: copier.yml:2:1: 'q': 'integer' is no type\n  Did you mean 'int'?"
    ]


def test_choices_that_are_rendered_must_be_some() -> None:
    assert refusals("q: {type: str, default: a, choices: '{{ 5 }}'}")[0].startswith(
        "gh:acme/t: copier.yml:1:1: 'q', choices: choices must be"
    )
    assert refusals("q: {type: str, default: a, choices: '{{ \"text\" }}'}")[0].endswith("their text gives no list and no mapping")
    assert refusals("q: {type: str, default: a, choices: '[{{ \"[\" }}'}")[0].startswith(
        "gh:acme/t: copier.yml:1:1: 'q', choices: '[[' is no YAML"
    )


def test_answers_that_json_cannot_have_stay_what_they_are_for_the_template() -> None:
    specification = "a: 2020-01-01\nb: .inf\nc: {type: yaml, default: '{1: 2020-01-01}'}"
    rendering = copied(specification, {"f.jinja": "{{ a.year + 1 }} {{ b }} {{ c[1].day }}", **ANSWERS})
    assert rendering.tree["f"].content == b"2021 inf 1"
    assert rendering.answers == {"a": "2020-01-01", "b": "inf", "c": {"1": "2020-01-01"}}
    assert list(rendering.recorded) == ["b", "c"]


def test_answers_are_bounded_in_depth() -> None:
    deep = "[" * 60 + "]" * 60
    assert refusals(f"a: {{type: yaml, default: '{deep}'}}") == [
        "gh:acme/t: copier.yml:1:1: 'a': the answer is nested more than 50 levels deep"
    ]


def test_an_answer_within_itself_is_refused() -> None:
    assert "more than 50 levels" in refusals("a: {type: yaml, default: '&a [*a]'}")[0]


def test_questions_see_the_answers_before_them_and_given_ones_after_them() -> None:
    assert shown("{{ a }}", "a: '{{ b }}{{ c }}'\nb: 1\nc: 2", data={"c": "given", "stranger": 1} | {"c": 7}) == "7"


def test_what_is_made_of_a_missing_answer_is_told_when_that_is_there() -> None:
    specification = "a: {type: str, choices: [x, y]}\nb: '{{ a.c.d }}'\nc: {type: int, default: '{{ a }}'}\nd: {type: int, default: 1}"
    said = refusals(specification, data={"d": "z"})
    assert said == [
        "gh:acme/t: copier.yml:4:1: 'd': 'z' is no int",
        (
            "gh:acme/t: copier.yml:1:1: an answer is missing: a\n"
            "  Answer with -d NAME=VALUE, or in the manifest:\ndata:\n  a:  # str; one of x, y"
        ),
    ]
    assert refusals(specification, data={"a": "x"})[1] == "gh:acme/t: copier.yml:3:1: 'c': 'x' is no int"


def test_an_unknown_type_is_told_when_an_answer_is_cast() -> None:
    assert refusals("q: {type: boolean, default: 1}") == ["gh:acme/t: copier.yml:1:1: 'q': 'boolean' is no type\n  Did you mean 'bool'?"]
    assert refusals("q: {type: boolean, when: false}") == []
    assert "an answer is missing: q" in refusals("q: {type: boolean}")[0]


def test_answers_that_no_question_asks_for_are_told() -> None:
    made = copied("_message_before_copy: Hello\nname: x", data={"nam": "y", "else": 1, "name": "z"})
    assert made.messages["before_copy"].splitlines() == [
        "The template asks no question 'nam': its texts see that answer, and no answers file keeps it. Did you mean 'name'?",
        "The template asks no question 'else': its texts see that answer, and no answers file keeps it.",
        "Hello",
    ]
    assert copied("name: x", data={"name": "z"}).messages == {}
