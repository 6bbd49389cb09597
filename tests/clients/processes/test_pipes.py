from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.clients.processes import pipes
from robot_action.clients.processes.pipes import LINE_LIMIT, TAIL_LINES, Bounded, Lines, Pipes


def lines_of(*chunks: bytes) -> list[str]:
    shown: list[str] = []
    lines = Lines(shown.append)
    for chunk in chunks:
        lines.feed(chunk)
    lines.feed(b"")
    assert list(lines.tail) == shown[-TAIL_LINES:]
    return shown


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        ((), []),
        ((b"one\ntwo\n",), ["one", "two"]),
        ((b"on", b"e\nt", b"wo"), ["one", "two"]),
        ((b"windows\r\n",), ["windows"]),
        ((b" 1 %\r 50 %\r100 %\n",), ["100 %"]),
        ((b"\n\n",), ["", ""]),
        ((b"\xff\xfe\n",), ["\ufffd\ufffd"]),
        ((b"na\xc3", b"\xafve\n"), ["na\u00efve"]),
    ],
)
def test_output_is_cut_into_lines(chunks: tuple[bytes, ...], expected: list[str]) -> None:
    assert lines_of(*chunks) == expected


def test_a_line_is_shown_before_the_next_one_comes() -> None:
    shown: list[str] = []
    lines = Lines(shown.append)
    lines.feed(b"first\nsec")
    assert shown == ["first"]


def test_an_endless_line_is_cut_and_costs_no_memory() -> None:
    shown: list[str] = []
    lines = Lines(shown.append)
    for _ in range(100):
        lines.feed(b"x" * LINE_LIMIT)
        assert len(lines._pending) == LINE_LIMIT
    lines.feed(b"\nnext\n")
    assert shown == ["x" * LINE_LIMIT + " [...]", "next"]


def test_a_flood_is_shown_up_to_a_limit_but_its_end_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipes, "SHOWN_LIMIT", 100)
    shown: list[str] = []
    lines = Lines(shown.append)
    for number in range(100):
        lines.feed(b"%09d\n" % number)
    assert len(shown) == 11
    assert "the rest is not shown" in shown[-1]
    assert lines.tail[-1] == "000000099"
    assert len(lines.tail) == TAIL_LINES


@given(st.binary(max_size=200), st.integers(1, 50))
def test_how_output_arrives_does_not_matter(data: bytes, size: int) -> None:
    assert lines_of(data) == lines_of(*(data[start : start + size] for start in range(0, len(data), size)))


@given(st.lists(st.binary(max_size=20)), st.integers(0, 60))
def test_collected_bytes_never_exceed_their_limit(chunks: list[bytes], limit: int) -> None:
    bounded = Bounded(limit)
    for chunk in chunks:
        bounded.feed(chunk)
    whole = b"".join(chunks)
    assert bytes(bounded.data) == whole[:limit]
    assert bounded.is_over == (len(whole) > limit)


def test_a_reader_that_goes_away_ends_the_writing() -> None:
    reader, writer = os.pipe()
    ours = Pipes()
    stream = os.fdopen(writer, "wb", buffering=0)
    ours.write(stream, b"x" * 10_000_000)
    ours.carry(1)
    assert ours.is_open
    os.close(reader)
    ours.carry(1)
    assert not ours.is_open
    assert stream.closed
    ours.close()


def test_closing_closes_what_is_still_open() -> None:
    reader, writer = os.pipe()
    ours = Pipes()
    stream = os.fdopen(reader, "rb", buffering=0)
    ours.read(stream, lambda _: None)
    assert ours.is_readable
    ours.close()
    assert stream.closed
    os.close(writer)
