"""What ``git merge-tree -z`` writes (git-merge-tree(1), "OUTPUT")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from robot_action.model.merge import Remark


@dataclass(frozen=True, slots=True)
class Named:
    """A blob by its id, as a tree or an unmerged index names it."""

    mode: str
    name: str


def text_of(path: bytes) -> str:
    """Return a path as text, in which what is not UTF-8 survives."""
    return path.decode("utf-8", "surrogateescape")


def stages_of(items: Iterable[bytes]) -> Iterator[tuple[str, str, Named]]:
    r"""Yield path, stage and blob of every unmerged path: ``<mode> <object> <stage>\t<path>``."""
    for item in items:
        head, _, path = item.partition(b"\t")
        mode, name, stage = head.decode().split()
        yield text_of(path), stage, Named(mode, name)


def remarks_of(items: Iterator[bytes]) -> Iterator[Remark]:
    """Yield the remarks: the number of paths, the paths, the kind, and a message for people."""
    for count in items:
        if not count:
            return
        paths = tuple(map(text_of, islice(items, int(count))))
        kind, _message = next(items), next(items)
        yield Remark(kind.decode(), paths)
