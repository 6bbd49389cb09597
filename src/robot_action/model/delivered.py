"""What became of a proposal; apart from how it is delivered, since every report may tell of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Operation(StrEnum):
    """What became of a pull request in one run."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    CLOSED = "closed"
    DECLINED = "declined"
    """Somebody closed the one that proposed the same."""
    BLOCKED = "blocked"
    """Its branch has commits of people."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A proposal that lies in a file for another job.

    Attributes:
        is_idle: whether delivering it would change nothing.
    """

    file: Path
    branch: str
    conflicts: tuple[str, ...] = ()
    is_idle: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a proposal stands on its host after a run.

    Attributes:
        number: the pull request's, 0 where there is none; url: for people.
        commit: the branch's; ``""`` where there is no branch.
        conflicts: the paths that somebody has to look at.
        verified: whether the host vouches for who made the commit.
    """

    operation: Operation
    branch: str
    number: int = 0
    url: str = ""
    commit: str = ""
    conflicts: tuple[str, ...] = ()
    verified: bool = False
