"""Sources that are folders: as they stand, or at a commit of the git repository around them."""

from __future__ import annotations

from pathlib import Path

from robot_action.errors import InputError
from robot_action.exchange import FetchedTree
from robot_action.model.source import Source
from robot_action.planning.versions import as_version
from robot_action.ports import Ports
from robot_action.sources.subdirectory import select


def fetch(ports: Ports, source: Source) -> FetchedTree:
    """Read a folder; inside a git work tree only what git would not ignore, and with a ref what that commit holds.

    Raises:
        InputError: when it is no folder, or there is no such ref or subdirectory.
    """
    folder = Path(source.location)
    if source.versions is not None:
        raise InputError(f"{source.text} is a folder, and a folder has no versions", hint="Name a branch, tag or commit after '@' instead.")
    if ports.files.listing(folder) is None:
        raise InputError(f"the template's folder {folder} does not exist", hint=_hint(ports, folder))
    if source.ref is not None:
        snapshot = ports.git.read_folder(folder, source.ref)
        version = as_version(source.ref)
        return FetchedTree(select(snapshot.tree, source), str(version) if version else "", snapshot.commit)
    paths = ports.git.find_files(folder)
    tree = ports.files.read_tree(folder) if paths is None else ports.files.read_tree(folder, paths)
    return FetchedTree(select(tree, source))


def _hint(ports: Ports, folder: Path) -> str:
    beside = ports.files.listing(folder.parent) if ports.files.exists(folder.parent) else None
    if not beside:
        return "Relative folders start at the manifest's folder."
    return f"Beside it there are: {', '.join(beside[:8])}. Relative folders start at the manifest's folder."
