from __future__ import annotations

import contextlib
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.errors import InputError, Position, UsageError
from robot_action.parsing.answers_data import parse_data, parse_mapping, parse_pairs
from tests.parsing.strategies import almost_yaml, yaml_texts


def test_given_answers_stay_texts_whatever_they_look_like() -> None:
    pairs = ["python=3.10", "ci=yes", "tools=[a, b]", "empty=", "url=https://a?b=c", "a b=1", "python=3.12"]
    assert parse_pairs(pairs).values == {"python": "3.12", "ci": "yes", "tools": "[a, b]", "empty": "", "url": "https://a?b=c", "a b": "1"}


def test_a_mask_that_was_copied_from_a_report_is_no_answer() -> None:
    with pytest.raises(UsageError, match="stands for one that is hidden"):
        parse_pairs(["password=***"])


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
        answers = parse_pairs(pairs).values
    except UsageError:
        return
    assert all(f"{key}={value}" in pairs for key, value in answers.items())


def test_a_data_file_is_one_yaml_mapping() -> None:
    assert parse_data(b"python: '3.10'\ntools: [a]\nsize: 3\nnothing: null\n", "d.yml").values == {
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
        assert isinstance(parse_data(text, "f").values, dict)


def test_every_answer_knows_where_it_was_given() -> None:
    assert parse_pairs(["a=1", "b=2"]).places == {"a": Position("--data a"), "b": Position("--data b")}
    assert parse_data(b"a: 1\nb:\n", "d.yml").places == {"a": Position("d.yml", 1, 1), "b": Position("d.yml", 2, 1)}
    assert parse_mapping("a: 1\nb: 2\n", "here").places["b"] == Position("here", 2, 1)
    assert parse_mapping('{"a": 1}', "here").places == {"a": Position("here")}


def test_what_comes_first_brings_its_place() -> None:
    both = parse_data(b"a: 1\nb: 2\n", "d.yml").under(parse_pairs(["b=3", "c=4"]))
    assert both.values == {"a": 1, "b": "3", "c": "4"}
    assert both.places == {"a": Position("d.yml", 1, 1), "b": Position("--data b"), "c": Position("--data c")}


class TestMappings:
    def test_json_as_a_workflow_writes_it(self) -> None:
        text = '{\n  "name": "caf\\u00e9 \\ud83d\\ude00",\n  "tests": true,\n  "count": 3,\n  "path": "a\\/b"\n}'
        assert parse_mapping(text, "the input 'data'").values == {"name": "café 😀", "tests": True, "count": 3, "path": "a/b"}

    def test_yaml(self) -> None:
        assert parse_mapping("framework: fastapi\ntools: [ci, types]\n", "the input 'data'").values == {
            "framework": "fastapi",
            "tools": ["ci", "types"],
        }

    def test_a_key_that_stands_twice_is_refused_in_json_too(self) -> None:
        with pytest.raises(InputError, match="'a'") as caught:
            parse_mapping('{"a": 1,\n "a": 2}', "the input 'data'")
        assert caught.value.problems[0].position == Position("the input 'data'", 2, 2)

    def test_a_form_that_nobody_filled_in_answers_nothing(self) -> None:
        assert parse_mapping("null", "the input 'data'").values == {}

    @pytest.mark.parametrize(
        "text", ["password: [s3cret\n", "a: 1\npassword: 's3cret\n", "s3cret", "- s3cret\n", "p: *s3cret\n", "p: !s3cret x\n"]
    )
    def test_what_cannot_be_read_is_not_shown_for_it_may_be_secret(self, text: str) -> None:
        with pytest.raises(InputError) as caught:
            parse_mapping(text, "the input 'data'")
        assert "s3cret" not in str(caught.value)
        assert caught.value.problems[0].position

    @pytest.mark.parametrize("text", ["[1]", "3", '"x"', "false"])
    def test_anything_but_a_mapping_is_refused(self, text: str) -> None:
        with pytest.raises(InputError, match="mapping"):
            parse_mapping(text, "the input 'data'")

    def test_deep_nesting_is_refused(self) -> None:
        with pytest.raises(InputError, match="deep"):
            parse_mapping('{"a":' * 100_000, "the input 'data'")

    @given(st.text())
    def test_any_text_is_understood_or_refused(self, text: str) -> None:
        with contextlib.suppress(InputError):
            assert isinstance(parse_mapping(text, "the input 'data'").values, Mapping)
