from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from robot_action.reporting.lines import EMPTY, Line, Role, Span, indented, line, pairs, plain, span, wrapped

TEXTS = st.text(st.sampled_from("ab -/"), max_size=60)


def test_every_part_is_cleaned() -> None:
    assert plain([line("a\x1b[1m\n", span("b\x07", Role.BAD))]) == "a\\nb\\x07\n"


def test_names_and_texts_stand_in_columns() -> None:
    rows = [("folder", "/x"), ("a", "b"), ("", "c")]
    assert plain(indented(pairs(rows), 2)) == "  folder  /x\n  a       b\n          c\n"
    assert plain(pairs([])) == ""


def test_empty_lines_stay_empty() -> None:
    assert plain(indented([EMPTY, line("x ")], 4)) == "\n    x\n"


def text(lines: list[Line]) -> list[str]:
    return [plain([one]).rstrip("\n") for one in lines]


def test_a_long_line_goes_on_below_where_its_last_part_began() -> None:
    one = line(span("stage", width=8), span("as a user of its own", Role.QUIET))
    pieces = list(wrapped(one, 20))
    assert text(pieces) == ["stage   as a user of", "        its own"]
    assert pieces[1][1].role is Role.QUIET


def test_what_is_copied_is_not_broken() -> None:
    command = line("  ", span("robot-action create a b c", Role.COMMAND))
    assert list(wrapped(command, 10)) == [command]
    assert text(list(wrapped(line("x  ", "see /a/long-path/with-parts"), 12))) == ["x  see", "   /a/long-path/with-parts"]


def test_what_fits_or_has_no_room_is_left_as_it_is() -> None:
    short, deep = line("abc"), line(" " * 50, "a b c")
    assert list(wrapped(short, 3)) == [short]
    assert list(wrapped(deep, 52)) == [deep]
    assert list(wrapped(EMPTY, 10)) == [EMPTY]
    assert text(list(wrapped(line("a", " " * 30), 10))) == ["a"]


@given(TEXTS, TEXTS, st.integers(min_value=1, max_value=40))
@example("aaaa", " aaaa aa", 9)
def test_wrapping_loses_no_word(head: str, tail: str, width: int) -> None:
    pieces = list(wrapped((Span(head), Span(tail)), width))
    assert " ".join(plain(pieces).split()) == " ".join((head + tail).split())
