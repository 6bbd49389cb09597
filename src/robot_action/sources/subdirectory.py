"""The part of a source that holds the template."""

from __future__ import annotations

import difflib

from robot_action.errors import InputError
from robot_action.model.source import Source
from robot_action.model.tree import Tree

_SHOWN = 8


def select(tree: Tree, source: Source) -> Tree:
    """Return what lies below a source's subdirectory.

    Raises:
        InputError: when there is no such folder, with the names that come near.
    """
    below = tree.subtree(source.subdirectory)
    if below or not source.subdirectory:
        return below
    if source.subdirectory in tree:
        raise InputError(f"{source.text}: {source.subdirectory!r} is a file, no folder", hint="Name the folder that holds the template.")
    folders = sorted({"/".join(path.split("/")[:depth]) for path in tree for depth in range(1, path.count("/") + 1)})
    near = difflib.get_close_matches(source.subdirectory, folders, n=_SHOWN, cutoff=0.4) or folders[:_SHOWN]
    raise InputError(
        f"{source.text} has no folder {source.subdirectory!r}",
        hint=f"There are: {', '.join(near)}." if near else "It has no folders at all.",
    )
