"""What git lists: paths, which may hold any bytes, and blobs by mode and id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Named(NamedTuple):
    """A blob by its id, as a tree or an unmerged index names it."""

    mode: str
    name: str


def text_of(path: bytes) -> str:
    """Return a path as text, in which what is not UTF-8 survives."""
    return path.decode("utf-8", "surrogateescape")


def entries_of(items: Iterable[bytes]) -> Iterator[tuple[str, Named]]:
    r"""Yield path, mode and id of what ``git ls-tree -r -z`` lists: ``<mode> <kind> <id>\t<path>``."""
    for item in items:
        head, _, path = item.partition(b"\t")
        mode, _, name = head.decode().split()
        yield text_of(path), Named(mode, name)
