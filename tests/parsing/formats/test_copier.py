from __future__ import annotations

import pytest

from robot_action.errors import InputError, Position
from robot_action.model.copier import DEFAULT_EXCLUDE, CopierSettings
from robot_action.model.template import UNSET, Format, QuestionType, Specification
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.parsing.formats.copier import parse_copier


def parse(text: str, **more: str) -> Specification:
    files = {"copier.yml": text, **{name.replace("__", "."): content for name, content in more.items()}}
    return parse_copier(Tree({path: Entry(Mode.FILE, content.encode()) for path, content in files.items()}), "copier.yml", "t")


def refusals(text: str, **more: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        parse(text, **more)
    return [str(problem) for problem in caught.value.problems]


def settings(text: str) -> CopierSettings:
    found = parse(text).settings
    assert isinstance(found, CopierSettings)
    return found


def test_an_empty_specification_has_copiers_defaults() -> None:
    found = parse("")
    assert (found.format, found.suffix, found.directory, found.questions) == (Format.COPIER, ".jinja", "", ())
    assert settings("").exclude == DEFAULT_EXCLUDE


def test_keys_with_an_underscore_are_settings_and_all_others_questions() -> None:
    found = parse("_subdirectory: '{{ q }}'\n_templates_suffix: ''\n_strange: 1\nq: a\nr: {type: int, default: 3}")
    assert (found.directory, found.suffix) == ("{{ q }}", "")
    assert [(question.name, question.type, question.default) for question in found.questions] == [
        ("q", QuestionType.STR, "a"),
        ("r", QuestionType.INT, 3),
    ]
    assert found.questions[1].position == Position("t: copier.yml", 5, 1)
    assert found.places["_subdirectory"] == Position("t: copier.yml", 1, 1)


def test_a_subdirectory_excludes_nothing_by_itself() -> None:
    assert settings("_subdirectory: template").exclude == ()
    assert settings("_subdirectory: ./").exclude == DEFAULT_EXCLUDE
    assert settings("_exclude: []").exclude == ()


def test_questions_of_a_setting_are_secret() -> None:
    secret, plain = parse("_secret_questions: [a]\na: x\nb: {type: str}").questions
    assert (secret.secret, plain.secret, plain.default) == (True, False, UNSET)


def test_everything_that_is_wrong_is_told_at_once_and_in_order() -> None:
    text = "1: a\nnow: b\nq: {help: 5}\n_exclude: [5]\n_tasks: [{when: true}]\ns: {secret: true}\n_min_copier_version: '10'"
    assert [said.split("\n")[0] for said in refusals(text)] == [
        "t: copier.yml:1:1: the key '1' is no text",
        "t: copier.yml:2:1: 'now': every template has a function of that name",
        "t: copier.yml:3:1: 'q': help must be a text",
        "t: copier.yml:4:1: _exclude: '5' is no text",
        "t: copier.yml:5:1: _tasks: a task has no command",
        "t: copier.yml:6:1: 's': a secret question needs a default",
        "t: copier.yml:7:1: _min_copier_version: the template needs Copier 10 or newer, and robot-action does what Copier 9.19 does",
    ]


def test_one_specification_at_a_time() -> None:
    assert refusals("a: 1", copier__yaml="b: 1") == [
        "t: the template has copier.yml and copier.yaml, and only one of them can count\n  Remove one of them."
    ]
