"""Delivering a proposal: what the host has, the steps that follow from it, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from robot_action.errors import Problem
from robot_action.model.delivered import Delivery
from robot_action.model.kept import KeepWanted, Kept, KeptBase
from robot_action.model.manifest import HostKind
from robot_action.model.plan import Step
from robot_action.model.proposal import Proposed, Target
from robot_action.model.pull_request import (
    BranchCommit,
    BranchHead,
    BranchRule,
    CheckState,
    CommitStatus,
    PullRequest,
    PullRequestFacts,
    PullRequestWanted,
)

CONFLICT_STATUS = "robot-action/conflicts"
"""The context of the status that fails as long as conflict markers stand."""


class Move(StrEnum):
    """What is done to the branch."""

    NONE = "left as it is"
    CREATE = "created"
    REPLACE = "replaced"
    JOIN = "joined"
    """People's commits there are merged with what is proposed."""
    BLOCK = "blocked"
    """People's commits there do not go together with what is proposed."""


@dataclass(frozen=True, slots=True)
class Committing:
    """How commits of ours are made while delivering.

    Attributes:
        top: the project's checkout, whose configuration may name who commits; there need not be one.
        date: seconds since 1970, UTC.
    """

    top: Path
    date: int


@dataclass(frozen=True, slots=True)
class Joined:
    """People's commits on the branch, merged with what is proposed.

    Attributes:
        commit: the merge, or ``""`` where they do not go together.
        conflicts: the paths that both changed, below the project's folder.
        is_there: whether the branch has what is brought: somebody did it by hand.
    """

    commit: str = ""
    conflicts: tuple[str, ...] = ()
    is_there: bool = False


@dataclass(frozen=True, slots=True)
class DeliveryFacts:
    """What was found on the host before anything is delivered.

    Attributes:
        place: a repository of ours that has the commits.
        head: the branch, or None; commits: what it has beyond the base, the oldest first.
        pulls: its pull requests.
        is_in_base: whether the base has what is proposed by now.
        joined: people's commits there with what is proposed; None where there are none, or the branch has it already.
        rules: those that hold for the branch; signs: whether the host signs what we make.
        standing: the paths that have conflict markers on the branch as it is to be.
        status: what `CONFLICT_STATUS` says of the branch's head, or None.
        refusals: why nothing may be written there.
        kept: what becomes of kept renderings there.
        former: open pull requests for the same project from other branches of ours: its template was somewhere else then.
    """

    place: Path
    head: BranchHead | None = None
    commits: tuple[BranchCommit, ...] = ()
    pulls: PullRequestFacts = field(default_factory=PullRequestFacts)
    is_in_base: bool = False
    joined: Joined | None = None
    rules: tuple[BranchRule, ...] = ()
    signs: bool = False
    standing: tuple[str, ...] = ()
    status: CheckState | None = None
    refusals: tuple[Problem, ...] = ()
    kept: KeptBase = field(default_factory=KeptBase)
    former: tuple[PullRequest, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleStep(Step):
    """Write a bundle and its result for another job.

    Attributes:
        place: a repository of ours that has the commit.
        is_idle: whether delivering it would change nothing.
    """

    proposed: Proposed
    place: Path
    file: Path
    is_idle: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchStep(Step):
    """Bring a commit to the branch.

    Attributes:
        place: a repository of ours that has it.
        seen: the commit that the branch had when it was looked at; ``""``: there was no such branch.
        along: the proposed commit, where what is brought is its merge with people's commits; or ``""``.
    """

    target: Target
    place: Path
    branch: str
    commit: str
    seen: str = ""
    along: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestStep(Step):
    """Open a pull request, or bring the open one to what is wanted, or close it.

    Attributes:
        wanted: as it shall be; it merges itself where that is still to be arranged, and nobody has to look at it before.
        found: the open one, or None.
        rewrites: whether title, body and base are written anew.
        draft: what the open one shall be, or None: as it is.
        closes: whether it is closed.
        known: what becomes of it.
    """

    host: HostKind
    wanted: PullRequestWanted
    known: Delivery
    found: PullRequest | None = None
    rewrites: bool = False
    draft: bool | None = None
    closes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusStep(Step):
    """Say beside the branch's commit whether conflict markers stand.

    Attributes:
        commit: the branch's, where this run does not bring another one.
    """

    host: HostKind
    repository: str
    commit: str
    status: CommitStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepStep(Step):
    """Have the host keep the version that the project has, rendered, for the next update."""

    keep: tuple[KeepWanted, Kept]
