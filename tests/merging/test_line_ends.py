"""Line ends are merged by themselves: who changed them has them, and the lines are compared without."""

from __future__ import annotations

import pytest

from robot_action.merging.line_ends import made_alike, merged_with_lf, with_line_ends
from robot_action.model.merge import Policy, RawMerge, Sides
from robot_action.model.tree import Entry, Mode

LF, CRLF = "a\nb\n", "a\r\nb\r\n"


def file(text: str, mode: Mode = Mode.FILE) -> Entry:
    return Entry(mode, text.encode())


@pytest.mark.parametrize(
    ("base", "project", "template", "ends"),
    [
        (LF, CRLF, LF, b"\r\n"),
        (LF, CRLF, CRLF, b"\r\n"),
        (CRLF, LF, CRLF, b"\n"),
        (CRLF, CRLF, LF, b"\n"),
        (LF, LF, CRLF, b"\r\n"),
    ],
)
def test_they_are_as_the_side_has_them_that_changed_them(base: str, project: str, template: str, ends: bytes) -> None:
    found = made_alike(file(base), file(project, Mode.EXECUTABLE), file(template))
    assert found is not None
    assert (found.base, found.project, found.template) == (file(LF), file(LF, Mode.EXECUTABLE), file(LF))
    assert (found.found, found.ends) == (file(project, Mode.EXECUTABLE), ends)


@pytest.mark.parametrize(
    ("base", "project", "template"),
    [
        (file(LF), file(LF), file("c\n")),
        (file(CRLF), file(CRLF), file("c\r\n")),
        (file(LF), file("a\r\nb\n"), file(LF)),
        (file(LF), file("none"), file(CRLF)),
        (file(LF), file("\0\r\n"), file(LF)),
        (file(LF), file(CRLF, Mode.LINK), file(LF)),
    ],
)
def test_other_sides_are_compared_as_they_are(base: Entry, project: Entry, template: Entry) -> None:
    assert made_alike(base, project, template) is None


def test_a_merge_has_the_line_ends_that_there_shall_be() -> None:
    mine, theirs = (made_alike(*map(file, texts)) for texts in ((LF, CRLF, LF), (CRLF, CRLF, LF)))
    assert mine
    assert theirs
    sides = Sides(file(LF), file(LF), file(LF), file("<<<<<<<\r\na\n"), {Policy.PROJECT: b"a\n"})
    raw = RawMerge(
        {"changed": file("c\n"), "other": file(LF), "gone": None, "link": file(LF, Mode.LINK)},
        {"open": sides, "else": sides},
        project={"changed": file(LF), "same": file(LF), "other": file(LF), "new": None},
    )
    made = with_line_ends(raw, {"changed": mine, "same": mine, "gone": mine, "link": mine, "open": mine, "converted": theirs})
    assert made.changes == {**raw.changes, "changed": file("c\r\n"), "converted": file(LF)}
    marked = file("<<<<<<<\r\na\r\n")
    assert made.unmerged == {"else": sides, "open": Sides(file(CRLF), file(CRLF), file(CRLF), marked, {Policy.PROJECT: b"a\r\n"})}
    assert made.project == {**raw.project, "changed": file(CRLF), "same": file(CRLF)}
    assert made.edited == {"changed", "same", "gone", "link", "open", "converted"}


def test_what_all_sides_have_with_crlf_is_merged_as_if_it_were_lf() -> None:
    asked: list[Sides] = []

    def merge(sides: Sides) -> bytes | None:
        asked.append(sides)
        return b"a\nc\n" if len(asked) < 3 else None

    crlf, lf = Sides(file(CRLF), file(CRLF), file(CRLF)), Sides(file(LF), file(LF), file(LF))
    mixed = Sides(file(CRLF), file(CRLF), file("a\r\nb\n"))
    assert [merged_with_lf(sides, merge) for sides in (crlf, mixed, crlf)] == [b"a\r\nc\r\n", b"a\nc\n", None]
    assert asked == [lf, mixed, lf]
