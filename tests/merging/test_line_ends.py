"""Line ends are merged by themselves: who changed them has them, and the lines are compared without."""

from __future__ import annotations

import pytest

from robot_action.merging.line_ends import made_alike, with_crlf
from robot_action.model.tree import Entry, Mode

LF, CRLF = "a\nb\n", "a\r\nb\r\n"


def file(text: str, mode: Mode = Mode.FILE) -> Entry:
    return Entry(mode, text.encode())


@pytest.mark.parametrize(
    ("base", "project", "template", "has_crlf", "is_converted"),
    [
        (LF, CRLF, LF, True, False),
        (LF, CRLF, CRLF, True, False),
        (CRLF, LF, CRLF, False, False),
        (CRLF, CRLF, LF, False, True),
        (LF, LF, CRLF, True, True),
        (LF, CRLF, None, True, False),
    ],
)
def test_they_are_as_the_side_has_them_that_changed_them(
    base: str, project: str, template: str | None, has_crlf: bool, is_converted: bool
) -> None:
    found = made_alike(file(base), file(project, Mode.EXECUTABLE), file(template) if template else None)
    assert found is not None
    assert (found.base, found.project, found.template) == (file(LF), file(LF, Mode.EXECUTABLE), file(LF) if template else None)
    assert (found.has_crlf, found.is_converted) == (has_crlf, is_converted)


@pytest.mark.parametrize(
    ("base", "project", "template"),
    [
        (file(LF), file(LF), file("c\n")),
        (file(CRLF), file(CRLF), None),
        (file(LF), file("a\r\nb\n"), file(LF)),
        (file(LF), file("none"), file(CRLF)),
        (file(LF), file("\0\r\n"), file(LF)),
        (file(LF), file(CRLF, Mode.LINK), file(LF)),
    ],
)
def test_other_sides_are_compared_as_they_are(base: Entry, project: Entry, template: Entry | None) -> None:
    assert made_alike(base, project, template) is None


def test_what_is_to_have_crlf_has_it_throughout() -> None:
    changes = {"f": file("<<<<<<<\r\na\n"), "gone": None, "other": file(LF), "link": file(LF, Mode.LINK)}
    assert with_crlf(changes, {"f", "gone", "link"}) == {**changes, "f": file("<<<<<<<\r\na\r\n")}
