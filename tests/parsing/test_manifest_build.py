from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.model.values import Value
from robot_action.parsing.manifest_flags import digest_of


def test_the_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert digest_of({"a": 1, "b": [1, 2]}) == digest_of({"b": [1, 2], "a": 1})


@pytest.mark.parametrize("other", [{"a": 2}, {"a": "1"}, {"a": True}, {"a": [1]}, {"b": 1}, {}])
def test_other_values_have_other_digests(other: Value) -> None:
    assert digest_of({"a": 1}) != digest_of(other)


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")) | st.integers() | st.none()))
def test_a_digest_is_a_sha256(value: dict[str, Value]) -> None:
    scheme, _, digits = digest_of(value).partition(":")
    assert (scheme, len(digits), set(digits) <= set("0123456789abcdef")) == ("sha256", 64, True)
