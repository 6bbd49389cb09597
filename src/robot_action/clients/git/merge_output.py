"""What ``git merge-tree -z`` writes (git-merge-tree(1), "OUTPUT")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from robot_action.clients.git.listing import Named, text_of
from robot_action.model.merge import Remark

OF_BASE = "1"
"""The stage at which an unmerged path is as the base has it."""


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
