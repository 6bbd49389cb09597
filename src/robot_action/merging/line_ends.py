"""Line ends are merged apart from lines: where the sides of a text differ in them, its lines are compared all the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from robot_action.model.merge import RawMerge, Sides
from robot_action.model.tree import Entry, Mode

_FILES = frozenset({Mode.FILE, Mode.EXECUTABLE})
_CRLF, _LF = b"\r\n", b"\n"


@dataclass(frozen=True, slots=True)
class Alike:
    """The sides of a text, all with LF.

    Attributes:
        found: the project's, as it is.
        ends: the line ends of what comes of them: as the side has them that changed them.
    """

    base: Entry
    project: Entry
    template: Entry
    found: Entry
    ends: bytes

    def entry(self, made: Entry) -> Entry:
        """Return what was made of them with its line ends."""
        return Entry(made.mode, self.content(made.content)) if made.mode in _FILES else made

    def content(self, made: bytes) -> bytes:
        """Return lines that were made of them with their ends."""
        return _lf(made).replace(_LF, self.ends)


def made_alike(base: Entry, project: Entry, template: Entry) -> Alike | None:
    """Return the sides of a text with the same line ends; None: they have the same, or one has both, or none."""
    sides = (base, project, template)
    before, mine, theirs = (_ends_of(side) for side in sides)
    if before is None or mine is None or theirs is None or before == mine == theirs:
        return None
    return Alike(_with_lf(base), _with_lf(project), _with_lf(template), project, theirs if mine == before else mine)


def with_line_ends(raw: RawMerge, alike: Mapping[str, Alike]) -> RawMerge:
    """Return a merge with the line ends that there shall be.

    Args:
        raw: the merge.
        alike: texts of which it read all sides with LF, by the path at which it has them.
    """
    changes, unmerged = dict(raw.changes), dict(raw.unmerged)
    for path, one in alike.items():
        made = raw.changes.get(path, one.project)
        if made and (path in raw.changes or one.entry(made) != one.found):
            changes[path] = one.entry(made)
        if path in unmerged:
            unmerged[path] = _sides(unmerged[path], one)
    project = {path: alike[path].found if entry and path in alike else entry for path, entry in raw.project.items()}
    return replace(raw, changes=changes, unmerged=unmerged, project=project, edited=raw.edited | alike.keys())


def _sides(sides: Sides, one: Alike) -> Sides:
    base, project, template, merged = (entry and one.entry(entry) for entry in (sides.base, sides.project, sides.template, sides.merged))
    return Sides(base, project, template, merged, {policy: one.content(content) for policy, content in sides.favoured.items()})


def merged_with_lf(sides: Sides, merge: Callable[[Sides], bytes | None]) -> bytes | None:
    """Return what is merged of a text that all sides have with CRLF as if they had LF; any other is merged as it is."""
    base, project, template = sides.base, sides.project, sides.template
    if not (base and project and template) or {_ends_of(side) for side in (base, project, template)} != {_CRLF}:
        return merge(sides)
    merged = merge(Sides(_with_lf(base), _with_lf(project), _with_lf(template)))
    return None if merged is None else merged.replace(_LF, _CRLF)


def _ends_of(entry: Entry) -> bytes | None:
    """Return the line end that a text has throughout, or None."""
    lines, with_cr = entry.content.count(_LF), entry.content.count(_CRLF)
    is_text = entry.mode in _FILES and lines and b"\0" not in entry.content
    return {0: _LF, lines: _CRLF}.get(with_cr) if is_text else None


def _with_lf(entry: Entry) -> Entry:
    return Entry(entry.mode, _lf(entry.content))


def _lf(content: bytes) -> bytes:
    return content.replace(_CRLF, _LF)
