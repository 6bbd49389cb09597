"""Line ends are merged apart from lines: where the sides of a text differ in them, its lines are compared all the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from robot_action.model.tree import Entry, Mode

_FILES = frozenset({Mode.FILE, Mode.EXECUTABLE})
_CRLF, _LF = b"\r\n", b"\n"


@dataclass(frozen=True, slots=True)
class Alike:
    """The sides of a text, all with LF.

    Attributes:
        template: None: it has no such file any more.
        has_crlf: whether what comes of them has CRLF: as the side has it that changed it.
        is_converted: whether that is other than the project has it.
    """

    base: Entry
    project: Entry
    template: Entry | None
    has_crlf: bool
    is_converted: bool


def made_alike(base: Entry, project: Entry, template: Entry | None) -> Alike | None:
    """Return the sides of a text with the same line ends; None: they have the same, or one has both, or none."""
    sides = [side for side in (base, project, template) if side is not None]
    ends = [_ends_of(side) for side in sides]
    if None in ends or len(set(ends)) == 1:
        return None
    wanted = ends[-1] if ends[1] == ends[0] else ends[1]
    return Alike(_with_lf(base), _with_lf(project), template and _with_lf(template), wanted == _CRLF, wanted != ends[1])


def with_crlf(changes: Mapping[str, Entry | None], paths: Collection[str]) -> Mapping[str, Entry | None]:
    """Return changes, of which some paths have LF, with CRLF there."""
    return {path: _with_crlf(entry) if entry and path in paths else entry for path, entry in changes.items()}


def _ends_of(entry: Entry) -> bytes | None:
    """Return the line end that a text has throughout, or None."""
    lines, with_cr = entry.content.count(_LF), entry.content.count(_CRLF)
    is_text = entry.mode in _FILES and lines and b"\0" not in entry.content
    return {0: _LF, lines: _CRLF}.get(with_cr) if is_text else None


def _with_lf(entry: Entry) -> Entry:
    return Entry(entry.mode, entry.content.replace(_CRLF, _LF))


def _with_crlf(entry: Entry) -> Entry:
    return Entry(entry.mode, _with_lf(entry).content.replace(_LF, _CRLF)) if entry.mode in _FILES else entry
