"""The doors to a Git provider: its repositories, branches that we propose, the commits on them, and pull requests for them.

Errors are as in `robot_action.ports`.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Protocol

from robot_action.exchange import (
    Delivered,
    DeliveryWanted,
    Draft,
    DraftWanted,
    JoinedTree,
    JoinWanted,
    Received,
    ReceiveWanted,
    SealWanted,
)
from robot_action.model.facts import Repository
from robot_action.model.manifest import RepositoryWanted
from robot_action.model.pull_request import (
    Assigned,
    BranchCommit,
    BranchHead,
    BranchRule,
    CheckState,
    CommitStatus,
    PullRequest,
    PullRequestFacts,
    PullRequestWanted,
)


class Host(Protocol):
    """A Git provider, seen as a place where repositories are."""

    def find(self, wanted: RepositoryWanted) -> Repository | None:
        """Return the repository of the wanted name as it is, or None.

        Its state file is read from the default branch, or from the wanted one where nobody pushed the default one.

        Raises:
            InputError: when the state file cannot be understood.
        """

    def authorise(self, wanted: RepositoryWanted, *, create: bool) -> None:
        """See, before anything is written, whether it can be tried to make (``create``), set up and push to the repository.

        Raises:
            NotPermittedError: there is no credential for it; the hint names the kind, and where to put it.
        """

    def create(self, wanted: RepositoryWanted) -> Repository:
        """Create it, empty, and wait until it answers.

        Raises:
            TryAgainError: when somebody else made it meanwhile.
        """

    def settle(self, wanted: RepositoryWanted) -> tuple[str, ...]:
        """Bring the settings of an empty repository to what is wanted; return what was changed, for people."""

    def set_default_branch(self, wanted: RepositoryWanted) -> None:
        """Make the wanted branch, which was pushed, the default one."""


class Branches(Protocol):
    """The branches of a host's repositories (``owner/name``; on the host ``local`` the bare repository's folder)."""

    def head(self, repository: str, branch: str) -> BranchHead | None:
        """Return a branch's newest commit, or None where there is no such branch."""

    def ours(self, repository: str) -> tuple[str, ...]:
        """Return the names of the branches that are below `robot_action.model.pull_request.BRANCH_PREFIX`."""

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

    def status(self, repository: str, commit: str, context: str) -> CheckState | None:
        """Return what is said beside a commit under a name; None: nothing, or something else than we say."""

    def set_status(self, repository: str, commit: str, status: CommitStatus) -> bool:
        """Say something beside a commit; return whether it was not said already."""


class Drafts(Protocol):
    """Commits for branches of ours, in a repository of ours (``place``, a folder that exists) that is removed in the end."""

    def draft(self, place: Path, wanted: DraftWanted) -> Draft:
        """Make the place a repository that borrows a project's objects, and a tree of the changes there."""

    def seal(self, place: Path, wanted: SealWanted) -> str:
        """Make a commit; the same one of the same facts."""

    def pack(self, place: Path, commit: str, branch: str) -> bytes:
        """Return a commit as a bundle, without its parent and what that has."""

    def receive(self, place: Path, wanted: ReceiveWanted) -> Received:
        """Make the place a repository with what a bundle holds; hostile: everything in it is checked.

        Raises:
            InputError: when it is anything else than one commit on the parent, or brings what no project may hold.
            StaleError: when the repository does not have the parent any more.
        """

    def fetch(self, place: Path, url: str, branch: str, head: str, *, whole: bool = False) -> None:
        """Fetch a branch of ours; ``whole``: with enough of its history, and of the base's, to see where the branch began.

        Raises:
            TryAgainError: when it is not at that commit any more.
        """

    def blob(self, place: Path, commit: str, path: str) -> str:
        """Return the id of a file's contents in a commit; of no file something that no other commit has."""

    def join(self, place: Path, wanted: JoinWanted) -> JoinedTree:
        """Merge people's commits with what is to be brought."""

    def marked(self, place: Path, tree: str, paths: Collection[str]) -> tuple[str, ...]:
        """Return those of the paths that have conflict markers in a tree, or commit."""


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

    def assign(self, found: PullRequest, wanted: PullRequestWanted) -> Assigned:
        """Add the labels, reviewers and assignees that are missing.

        Whoever reviewed already is not asked again.
        """

    def set_draft(self, found: PullRequest, *, draft: bool) -> None:
        """Make it a draft, or ready for review."""

    def enable_auto_merge(self, found: PullRequest) -> str:
        """Let it merge itself; return why that is not to be had, or ``""``."""
