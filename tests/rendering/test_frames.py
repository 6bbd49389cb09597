"""Messages between the renderer and its worker: a header and bytes, and nothing that is not whole."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.rendering.frames import Frame, ProtocolError, is_utf8, join_frame, text, texts


@given(st.lists(st.binary()))
def test_what_was_joined_is_read(blobs: list[bytes]) -> None:
    frame = Frame(join_frame({"lengths": [len(blob) for blob in blobs]}, blobs))
    assert frame.header == {"lengths": [len(blob) for blob in blobs]}
    assert [frame.take(len(blob)) for blob in blobs] == blobs
    frame.finish()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"1234567",
        struct.pack(">Q", 0),
        struct.pack(">Q", 5) + b"{}",
        struct.pack(">Q", 2**64 - 1) + b"{}",
        struct.pack(">Q", 2) + b"{]",
        struct.pack(">Q", 2) + b"\xff\xff",
        struct.pack(">Q", 3) + b"NaN",
        struct.pack(">Q", 200_000) + b"[" * 200_000,
        struct.pack(">Q", 5000) + b"1" * 5000,
    ],
)
def test_a_header_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        Frame(data)


@pytest.mark.parametrize("length", [-1, 3, 2**70])
def test_a_blob_that_is_not_there_whole_is_refused(length: int) -> None:
    with pytest.raises(ProtocolError):
        Frame(join_frame(1, [b"ab"])).take(length)


def test_what_is_left_over_is_refused() -> None:
    frame = Frame(join_frame(1, [b"ab"]))
    frame.take(1)
    with pytest.raises(ProtocolError):
        frame.finish()


def test_texts_are_texts_in_utf8() -> None:
    assert texts(["a", "ü"], "x") == ["a", "ü"]
    for wrong in ("a", None, [1], [["a"]], ["\ud800"]):
        with pytest.raises(ProtocolError):
            texts(wrong, "x")
    with pytest.raises(ProtocolError, match="a name in UTF-8"):
        text("\udcff", "a name")
    assert is_utf8("ü")
    assert not is_utf8("\udcff")
