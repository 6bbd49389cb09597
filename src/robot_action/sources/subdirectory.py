"""The part of a source that holds the template."""

from __future__ import annotations

import difflib
import posixpath
from collections.abc import Iterator

from robot_action.errors import InputError
from robot_action.model.links import follow_links
from robot_action.model.source import Source
from robot_action.model.tree import Entry, Mode, Tree

_SHOWN = 8


def select(tree: Tree, source: Source) -> Tree:
    """Return what lies below a source's subdirectory; links that lead out of it, but not out of the source, are followed.

    Raises:
        InputError: when there is no such folder, with the names that come near.
    """
    below = tree.subtree(source.subdirectory)
    if below and source.subdirectory:
        return _with_what_is_outside(below, tree, source.subdirectory.strip("/"))
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


def _with_what_is_outside(below: Tree, tree: Tree, folder: str) -> Tree:
    out = tuple(_leading_out(below, folder))
    if not out:
        return below
    followed = follow_links(tree)
    kept = {path: entry for path, entry in below.items() if path not in out or f"{folder}/{path}" in followed.faults}
    starts = tuple(f"{link}/" for link in out)
    found = {path: entry for path, entry in followed.tree.subtree(folder).items() if path in out or path.startswith(starts)}
    unseen = {link for link in out if link not in found and _is_cookiecutters(link)}
    seen = {path: entry for path, entry in found.items() if not path.startswith(tuple(f"{link}/" for link in unseen))}
    return Tree({**kept, **seen, **dict.fromkeys(unseen - kept.keys(), Entry(Mode.DIRECTORY))})


def _is_cookiecutters(path: str) -> bool:
    """Tell whether a path lies in a template folder of Cookiecutter's, which makes an empty folder of a link to a folder."""
    return "{{" in path and "cookiecutter" in path.partition("/")[0]


def _leading_out(below: Tree, folder: str) -> Iterator[str]:
    for path, entry in below.items():
        if entry.mode is Mode.LINK:
            target = posixpath.normpath(posixpath.join(folder, posixpath.dirname(path), entry.content.decode(errors="surrogateescape")))
            if target != folder and not target.startswith(f"{folder}/"):
                yield path
