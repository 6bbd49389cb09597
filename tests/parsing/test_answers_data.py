from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.errors import InputError, UsageError
from robot_action.parsing.answers_data import parse_data, parse_pairs
from tests.parsing.strategies import almost_yaml, yaml_texts


def test_given_answers_stay_texts_whatever_they_look_like() -> None:
    pairs = ["python=3.10", "ci=yes", "tools=[a, b]", "empty=", "url=https://a?b=c", "a b=1", "python=3.12"]
    assert parse_pairs(pairs) == {"python": "3.12", "ci": "yes", "tools": "[a, b]", "empty": "", "url": "https://a?b=c", "a b": "1"}


def test_every_malformed_pair_is_told_without_its_value() -> None:
    with pytest.raises(UsageError) as caught:
        parse_pairs(["novalue", "=hunter2", " a=hunter2", "a\n=hunter2", "a=hunter2\udcff", "good=1"])
    assert [problem.message for problem in caught.value.problems] == [
        "'novalue' is no answer",
        "'' is no answer",
        "' a' is no answer",
        "'a\\n' is no answer",
        "the answer 'a' is not UTF-8",
    ]
    assert "hunter2" not in str(caught.value)


@given(st.lists(st.text(max_size=8), max_size=4))
def test_any_pairs_are_answers_or_refused(pairs: list[str]) -> None:
    try:
        answers = parse_pairs(pairs)
    except UsageError:
        return
    assert all(f"{key}={value}" in pairs for key, value in answers.items())


def test_a_data_file_is_one_yaml_mapping() -> None:
    assert parse_data(b"python: '3.10'\ntools: [a]\nsize: 3\nnothing: null\n", "d.yml") == {
        "python": "3.10",
        "tools": ["a"],
        "size": 3,
        "nothing": None,
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"- a", "d.yml:1:1: a mapping is wanted, not a list"),
        (b"", "d.yml: the file is empty"),
        (b"a: 1\n---\nb: 1\n", "d.yml:3:1: the file has more than one document"),
        (b"python: 3.10\n", "d.yml:1:9: '3.10' is read as the number 3.1"),
    ],
)
def test_a_data_file_that_is_none_is_refused(text: bytes, said: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_data(text, "d.yml")
    assert str(caught.value).splitlines()[0] == said


@given(almost_yaml() | yaml_texts(["a", "b"]))
def test_any_bytes_are_answers_or_refused(text: bytes) -> None:
    with contextlib.suppress(InputError):
        assert isinstance(parse_data(text, "f"), dict)
