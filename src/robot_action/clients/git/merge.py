"""The three-way merge, in a scratch repository that borrows the project's objects: no work tree, no index, no hook.

Base and the template's new rendering become synthetic commits, the project's tree a third one; ``git merge-tree`` (2.38 or
later) does the rest. Configuration that would change its result is pinned.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from robot_action.clients.git.attributes import SUBMODULE, Habits, by_committed_rules, habits, ignored_among, no_longer_ignored
from robot_action.clients.git.environment import GitOutput, Place
from robot_action.clients.git.listing import Named, text_of
from robot_action.clients.git.merge_input import HEADS, ProjectSide, files_of, stream
from robot_action.clients.git.merge_output import OF_BASE, remarks_of, stages_of
from robot_action.clients.git.merge_scratch import HASTILY, Scratch
from robot_action.clients.git.missing import Promised
from robot_action.clients.git.project import Located, borrowed, locate
from robot_action.clients.git.runner import GitRunner
from robot_action.errors import FailedError
from robot_action.exchange import MergeWanted
from robot_action.merging.attributes import LFS
from robot_action.merging.line_ends import Alike, made_alike, with_line_ends
from robot_action.merging.moves import free_moves, kept_from, led_astray, taken_along, with_room
from robot_action.model.merge import PROJECT_LABEL, Obstacle, RawMerge
from robot_action.model.tree import Entry, Mode, Tree

_CLEAN, _CONFLICTS = 0, 1
_ALONG = "Path updated due to directory rename"  # the new place, and the former one
_ODD = re.compile(r"[^A-Za-z0-9._+-]+")


def merge(runner: GitRunner, wanted: MergeWanted) -> RawMerge:
    """Merge a template's change into a project; see `robot_action.repositories.Git.merge`.

    Raises:
        FailedError: when the folder is no repository, or lacks the commit or what the merge has to read.
    """
    found = locate(runner, wanted.folder)
    if found is None:
        raise FailedError(f"{wanted.folder} is no git repository", hint="Run git init there, and commit the project.")
    raw, welcome = _merge(runner, found, wanted, frozenset())
    return _merge(runner, found, wanted, welcome)[0] if welcome else raw


def _merge(runner: GitRunner, found: Located, wanted: MergeWanted, welcome: frozenset[str]) -> tuple[RawMerge, frozenset[str]]:
    """Merge once.

    Args:
        runner: runs git.
        found: the project.
        wanted: the merge.
        welcome: paths that count, although the project ignores them.

    Returns:
        The merge, and the paths that have to be welcome besides.
    """
    with borrowed(runner, found) as project:
        place = project.bare
        Promised(runner, found, place).complete(wanted.commit, wanted.prefix)
        scratch = Scratch(runner, place, found.algorithm)
        tree = _tree_of_project(scratch, wanted)
        committed = scratch.files(tree)
        ruled = by_committed_rules(runner, project, wanted)
        known = habits(runner, ruled, wanted, committed)
        known = replace(known, ignored=tuple(path for path in known.ignored if path not in welcome))
        (place.folder / "info/attributes").write_bytes(known.drivers)
        kept = kept_from(known.ignored, wanted.moves, wanted.base, wanted.theirs)  # nothing goes where git would lose it
        moves = {old: new for old, new in wanted.moves.items() if new not in known.ignored}
        theirs = Tree({**wanted.theirs, **{old: wanted.theirs[new] for old, new in kept.items()}})
        stored = replace(wanted, base=known.stored(wanted.base), theirs=known.stored(theirs), moves=moves)
        ignored = tuple(path for path in known.ignored if wanted.base.get(path) != wanted.theirs.get(path))
        raw = _Merge(scratch, ruled, stored, known).run(tree, committed)
        raw = replace(raw, ignored=ignored, kept_from=kept, with_crlf=known.with_crlf)
        more = frozenset() if welcome else no_longer_ignored(runner, ruled, wanted, raw)
    told = {*raw.changes, *raw.unmerged}
    return replace(raw, attributes={path: found for path, found in known.attributes.items() if path in told}), more


@dataclass(frozen=True, slots=True)
class _Merge:
    """One merge in its scratch repository.

    Attributes:
        project: the same repository with the project's index, and what it ignores by.
        known: how the project stores its files.
    """

    scratch: Scratch
    project: Place
    wanted: MergeWanted
    known: Habits

    def run(self, ours: str, present: Mapping[str, Named]) -> RawMerge:
        """Merge.

        Args:
            ours: the project's tree; present: what is in it.
        """
        if self.wanted.edits:
            ours = self.scratch.edited(ours, self.wanted.edits)
            present = self.scratch.files(ours)
        if otherwise := self._stored_otherwise(present):
            ours = self.scratch.edited(ours, otherwise)
            present = self.scratch.files(ours)
        wanted = _without_spared(self.wanted, present)
        wanted = replace(wanted, moves=free_moves(wanted.moves, present))
        alike = self._made_alike(wanted, present)
        return self._merged_alike(wanted, ours, alike) if alike else self._merged(wanted, ours, present)

    def _merged_alike(self, wanted: MergeWanted, ours: str, alike: Mapping[str, Alike]) -> RawMerge:
        """Return what git makes of all three sides, while some texts have the same line ends in them."""
        base = Tree({**wanted.base, **{path: one.base for path, one in alike.items()}})
        new = {wanted.moves.get(path, path): one for path, one in alike.items()}
        theirs = Tree({**wanted.theirs, **{path: one.template for path, one in new.items()}})
        ours = self.scratch.edited(ours, {path: one.project for path, one in alike.items()})
        return with_line_ends(self._merged(replace(wanted, base=base, theirs=theirs), ours, self.scratch.files(ours)), new)

    def _made_alike(self, wanted: MergeWanted, present: Mapping[str, Named]) -> Mapping[str, Alike]:
        """Return the texts whose sides have different line ends, of those that both sides changed and have still."""
        becomes = {path: wanted.theirs.get(wanted.moves.get(path, path)) for path in wanted.base if path in present}
        after = {path: entry for path, entry in becomes.items() if entry and wanted.base[path] != entry}
        edited = {
            path: present[path] for path, named in self.scratch.named({path: wanted.base[path] for path in after}) if present[path] != named
        }
        read = self.scratch.contents(edited.values())
        there = {path: read[named] for path, named in edited.items() if named in read}
        found = {path: made_alike(wanted.base[path], entry, after[path]) for path, entry in there.items()}
        return {path: one for path, one in found.items() if one}

    def _stored_otherwise(self, present: Mapping[str, Named]) -> Mapping[str, Entry]:
        """Return what the project has stored otherwise than its attributes say, as it should be: all sides are compared alike."""
        attributes = self.known.attributes
        asked = [path for path in present if path in attributes and (path in self.known.with_crlf or attributes[path].filter == LFS)]
        read = self.scratch.contents(present[path] for path in asked)
        files = {path: read[present[path]] for path in asked if present[path] in read}
        return {path: entry for path, entry in self.known.stored(Tree(files)).items() if entry != files[path]}

    def _merged(self, wanted: MergeWanted, ours: str, present: Mapping[str, Named]) -> RawMerge:
        """Return what git makes of all three sides.

        git itself takes own files along, also to where something else of the template comes. Those are merged once more as what no side
        touches, so that they stay.
        """
        raw = self._merged_once(wanted, ours, present)
        lost = {old: new for old, new in raw.along.items() if new in wanted.theirs or raw.changes.get(new) is None}
        if not lost:
            return raw
        read = self.scratch.contents(present[old] for old in lost)
        own = {old: read[present[old]] for old in lost}
        base, theirs = (Tree({**tree, **own}) for tree in (wanted.base, wanted.theirs))
        raw = self._merged(replace(wanted, base=base, theirs=theirs), ours, present)
        return replace(raw, crowded={**raw.crowded, **{old: (new, Obstacle.TAKEN) for old, new in lost.items()}})

    def _merged_once(self, wanted: MergeWanted, ours: str, present: Mapping[str, Named]) -> RawMerge:
        submodules = frozenset(path for path, named in present.items() if named.mode == SUBMODULE)
        own = taken_along(wanted.moves, wanted.base, wanted.theirs, present.keys() - submodules)
        stays = self._obstacles(own, wanted, present)
        along = {old: new for old, new in own.items() if old not in stays}
        raw = self._merged_trees(wanted, ProjectSide(ours, present, {**wanted.moves, **along}, submodules))
        took = {old: new for old, new in _went_along(raw) if old in present and old not in wanted.base}
        crowded = {old: (own[old], obstacle) for old, obstacle in stays.items() if old not in took}
        raw = replace(raw, present=frozenset(present), submodules=submodules, along={**along, **took}, crowded=crowded)
        return self._with_moves(raw, wanted)

    def _obstacles(self, own: Mapping[str, str], wanted: MergeWanted, present: Mapping[str, Named]) -> Mapping[str, Obstacle]:
        """Return which of the project's own files cannot go along with a folder that the template moved, and why."""
        fits = with_room(own, {*present, *wanted.theirs})
        ignored = ignored_among(self.scratch.runner, self.project, self.wanted, fits.values())
        links = {old: present[old] for old in fits if present[old].mode == Mode.LINK}
        read = self.scratch.contents(links.values())
        targets = {old: text_of(read[named].content) for old, named in links.items()}
        return {
            **dict.fromkeys(led_astray(targets, {**wanted.moves, **fits}, present), Obstacle.ASTRAY),
            **{old: Obstacle.IGNORED for old, new in fits.items() if new in ignored},
            **{old: Obstacle.TAKEN for old in own if old not in fits},
        }

    def _merged_trees(self, wanted: MergeWanted, project: ProjectSide) -> RawMerge:
        """Return what git makes of three trees, with what it drops without a word."""
        base = {wanted.moves.get(path, path): entry for path, entry in files_of(wanted.base)}
        here = {path: named for path, named in self.scratch.named(base) if project.renamed.get(path) == named}
        rivals = {
            new for old, new in self.wanted.moves.items() if {old, new} <= project.present.keys() and new in wanted.theirs
        } - base.keys()
        lines = stream(base, here, dict(files_of(wanted.theirs)), project, f"{HEADS}{self._theirs}", rivals)
        self.scratch.git("fast-import", "--quiet", "--force", "--date-format=raw", stdin=b"".join(lines), configuration=HASTILY)
        done = self.scratch.git("merge-tree", "--write-tree", "--messages", "-z", PROJECT_LABEL, self._theirs, accept=(_CLEAN, _CONFLICTS))
        raw = self._read(project.files, rivals, done)
        known = {*raw.changes, *raw.unmerged, *project.present}
        below_files = {new: wanted.theirs[old] for old, new in _went_along(raw) if new not in known and old in wanted.theirs}
        return replace(raw, changes={**raw.changes, **below_files}, edited=frozenset(project.renamed) - here.keys())

    def _with_moves(self, raw: RawMerge, wanted: MergeWanted) -> RawMerge:
        """Say where everything is that either side has moved."""
        gone = [path for path in raw.edited if path not in raw.along and path in raw.changes and raw.changes[path] is None]
        known = {old: new for old, new in wanted.moves.items() if old in raw.present}
        lost = {old: new for old, new in wanted.moves.items() if old not in raw.present and new not in raw.present}
        mine = self.scratch.renamed(lost.values(), PROJECT_LABEL)
        return replace(
            raw,
            moved={**known, **self.scratch.renamed(gone, self._theirs)},
            absent={old: new for old, new in lost.items() if not mine[new] and wanted.base.get(old) == wanted.theirs.get(new)},
            elsewhere={old: (mine[new], new) for old, new in lost.items() if mine[new]},
        )

    @property
    def _theirs(self) -> str:
        """The branch of the template's new rendering, which conflict markers name."""
        return _ODD.sub("-", self.wanted.label).strip("-.") or "template"

    def _read(self, before: Mapping[str, Named], rivals: Collection[str], done: GitOutput) -> RawMerge:
        """Return what ``merge-tree -z`` wrote (git-merge-tree(1), "OUTPUT"), with the contents that matter.

        Args:
            before: the project's files.
            rivals: the paths that the base has for the merge's sake alone.
            done: what git wrote.
        """
        tree, *rest = done.stdout.split(b"\0")
        cut = rest.index(b"") if b"" in rest else len(rest)
        stages = [(path, stage, named) for path, stage, named in stages_of(rest[:cut]) if stage != OF_BASE or path not in rivals]
        remarks = tuple(remarks_of(iter(rest[cut + 1 :])))
        after = self.scratch.files(tree.decode())
        changed = {path: after.get(path) for path in (*after, *before) if before.get(path) != after.get(path)}
        touched = {path for remark in remarks for path in remark.paths} | {path for path, _, _ in stages} | self.wanted.asked
        read = self.scratch.contents((*changed.values(), *(named for _, _, named in stages), *(before.get(path) for path in touched)))
        sides: dict[str, dict[str, Entry | None]] = {}
        for path, stage, named in stages:
            sides.setdefault(path, {})[stage] = read[named]
        return RawMerge(
            changes={path: read[named] if named else None for path, named in changed.items()},
            unmerged={path: self.scratch.sides(parts, read.get(after[path]) if path in after else None) for path, parts in sides.items()},
            remarks=remarks,
            project={path: read[before[path]] if path in before else None for path in touched},
        )


def _tree_of_project(scratch: Scratch, wanted: MergeWanted) -> str:
    name = f"{wanted.commit}:{wanted.prefix.strip('/')}"
    done = scratch.git("rev-parse", "--verify", "--quiet", "--end-of-options", name, accept=(0, 1, 128))
    if done.code:
        raise FailedError(f"{wanted.folder} does not hold {name}", hint="Where the clone is shallow, fetch the commit first.")
    return done.text


def _went_along(raw: RawMerge) -> Iterator[tuple[str, str]]:
    """Yield what git took along with a folder that a side moved: where it was, and where it is."""
    return ((remark.paths[1], remark.paths[0]) for remark in raw.remarks if remark.kind == _ALONG)


def _without_spared(wanted: MergeWanted, present: Collection[str]) -> MergeWanted:
    """Return a merge without what the project keeps to itself."""
    spared = wanted.spared.intersection(present)
    base, theirs = (Tree({path: entry for path, entry in tree.items() if path not in spared}) for tree in (wanted.base, wanted.theirs))
    moves = {old: new for old, new in wanted.moves.items() if spared.isdisjoint((old, new))}
    return replace(wanted, base=base, theirs=theirs, moves=moves)
