"""What git could not merge -> what the project gets: nothing of the user's is lost, and nothing goes unsaid.

What both sides changed is the policy's to decide; everything else has one right answer. What the user deleted stays deleted,
what the user moved stays where it is, and where a path cannot be shared the project keeps its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from robot_action.merging.attributes import is_indivisible, is_pointer
from robot_action.merging.lock_files import is_lock_file
from robot_action.merging.notes import moved_in, notes_of, stays
from robot_action.model.merge import PROJECT_LABEL, Clash, Conflict, Merged, Policy, RawMerge, Remark, Sides
from robot_action.model.paths import collisions, entry_problem, parents_of
from robot_action.model.tree import Entry, Mode

Structured = Callable[[str, Sides, Policy | None], bytes | None]
"""Merges a file of a known structure, with one side's values where both changed the same; None where it has none, or that does not help."""

_FILES = frozenset({Mode.FILE, Mode.EXECUTABLE})
_OF_ONE_SIDE = frozenset({Policy.PROJECT, Policy.TEMPLATE})
_MARKER = f"<<<<<<<< {PROJECT_LABEL}:".encode()  # with one more sign than otherwise, and the path
_BOTH_MOVED = "CONFLICT (rename/rename)"
_NO_ROOM = "CONFLICT (file/directory)"  # what is set aside, and the path
_OTHER_KIND = "CONFLICT (distinct modes)"  # the path, and what is set aside
_BINARY = 8000  # bytes in which git looks for a NUL (xdiff-interface.c, buffer_is_binary)
_KEPT = "the project's side was kept"


def settle(raw: RawMerge, policy: Policy, is_protected: Callable[[str], bool], structured: Structured) -> Merged:
    """Decide every path that git left open.

    Args:
        raw: git's result.
        policy: for what both sides changed; `Policy.FAIL` is decided as `Policy.MARKERS`, and refused by whoever asked for it.
        is_protected: tells paths into which no marker may come, such as workflows and lock files.
        structured: is asked before the policy.
    """
    decisions = _Decisions(raw, policy, is_protected, structured)
    for path, sides in raw.unmerged.items():
        decisions.decide(path, sides)
    decisions.keep_places()
    before = None
    while decisions.changes != before:  # what stays may be in the way of something else
        before = dict(decisions.changes)
        decisions.keep_apart()
        decisions.keep_moved()
        decisions.keep_unfit()
    changes = {path: entry for path, entry in decisions.changes.items() if path not in raw.project or raw.project[path] != entry}
    return Merged(
        changes=dict(sorted(changes.items())),
        conflicts=tuple(sorted(decisions.conflicts.values(), key=lambda conflict: conflict.path)),
        notes=(*decisions.notes, *notes_of(raw, decisions.changes)),
        moved=moved_in(raw, changes),
    )


