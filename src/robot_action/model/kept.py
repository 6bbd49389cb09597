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
        state: the path of the project's state file there; on a host with the branch before it, as ``main:path``.
        beside: another one of this project that stays, when this one is kept.
        url: of the repository on a host that is meant, without credentials; ``""``: the one in the folder.
    """

    folder: Path
    name: str
    state: str
    beside: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class KeepingHost:
    """A host's repository of a project, which keeps renderings, too.

    Attributes:
        url: of the repository, for git, without credentials.
        branch: the branch that updates are merged into.
        writes: whether this run may write there.
    """

    url: str
    branch: str
    writes: bool = True


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
        keep: the rendering to keep, or None: the new version's in a folder, the merged version's on a host.
        told: the same as the note where there is a host, and why nothing is kept there.
    """

    note: str = ""
    keep: tuple[KeepWanted, Kept] | None = None
    told: tuple[str, ...] = ()
