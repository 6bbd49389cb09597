"""The doors to what a host has besides repositories: branches that we propose, and pull requests for them.

Errors are as in `robot_action.ports`.
"""

from __future__ import annotations

from typing import Protocol

from robot_action.exchange import Delivered, DeliveryWanted
from robot_action.model.pull_request import (
    BranchCommit,
    BranchHead,
    BranchRule,
    CommitStatus,
    PullRequest,
    PullRequestFacts,
    PullRequestWanted,
)


class Branches(Protocol):
    """The branches of a host's repositories (``owner/name``; on the host ``local`` the bare repository's folder)."""

    def head(self, repository: str, branch: str) -> BranchHead | None:
        """Return a branch's newest commit, or None where there is no such branch."""

    def commits(self, repository: str, base: str, head: str) -> tuple[BranchCommit, ...]:
        """Return the commits of a branch (or commit) that another one does not have, the oldest first.

        Raises:
            FailedError: when there are more than anybody can look at.
        """

    def rules(self, repository: str, branch: str) -> tuple[BranchRule, ...]:
        """Return the rules that hold for a branch, which need not exist yet."""

    def authorise(self, repository: str, *, workflows: bool) -> None:
        """See, before anything is written, whether it can be tried to write; ``workflows``: workflow files as well.

        Raises:
            NotPermittedError: as far as can be known, it may not; the hint says what to change.
        """

    def signs(self, repository: str) -> bool:
        """Tell whether the host signs what `deliver` makes, so that it is shown as verified."""

    def deliver(self, wanted: DeliveryWanted) -> Delivered:
        """Bring a commit to a branch in one step, with all modes; what is there already is no error.

        Raises:
            TryAgainError: when the branch is not as it was seen; nothing was overwritten.
            NotPermittedError: when the token or a rule forbids it.
        """

    def set_status(self, repository: str, commit: str, status: CommitStatus) -> bool:
        """Say something beside a commit; return whether it was not said already."""


class PullRequests(Protocol):
    """A host's pull requests."""

    def find(self, repository: str, branch: str, base: str) -> PullRequestFacts:
        """Return the pull requests of a branch; see `robot_action.model.pull_request.choose`."""

    def create(self, wanted: PullRequestWanted) -> PullRequest:
        """Open one, with title, body and draft alone, in one request, and never twice.

        It is no draft where the repository knows none.

        Raises:
            NotPermittedError: when the token, or the organisation's settings, forbid it.
        """

    def update(self, found: PullRequest, wanted: PullRequestWanted) -> PullRequest:
        """Bring title, body and base to what is wanted; nothing is sent where nothing differs."""

    def close(self, found: PullRequest) -> PullRequest:
        """Close one that nobody needs any more, so that it does not count as declined."""

    def assign(self, found: PullRequest, wanted: PullRequestWanted) -> tuple[str, ...]:
        """Add the labels, reviewers and assignees that are missing; return what was not taken, for people.

        Whoever reviewed already is not asked again.
        """

    def set_draft(self, found: PullRequest, *, draft: bool) -> None:
        """Make it a draft, or ready for review."""

    def enable_auto_merge(self, found: PullRequest) -> str:
        """Let it merge itself; return why that is not to be had, or ``""``."""