@dataclass(slots=True)
class _Decisions:
    """The decisions of one merge, while they are made."""

    raw: RawMerge
    policy: Policy
    is_protected: Callable[[str], bool]
    structured: Structured
    changes: dict[str, Entry | None] = field(init=False)
    conflicts: dict[str, Conflict] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    asides: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Begin with what git made of everything."""
        self.changes = dict(self.raw.changes)
        there = {*self.raw.present, *self.raw.moved.values()}  # what moved is aside because of its new place
        there.update(*map(parents_of, there))
        self.asides = {aside: path for aside, path in _set_aside(self.raw.remarks) if path in there}

    def decide(self, path: str, sides: Sides) -> None:
        """Decide one path."""
        if path in self.asides or path in self.asides.values():
            return
        moved = self._moved_on_both_sides(path)
        if moved and not (sides.project and sides.template):  # else another file is there, too
            self._moved(path, sides, moved)
        elif sides.project is None:
            self._missing_in_project(path, sides)
        elif sides.template is None:
            self._missing_in_template(path, sides)
        elif self.policy in _OF_ONE_SIDE and self._is_half_merged(path, sides.project, sides.template):
            self._keep(path, _clash(sides))
        elif {sides.project.mode, sides.template.mode} <= _FILES:
            self._changed(path, sides, sides.project, sides.template)
        else:
            self._choose(path, sides.template, Clash.LINK)

    def _moved_on_both_sides(self, path: str) -> tuple[str, ...]:
        return next((remark.paths for remark in self.raw.remarks if remark.kind == _BOTH_MOVED and path in remark.paths), ())

    def _is_half_merged(self, path: str, *sides: Entry) -> bool:
        """Tell whether a side has markers already: where moved files meet at one path, git merges each of them first."""
        return any(_MARKER in side.content and side != self.raw.project.get(path) for side in sides)

    def _moved(self, path: str, sides: Sides, moved: tuple[str, ...]) -> None:
        """Leave a file where the user moved it, with what the template changed in it.

        git has merged the contents before it notices: what it calls the project's side has the template's changes already.
        """
        if sides.project is None:
            self._restore(path)
        elif self._is_half_merged(path, sides.project):
            if self.policy in _OF_ONE_SIDE:
                self._keep(path, Clash.CONTENTS)
            else:
                self._markers(path, sides.project)
        if path == moved[0]:
            self.notes.append(stays(path, moved[1], moved[-1]))

    def _missing_in_project(self, path: str, sides: Sides) -> None:
        self._restore(path)
        if sides.template is not None:
            self.notes.append(f"{path} stays deleted, although the template changed it")

    def _missing_in_template(self, path: str, sides: Sides) -> None:
        if sides.project == sides.base and self.policy is not Policy.TEMPLATE:  # it was moved, and is as the template had it
            self._leave(path)
            self.notes.append(f"{path} stays where the project moved it, although the template deleted it")
        elif self.policy is Policy.TEMPLATE:
            self.changes[path] = None
            self.conflicts[path] = Conflict(path, Clash.DELETED, note="deleted, as the template wants it")
        else:
            self._keep(path, Clash.DELETED)

    def _changed(self, path: str, sides: Sides, project: Entry, template: Entry) -> None:
        """Decide what both sides changed in a file."""
        mode = project.mode if sides.base is None or sides.base.mode is not project.mode else template.mode
        is_no_text = self._is_no_text(path, sides)
        if is_no_text or is_lock_file(path):
            self._choose(path, Entry(mode, template.content), Clash.BINARY if is_no_text and sides.base else _clash(sides))
        elif (merged := self.structured(path, sides, None)) is not None:
            self.changes[path] = Entry(mode, merged)
        elif favoured := self._favoured(path, sides):
            self.changes[path] = Entry(mode, favoured[0])
            self.conflicts[path] = Conflict(path, _clash(sides), note=favoured[1])
        elif self.policy is Policy.TEMPLATE:
            self._choose(path, Entry(mode, template.content), _clash(sides))
        elif self.policy is Policy.PROJECT or sides.merged is None:
            self._keep(path, _clash(sides))
        else:
            self._markers(path, Entry(mode, sides.merged.content), _clash(sides))

    def _favoured(self, path: str, sides: Sides) -> tuple[bytes, str] | None:
        """Return a text with one side's part where both changed the same, if that is the policy, and what to say of it."""
        if self.policy not in _OF_ONE_SIDE:
            return None
        by_keys = self.structured(path, sides, self.policy)
        if by_keys is not None:
            return by_keys, f"the keys that both changed have the {self.policy}'s values"
        by_lines = sides.favoured.get(self.policy)
        note = f"wherever changes of both meet, all lines of that place are the {self.policy}'s"
        return None if by_lines is None else (by_lines, note)

    def _is_no_text(self, path: str, sides: Sides) -> bool:
        """Tell whether a file has no lines to merge, by what the project says of it or by its contents on any side."""
        if path in self.raw.attributes and is_indivisible(self.raw.attributes[path]):
            return True
        contents = (entry.content for entry in (sides.base, sides.project, sides.template) if entry)
        return any(is_binary(content) or is_pointer(content) for content in contents)

    def _choose(self, path: str, template: Entry | None, clash: Clash) -> None:
        """Take what cannot be merged from one side, as a whole."""
        if self.policy is Policy.TEMPLATE and template is not None:
            self.changes[path] = template
            self.conflicts[path] = Conflict(path, clash, note="the template's side was taken")
        else:
            self._keep(path, clash)

    def _markers(self, path: str, merged: Entry, clash: Clash = Clash.CONTENTS) -> None:
        if self.is_protected(path):
            self._keep(path, clash)
        else:
            self.changes[path] = merged
            self.conflicts[path] = Conflict(path, Clash.CONTENTS, marked=True, note="it has conflict markers")

    def _leave(self, path: str) -> str:
        """Leave a file as the project has it, one that the template moved at its new place, and return where that is."""
        sides = self.raw.unmerged.get(path)
        self._restore(path)
        if path in self.raw.present or sides is None or sides.project is None:
            return path
        old = next((old for old, new in self._new_places().items() if new == path), path)
        if old != path and self._is_half_merged(path, sides.project):  # as the project has it, it is at its former place alone
            self._restore(old)
            return old
        self.changes[path] = sides.project
        return path

    def _keep(self, path: str, clash: Clash) -> None:
        """Leave a file as the project has it, and tell of that as a conflict."""
        here = self._leave(path)
        self.conflicts[here] = Conflict(here, clash, note=_KEPT)

    def _restore(self, path: str) -> None:
        """Leave a path as the project has it."""
        self.changes.pop(path, None)

    def keep_places(self) -> None:
        """Let the project keep its own wherever git found a file on one side and a folder on the other, or a link.

        git sets such a file aside as ``path~label``, and one that is a link on the other side, too; that name never comes into the project.
        """
        for aside, path in self.asides.items():
            for other in [other for other in (*self.changes, *self.conflicts) if self._is_in_the_way(other, aside, path)]:
                self._restore(other)
                if other in self.conflicts:
                    self.conflicts[other] = Conflict(other, self.conflicts[other].clash, note=_KEPT)
            if path in self.raw.unmerged:  # there is room for either
                sides = (self.raw.unmerged[path], self.raw.unmerged.get(aside, Sides()))
                self._choose(path, next(filter(None, (side.template for side in sides)), None), Clash.MODE)
            else:
                self.conflicts[path] = Conflict(path, Clash.PLACE, note=_KEPT)

    def keep_apart(self) -> None:
        """Let the project keep its own wherever a path would be a file and a folder, or two names are one somewhere."""
        for path in list(_colliding(self.changes, self.raw.present, self.raw.submodules)):
            self._restore(path)
            self.conflicts[path] = Conflict(path, Clash.PLACE, note=_KEPT)
        new = [path for path, entry in self.changes.items() if entry and path not in self.raw.present]
        there = [path for path in self.raw.present if path not in self.changes or self.changes[path]] if new else ()
        for path, _, _ in collisions(new, there):
            self._restore(path)
            self.conflicts[path] = Conflict(path, Clash.NAME, note=_KEPT)

    def keep_moved(self) -> None:
        """Leave what the template moved where it is, if nothing comes of it at its new place: the project has that for something else.

        git takes such a file away all the same, and counts it as moved.
        """
        for old, new in self._new_places().items():
            if old in self.changes and (self.changes.get(new) is None or new in self.raw.present):
                self._restore(old)
                if old not in self.raw.along and self.raw.edited.intersection((old, new)):
                    self._keep(old, Clash.DELETED)

    def keep_unfit(self) -> None:
        """Leave where it is what may not be written, such as a link that would lead out of the project from its new place."""
        where = {new: old for old, new in self._new_places().items() if old in self.raw.present}
        for path in [path for path, entry in self.changes.items() if entry and entry_problem(path, entry)]:
            old = where.get(path, path)
            self._restore(path)
            self._restore(old)
            self.conflicts.pop(path, None)
            if old in self.raw.along:  # written by nobody but the user
                self.notes.append(f"{old} stays there, although the template moved its folder: paths and links like that are never written")
            else:
                self.conflicts[old] = Conflict(old, Clash.UNFIT, note=_KEPT)

    def _is_in_the_way(self, changed: str, aside: str, path: str) -> bool:
        """Tell what a path cannot be shared with; what the project has below it may well change, or have moved."""
        here = self._new_places().get(changed, changed)
        keeps = changed in self.raw.present and self.changes.get(here) is not None
        return changed in {aside, path} or (changed.startswith(f"{path}/") and not keeps)

    def _new_places(self) -> Mapping[str, str]:
        """Return where the project's files are that went somewhere else with the template."""
        return {**self.raw.moved, **self.raw.along}


def _set_aside(remarks: Iterable[Remark]) -> Iterator[tuple[str, str]]:
    """Yield the names that git gives to what has no room at its path, and that path."""
    for remark in remarks:
        if remark.kind == _NO_ROOM:
            yield remark.paths[0], remark.paths[1]
        elif remark.kind == _OTHER_KIND:
            yield from ((aside, remark.paths[0]) for aside in remark.paths[1:])


def _colliding(changes: Mapping[str, Entry | None], present: Collection[str], submodules: Collection[str]) -> Iterator[str]:
    """Yield paths that would be written, of which a part is a file, or which are a folder or a submodule already."""
    final = {path for path in present if path not in changes} | {path for path, entry in changes.items() if entry is not None}
    folders = {parent for path in final for parent in parents_of(path)}
    for path, entry in changes.items():
        if entry is not None and (path in folders or path in submodules or any(parent in final for parent in parents_of(path))):
            yield path


def _clash(sides: Sides) -> Clash:
    return Clash.ADDED if sides.base is None else Clash.CONTENTS


def is_binary(content: bytes) -> bool:
    """Tell whether git takes a file for binary."""
    return b"\0" in content[:_BINARY]
