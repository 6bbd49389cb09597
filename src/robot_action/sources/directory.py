"""Sources that are folders: as they stand, or at a commit of the git repository around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from robot_action.errors import NoVersionError
from robot_action.model.fetched import FetchedTree
from robot_action.model.source import Source
from robot_action.planning.versions import as_version
from robot_action.sources.checkout import checked_out
from robot_action.sources.folder import find_folder
from robot_action.sources.subdirectory import select

if TYPE_CHECKING:
    from robot_action.ports import Ports


def fetch(ports: Ports, source: Source) -> FetchedTree:
    """Read a folder; inside a git work tree only what git would not ignore, and with a ref what that commit holds.

    Raises:
        InputError: when it is no folder, or there is no such ref or subdirectory.
    """
    folder = find_folder(ports.files, source)
    if source.versions is not None:
        raise NoVersionError(f"{source.text} is a folder, and a folder has no versions", hint="Name a branch, tag or commit instead.")
    if source.ref is not None:
        snapshot = ports.git.read_folder(folder, source.ref)
        version = as_version(source.ref)
        return FetchedTree(select(checked_out(ports, snapshot.tree), source), str(version) if version else "", snapshot.commit)
    paths = ports.git.find_files(folder)
    tree = ports.files.read_tree(folder) if paths is None else ports.files.read_tree(folder, paths)
    return FetchedTree(select(tree, source), as_it_stands=paths is not None)
