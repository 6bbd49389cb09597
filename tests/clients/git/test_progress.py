"""What git writes while it works."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.clients.git.progress import KEPT, ProgressReader


class Seen:
    def __init__(self) -> None:
        self.calls: list[tuple[str, int, int]] = []
        self.reader = ProgressReader(lambda *parts: self.calls.append(parts))

    def feed(self, *parts: bytes) -> Seen:
        for part in (*parts, b""):
            self.reader.feed(part)
        return self


def test_progress_comes_in_any_pieces() -> None:
    seen = Seen().feed(b"Writing obj", b"ects:  50% (1/2)\rWriting objects: 100% (2/2), 1.50 KiB | 1 MiB/s, done.", b"\n")
    assert seen.calls == [("writing objects", 1, 2), ("writing objects", 2, 2)]
    assert seen.reader.text == ""


@pytest.mark.parametrize(("amount", "expected"), [(b"17 bytes", 17), (b"1.50 KiB", 1536), (b"2.00 MiB", 2 * 2**20), (b"1.00 GiB", 2**30)])
def test_what_was_received_is_counted(amount: bytes, expected: int) -> None:
    assert Seen().feed(b"Receiving objects:  50% (1/2), " + amount + b" | 3.00 MiB/s\r").reader.received == expected


def test_messages_are_kept_and_counters_are_not() -> None:
    text = b"remote: Enumerating objects: 5, done.\nremote: error: GH006\nfatal: it ends here"
    assert Seen().feed(text).reader.text == "remote: error: GH006\nfatal: it ends here\n"


def test_only_the_end_of_much_text_is_kept() -> None:
    reader = Seen().feed(b"noise\n" * KEPT, b"fatal: the end\n").reader
    assert reader.text.endswith("fatal: the end\n")
    assert len(reader.text) <= KEPT


def test_an_endless_line_does_not_fill_the_memory() -> None:
    seen = Seen()
    for _ in range(50):
        seen.reader.feed(b"x" * 10_000)
    assert len(seen.feed(b"\n").reader.text) <= KEPT


@given(st.lists(st.binary()))
def test_any_bytes_are_taken(parts: list[bytes]) -> None:
    seen = Seen().feed(*parts)
    assert isinstance(seen.reader.text, str)
