"""What a tree's own ``.gitattributes`` say about its files, as for a work tree of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from robot_action.clients.git.attributes import read_attributes
from robot_action.clients.git.fetch import make_scratch
from robot_action.clients.git.runner import GitRunner
from robot_action.model.merge import Attributes
from robot_action.model.tree import Mode, Tree

FILE = ".gitattributes"


def attributes_of(runner: GitRunner, tree: Tree) -> Mapping[str, Attributes]:
    """Return what the ``.gitattributes`` files of a tree say; see `robot_action.repositories.Git.attributes`."""
    with runner.scratch("attributes") as folder:
        work = folder / "work"
        work.mkdir()
        for path, entry in tree.items():
            if path.rpartition("/")[2] == FILE and entry.mode in {Mode.FILE, Mode.EXECUTABLE}:
                (work / path).parent.mkdir(parents=True, exist_ok=True)
                (work / path).write_bytes(entry.content)
        place = replace(make_scratch(runner, folder / "repository", "sha1"), folder=work, work_tree=work)
        paths = b"".join(b"%s\0" % path.encode("utf-8", "surrogateescape") for path in tree)
        return read_attributes(runner, place, paths, "", ())
