"""Reading template folders that lie in a git work tree: as they stand, or at a commit."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from robot_action.clients.git.environment import Invocation, Place
from robot_action.clients.git.project import decode_name
from robot_action.clients.git.read import Budget, ObjectReader
from robot_action.clients.git.runner import GitRunner
from robot_action.errors import FailedError, InputError, NoVersionError
from robot_action.parsing.git_objects import BrokenObjectError, GitObject, Objects, algorithm_of, read_commit

if TYPE_CHECKING:
    from robot_action.exchange import Snapshot

_FOUND = re.compile(r"([0-9a-f]+) ([a-z]+)")
"""What is said of an object; of one that is missing it is ``<name> missing``, and no name here is without ``^``."""


def find_files(runner: GitRunner, folder: Path) -> tuple[str, ...] | None:
    """Return what git would not ignore below a folder of a work tree; see `robot_action.repositories.Git.find_files`.

    Raises:
        InputError: when a submodule there has no files yet, or a name is not UTF-8.
    """
    place = Place(folder, discover=True)
    if not _may_be_inside(folder):
        return None
    inside = runner.run(place, "rev-parse", "--is-inside-work-tree", how=Invocation(accept=(0, 128)))
    if inside.text != "true":
        return None
    items = runner.run(place, "ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "-z").items
    staged = runner.run(place, "ls-files", "--stage", "-z").items
    submodules = {item.partition(b"\t")[2] for item in staged if item.startswith(b"160000 ")}
    files: list[str] = []
    for item in items:
        path = decode_name(item.rstrip(b"/"), folder)
        if item in submodules or item.endswith(b"/"):
            files += (f"{path}/{name}" for name in _nested(runner, folder / path))
        elif os.path.lexists(folder / path):
            files.append(path)
    return tuple(sorted(files))


def _may_be_inside(folder: Path) -> bool:
    """Tell whether git would find a repository around a folder: one has ``.git``, and a bare one ``HEAD``."""
    real = folder.resolve()
    return any(os.path.lexists(parent / name) for parent in (real, *real.parents) for name in (".git", "HEAD"))


def _nested(runner: GitRunner, folder: Path) -> tuple[str, ...]:
    if not os.path.lexists(folder / ".git"):
        raise InputError(f"the submodule {folder} has no files", hint="Run: git submodule update --init --recursive")
    return find_files(runner, folder) or ()


def read_folder(runner: GitRunner, folder: Path, ref: str, known: dict[str, GitObject]) -> Snapshot:
    """Return what a work tree holds at a ref, below a folder; see `robot_action.repositories.Git.read_folder`.

    Args:
        runner: runs git.
        folder: the folder.
        ref: a branch, tag or commit.
        known: objects that were read before, by their true ids, and need not be read again; those of this folder come to them.

    Raises:
        InputError: when the folder is in no work tree, or the ref or the folder at that ref does not exist.
    """
    from robot_action.exchange import Snapshot  # with much that the files of a folder alone do not need

    place = Place(folder, discover=True)
    prefix = runner.run(place, "rev-parse", "--show-prefix", how=Invocation(accept=(0, 128)))
    if prefix.code:
        raise NoVersionError(f"{folder} is in no git work tree, so it has no {ref!r}", hint="Take the folder as it is, without a ref.")
    inside = f"{ref}^{{commit}}:{prefix.text.rstrip('/')}"
    commit, tree = _find(runner, place, {f"{ref}^{{commit}}": "commit", inside: "tree"})
    if not commit:
        raise NoVersionError(f"the repository around {folder} has no branch, tag or commit {ref!r}", hint=_names(runner, place))
    if not tree:
        raise InputError(f"the commit {ref!r} has no folder {prefix.text!r}", hint=f"It stands in the work tree only: {folder}.")
    known.update(Objects.index(_collect(runner, folder, (commit, tree), Budget(), known.keys()), algorithm_of(commit)).by_id)
    pool = Objects(known)
    try:
        return Snapshot(commit, pool.tree(tree), read_commit(pool.get(commit, "commit"))[1])
    except BrokenObjectError as error:
        raise FailedError(f"the repository around {folder} is damaged: {error}", hint="Run: git fsck") from error


def _find(runner: GitRunner, place: Place, kinds: Mapping[str, str]) -> list[str]:
    """Return the objects that some names mean, by one command; ``""`` where there is none, or one of another kind."""
    stdin = "".join(f"{name}\n" for name in kinds).encode("utf-8", "surrogateescape")
    done = runner.run(place, "cat-file", "--batch-check=%(objectname) %(objecttype)", how=Invocation(stdin=stdin, accept=(0, 128)))
    lines = done.text.split("\n")
    if len(lines) != len(kinds):  # no repository, or a name with a line break
        return [""] * len(kinds)
    found = map(_FOUND.fullmatch, lines)
    return [one[1] if one and one[2] == kind else "" for one, kind in zip(found, kinds.values(), strict=True)]


def _collect(runner: GitRunner, folder: Path, ids: tuple[str, str], budget: Budget, known: Collection[str]) -> Iterator[GitObject]:
    """Read a commit and a tree of it, and those of the submodules where they are checked out, as far as they are not known."""
    reader = ObjectReader(runner, Place(folder, discover=True), budget)
    listing = reader.list_tree(ids[1])
    yield from reader.read(name for name in {*ids, *listing.objects} if name not in known)
    for raw, commit in listing.submodules:
        below = folder / decode_name(raw, folder)
        place = Place(below, discover=True)
        (tree,) = _find(runner, place, {f"{commit}^{{tree}}": "tree"}) if os.path.lexists(below / ".git") else ("",)
        if not tree:
            raise InputError(f"the submodule {below} does not have commit {commit}", hint="Run: git submodule update --init --recursive")
        yield from _collect(runner, below, (commit, tree), budget, known)


def _names(runner: GitRunner, place: Place) -> str:
    arguments = ("for-each-ref", "--count=8", "--sort=-creatordate", "--format=%(refname:short)", "refs/heads", "refs/tags")
    names = runner.run(place, *arguments).text.split()
    return f"There are {', '.join(names)}." if names else "It has no commits yet."
