"""A tree as folders, seen one path at a time: what stands in each, with links followed inside the tree and never out of it.

`robot_action.model.links` instead replaces all links of a tree at once.
"""

from __future__ import annotations

from collections.abc import Mapping

from robot_action.model.links import MAX_LINKS
from robot_action.model.tree import Entry, Mode, Tree


class LinkError(Exception):
    """A path that cannot be followed: it leads out of the template, to nothing, or in a circle."""


class Folders:
    """The folders of a tree; the top is ``""``."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._names: dict[str, dict[str, None]] = {"": {}}
        for path, entry in tree.items():
            self._add(path)
            if entry.mode is Mode.DIRECTORY:
                self._names.setdefault(path, {})

    def _add(self, path: str) -> None:
        """Note a path in its folder, and that in its own."""
        while path:
            folder, _, name = path.rpartition("/")
            names = self._names.setdefault(folder, {})
            if name in names:
                return
            names[name] = None
            path = folder

    def is_folder(self, path: str) -> bool:
        """Tell whether a path without links is a folder."""
        return path in self._names

    def listing(self, folder: str) -> Mapping[str, bool]:
        """Return the names in a folder, by code points, and whether each leads to a folder; nothing when it is none."""
        names = sorted(self._names.get(folder, ()))
        return {name: self._leads_to_folder(f"{folder}/{name}" if folder else name) for name in names}

    def is_link(self, path: str) -> bool:
        """Tell whether a path, whose folders are no links, is a link."""
        entry = self._tree.get(path)
        return entry is not None and entry.mode is Mode.LINK

    def _leads_to_folder(self, path: str) -> bool:
        if not self.is_link(path):
            return self.is_folder(path)
        try:
            return self.is_folder(self.follow(path))
        except LinkError:
            return False

    def file(self, path: str) -> Entry | None:
        """Return the file that a path leads to, or None when it leads to a folder or to nothing."""
        entry = self._tree.get(path)
        if entry is None or entry.mode is Mode.LINK:
            try:
                entry = self._tree.get(self.follow(path))
            except LinkError:
                return None
        return None if entry is None or entry.mode is Mode.DIRECTORY else entry

    def follow(self, path: str) -> str:
        """Return the path without links that a path leads to, which is a folder or a file.

        Raises:
            LinkError: when there is none.
        """
        pending = path.split("/")[::-1]
        found: list[str] = []
        left = MAX_LINKS
        while pending:
            part = pending.pop()
            if part in {"", "."}:
                continue
            if part == "..":
                if not found:
                    raise LinkError("leads out of the template")
                found.pop()
                continue
            here = "/".join((*found, part))
            if self.is_link(here):
                left -= 1
                if left < 0:
                    raise LinkError("leads in a circle")
                pending.extend(self._target(here))
            elif self.is_folder(here) or (here in self._tree and not any(pending)):
                found.append(part)
            else:
                raise LinkError("leads to nothing")
        return "/".join(found)

    def _target(self, link: str) -> list[str]:
        """Return the parts of a link's target, the last one first."""
        target = self._tree[link].content.decode(errors="surrogateescape")
        if target.startswith("/"):
            raise LinkError("leads out of the template")
        return target.split("/")[::-1]
