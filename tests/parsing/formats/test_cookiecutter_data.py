from __future__ import annotations

from typing import Any

import pytest

from robot_action.errors import InputError, Position
from robot_action.model.values import Value
from robot_action.parsing.formats.cookiecutter_data import merge


def test_what_is_given_replaces_what_is_there_and_nothing_else_is_added() -> None:
    assert list(merge({"a": "1", "b": "2"}, {"b": "3", "c": "4"}).items()) == [("a", "1"), ("b", "3")]


def test_neither_the_variables_nor_the_answers_change() -> None:
    variables: dict[str, Value] = {"a": ["x", "y"], "b": {"c": {"d": "1"}}}
    given: dict[str, Value] = {"a": "y", "b": {"c": {"e": ["2"]}}}
    merged: Any = merge(variables, given)
    assert merged == {"a": ["y", "x"], "b": {"c": {"d": "1", "e": ["2"]}}}
    merged["b"]["c"]["e"].append("3")
    assert variables == {"a": ["x", "y"], "b": {"c": {"d": "1"}}}
    assert given == {"a": "y", "b": {"c": {"e": ["2"]}}}


@pytest.mark.parametrize(
    ("own", "given", "said"),
    [
        (["x", "y"], "z", "'z' is none of the choices of 'a'\n  Choose one of: x, y"),
        (["x"], ["x", "z"], "is none of the choices"),
        (True, "maybe", "'maybe', the answer to 'a', is neither yes nor no"),
        ({"k": False}, {"k": "perhaps"}, "the answer to 'a.k', is neither yes nor no"),
    ],
)
def test_answers_that_are_not_allowed_are_refused_where_they_were_given(own: Value, given: Value, said: str) -> None:
    with pytest.raises(InputError) as caught:
        merge({"a": own}, {"a": given}, {"a": Position("--data a")})
    assert str(caught.value).startswith("--data a: ")
    assert said in str(caught.value)


def test_all_of_them_are_told() -> None:
    with pytest.raises(InputError) as caught:
        merge({"a": ["x"], "b": True}, {"a": "y", "b": "z"})
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("word", ["1", "true", "T", "yes", " y", "ON"])
def test_words_for_yes(word: str) -> None:
    assert merge({"a": False}, {"a": word}) == {"a": True}
