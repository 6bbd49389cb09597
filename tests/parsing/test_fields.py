from __future__ import annotations

from collections.abc import Callable

import pytest

from robot_action.errors import Problem
from robot_action.parsing.fields import Fields, describe, dotted, quoting_hint
from robot_action.parsing.wording import RuleError
from robot_action.parsing.yaml_text import parse_document


def read(text: str) -> tuple[Fields, list[Problem]]:
    document = parse_document(text.encode(), "f.yml")
    problems: list[Problem] = []
    return Fields(document, problems, (), document.value), problems


def told(problems: list[Problem]) -> list[str]:
    return [f"{problem.position}: {problem.message}" for problem in problems]


def test_paths_are_written_with_dots() -> None:
    assert dotted(("questions", "port", 0)) == "questions.port.0"


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("no", "'no', which YAML reads as false", "Quote it: 'no'"),
        ("true", "true", "Quote it: 'true'"),
        ("1.5", "the number 1.5", "Quote it: '1.5'"),
        ("0x1F", "the number 0x1F", "Quote it: '0x1F'"),
        ("abc", "the text 'abc'", None),
        ("~", "nothing", None),
        ("[]", "a list", None),
        ("{}", "a mapping", None),
    ],
)
def test_what_stands_somewhere_is_described_as_it_was_written(text: str, said: str, hint: str | None) -> None:
    document = parse_document(text.encode(), "f")
    assert describe(document, (), document.value) == said
    assert quoting_hint(document, (), document.value) == hint


def test_a_value_that_is_no_mapping_is_told_once() -> None:
    fields, problems = read("[a]")
    fields.check_keys(("a",))
    fields.require("a")
    assert fields.text("a") == ""
    assert told(problems) == ["f.yml:1:1: a mapping is wanted, not a list"]


def test_unknown_keys_get_a_suggestion_or_the_list_and_planned_ones_are_told_as_such() -> None:
    fields, problems = read("nam: x\nzzz: 1\nlater: 2\nname: y\n")
    fields.check_keys(("name", "kind"), ("later",))
    assert [(str(problem.position), problem.message, problem.hint) for problem in problems] == [
        ("f.yml:1:1", "unknown key 'nam'", "Did you mean 'name'?"),
        ("f.yml:2:1", "unknown key 'zzz'", "The keys here are name, kind."),
        ("f.yml:3:1", "later: this is not supported yet by this version", None),
    ]


def test_keys_below_are_told_with_where_they_stand() -> None:
    fields, problems = read("a: {b: {x: 1}}")
    fields.below("a").below("b").check_keys(("y",))
    fields.below("a").inside(("b",), {}).require("y")
    assert told(problems) == ["f.yml:1:9: unknown key 'x' in a.b", "f.yml:1:8: a.b: the key 'y' is missing"]


def upper(text: str) -> str:
    if text == "bad":
        raise RuleError("this is bad", "Be good.")
    return text.upper()


@pytest.mark.parametrize(
    ("text", "read_it", "value", "problem"),
    [
        ("a: x", lambda fields: fields.text("a", rule=upper), "X", None),
        ("b: x", lambda fields: fields.text("a", "dflt", upper), "dflt", None),
        ("a: bad", lambda fields: fields.text("a", rule=upper), "bad", "f.yml:1:4: a: this is bad"),
        ("a: 1", lambda fields: fields.text("a"), "", "f.yml:1:4: a: a text is wanted, not the number 1"),
        ("a: yes", lambda fields: fields.flag("a"), True, None),
        ("b: 1", lambda fields: fields.flag("a", default=True), True, None),
        ("a: 1", lambda fields: fields.flag("a"), False, "f.yml:1:4: a: true or false is wanted, not the number 1"),
        ("a: one", lambda fields: fields.word("a", ("one", "two"), "two"), "one", None),
        (
            "a: on",
            lambda fields: fields.word("a", ("one", "two"), "two"),
            "two",
            "f.yml:1:4: a: a text is wanted, not 'on', which YAML reads as true",
        ),
        ("a: oen", lambda fields: fields.word("a", ("one", "two"), "two"), "two", "f.yml:1:4: a: 'oen' is not known here"),
        ("a: [x, bad, 1]", lambda fields: fields.texts("a", upper), ("X", "bad"), "f.yml:1:8: a.1: this is bad"),
        ("a: [x]", lambda fields: fields.texts("a"), ("x",), None),
        ("a: [x, 1]", lambda fields: fields.texts("a"), ("x",), "f.yml:1:8: a.1: a text is wanted, not the number 1"),
        ("b: 1", lambda fields: fields.texts("a"), (), None),
        ("a: x", lambda fields: fields.texts("a"), (), "f.yml:1:4: a: a list is wanted, not the text 'x'"),
    ],
)
def test_values_are_read_or_told(text: str, read_it: Callable[[Fields], object], value: object, problem: str | None) -> None:
    fields, problems = read(text)
    assert read_it(fields) == value
    assert told(problems)[:1] == ([problem] if problem else [])
