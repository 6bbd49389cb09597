"""Answers are cast to the type of their question, by Copier's rules, and never silently bent."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.model.template import QuestionType
from robot_action.model.values import Value
from robot_action.parsing.wording import RuleError
from robot_action.rendering.casting import cast, is_true, read_boolean, read_yaml

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("str", "x", "x"),
        ("str", 3, "3"),
        ("str", 1.5, "1.5"),
        ("path", "a/b", "a/b"),
        ("int", 3, 3),
        ("int", " 3 ", 3),
        ("int", 3.0, 3),
        ("int", True, 1),
        ("float", "1.5", 1.5),
        ("float", 2, 2.0),
        ("bool", "Yes", True),
        ("bool", "off", False),
        ("bool", "~", False),
        ("bool", "", False),
        ("bool", "0.0", False),
        ("bool", 2, True),
        ("json", '{"a": [1, null]}', {"a": [1, None]}),
        ("json", {"a": 1}, {"a": 1}),
        ("json", None, None),
        ("yaml", "[a, 1, true]", ["a", 1, True]),
        ("yaml", "", None),
        ("yaml", ["a"], ["a"]),
    ],
)
def test_a_value_is_cast_to_the_type(kind: str, given: Value, expected: Value) -> None:
    result = cast(given, QuestionType(kind))
    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        ("str", None, "nothing (null) is no str"),
        ("str", ["a"], "a list is no text"),
        ("str", False, "true or false for YAML"),
        ("path", {"a": 1}, "a mapping is no text"),
        ("str", "\udcff", "not UTF-8"),
        ("int", "3.5", "'3.5' is no whole number"),
        ("int", 3.5, "'3.5' is no whole number"),
        ("int", "9" * 5000, "no whole number"),
        ("int", 2**2000, "too long"),
        ("int", [], "a list is no whole number"),
        ("float", "x", "'x' is no number"),
        ("float", "inf", "no finite number"),
        ("float", 2**2000, "is no number"),
        ("float", {}, "a mapping is no number"),
        ("bool", "maybe", "'maybe' is neither true nor false"),
        ("bool", "nan", "neither"),
        ("bool", [], "neither"),
        ("json", "{", "is no JSON"),
        ("json", "[" * 100_000, "is no JSON"),
        ("json", '"\\ud800"', "not UTF-8"),
        ("json", '{"\\ud800": 1}', "not UTF-8"),
        ("json", "NaN", "no finite number"),
        ("json", "[" * 60 + "]" * 60, "levels deep"),
        ("yaml", "a: b: c", "holds ': '"),
        ("yaml", "a\n---\nb", "more than one YAML document"),
        ("yaml", "2020-01-01", "date"),
        ("yaml", {1: 2}, "int is no text"),
    ],
)
def test_what_does_not_fit_the_type_is_refused(kind: str, given: Value, said: str) -> None:
    with pytest.raises(RuleError) as refused:
        cast(given, QuestionType(kind))
    assert said in refused.value.message


@given(value=JSON, kind=st.sampled_from(QuestionType))
def test_whatever_is_cast_can_be_written_as_utf8_or_is_refused(value: Value, kind: QuestionType) -> None:
    try:
        result = cast(value, kind)
    except RuleError:
        return
    assert not (isinstance(result, float) and not math.isfinite(result))
    repr(result).encode()


@pytest.mark.parametrize(
    ("text", "holds"), [("true", True), ("no", False), ("", False), ("  ", False), ("fastapi", True), ("[]", True), ("0", False)]
)
def test_a_condition_holds_as_in_copier(text: str, holds: bool) -> None:
    assert is_true(text) is holds


def test_a_text_that_is_no_boolean_is_told_from_false() -> None:
    assert read_boolean("fastapi") is None


def test_yaml_keeps_the_reason_of_its_reader() -> None:
    with pytest.raises(RuleError) as refused:
        read_yaml("1.10")
    assert refused.value.hint
