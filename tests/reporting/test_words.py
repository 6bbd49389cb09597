from __future__ import annotations

import pytest

from robot_action.reporting.words import command_line, count, duration, size


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 kB"),
        (14_234, "14.2 kB"),
        (999_999, "1.0 MB"),
        (3_400_000, "3.4 MB"),
        (5 * 10**9, "5.0 GB"),
        (2 * 10**12, "2.0 TB"),
        (4 * 10**15, "4000 TB"),
    ],
)
def test_sizes(number: int, words: str) -> None:
    assert size(number) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1, "0.0 s"),
        (0.04, "0.0 s"),
        (9.94, "9.9 s"),
        (12.4, "12 s"),
        (59.9, "1 min"),
        (125, "2 min 5 s"),
        (600, "10 min"),
        (3723, "62 min 3 s"),
    ],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_counts() -> None:
    assert [count(number, "file") for number in (0, 1, 2, 1_234)] == ["0 files", "1 file", "2 files", "1,234 files"]
    assert count(2, "more try", "more tries") == "2 more tries"


def test_a_command_can_be_pasted_into_a_shell() -> None:
    assert command_line(("uv", "run", "a b", "it's", "")) == "uv run 'a b' 'it'\"'\"'s' ''"
