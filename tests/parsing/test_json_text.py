from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.errors import InputError, Position
from robot_action.parsing.json_text import MAX_BYTES, parse_object

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(
    value=st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), VALUES, max_size=4),
    indent=st.sampled_from([None, 2]),
)
def test_an_object_is_read_as_python_reads_it_with_the_places_of_its_keys(value: dict[str, object], indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    found = parse_object(text.encode(), "f")
    assert list(found.value.items()) == list(json.loads(text).items())
    assert list(found.places) == list(value)
    lines = text.split("\n")
    for key, place in found.places.items():
        assert lines[place.line - 1][place.column - 1 :].startswith(json.dumps(key))


def test_of_a_key_that_stands_twice_the_first_place_and_the_last_value_count() -> None:
    found = parse_object(b'{"a": 1,\n "b": {"a": 9}, "a": 2}', "f")
    assert list(found.value.items()) == [("a", 2), ("b", {"a": 9})]
    assert found.places == {"a": Position("f", 1, 2), "b": Position("f", 2, 2)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b'{"a": 1,}', "f:1:9: it is no JSON: "),
        (b"", "f:1:1: it is no JSON: "),
        (b'{"a": 1} 2', "f:1:10: it is no JSON: Extra data"),
        (b"[1]", "f:1:1: it is no JSON object"),
        (b'{\n"a": "\xff"}', "f:2:7: the file is not UTF-8: byte 0xff"),
        (b'\xef\xbb\xbf{"a": 1}', "f:1:1: it begins with a byte order mark"),
        (b'{"a": NaN}', "f: it is no JSON: NaN is no number"),
        (b'{"a": -Infinity}', "f: it is no JSON: -Infinity is no number"),
        (b'{"a": "\\ud800"}', "f: it has a character that UTF-8 cannot express"),
        (b'{"a": ' + b"[" * 100_000, "f: it is nested too deeply"),
        (b'{"a": ' + b"9" * 5000 + b"}", "f: it is no JSON: "),
        (b" " * (MAX_BYTES + 1), "f: the file is larger than"),
    ],
)
def test_what_is_no_object_is_refused_with_its_place(text: bytes, said: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_object(text, "f")
    assert str(caught.value).startswith(said)
