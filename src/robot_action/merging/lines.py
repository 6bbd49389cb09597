"""Merging changed lines that only touch one another, which git takes for a conflict; whoever asks checks what comes of it."""

from __future__ import annotations

from difflib import SequenceMatcher

_MAX_LINES = 2048  # finding what changed takes up to the square of them
_Hunk = tuple[int, int, list[str]]
"""From which line of the base to which, and what stands there instead."""


def merge_lines(base: str, project: str, template: str) -> tuple[str, ...]:
    """Return the project's text with the template's changes of lines that the project has not changed.

    Returns:
        Two, if both put lines at the same place: with the template's first, and with the project's; none of a text that is too long.
    """
    before, mine, theirs = (text.splitlines(keepends=True) for text in (base, project, template))
    if max(map(len, (before, mine, theirs))) > _MAX_LINES:
        return ()
    own = _hunks(before, mine)
    new = [hunk for hunk in _hunks(before, theirs) if hunk not in own and not any(_overlap(hunk, other) for other in own)]
    return tuple(dict.fromkeys((_joined(before, [*new, *own]), _joined(before, [*own, *new]))))


def _hunks(base: list[str], side: list[str]) -> list[_Hunk]:
    edits = SequenceMatcher(None, base, side).get_opcodes()
    return [(start, end, side[at:until]) for kind, start, end, at, until in edits if kind != "equal"]


def _overlap(one: _Hunk, other: _Hunk) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _joined(base: list[str], hunks: list[_Hunk]) -> str:
    merged, done = [], 0
    for start, end, lines in sorted(hunks, key=lambda hunk: hunk[:2]):  # at one place in the order given
        merged += [*base[done:start], *lines]
        done = end
    return "".join([*merged, *base[done:]])
