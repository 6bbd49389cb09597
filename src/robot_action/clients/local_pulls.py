"""Pull requests of bare repositories in a folder; a `robot_action.hosting.PullRequests`.

Each is a Markdown file in a folder beside the repository (``acme/demo.pulls/1.md`` for ``acme/demo.git``). Merging is what
git does: once the base has the branch's commits, or all that they changed (a squash), the pull request counts as merged. To
decline one, write ``state: closed`` into its header, or delete the branch.
"""

from __future__ import annotations

from dataclasses import replace

from robot_action.clients.git.runner import GitRunner
from robot_action.clients.local_host import explained
from robot_action.clients.local_pull_files import as_it_is, commit_of, files_of, link_new, pulls_folder, read_pull, settle, write_pull
from robot_action.errors import FailedError
from robot_action.model.pull_request import Assigned, PullRequest, PullRequestFacts, PullRequestState, PullRequestWanted, choose
from robot_action.parsing.pull_request import read_mark, withdrawn


class LocalPulls:
    """The pull requests of bare repositories; each repository is named by its folder.

    Args:
        runner: runs git.
    """

    def __init__(self, runner: GitRunner) -> None:
        self._runner = runner

    def find(self, repository: str, branch: str, base: str) -> PullRequestFacts:
        """Return the pull requests of a branch."""
        found = (read_pull(repository, number) for number in files_of(repository))
        return choose([as_it_is(self._runner, one) for one in found if one.branch == branch], base)

    def create(self, wanted: PullRequestWanted) -> PullRequest:
        """Open one, or return the one that is open already."""
        if (there := self.find(wanted.repository, wanted.branch, wanted.base).open) is not None:
            return there
        head, base = (commit_of(self._runner, wanted.repository, branch) for branch in (wanted.branch, wanted.base))
        if not head or not base:
            raise FailedError(f"{wanted.repository} does not have both the branches {wanted.branch} and {wanted.base}")
        folder = pulls_folder(wanted.repository)
        with explained(f"write to {folder}"):
            folder.mkdir(exist_ok=True)
            settle(self._runner, wanted.repository, wanted.branch)
            number = max(files_of(wanted.repository), default=0) + 1
            while not link_new(_new(wanted, number, head)):
                number += 1
        return read_pull(wanted.repository, number)

    def update(self, found: PullRequest, wanted: PullRequestWanted) -> PullRequest:
        """Bring title, body and base to what is wanted, and the commit to the branch's."""
        found = self._now(found)
        mark = read_mark(wanted.body)
        better = replace(found, title=wanted.title, body=wanted.body, base=wanted.base, revision=mark.revision, withdrawn=mark.withdrawn)
        return write_pull(better)

    def close(self, found: PullRequest) -> PullRequest:
        """Close one, and mark it as withdrawn."""
        found = self._now(found)
        body = withdrawn(found.body)
        closed = replace(found, state=PullRequestState.CLOSED, body=body, revision=read_mark(body).revision, withdrawn=True)
        return write_pull(closed)

    def assign(self, found: PullRequest, wanted: PullRequestWanted) -> Assigned:
        """Write down labels, reviewers and assignees."""
        found = self._now(found)
        better = replace(
            found,
            labels=_both(found.labels, wanted.labels),
            reviewers=_both(found.reviewers, wanted.reviewers),
            teams=_both(found.teams, wanted.teams),
            assignees=_both(found.assignees, wanted.assignees),
        )
        write_pull(better)
        return Assigned(is_asked=(better.reviewers, better.teams) != (found.reviewers, found.teams))

    def set_draft(self, found: PullRequest, *, draft: bool) -> None:
        """Make it a draft, or ready for review."""
        write_pull(replace(self._now(found), draft=draft))

    def enable_auto_merge(self, found: PullRequest) -> str:
        """Tell that a folder merges nothing by itself."""
        del found
        return "a folder of repositories merges nothing by itself"

    def _now(self, found: PullRequest) -> PullRequest:
        """Return what the file says by now, with the commit that the branch has by now."""
        there = read_pull(found.repository, found.number)
        return replace(there, head=commit_of(self._runner, there.repository, there.branch) or found.head)


def _both(there: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*there, *wanted)))


def _new(wanted: PullRequestWanted, number: int, head: str) -> PullRequest:
    return PullRequest(
        repository=wanted.repository,
        number=number,
        url="",
        state=PullRequestState.OPEN,
        base=wanted.base,
        branch=wanted.branch,
        head=head,
        title=wanted.title,
        body=wanted.body,
        draft=wanted.draft,
    )
