"""An update as a proposal: what is brought, where to, and how it shall be treated there.

`Proposed` is what one process prepares and another may deliver; nothing in it decides what the deliverer may do. That is
said in `Wishes`, by the operator of the one who delivers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from robot_action.model.manifest import HostKind
from robot_action.model.merge import Conflict
from robot_action.model.update_summary import UpdateSummary

BUNDLE_LIMIT = 256 * 2**20
"""Bytes of a bundle that is delivered."""
ANSWERED = "+"
"""In a revision: what follows is a digest of the answers that were given anew."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the operator wants of a proposal besides its contents; all of it is optional.

    Attributes:
        repository: where to, as it was given: ``owner/name``, or the folder of a bare repository; ``""``: the project's own.
        base: the branch to merge into; ``""``: the one that is checked out.
        branch: the branch to propose; ``""``: named after the template.
        title, message: the pull request's title and the commit's message; ``""``: made from what is brought.
        reviewers: logins; teams: slugs of the repository's organisation.
        draft: a draft in any case; one with conflicts is one anyway.
        again: whether a version is proposed that somebody declined.
        allow_workflows: whether what another job prepared may change workflow files.
    """

    repository: str = ""
    base: str = ""
    branch: str = ""
    title: str = ""
    message: str = ""
    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    draft: bool = False
    auto_merge: bool = False
    again: bool = False
    allow_workflows: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of the machine's place in the world, from settings and environment.

    Attributes:
        server: the address of GitHub's repositories.
        own: ``owner/name`` that the workflow runs in, ``ref``: its reference, ``commit``: its commit; ``""`` at a terminal.
        epoch: ``SOURCE_DATE_EPOCH``, seconds since 1970, or None.
        here: the folder that relative ones are relative to.
    """

    server: str
    here: Path
    own: str = ""
    ref: str = ""
    commit: str = ""
    epoch: int | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Where a proposal goes.

    Attributes:
        repository: ``owner/name``; on the host ``local`` the bare repository's folder.
        url: of the repository, for git, without credentials.
    """

    host: HostKind
    repository: str
    url: str


@dataclass(frozen=True, slots=True)
class ProposalRequest:
    """An update that is asked for as a proposal.

    Attributes:
        bundle: where to leave it for another job; None: it is delivered at once.
    """

    around: Surroundings
    wishes: Wishes = field(default_factory=Wishes)
    bundle: Path | None = None


@dataclass(frozen=True, slots=True)
class DeliverRequest:
    """What another job prepared, to be delivered.

    Attributes:
        bundle: the file; the result lies beside it.
        project: a checkout of the project, whose remote tells the repository where nothing else does.
        resume: the command line, as arguments.
        again: what to do instead of that, in words, where nobody typed a command line.
    """

    bundle: Path
    project: Path
    around: Surroundings
    wishes: Wishes = field(default_factory=Wishes)
    dry_run: bool = False
    resume: tuple[str, ...] = ()
    again: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One path that differs between two commits, as git's trees have it.

    Attributes:
        before_mode, after_mode: git's, such as ``100755``; before, after: the blobs; ``""`` where the path is not there.
    """

    path: str
    before_mode: str = ""
    before: str = ""
    after_mode: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is proposed to one repository: one commit on a branch of ours, or nothing.

    Attributes:
        target: the repository.
        project: the project, for people.
        base: the branch that it is to be merged into; parent: the commit of it that was merged with.
        branch: the branch that is proposed; seen: its commit when that was looked at, ``""``: there was no such branch.
        commit: what is brought, or ``""``: there is nothing to bring in.
        digest: of what is brought, whatever else the base holds: target version, changes and conflicts.
        revision: which version is brought, with which answers: what somebody who declines, declines.
        author: who made the commit, where that is not this process; title: the pull request's, or ``""``: the usual one.
        summary: what its body tells; it is written where it is delivered, so that it is escaped there.
        prefix: where in the repository the project lies: ``""``, or a path with ``/`` behind it.
        state: the state file's path in the repository; key: what tells the project from others there.
        workflows: the workflow files that change.
        asked: the template's commit, where that was asked for and need not be the newest; or ``""``.
    """

    target: Target
    project: str
    base: str
    parent: str
    branch: str
    seen: str = ""
    commit: str = ""
    digest: str = ""
    revision: str = ""
    message: str = ""
    author: str = ""
    title: str = ""
    summary: UpdateSummary | None = None
    prefix: str = ""
    state: str = ""
    key: str = ""
    workflows: tuple[str, ...] = ()
    asked: str = ""

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """What somebody has to look at."""
        return self.summary.conflicts if self.summary else ()

    @property
    def place(self) -> str:
        """What in its repository is updated, for people: the state file where that tells the project from others; ``""``: all of it."""
        return self.state if self.key and self.key == self.state else self.prefix.rstrip("/")

    @property
    def mark(self) -> str:
        """What marks the pull request: the version that is proposed, and what exactly."""
        return mark_of(self.revision, self.digest)

    @property
    def conflict_paths(self) -> tuple[str, ...]:
        """Their paths, below the project's folder as everywhere else in a report."""
        return tuple(conflict.path for conflict in self.conflicts)

    @property
    def marked(self) -> tuple[str, ...]:
        """The paths in the repository that have conflict markers in them."""
        return tuple(f"{self.prefix}{conflict.path}" for conflict in self.conflicts if conflict.marked)


def mark_of(revision: str, digest: str) -> str:
    """Return what marks a pull request that proposes a revision."""
    return f"{revision}@{digest[:16]}"


def revision_of(mark: str) -> str:
    """Return the revision that a pull request's mark names."""
    return mark.rpartition("@")[0] or mark
