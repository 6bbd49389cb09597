from __future__ import annotations

import pytest

from robot_action.model.template import QuestionType
from robot_action.parsing.wording import RuleError
from robot_action.rendering.copier_choices import Option, cast_item, pick

OPTIONS = (Option("a", ""), Option("b", "not b"), Option(1, ""), Option("b", "nor this b"))


def test_without_choices_everything_is_allowed() -> None:
    assert pick("x", ()) == "x"


def test_a_choice_may_be_taken_if_nothing_forbids_it() -> None:
    assert pick("a", OPTIONS) == "a"
    assert pick("b", (*OPTIONS, Option("b", ""))) == "b"
    assert pick(True, OPTIONS) is True  # as in Copier, which compares as Python does


def test_a_forbidden_choice_says_why() -> None:
    with pytest.raises(RuleError, match="not b"):
        pick("b", OPTIONS)


def test_what_is_no_choice_names_those_that_can_be_taken() -> None:
    with pytest.raises(RuleError, match="'z' is none of the choices") as caught:
        pick("z", OPTIONS)
    assert caught.value.hint == "Choose of: a, 1"


def test_lists_among_several_answers_are_cast_item_by_item() -> None:
    assert cast_item(["1", 2], QuestionType.INT) == [1, 2]
    assert cast_item("1", QuestionType.INT) == 1
