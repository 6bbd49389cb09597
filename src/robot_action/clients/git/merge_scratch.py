"""The scratch repository of a merge: trees are made and compared in it, and files read; it borrows the project's objects."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from robot_action.clients.git import fast_import
from robot_action.clients.git.compare import blob_id
from robot_action.clients.git.environment import GitOutput, Invocation, Place
from robot_action.clients.git.listing import Named, entries_of, text_of
from robot_action.clients.git.merge_input import BASE, HEADS
from robot_action.clients.git.merge_output import OF_BASE
from robot_action.clients.git.read import ObjectReader
from robot_action.clients.git.runner import GitRunner
from robot_action.model.merge import Policy, Sides
from robot_action.model.tree import Entry, Mode

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
HASTILY = (("core.compression", "0"), ("pack.compression", "0"), ("fastimport.unpackLimit", "1"))
"""What is thrown away soon need neither be small nor be unpacked."""
_EDITED = f"{HEADS}edited"
IDENTITY = {
    f"GIT_{who}_{key}": value
    for who in ("AUTHOR", "COMMITTER")
    for key, value in (("NAME", "robot-action"), ("EMAIL", "robot-action@localhost"), ("DATE", "@0 +0000"))
}
"""Who makes the commits that only a merge sees."""
_FILES = frozenset({Mode.FILE, Mode.EXECUTABLE})


@dataclass(frozen=True, slots=True)
class Scratch:
    """One such repository.

    Attributes:
        place: the repository.
        algorithm: by which it names its objects.
    """

    runner: GitRunner
    place: Place
    algorithm: str

    def git(
        self, *arguments: str, stdin: bytes = b"", accept: Collection[int] = (0,), configuration: tuple[tuple[str, str], ...] = ()
    ) -> GitOutput:
        """Run a command in it, by what a merge goes by."""
        how = Invocation(stdin=stdin, accept=accept, configuration=(*CONFIGURATION, *configuration))
        return self.runner.run(self.place, *arguments, how=how)

    def edited(self, tree: str, edits: Mapping[str, Entry | None]) -> str:
        """Return a tree with some files changed in it, or taken out."""
        if not edits:
            return tree
        gone = fast_import.removed(path for path, entry in edits.items() if entry is None)
        files = fast_import.files({path: entry for path, entry in edits.items() if entry is not None})
        stream = (*fast_import.commit(_EDITED, ""), *fast_import.whole(tree), *gone, *files, b"done\n")
        self.git("fast-import", "--quiet", "--force", "--date-format=raw", stdin=b"".join(stream))
        return self.git("rev-parse", "--verify", f"{_EDITED}^{{tree}}").text

    def files(self, tree: str) -> dict[str, Named]:
        """List a tree."""
        return dict(entries_of(self.git("ls-tree", "-r", "-z", tree).items))

    def renamed(self, gone: Collection[str], other: str) -> Mapping[str, str]:
        """Return where another side has moved some files of the base, as git finds it; ``""``: it has not."""
        if not gone:
            return {}
        how = ("-r", "-z", "--name-status", "--diff-filter=R", "--find-renames", "--no-rename-empty", f"-l{_RENAMES}")
        items = [text_of(item) for item in self.git("diff-tree", *how, BASE, f"{HEADS}{other}").items]
        return {**dict.fromkeys(gone, ""), **{old: new for old, new in zip(items[1::3], items[2::3], strict=True) if old in gone}}

    def named(self, tree: Mapping[str, Entry]) -> Iterator[tuple[str, Named]]:
        """Yield the names that a tree's files would have as objects."""
        return ((path, Named(entry.mode.value, blob_id(entry, self.algorithm))) for path, entry in tree.items())

    def contents(self, named: Iterable[Named | None]) -> dict[Named, Entry]:
        """Read blobs, each once; what is no file, such as a submodule, is left out."""
        modes = set(Mode)
        wanted = {item for item in named if item is not None and item.mode in modes}
        names = sorted({item.name for item in wanted})
        objects = dict(zip(names, ObjectReader(self.runner, self.place).read(names), strict=True))
        return {item: Entry(Mode(item.mode), objects[item.name].content) for item in wanted}

    def sides(self, parts: Mapping[str, Entry | None], merged: Entry | None) -> Sides:
        """Return a path's sides by their stages, with what one side's lines make of a text in which both changed the same."""
        base, project, template = (parts.get(stage) for stage in (OF_BASE, "2", "3"))
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
