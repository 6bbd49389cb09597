"""The rendering that a project was last brought to, kept in its own repository."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from robot_action.model.tree import Tree


@dataclass(frozen=True, slots=True)
class KeepWanted:
    """A rendering in a project's repository.

    Attributes:
        folder: the top of the repository.
        name: which rendering it is, as a digest.
        state: the path of the project's state file there.
        beside: another one of this project that stays, when this one is kept.
    """

    folder: Path
    name: str
    state: str
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A rendering as far as a later merge needs it: its files, which of them are the project's own, and what each is made of."""

    tree: Tree
    kept: frozenset[str] = frozenset()
    sources: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KeptBase:
    """What becomes of kept renderings in one update.

    Attributes:
        note: whether one was used, or the old version was rendered again, and why.
        keep: the new version's rendering to keep, or None.
    """

    note: str = ""
    keep: tuple[KeepWanted, Kept] | None = None
