"""An immutable set of paths with contents, modes and links."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType


class Mode(StrEnum):
    """What a path is; the values are git's own modes."""

    FILE = "100644"
    EXECUTABLE = "100755"
    LINK = "120000"
    DIRECTORY = "040000"
    """An empty directory; one with contents is implied by its paths."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One path's mode and bytes; a link's bytes are its target, a directory has none."""

    mode: Mode
    content: bytes = b""

    def __reduce__(self) -> tuple[type[Entry], tuple[Mode, bytes]]:
        """Travel to another process with nothing but these: a tree has many."""
        return Entry, (self.mode, self.content)


class Tree(Mapping[str, Entry]):
    """Paths (relative, POSIX, sorted by their UTF-8 bytes) and what they hold.

    A tree that is to be written or committed must first pass `robot_action.model.paths.check_tree`.
    """

    __slots__ = ("__dict__", "_entries")

    def __init__(self, entries: Mapping[str, Entry] | None = None) -> None:
        ordered = sorted((entries or {}).items(), key=lambda item: item[0].encode("utf-8", "surrogatepass"))
        self._entries: Mapping[str, Entry] = MappingProxyType(dict(ordered))

    def __getitem__(self, path: str) -> Entry:
        """Return what stands at ``path``."""
        return self._entries[path]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the paths in order."""
        return iter(self._entries)

    def __len__(self) -> int:
        """Return the number of paths."""
        return len(self._entries)

    # What follows is `Mapping`'s own, without a call of ours for each path: an update asks tens of thousands of times.
    def __contains__(self, path: object) -> bool:
        """Tell whether something stands at ``path``."""
        return path in self._entries

    def keys(self) -> KeysView[str]:
        """Return the paths in order."""
        return self._entries.keys()

    def values(self) -> ValuesView[Entry]:
        """Return what stands at the paths, in their order."""
        return self._entries.values()

    def items(self) -> ItemsView[str, Entry]:
        """Return the paths in order, each with what stands there."""
        return self._entries.items()

    def __reduce__(self) -> tuple[type[Tree], tuple[dict[str, Entry]]]:
        """Travel to another process as plain paths and entries."""
        return Tree, (dict(self._entries),)

    def __repr__(self) -> str:
        """Return a short description, never the contents."""
        return f"<Tree of {len(self)} paths, {self.digest[:19]}>"

    @cached_property
    def digest(self) -> str:
        """``sha256:`` and the hash over every path's mode, length and bytes, in order."""
        import hashlib

        state = hashlib.sha256(b"robot-action tree 1\0")
        for path, entry in self._entries.items():
            name = path.encode("utf-8", "surrogatepass")
            state.update(b"%s %d:%s %d:" % (entry.mode.encode(), len(name), name, len(entry.content)))
            state.update(entry.content)
        return f"sha256:{state.hexdigest()}"

    def subtree(self, prefix: str) -> Tree:
        """Return what lies below the directory ``prefix``, with paths relative to it; ``""`` is the whole tree."""
        if prefix in {"", "."}:
            return self
        start = f"{prefix.strip('/')}/"
        return Tree({path.removeprefix(start): entry for path, entry in self.items() if path.startswith(start)})

    def with_entries(self, entries: Mapping[str, Entry]) -> Tree:
        """Return a tree in which ``entries`` are added or replaced."""
        return Tree({**self._entries, **entries})

    def size(self) -> int:
        """Return the number of bytes of all contents."""
        return sum(len(entry.content) for entry in self.values())
