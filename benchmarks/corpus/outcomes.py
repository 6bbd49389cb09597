"""What an update made of a project, and whether anything of the user's or of the template's was lost in it."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.corpus.edits import Edits

Tree = Mapping[str, tuple[str, bytes]]
STATE_FILES = frozenset({".copier-answers.yml", ".cruft.json"})
_MARKER = re.compile(rb"^<<<<<<< ", re.MULTILINE)
_HUNK = re.compile(rb"^@@ ", re.MULTILINE)
_LEFT = re.compile(r"^(.*) (?:stays deleted, although|is left alone: )", re.DOTALL)
_TOLD = re.compile(r"^conflict in (.*?): ", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One tool's result.

    Attributes:
        error: what it said where it gave up.
        conflicts: how many places of each path in conflict somebody has to look at.
        tree: what stands in the folder.
        lost: words of the user's that are nowhere any more.
        undone: deletions and renamings of the user's that are undone.
        missing: lines that the template brings, and that are neither in the project nor in a path that is told as a conflict.
    """

    error: str = ""
    conflicts: Mapping[str, int] = field(default_factory=dict)
    tree: Tree = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def judge(tree: Tree, conflicts: Mapping[str, int], edits: Edits, base: Tree, theirs: Tree, left: frozenset[str] = frozenset()) -> Outcome:
    """Return a tool's result.

    Args:
        tree: what it made.
        conflicts: as `conflicts_of_peer` or `conflicts_told` say.
        edits: what the user had done.
        base: the template as it was, rendered.
        theirs: the template as it is.
        left: paths of which it says that it leaves them out.
    """
    everything = b"\n".join(content for _, content in tree.values())
    undone = [path for path in (*edits.deleted, *edits.renamed) if path in tree]
    names = set(map(_name, tree))  # a file may have gone along with its folder
    undone += [new for new in edits.renamed.values() if _name(new) not in names]
    lost = [f"{path}: {word}" for word, path in edits.words.items() if not re.search(rb"\b%s\b" % word.encode(), everything)]
    known = {line.strip() for line in everything.splitlines()} | {line[1:].strip() for line in everything.splitlines()}
    gone = {*STATE_FILES, *left, *edits.deleted, *conflicts, *edits.renamed}
    missing = [
        f"{path}: {line.decode(errors='replace')}"
        for path, (_, content) in theirs.items()
        if path not in gone
        for line in _added(base.get(path, ("", b""))[1], content)
        if line not in known
    ]
    return Outcome("", conflicts, tree, tuple(lost), tuple(undone), tuple(missing))


def _added(before: bytes, after: bytes) -> list[bytes]:
    old = {line.strip() for line in before.splitlines()}
    return [line.strip() for line in after.splitlines() if line.strip() and line.strip() not in old]


def conflicts_of_peer(project: Path, tree: Tree, before: Tree) -> dict[str, int]:
    """Return the paths with conflict markers, with a file of what was rejected, or unmerged in git's index."""
    asked = ["git", "-c", "safe.directory=*", "ls-files", "--unmerged", "-z"]
    listed = subprocess.run(asked, cwd=project, check=True, capture_output=True, text=True).stdout
    found = {item.partition("\t")[2]: 1 for item in listed.split("\0") if item}
    for path, (_, content) in tree.items():
        old = len(_MARKER.findall(before[path][1])) if path in before else 0
        if marked := len(_MARKER.findall(content)) - old:
            found[path] = marked
        if path.endswith(".rej") and path not in before:
            found[path.removesuffix(".rej")] = len(_HUNK.findall(content)) or 1
    return found


def conflicts_told(report: str, tree: Tree) -> dict[str, int]:
    """Return the paths in conflict of our report, with the conflict markers in each, or 1."""
    steps = json.loads(report)["projects"][0]["plan"]
    paths = [found[1] for step in steps for note in step["notes"] if (found := _TOLD.match(note))]
    return {path: len(_MARKER.findall(tree[path][1])) or 1 if path in tree else 1 for path in paths}


def left_out(report: str) -> frozenset[str]:
    """Return the paths of which our report says that they stay deleted, or are ignored by the project."""
    steps = json.loads(report)["projects"][0]["plan"]
    return frozenset(found[1] for step in steps for note in step["notes"] if (found := _LEFT.match(note)))


def needless(ours: Outcome, peer: Outcome, edits: Edits) -> list[str]:
    """Return the paths that are a conflict for us alone, although the peer brought all of the template's lines in and lost none there.

    Paths are told apart by their last part, for files may have moved.
    """
    old = {new: path for path, new in edits.renamed.items()}
    bad = {_name(path) for path in (*peer.conflicts, *(one.split(":")[0] for one in (*peer.lost, *peer.missing)), *peer.undone)}
    return [path for path in ours.conflicts if not {_name(path), _name(old.get(path, path))} & bad]


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def disagreeing(ours: Outcome, peer: Outcome) -> list[str]:
    """Return the paths that both merged without a conflict, and differently."""
    skipped = {*ours.conflicts, *peer.conflicts, *STATE_FILES}
    paths = sorted({*ours.tree, *peer.tree} - skipped)
    return [path for path in paths if not path.endswith((".rej", ".orig")) and _content(ours.tree, path) != _content(peer.tree, path)]


def _content(tree: Tree, path: str) -> tuple[str, bytes] | None:
    kind, content = tree.get(path, ("folder", b""))
    return None if kind.startswith("folder") else (kind, content)
