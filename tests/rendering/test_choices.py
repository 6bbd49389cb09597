"""Choices come as values, pairs or mappings; each is cast to the question's type."""

import pytest

from robot_action.model.template import Choice
from robot_action.model.values import Value
from robot_action.parsing.wording import RuleError
from robot_action.rendering.choices import pick, read_choices, shown
from tests.rendering.samples import ask


def same(text: str) -> str:
    return text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a, 1]", (Choice("a", "a"), Choice("1", "1"))),
        ("[[A, a], [B, b]]", (Choice("A", "a"), Choice("B", "b"))),
        ("{A: a, B: {value: b, validator: no}}", (Choice("A", "a"), Choice("B", "b", "False"))),
        ("{B: {value: b, validator: 'never'}}", (Choice("B", "b", "never"),)),
        ("[]", ()),
    ],
)
def test_a_text_gives_choices(text: str, expected: tuple[Choice, ...]) -> None:
    found = read_choices(ask("q", choices=text), same)
    assert [(choice.label, choice.value) for choice in found] == [(choice.label, choice.value) for choice in expected]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("just text", "gives no list and no mapping"),
        ("[[a, b, c]]", "two parts"),
        (str(list(range(1001))), "more than 1000 choices"),
        ("[", "is not closed"),
        ("{a: [1]}", "does not fit the type str"),
    ],
)
def test_a_text_that_gives_none_is_refused(text: str, said: str) -> None:
    with pytest.raises(RuleError) as refused:
        read_choices(ask("q", choices=text), same)
    assert said in refused.value.message


def test_a_question_without_choices_takes_everything() -> None:
    assert read_choices(ask("q"), same) == ()
    assert pick(ask("q"), "anything", (), same) == "anything"


def test_a_question_whose_choices_are_none_takes_nothing() -> None:
    with pytest.raises(RuleError):
        pick(ask("q", choices="[]"), "x", (), same)


def test_true_is_not_one() -> None:
    with pytest.raises(RuleError):
        pick(ask("q", "yaml", choices=()), True, (Choice("1", 1),), same)


def test_a_value_that_is_allowed_once_and_forbidden_once_is_allowed() -> None:
    choices = (Choice("a", "x", "no"), Choice("b", "x"))
    assert pick(ask("q", choices=choices), "x", choices, same) == "x"


def test_the_first_reason_is_given() -> None:
    choices = (Choice("a", "x", "first"), Choice("b", "x", "second"))
    with pytest.raises(RuleError) as refused:
        pick(ask("q", choices=choices), "x", choices, same)
    assert refused.value.message == "first"


@pytest.mark.parametrize(("value", "text"), [("a", "a"), (True, "true"), (1.5, "1.5"), (None, "null")])
def test_a_choice_is_shown_as_yaml(value: Value, text: str) -> None:
    assert shown(value) == text
