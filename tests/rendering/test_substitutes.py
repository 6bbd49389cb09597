"""For a secret answer that nobody tells, something of its type stands, and something else beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from robot_action.model.template import Choice, Question, QuestionType
from robot_action.model.values import Value
from robot_action.rendering.engine import render
from robot_action.rendering.substitutes import substitute
from tests.rendering.copier_samples import copier_request
from tests.rendering.samples import ask, make_request

TYPES = {QuestionType.STR: str, QuestionType.BOOL: bool, QuestionType.INT: int, QuestionType.FLOAT: int}


@pytest.mark.parametrize("kind", QuestionType)
@pytest.mark.parametrize("several", [False, True])
def test_it_is_of_the_questions_type_and_never_the_same_as_the_other(kind: QuestionType, several: bool) -> None:
    one, other = (substitute(kind, (), several=several, other=other) for other in (False, True))
    assert one != other
    assert one == substitute(kind, (), several=several, other=False)
    (value,) = one if isinstance(one, list) else [one]
    assert isinstance(one, list) is several
    assert type(value) is TYPES.get(kind, str)


def test_where_there_are_choices_it_is_one_of_them() -> None:
    choices = tuple(Choice(value, value) for value in "abc")
    assert [substitute(QuestionType.STR, choices, several=False, other=other) for other in (False, True)] == ["a", "c"]
    assert substitute(QuestionType.STR, choices, several=True, other=True) == ["c"]


def answers(*questions: Question, other: bool = False) -> dict[str, Value]:
    request = replace(make_request({}, questions), unknown=frozenset({"token", "kept"}), other=other)
    return dict(render(request).answers)


def test_questions_that_nobody_answers_have_it_and_those_with_a_default_only_as_the_other() -> None:
    questions = ask("token", secret=True), ask("kept", secret=True, default="default"), ask("plain", default="{{ kept }}")
    one, other = (substitute(QuestionType.STR, (), several=False, other=other) for other in (False, True))
    assert answers(*questions) == {"token": one, "kept": "default", "plain": "default"}
    assert answers(*questions, other=True) == {"token": other, "kept": other, "plain": other}


def test_what_stands_is_as_secret_as_what_it_stands_for() -> None:
    result = render(replace(make_request({}, [ask("token", secret=True), ask("b", default="{{ token }}")]), unknown=frozenset({"token"})))
    assert (result.secret, set(result.recorded)) == (("token", "b"), set())


def test_in_copiers_templates_too_the_other_one_stands_for_a_default() -> None:
    request = copier_request("token: {type: str, secret: true, default: x}", {"a.jinja": "{{ token }}"}, unknown=frozenset({"token"}))
    assert render(request).answers["token"] == "x"
    assert render(replace(request, other=True)).answers["token"] == substitute(QuestionType.STR, (), several=False, other=True)
