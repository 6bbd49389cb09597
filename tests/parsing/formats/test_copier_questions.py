from __future__ import annotations

import pytest

from robot_action.errors import Position
from robot_action.model.template import UNSET, Choice, Question, QuestionType
from robot_action.parsing.formats.copier_questions import parse_question, read_choices
from robot_action.parsing.wording import RuleError

AT = Position("copier.yml", 3, 1)


def parse(value: object, name: str = "q", *, is_secret: bool = False) -> Question:
    return parse_question(name, value, AT, is_secret=is_secret)


@pytest.mark.parametrize(
    ("value", "kind"), [("a", "str"), (1, "int"), (1.5, "float"), (True, "bool"), ([1], "yaml"), (None, "yaml"), (b"x", "yaml")]
)
def test_the_short_form_tells_the_type(value: object, kind: str) -> None:
    assert parse(value) == Question("q", QuestionType(kind), default=value, position=AT)


def test_every_key() -> None:
    details = {
        "type": "str",
        "help": "Help",
        "default": "d",
        "choices": ["a", "d"],
        "multiselect": "yes",
        "when": "{{ x }}",
        "ask": 0,
        "validator": "v",
        "secret": True,
        "placeholder": "p",
        "multiline": "{{ y }}",
        "qmark": 5,
        "unknown": object(),
    }
    choices = (Choice("a", "a"), Choice("d", "d"))
    assert parse(details) == Question("q", QuestionType.STR, "Help", "d", choices, True, "{{ x }}", "v", True, False, "", AT)


def test_a_type_may_be_rendered() -> None:
    assert parse({"type": "{{ t }}"}).type_text == "{{ t }}"
    assert parse({"type": "string"}).type_text == "string"
    assert parse({"type": ""}).default is UNSET


@pytest.mark.parametrize(
    "details",
    [
        {"type": None},
        {"help": 1},
        {"validator": ["a"]},
        {"when": None},
        {"when": 2},
        {"ask": []},
        {"multiline": {}},
        {"multiselect": "perhaps"},
        {"secret": "yes"},
        {"choices": 5},
        {"choices": [["a", "b", "c"]]},
        {"choices": {"a": {"x": 1}}},
        {"choices": {"a": {"value": 1, "validator": 2}}},
    ],
)
def test_what_copier_refuses_is_refused(details: object) -> None:
    with pytest.raises(RuleError):
        parse(details)


@pytest.mark.parametrize("name", ["now", "make_secret"])
def test_functions_of_every_template_are_no_questions(name: str) -> None:
    with pytest.raises(RuleError):
        parse(1, name)


def test_a_secret_question_needs_a_default() -> None:
    assert parse("x", is_secret=True).secret
    with pytest.raises(RuleError, match="needs a default"):
        parse({"type": "str"}, is_secret=True)


@pytest.mark.parametrize(
    ("value", "choices"),
    [
        (["a", 1], (Choice("a", "a"), Choice("1", 1))),
        ([["l", 1], ["m", {"value": 2, "validator": "v"}]], (Choice("l", 1), Choice("m", 2, "v"))),
        ({"l": 1, True: {"value": [2]}}, (Choice("l", 1), Choice("True", [2]))),
        ([{"value": 1}], (Choice("{'value': 1}", {"value": 1}),)),
        ("{{ x }}", "{{ x }}"),
        ([], None),
        ({}, None),
        ("", None),
        (None, None),
    ],
)
def test_choices_in_all_their_forms(value: object, choices: object) -> None:
    assert read_choices(value) == choices
