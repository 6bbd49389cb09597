"""The repository of ours in which a proposal is made, read or joined with others' commits; it lasts for one run, without a work tree."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from robot_action.clients.git.environment import Place
from robot_action.clients.git.listing import entries_of
from robot_action.clients.git.project import initialise
from robot_action.clients.git.read import ObjectReader
from robot_action.clients.git.runner import GitRunner
from robot_action.model.tree import Entry, Mode

HELD = "refs/heads/base"
"""Names the commit that a proposal is made on."""


def inside_of(place: Path) -> Place:
    """Return the repository at a place, as commands name it that want no files."""
    return Place(place, git_dir=place / ".git")


def lay(place: Path, algorithm: str, commit: str) -> Place:
    """Make an empty repository at a place, with a commit checked out that is still to come."""
    initialise(place / ".git", algorithm)
    (place / ".git/HEAD").write_text(f"{commit}\n")
    return inside_of(place)


def hold(runner: GitRunner, inside: Place, commit: str) -> None:
    """Give a commit a name, by which servers learn that it is here already."""
    runner.run(inside, "update-ref", HELD, commit)


def read_files(runner: GitRunner, inside: Place, tree: str, paths: Collection[str]) -> Mapping[str, Entry]:
    """Return those of some paths that are files of a tree, or links."""
    wanted = frozenset(paths)  # they may be more than one command line holds
    items = runner.run(inside, "ls-tree", "-r", "-z", "--full-tree", tree).items if wanted else ()
    modes = set(Mode)
    files = {path: named for path, named in entries_of(items) if path in wanted and named.mode in modes}
    names = sorted({named.name for named in files.values()})
    contents = dict(zip(names, ObjectReader(runner, inside).read(names), strict=True))
    return {path: Entry(Mode(named.mode), contents[named.name].content) for path, named in files.items()}
