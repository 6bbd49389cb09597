"""Branches on GitHub: what is there, what rules hold, and what is said beside their commits; all that GitHub says is hostile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from robot_action.clients.git.proposals import proposal
from robot_action.clients.git.runner import GitRunner
from robot_action.clients.github.answers import member, objects_of
from robot_action.clients.github.api import GitHubApi, Reply
from robot_action.clients.github.calls import GitHubCalls, Patience, expect_proposal
from robot_action.clients.github.commits import GitHubCommits
from robot_action.clients.github.errors import PROPOSAL_HINT, WORKFLOWS_HINT, clean_text, message_of
from robot_action.clients.github.facts import repository_path
from robot_action.clients.github.graphql import ask, expect_data
from robot_action.clients.github.pull_facts import is_commit
from robot_action.errors import FailedError, NotPermittedError, UnavailableError
from robot_action.exchange import Delivered, DeliveryWanted
from robot_action.model.credentials import Use
from robot_action.model.pull_request import (
    BRANCH_PREFIX,
    DESCRIPTION_LIMIT,
    READ_LIMIT,
    BranchCommit,
    BranchHead,
    BranchRule,
    CheckState,
    CommitStatus,
    Signature,
)
from robot_action.planning.branch_rules import CHECKED

_PAGES = 10
_PER_PAGE = 100  # at most
_VIEWER = "query { viewer { login } }"
_ACTIONS = {"github-actions", "github-actions[bot]"}
_INSTALLATION = "ghs_"  # https://docs.github.com/authentication/keeping-your-account-and-data-secure/about-authentication-to-github


class GitHubBranches:
    """The branches of GitHub's repositories; a `robot_action.hosting.Branches`.

    Args:
        api: the connection to the API.
        runner: runs git.
        patience: how long to wait, and how.
    """

    def __init__(self, api: GitHubApi, runner: GitRunner, patience: Patience | None = None) -> None:
        self._calls = GitHubCalls(api, patience or Patience())
        self._runner = runner

    def head(self, repository: str, branch: str) -> BranchHead | None:
        """Return a branch's newest commit, or None where there is no such branch."""
        where, doing = repository_path(repository), f"look at the branch {branch} of {repository}"
        reply = self._calls.get(f"{where}/git/ref/heads/{quote(branch)}")
        if reply.status == HTTPStatus.NOT_FOUND:
            expect_proposal(self._calls.get(where), f"look at {repository}")  # else nobody knows what is missing
            return None
        commit = member(expect_proposal(reply, doing).data, "object", "sha")
        if not is_commit(commit):
            raise UnavailableError(f"cannot {doing}: GitHub's answer names no commit")
        found = expect_proposal(self._calls.get(f"{where}/git/commits/{commit}"), doing).data
        tree, message = clean_text(member(found, "tree", "sha")), _text(member(found, "message"))
        return BranchHead(str(commit), tree, _parents(found), message)

    def ours(self, repository: str) -> tuple[str, ...]:
        """Return the names of the branches below our prefix."""
        reply = self._calls.get(f"{repository_path(repository)}/git/matching-refs/heads/{BRANCH_PREFIX}")
        found = objects_of(expect_proposal(reply, f"list the branches of {repository}").data)
        return tuple(_text(item.get("ref")).removeprefix("refs/heads/") for item in found)

    def commits(self, repository: str, base: str, head: str) -> tuple[BranchCommit, ...]:
        """Return the commits that ``head`` has and ``base`` has not, the oldest first."""
        doing, path = f"compare {head} with {base} in {repository}", f"{repository_path(repository)}/compare/{quote(base)}...{quote(head)}"
        found: list[BranchCommit] = []
        for page in range(1, _PAGES + 1):
            reply = self._calls.get(path, {"per_page": str(_PER_PAGE), "page": str(page)})
            if reply.status == HTTPStatus.NOT_FOUND and "No common ancestor" in message_of(reply):
                return self._history(repository, head)
            data = expect_proposal(reply, doing).data
            total, items = member(data, "total_commits"), objects_of(member(data, "commits"))
            found += [_read_commit(item) for item in items]
            if isinstance(total, int) and len(found) >= total:
                return tuple(found)
            if not items:  # a commit that is not told of may be somebody's, and is never to be overwritten
                raise UnavailableError(
                    f"cannot {doing}: GitHub's answer does not tell all commits", hint="Run the same command again later."
                )
        raise _too_many(repository, head, len(found))

    def _history(self, repository: str, head: str) -> tuple[BranchCommit, ...]:
        """Return all commits of a branch, the oldest first: what has nothing in common with the base cannot be compared with it."""
        doing, path = f"list the commits of {head} in {repository}", f"{repository_path(repository)}/commits"
        found: list[BranchCommit] = []
        for page in range(1, _PAGES + 1):
            reply = self._calls.get(path, {"sha": head, "per_page": str(_PER_PAGE), "page": str(page)})
            items = objects_of(expect_proposal(reply, doing).data)
            found += [_read_commit(item) for item in items]
            if len(items) < _PER_PAGE:
                return tuple(reversed(found))
        raise _too_many(repository, head, len(found))

    def rules(self, repository: str, branch: str) -> tuple[BranchRule, ...]:
        """Return the rules that hold for a branch, which need not exist yet; none where the server or the plan knows none."""
        path, doing = f"{repository_path(repository)}/rules/branches/{quote(branch)}", f"look up the rules of {repository}"
        first = self._calls.get(path, {"per_page": "1"})
        if first.status == HTTPStatus.NOT_FOUND or (first.status == HTTPStatus.FORBIDDEN and "Upgrade to" in message_of(first)):
            return ()
        return tuple(self._read_rules(repository, self._calls.pages(path, doing)))

    def authorise(self, repository: str, *, workflows: bool) -> None:
        """See, before anything is written, whether writing can be tried; see `robot_action.hosting.Branches.authorise`."""
        api = self._calls.api
        credential = api.keyring.find(api.url, Use.WORKFLOWS if workflows else Use.PROPOSE, repository)
        if credential is None:
            raise NotPermittedError(f"there is no token that may open pull requests in {repository}", hint=PROPOSAL_HINT)
        reply = expect_proposal(self._calls.get(repository_path(repository)), f"look at {repository}")
        if member(reply.data, "archived") is True:
            raise NotPermittedError(f"{repository} is archived, so that nobody can write to it", hint="Unarchive it, or leave it out.")
        is_installation = credential.password.startswith(_INSTALLATION)
        if not is_installation and member(reply.data, "permissions", "push") is False:
            raise NotPermittedError(f"the token's owner may not push to {repository}", hint=PROPOSAL_HINT)
        if workflows and self._lacks_workflows(repository, reply, is_installation=is_installation):
            raise NotPermittedError(f"the token may not change workflow files of {repository}, and the template does", hint=WORKFLOWS_HINT)

    def signs(self, repository: str) -> bool:
        """Tell whether GitHub signs: it does for Apps and for a workflow's own token, never for a person's."""
        api = self._calls.api
        credential = api.keyring.find(api.url, Use.PROPOSE, repository)
        return credential is not None and credential.password.startswith(_INSTALLATION)

    def deliver(self, wanted: DeliveryWanted) -> Delivered:
        """Have GitHub make the commit where it signs what it makes, else push it; see `robot_action.hosting.Branches.deliver`."""
        if self.signs(wanted.repository):
            return GitHubCommits(self._calls, self._runner, self.head).deliver(wanted)
        with proposal(self._runner, wanted.folder, wanted.commit) as ours:
            ours.push(wanted)
        return Delivered(wanted.commit)

    def status(self, repository: str, commit: str, context: str) -> CheckState | None:
        """Return what is said beside a commit under a name, or None."""
        said = next((item.get("state") for item in self._statuses(repository, commit, context) if item.get("context") == context), None)
        return next((state for state in CheckState if said == state.value), None)

    def set_status(self, repository: str, commit: str, status: CommitStatus) -> bool:
        """Say something beside a commit; return whether it was not said already."""
        doing = f"set the status {status.context} of a commit of {repository}"
        where = repository_path(repository)
        body = {"state": status.state.value, "context": status.context, "description": status.description[:DESCRIPTION_LIMIT]}
        if any(all(item.get(key) == text for key, text in body.items()) for item in self._statuses(repository, commit, status.context)):
            return False
        expect_proposal(self._calls.change("POST", f"{where}/statuses/{commit}", body), doing)
        return True

    def _statuses(self, repository: str, commit: str, context: str) -> Sequence[Mapping[str, Any]]:
        """Return the newest statuses of a commit, one a context."""
        doing = f"look up the status {context} of a commit of {repository}"
        reply = self._calls.get(f"{repository_path(repository)}/commits/{commit}/status", {"per_page": "100"})
        return objects_of(member(expect_proposal(reply, doing).data, "statuses"))

    def _lacks_workflows(self, repository: str, reply: Reply, *, is_installation: bool) -> bool:
        """Tell whether it is known that a token may not write workflow files; a fine-grained one does not tell."""
        scopes = reply.headers.get("x-oauth-scopes", "")
        if not is_installation:
            return bool(scopes.strip()) and "workflow" not in {scope.strip() for scope in scopes.split(",")}
        doing = "ask GitHub whose token this is"
        data = expect_data(ask(self._calls, _VIEWER, {}, about=repository, doing=doing), doing)
        return clean_text(member(data, "viewer", "login")) in _ACTIONS

    def _read_rules(self, repository: str, items: Iterator[Mapping[str, Any]]) -> Iterator[BranchRule]:
        bypassed: dict[object, bool] = {}
        for item in items:
            kind, number, parameters = clean_text(item.get("type")), item.get("ruleset_id"), item.get("parameters")
            if kind in CHECKED and number not in bypassed and isinstance(number, int):
                bypassed[number] = self._is_bypassed(repository, number)
            yield BranchRule(
                kind,
                clean_text(item.get("ruleset_source")) or repository,
                parameters if isinstance(parameters, Mapping) else {},
                bypassed=bypassed.get(number, False),
            )

    def _is_bypassed(self, repository: str, number: int) -> bool:
        """Tell whether a ruleset does not hold for us; where that cannot be seen, it does."""
        reply = self._calls.get(f"{repository_path(repository)}/rulesets/{number}", {"includes_parents": "true"})
        return reply.status == HTTPStatus.OK and member(reply.data, "current_user_can_bypass") in {"always", "exempt"}


def _too_many(repository: str, head: str, number: int) -> FailedError:
    return FailedError(
        f"the branch {head} of {repository} has more than {number} commits that its base does not have",
        hint="Where the base was rewritten, that is its former history. If nobody needs the branch any more, delete it.",
    )


def _read_commit(item: Mapping[str, Any]) -> BranchCommit:
    inner = member(item, "commit")
    author, committer = (_signature(member(inner, role)) for role in ("author", "committer"))
    tree = clean_text(member(inner, "tree", "sha"))
    return BranchCommit(clean_text(item.get("sha")), _text(member(inner, "message")), author, committer, tree, _parents(item))


def _parents(commit: object) -> tuple[str, ...]:
    return tuple(str(one) for item in objects_of(member(commit, "parents")) if is_commit(one := item.get("sha")))


def _signature(data: object) -> Signature:
    return Signature(*(clean_text(member(data, key)) for key in ("name", "email", "date")))


def _text(value: object) -> str:
    return value[:READ_LIMIT] if isinstance(value, str) else ""
