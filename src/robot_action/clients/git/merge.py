"""The three-way merge, in a scratch repository that borrows the project's objects: no work tree, no index, no hook.

Base and the template's new rendering become synthetic commits, the project's tree a third one; ``git merge-tree`` (2.38 or
later) does the rest. Configuration that would change its result is pinned.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from robot_action.clients.git import fast_import
from robot_action.clients.git.attributes import SUBMODULE, Habits, habits, ignored_among, no_longer_ignored
from robot_action.clients.git.compare import blob_id
from robot_action.clients.git.environment import GitOutput, Invocation, Place
from robot_action.clients.git.merge_input import BASE, HEADS, ProjectSide, files_of, stream
from robot_action.clients.git.merge_output import Named, remarks_of, stages_of, text_of
from robot_action.clients.git.missing import Promised
from robot_action.clients.git.project import Located, borrowed, locate
from robot_action.clients.git.read import ObjectReader
from robot_action.clients.git.runner import GitRunner
from robot_action.errors import FailedError
from robot_action.exchange import MergeWanted
from robot_action.merging.attributes import LFS
from robot_action.merging.line_ends import Alike, made_alike, with_line_ends
from robot_action.merging.moves import free_moves, kept_from, taken_along, with_room
from robot_action.model.merge import PROJECT_LABEL, Policy, RawMerge, Sides
from robot_action.model.tree import Entry, Mode, Tree

_RENAMES = 20_000  # files of which git looks where they went
CONFIGURATION = (
    ("merge.renames", "true"),
    ("merge.directoryRenames", "true"),
    ("merge.renameLimit", str(_RENAMES)),
    ("merge.conflictStyle", "merge"),
    ("merge.renormalize", "false"),
    ("merge.default", "text"),
    ("diff.algorithm", "histogram"),
    ("diff.renames", "true"),
)
"""What a merge goes by, whatever else is configured."""
_HASTILY = (("core.compression", "0"), ("pack.compression", "0"), ("fastimport.unpackLimit", "1"))
"""What is thrown away soon need neither be small nor be unpacked."""
_EDITED = f"{HEADS}edited"
IDENTITY = {
    f"GIT_{who}_{key}": value
    for who in ("AUTHOR", "COMMITTER")
    for key, value in (("NAME", "robot-action"), ("EMAIL", "robot-action@localhost"), ("DATE", "@0 +0000"))
}
"""Who makes the commits that only a merge sees."""
_CLEAN, _CONFLICTS = 0, 1
_ALONG = "Path updated due to directory rename"  # the new place, and the former one
_ODD = re.compile(r"[^A-Za-z0-9._+-]+")
_FILES = frozenset({Mode.FILE, Mode.EXECUTABLE})


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
        known = habits(runner, project, wanted)
        known = replace(known, ignored=tuple(path for path in known.ignored if path not in welcome))
        (place.folder / "info/attributes").write_bytes(known.drivers)
        kept = kept_from(known.ignored, wanted.moves, wanted.base, wanted.theirs)  # nothing goes where git would lose it
        moves = {old: new for old, new in wanted.moves.items() if new not in known.ignored}
        theirs = Tree({**wanted.theirs, **{old: wanted.theirs[new] for old, new in kept.items()}})
        stored = replace(wanted, base=known.stored(wanted.base), theirs=known.stored(theirs), moves=moves)
        ignored = tuple(path for path in known.ignored if wanted.base.get(path) != wanted.theirs.get(path))
        raw = _Merge(runner, place, project, stored, found.algorithm, known).run()
        raw = replace(raw, ignored=ignored, kept_from=kept, with_crlf=known.with_crlf)
        more = frozenset() if welcome else no_longer_ignored(runner, project, wanted, raw)
    told = {*raw.changes, *raw.unmerged}
    return replace(raw, attributes={path: found for path, found in known.attributes.items() if path in told}), more


@dataclass(frozen=True, slots=True)
class _Merge:
    """One merge in its scratch repository.

    Attributes:
        place: the scratch repository; project: the same with the project's index and work tree.
        known: how the project stores its files.
    """

    runner: GitRunner
    place: Place
    project: Place
    wanted: MergeWanted
    algorithm: str
    known: Habits

    def run(self) -> RawMerge:
        ours = self._edited(self._tree_of_project(), self.wanted.edits)
        present = self._list(ours)
        if otherwise := self._stored_otherwise(present):
            ours = self._edited(ours, otherwise)
            present = self._list(ours)
        wanted = _without_spared(self.wanted, present)
        wanted = replace(wanted, moves=free_moves(wanted.moves, present))
        alike = self._made_alike(wanted, present)
        return self._merged_alike(wanted, ours, alike) if alike else self._merged(wanted, ours, present)

    def _merged_alike(self, wanted: MergeWanted, ours: str, alike: Mapping[str, Alike]) -> RawMerge:
        """Return what git makes of all three sides, while some texts have the same line ends in them."""
        base = Tree({**wanted.base, **{path: one.base for path, one in alike.items()}})
        new = {wanted.moves.get(path, path): one for path, one in alike.items()}
        theirs = Tree({**wanted.theirs, **{path: one.template for path, one in new.items()}})
        ours = self._edited(ours, {path: one.project for path, one in alike.items()})
        return with_line_ends(self._merged(replace(wanted, base=base, theirs=theirs), ours, self._list(ours)), new)

    def _made_alike(self, wanted: MergeWanted, present: Mapping[str, Named]) -> Mapping[str, Alike]:
        """Return the texts whose sides have different line ends, of those that both sides changed and have still."""
        becomes = {path: wanted.theirs.get(wanted.moves.get(path, path)) for path in wanted.base if path in present}
        after = {path: entry for path, entry in becomes.items() if entry and wanted.base[path] != entry}
        edited = {path: present[path] for path, named in self._named({path: wanted.base[path] for path in after}) if present[path] != named}
        read = self._contents(edited.values())
        there = {path: read[named] for path, named in edited.items() if named in read}
        found = {path: made_alike(wanted.base[path], entry, after[path]) for path, entry in there.items()}
        return {path: one for path, one in found.items() if one}

    def _stored_otherwise(self, present: Mapping[str, Named]) -> Mapping[str, Entry]:
        """Return what the project has stored otherwise than its attributes say, as it should be: all sides are compared alike."""
        attributes = self.known.attributes
        asked = [path for path in present if path in attributes and (path in self.known.with_crlf or attributes[path].filter == LFS)]
        read = self._contents(present[path] for path in asked)
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
        read = self._contents(present[old] for old in lost)
        own = {old: read[present[old]] for old in lost}
        base, theirs = (Tree({**tree, **own}) for tree in (wanted.base, wanted.theirs))
        raw = self._merged(replace(wanted, base=base, theirs=theirs), ours, present)
        return replace(raw, crowded={**raw.crowded, **lost})

    def _merged_once(self, wanted: MergeWanted, ours: str, present: Mapping[str, Named]) -> RawMerge:
        theirs = _ODD.sub("-", wanted.label).strip("-.") or "template"
        submodules = frozenset(path for path, named in present.items() if named.mode == SUBMODULE)
        moves = wanted.moves
        own = taken_along(moves, wanted.base, wanted.theirs, present.keys() - submodules)
        fits = with_room(own, {*present, *wanted.theirs})
        along = self._welcome(fits)
        base = {moves.get(path, path): entry for path, entry in files_of(wanted.base)}
        project = ProjectSide(ours, present, {**moves, **along}, submodules)
        here = {path: named for path, named in self._named(base) if project.renamed.get(path) == named}
        lines = stream(base, here, dict(files_of(wanted.theirs)), project, f"{HEADS}{theirs}")
        self._git("fast-import", "--quiet", "--force", "--date-format=raw", stdin=b"".join(lines), configuration=_HASTILY)
        done = self._git("merge-tree", "--write-tree", "--messages", "-z", PROJECT_LABEL, theirs, accept=(_CLEAN, _CONFLICTS))
        raw = self._read({path: named for path, named in present.items() if path not in submodules}, done)
        took = {remark.paths[0]: remark.paths[1] for remark in raw.remarks if remark.kind == _ALONG}
        known = {*raw.changes, *raw.unmerged, *present}
        below_files = {new: wanted.theirs[old] for new, old in took.items() if new not in known and old in wanted.theirs}
        raw = replace(raw, changes={**raw.changes, **below_files})  # git drops them, and says nothing
        edited = frozenset(project.renamed) - here.keys()
        along = {**along, **{old: new for new, old in took.items() if old in present and old not in wanted.base}}
        gone = [path for path in edited if path not in along and path in raw.changes and raw.changes[path] is None]
        moved = {**{old: new for old, new in moves.items() if old in present}, **self._renamed(gone, theirs)}
        crowded = {old: new for old, new in own.items() if old not in {**fits, **along}}
        raw = replace(raw, present=frozenset(present), submodules=submodules, edited=edited, moved=moved, along=along, crowded=crowded)
        lost = {old: new for old, new in moves.items() if old not in present and new not in present}
        mine = self._renamed(lost.values(), PROJECT_LABEL)
        absent = {old: new for old, new in lost.items() if not mine[new] and wanted.base.get(old) == wanted.theirs.get(new)}
        return replace(raw, absent=absent, elsewhere={old: (mine[new], new) for old, new in lost.items() if mine[new]})

    def _renamed(self, gone: Collection[str], other: str) -> Mapping[str, str]:
        """Return where another side has moved some files of the base, as git finds it; ``""``: it has not."""
        if not gone:
            return {}
        how = ("-r", "-z", "--name-status", "--diff-filter=R", "--find-renames", "--no-rename-empty", f"-l{_RENAMES}")
        items = [text_of(item) for item in self._git("diff-tree", *how, BASE, f"{HEADS}{other}").items]
        return {**dict.fromkeys(gone, ""), **{old: new for old, new in zip(items[1::3], items[2::3], strict=True) if old in gone}}

    def _welcome(self, along: Mapping[str, str]) -> Mapping[str, str]:
        """Return which files of the project's own may go along: none to a place that it ignores."""
        ignored = ignored_among(self.runner, self.project, self.wanted, along.values())
        return {old: new for old, new in along.items() if new not in ignored}

    def _named(self, tree: Mapping[str, Entry]) -> Iterator[tuple[str, Named]]:
        return ((path, Named(entry.mode.value, blob_id(entry, self.algorithm))) for path, entry in tree.items())

    def _git(
        self, *arguments: str, stdin: bytes = b"", accept: Collection[int] = (0,), configuration: tuple[tuple[str, str], ...] = ()
    ) -> GitOutput:
        how = Invocation(stdin=stdin, accept=accept, configuration=(*CONFIGURATION, *configuration))
        return self.runner.run(self.place, *arguments, how=how)

    def _tree_of_project(self) -> str:
        name = f"{self.wanted.commit}:{self.wanted.prefix.strip('/')}"
        done = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", name, accept=(0, 1, 128))
        if done.code:
            raise FailedError(f"{self.wanted.folder} does not hold {name}", hint="Where the clone is shallow, fetch the commit first.")
        return done.text

    def _edited(self, tree: str, edits: Mapping[str, Entry | None]) -> str:
        """Return the project's tree with what is changed in it beforehand."""
        if not edits:
            return tree
        gone = fast_import.removed(path for path, entry in edits.items() if entry is None)
        files = fast_import.files({path: entry for path, entry in edits.items() if entry is not None})
        stream = (*fast_import.commit(_EDITED, ""), *fast_import.whole(tree), *gone, *files, b"done\n")
        self._git("fast-import", "--quiet", "--force", "--date-format=raw", stdin=b"".join(stream))
        return self._git("rev-parse", "--verify", f"{_EDITED}^{{tree}}").text

    def _list(self, tree: str) -> dict[str, Named]:
        found = {}
        for item in self._git("ls-tree", "-r", "-z", tree).items:
            head, _, path = item.partition(b"\t")
            mode, _, name = head.decode().split()[:3]
            found[text_of(path)] = Named(mode, name)
        return found

    def _read(self, before: Mapping[str, Named], done: GitOutput) -> RawMerge:
        """Return what ``merge-tree -z`` wrote (git-merge-tree(1), "OUTPUT"), with the contents that matter."""
        tree, *rest = done.stdout.split(b"\0")
        cut = rest.index(b"") if b"" in rest else len(rest)
        stages = list(stages_of(rest[:cut]))
        remarks = tuple(remarks_of(iter(rest[cut + 1 :])))
        after = self._list(tree.decode())
        changed = {path: after.get(path) for path in (*after, *before) if before.get(path) != after.get(path)}
        touched = {path for remark in remarks for path in remark.paths} | {path for path, _, _ in stages} | self.wanted.asked
        read = self._contents((*changed.values(), *(named for _, _, named in stages), *(before.get(path) for path in touched)))
        sides: dict[str, dict[str, Entry | None]] = {}
        for path, stage, named in stages:
            sides.setdefault(path, {})[stage] = read[named]
        return RawMerge(
            changes={path: read[named] if named else None for path, named in changed.items()},
            unmerged={path: self._sides(parts, read.get(after[path]) if path in after else None) for path, parts in sides.items()},
            remarks=remarks,
            project={path: read[before[path]] if path in before else None for path in touched},
        )

    def _sides(self, parts: Mapping[str, Entry | None], merged: Entry | None) -> Sides:
        """Return a path's sides by their stages, with what one side's lines make of a text in which both changed the same."""
        base, project, template = (parts.get(stage) for stage in "123")
        sides, texts = Sides(base, project, template, merged), (project, base, template)
        if not all(entry and entry.mode in _FILES for entry in texts):
            return sides
        found = {}
        with self.runner.scratch("merge-file") as folder:
            for number, entry in enumerate(texts):
                (folder / str(number)).write_bytes(entry.content if entry else b"")
            for policy, option in ((Policy.PROJECT, "--ours"), (Policy.TEMPLATE, "--theirs")):
                done = self.runner.run(Place(folder), "merge-file", "-p", option, "0", "1", "2", how=Invocation(accept=range(256)))
                if done.code == 0:  # 255: binary
                    found[policy] = done.stdout
        return replace(sides, favoured=found)

    def _contents(self, named: Iterable[Named | None]) -> dict[Named, Entry]:
        """Read blobs, each once; what is no file, such as a submodule, is left out."""
        modes = set(Mode)
        wanted = {item for item in named if item is not None and item.mode in modes}
        names = sorted({item.name for item in wanted})
        objects = dict(zip(names, ObjectReader(self.runner, self.place).read(names), strict=True))
        return {item: Entry(Mode(item.mode), objects[item.name].content) for item in wanted}


def _without_spared(wanted: MergeWanted, present: Collection[str]) -> MergeWanted:
    """Return a merge without what the project keeps to itself."""
    spared = wanted.spared.intersection(present)
    base, theirs = (Tree({path: entry for path, entry in tree.items() if path not in spared}) for tree in (wanted.base, wanted.theirs))
    moves = {old: new for old, new in wanted.moves.items() if spared.isdisjoint((old, new))}
    return replace(wanted, base=base, theirs=theirs, moves=moves)
