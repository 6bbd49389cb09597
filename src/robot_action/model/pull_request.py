"""A pull request of ours and the branch that it proposes: what is wanted, and what was found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

BRANCH_PREFIX = "robot-action/"
"""Every branch of ours begins with it."""
UPDATE_TRAILER = "Robot-Action-Update"
"""Stands in the message of every commit that we make on such a branch, and names what it brings."""
TREE_TRAILER = "Robot-Action-Tree"
"""Stands below it, and names the files that the commit had when we made it: whoever amends it changes them."""
PROJECT_TRAILER = "Robot-Action-Project"
"""Stands below that, and names the project that it is for: its folder in the repository, or its state file there, as in a URL."""
BASE_TRAILER = "Robot-Action-Base"
"""Stands below that, and names the base's commit that it was made on: what lies below it was the base's, whoever amended it."""
BODY_LIMIT = 65_536
"""What GitHub takes of a pull request's body; in bytes here, so that it is within characters as well."""
READ_LIMIT = 1 << 16
"""Characters of a commit's message that are read; what makes a commit known as ours stands at its end."""
MESSAGE_LIMIT = READ_LIMIT // 2
"""Characters of a message or title that somebody may ask for, so that what follows it is read as well."""
DESCRIPTION_LIMIT = 140
"""Characters of a commit status's description that GitHub takes."""
_GITHUB = ("GitHub", "noreply@github.com")
"""Who commits what Apps make by GitHub's API: GitHub itself, which signs it; the author is the App's bot."""


class PullRequestState(StrEnum):
    """Whether it can still be merged."""

    OPEN = "open"
    CLOSED = "closed"
    MERGED = "merged"


class CheckState(StrEnum):
    """What a commit status says."""

    ERROR = "error"
    SUCCESS = "success"


@dataclass(frozen=True, slots=True)
class PullRequestWanted:
    """A pull request as it shall be.

    Attributes:
        repository: ``owner/name``; on the host ``local`` the bare repository's folder.
        base: the branch that it is to be merged into; branch: the one that it proposes, below `BRANCH_PREFIX`.
        body: Markdown, with the mark of what it proposes (`robot_action.parsing.pull_request`).
        reviewers: logins; teams: slugs of the repository's organisation.
        auto_merge: whether it merges itself once everything that the repository wants is there.
    """

    repository: str
    base: str
    branch: str
    title: str
    body: str
    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    draft: bool = False
    auto_merge: bool = False


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request as it is.

    Attributes:
        url: for people.
        head: the branch's newest commit when it was looked at.
        node: the host's own name for it, or ``""``.
        revision: what it proposes, as its body's mark says; ``""`` where somebody took that away.
        withdrawn: whether we closed it ourselves.
        reviewers, teams: those that were asked and did not answer yet.
    """

    repository: str
    number: int
    url: str
    state: PullRequestState
    base: str
    branch: str
    head: str
    title: str
    body: str
    node: str = ""
    revision: str = ""
    withdrawn: bool = False
    draft: bool = False
    auto_merge: bool = False
    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assigned:
    """What became of labels, reviewers and assignees.

    Attributes:
        notes: what was not taken, for people.
        is_asked: whether somebody was asked for a review who was not asked before.
    """

    notes: tuple[str, ...] = ()
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class PullRequestFacts:
    """The pull requests of one branch.

    Attributes:
        open: the one that can be merged.
        declined: those that somebody closed without merging them, the newest first; what we withdrew ourselves does not count.
        merged: the newest that was merged.
    """

    open: PullRequest | None = None
    declined: tuple[PullRequest, ...] = ()
    merged: PullRequest | None = None


def choose(found: Iterable[PullRequest], base: str) -> PullRequestFacts:
    """Return the facts from all pull requests of a branch; of several open ones that into ``base`` counts, then the oldest."""
    newest_first = sorted(found, key=lambda one: -one.number)
    still_open = [one for one in reversed(newest_first) if one.state is PullRequestState.OPEN]
    closed = tuple(one for one in newest_first if one.state is PullRequestState.CLOSED and not one.withdrawn)
    fitting = (one for one in still_open if one.base == base)
    merged = (one for one in newest_first if one.state is PullRequestState.MERGED)
    return PullRequestFacts(next(fitting, next(iter(still_open), None)), closed, next(merged, None))


@dataclass(frozen=True, slots=True)
class Signature:
    """Who made or committed a commit, and when, as the commit says."""

    name: str
    email: str
    date: str


@dataclass(frozen=True, slots=True)
class BranchCommit:
    """One commit of a branch, the id of its files' tree, and its parents."""

    commit: str
    message: str
    author: Signature
    committer: Signature
    tree: str = ""
    parents: tuple[str, ...] = ()

    @property
    def is_ours(self) -> bool:
        """Whether we made it, and nobody changed it since.

        Ours name what they bring and their files, and are committed in the moment that they were made, by their author or,
        where GitHub signs, by GitHub. Whoever amends, rebases or picks one becomes its committer, or commits at another time,
        or other files.
        """
        committer = (self.committer.name, self.committer.email)
        is_committed_at_once = self.author.date == self.committer.date and committer in {(self.author.name, self.author.email), _GITHUB}
        return is_committed_at_once and bool(self.brings) and self._trailer(TREE_TRAILER) == self.tree

    @property
    def is_in_place(self) -> bool:
        """Whether it stands on the commit that ours was made on, also where somebody amended it."""
        return self.parents == (self._trailer(BASE_TRAILER),)

    @property
    def brings(self) -> str:
        """The digest of what it brings, where it names one."""
        return self._trailer(UPDATE_TRAILER)

    @property
    def project(self) -> str:
        """The project that it is for, as in a URL, where it names one."""
        return self._trailer(PROJECT_TRAILER)

    def _trailer(self, name: str) -> str:
        found = [line.removeprefix(f"{name}: ").strip() for line in self.message.splitlines() if line.startswith(f"{name}: ")]
        return found[-1] if found else ""


@dataclass(frozen=True, slots=True)
class BranchHead:
    """A branch's newest commit, its tree, its parents and its message."""

    commit: str
    tree: str
    parents: tuple[str, ...] = ()
    message: str = ""


@dataclass(frozen=True, slots=True)
class BranchRule:
    """A rule of the host that holds for a branch; the branch need not exist.

    Attributes:
        kind: GitHub's own word for it, such as ``creation``.
        source: whose rule it is: a repository or an organisation.
        bypassed: whether it does not hold for us.
    """

    kind: str
    source: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    bypassed: bool = False


@dataclass(frozen=True, slots=True)
class CommitStatus:
    """What is shown beside a commit, and can be made a condition of merging.

    Attributes:
        context: what tells it from others.
    """

    state: CheckState
    context: str
    description: str
