"""What is worth knowing of a merge besides its conflicts: what moved or did not, and what is left alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from robot_action.merging.attributes import LFS
from robot_action.model.merge import RawMerge
from robot_action.model.tree import Entry


def notes_of(raw: RawMerge, changes: Mapping[str, Entry | None]) -> Iterator[str]:
    """Yield a sentence about each file of which somebody may ask where it is, or its contents."""
    yield from _of_moves(raw, changes)
    for path, entry in changes.items():
        if entry and path in raw.attributes and raw.attributes[path].filter == LFS:
            yield f"{path} is kept in Git LFS: its pointer alone is written, so its contents have to be put there"
    yield from _left_alone(raw)


def stays(old: str, here: str, new: str) -> str:
    """Return the sentence about a file that the project has moved to one place, and the template to another."""
    return f"{old} is {here} in the project, and stays there; the template moved it to {new}"


def moved_in(raw: RawMerge, changes: Mapping[str, Entry | None]) -> Mapping[str, str]:
    """Return the project's files that go from one place and come to another, and these; others were in the way, or are gone."""
    moves = {**raw.moved, **raw.along}
    return {
        old: new for old, new in moves.items() if old in changes and changes[old] is None and changes.get(new) and new not in raw.present
    }


def _of_moves(raw: RawMerge, changes: Mapping[str, Entry | None]) -> Iterator[str]:
    """Say what became of the template's moves, and which of the project's own files went along with one of its folders."""
    for old, new in raw.absent.items():
        yield f"{old} is gone from the project, so that nothing comes of the template's move to {new}"
    for old, (here, new) in raw.elsewhere.items():
        yield stays(old, here, new)
    for old, (new, obstacle) in sorted(raw.crowded.items()):
        yield f"{old} stays there, although the template moved its folder: {new} {obstacle}"
    for old, new in moved_in(raw, changes).items():
        if old not in raw.along and raw.edited.intersection((old, new)):
            yield f"{old} is {new} now: the template moved it"
    for old, new in raw.along.items():
        if changes.get(new):
            yield f"{old} is {new} now: the template moved its folder"


def _left_alone(raw: RawMerge) -> Iterator[str]:
    """Say what does not come because the project ignores it."""
    kept = {new: old for old, new in raw.kept_from.items() if old in raw.present}
    for path in raw.ignored:
        if path in kept:
            yield f"{kept[path]} stays there, although the template moved it: git ignores {path} in the project"
        else:
            yield f"{path} is left alone: git ignores it in the project"
