"""A tree's links, followed as a file system follows them, but never out of the tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from robot_action.errors import InputError
from robot_action.model.tree import Entry, Mode, Tree

MAX_LINKS = 40
"""Links that one path may lead through, as Linux has it (path_resolution(7))."""
MAX_PATHS = 100_000
"""Paths that a tree may have after its links are followed: links among folders can multiply them."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A tree without links.

    Attributes:
        tree: each link replaced by what it leads to, whole folders included.
        faults: why a link cannot be followed, by its path; these are not in the tree.
    """

    tree: Tree
    faults: Mapping[str, str]


class _BadLinkError(Exception):
    """A link that leads nowhere, or out."""


def follow_links(tree: Tree) -> Followed:
    """Return what a program sees that follows every link.

    Raises:
        InputError: when that are too many paths.
    """
    links = [path for path, entry in tree.items() if entry.mode is Mode.LINK]
    if not links:
        return Followed(tree, {})
    folders = _folders(tree)
    entries = {path: entry for path, entry in tree.items() if entry.mode is not Mode.LINK}
    faults: dict[str, str] = {}
    # a link's path as it is seen, its own path, and the links that led there
    pending: list[tuple[str, str, frozenset[str]]] = [(path, path, frozenset()) for path in links]
    while pending:
        seen, path, chain = pending.pop()
        if path in chain:
            faults[seen] = "leads to a folder that it lies in"
            continue
        try:
            real = _resolve(tree, folders, path)
        except _BadLinkError as error:
            faults[seen] = str(error)
            continue
        if real in tree:
            entries[seen] = tree[real]
            continue
        for child in folders[real]:
            shown = f"{seen}{child[len(real) :]}" if real else f"{seen}/{child}"
            if tree[child].mode is Mode.LINK:
                pending.append((shown, child, chain | {path}))
            else:
                entries[shown] = tree[child]
        if len(entries) > MAX_PATHS:
            raise InputError(f"the template's links lead to more than {MAX_PATHS} paths")
    return Followed(Tree(entries), faults)


def _folders(tree: Tree) -> Mapping[str, list[str]]:
    """Return the paths below each folder that is not empty."""
    folders: dict[str, list[str]] = {"": list(tree)}
    for path in tree:
        parts = path.split("/")
        for count in range(1, len(parts)):
            folders.setdefault("/".join(parts[:count]), []).append(path)
    return folders


def _resolve(tree: Mapping[str, Entry], folders: Mapping[str, list[str]], path: str) -> str:
    """Return the path that a link leads to in the end.

    Raises:
        _BadLinkError: saying where it leads instead.
    """
    parts = path.split("/")[::-1]
    here: list[str] = []
    count = 0
    while parts:
        part = parts.pop()
        if part in {"", "."}:
            continue
        if part == "..":
            if not here:
                raise _BadLinkError("leads out of the template")
            here.pop()
            continue
        place = "/".join([*here, part])
        if place not in folders and place not in tree:
            raise _BadLinkError("leads nowhere")
        entry = tree.get(place)
        if entry is None or entry.mode is not Mode.LINK:
            here.append(part)
            continue
        count += 1
        target = entry.content.decode(errors="surrogateescape")
        if target.startswith("/"):
            raise _BadLinkError("leads out of the template")
        if not target or count > MAX_LINKS:
            raise _BadLinkError("leads nowhere")
        parts.extend(target.split("/")[::-1])
    return "/".join(here)
