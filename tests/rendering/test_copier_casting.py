from __future__ import annotations

import pytest

from robot_action.model.template import QuestionType
from robot_action.parsing.wording import RuleError
from robot_action.rendering.copier_casting import cast_answer, plain, read_yaml, read_yaml_list, to_bool


@pytest.mark.parametrize("value", [True, 1, "1", "0.5", "yes", " Y ", "t", "on", "maybe", "[]", [0]])
def test_true(value: object) -> None:
    assert to_bool(value)


@pytest.mark.parametrize("value", [False, 0, "0", "0.0", "no", "N", "~", "null", "None", "", "  ", [], None])
def test_false(value: object) -> None:
    assert not to_bool(value)


def test_items_of_a_list_keep_how_they_are_written() -> None:
    assert read_yaml_list("""[a, "b", 'c', 1.0, [d, 'e'], "f" ]""") == ["a", "b", "c", "1.0", "[d, 'e']", "f"]


@pytest.mark.parametrize("text", ["a", "{a: 1}", "[a", ""])
def test_what_is_no_list(text: str) -> None:
    with pytest.raises(RuleError):
        read_yaml_list(text)


@pytest.mark.parametrize("text", ["[a", "2020-13-45", "!!python/object:os.system x", "[" * 1000])
def test_what_is_no_yaml(text: str) -> None:
    with pytest.raises(RuleError, match="is no YAML"):
        read_yaml(text)


@pytest.mark.parametrize(
    ("value", "kind"),
    [(None, "str"), ([], "str"), ([], "int"), ("x", "float"), (float("inf"), "int"), ("{", "json"), ("[", "yaml"), (10**400, "float")],
)
def test_what_cannot_be_cast(value: object, kind: str) -> None:
    with pytest.raises(RuleError):
        cast_answer(value, QuestionType(kind))


def test_values_become_what_json_has() -> None:
    assert plain({1: (1.5, float("nan"), "\ud800", b"x", {"a"}, None, True)}) == {"1": [1.5, "nan", "?", "b'x'", ["a"], None, True]}


def test_an_answer_is_bounded_in_size_and_depth() -> None:
    value: list[object] = ["x"] * 10
    for _ in range(5):
        value = [value] * 10
    with pytest.raises(RuleError, match="more than 100000 values"):
        plain(value)
    within: list[object] = []
    within.append(within)
    with pytest.raises(RuleError, match="more than 50 levels deep"):
        plain(within)
