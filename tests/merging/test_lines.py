"""Lines that touch one another go together; of those that both changed, the project's stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.merging.lines import merge_lines


@pytest.mark.parametrize(
    ("base", "project", "template", "expected"),
    [
        ("a b c", "A b c", "a B c", ["A B c"]),
        ("a b c", "a b c m", "a b", ["a b m"]),
        ("a b c", "m a b c", "b c", ["m b c"]),
        ("a b", "a m b", "a t b", ["a t m b", "a m t b"]),
        ("a b", "a n b", "a n b", ["a n b"]),
        ("a b c d", "a x c d", "a y c t", ["a x c t"]),
        ("a b c d", "a b m c d", "a d t", ["a b m c d t"]),
    ],
)
def test_lines_are_merged(base: str, project: str, template: str, expected: list[str]) -> None:
    texts = ("".join(f"{line}\n" for line in side.split()) for side in (base, project, template))
    assert [text.split() for text in merge_lines(*texts)] == [text.split() for text in expected]


def test_a_long_text_is_left_alone() -> None:
    assert merge_lines("a\n" * 3000, "a\n", "a\n") == ()


LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d"]), max_size=6).map("".join)


@given(LINES, LINES)
def test_one_side_alone_is_taken_as_it_is(base: str, other: str) -> None:
    assert merge_lines(base, other, base) == merge_lines(base, base, other) == merge_lines(base, other, other) == (other,)
