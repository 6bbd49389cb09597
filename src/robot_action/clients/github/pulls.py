"""Pull requests on GitHub; a `robot_action.hosting.PullRequests`, and hostile like everything that GitHub says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus

from robot_action.clients.github.answers import logins_of, member, texts_of
from robot_action.clients.github.api import GitHubApi, Reply
from robot_action.clients.github.calls import GitHubCalls, Patience, UnclearError, expect_proposal
from robot_action.clients.github.errors import PROPOSAL_HINT, clean_text, explain, message_of
from robot_action.clients.github.facts import repository_path
from robot_action.clients.github.graphql import ask, expect_data, explain_refusal
from robot_action.clients.github.pull_facts import read_pull_request
from robot_action.errors import FailedError, NotPermittedError, RobotActionError, TryAgainError, UnavailableError
from robot_action.model.pull_request import Assigned, PullRequest, PullRequestFacts, PullRequestWanted, choose
from robot_action.parsing.pull_request import withdrawn

_NEWEST = {"state": "all", "sort": "created", "direction": "desc", "per_page": "100"}
_DRAFT = "mutation($pull: ID!) { convertPullRequestToDraft(input: {pullRequestId: $pull}) { pullRequest { isDraft } } }"
_READY = "mutation($pull: ID!) { markPullRequestReadyForReview(input: {pullRequestId: $pull}) { pullRequest { isDraft } } }"
_AUTO_MERGE = (
    "mutation($pull: ID!, $method: PullRequestMergeMethod!) { enablePullRequestAutoMerge(input: {pullRequestId: $pull, "
    "mergeMethod: $method}) { pullRequest { number } } }"
)
_METHODS: Mapping[str, str] = {"allow_squash_merge": "SQUASH", "allow_merge_commit": "MERGE", "allow_rebase_merge": "REBASE"}
_ACTIONS_HINT = (
    "A workflow's own token (GITHUB_TOKEN) may open pull requests only where 'Allow GitHub Actions to create and approve pull requests' "
    "is on: in the settings of the organisation, then of the repository, under Actions, General. Better use a GitHub App's token "
    "(Contents and Pull requests: write): with it the pull request's own checks run as well, without anybody's approval."
)


class GitHubPulls:
    """The pull requests of GitHub's repositories.

    Args:
        api: the connection to the API.
        patience: how long to wait, and how.
    """

    def __init__(self, api: GitHubApi, patience: Patience | None = None) -> None:
        self._calls = GitHubCalls(api, patience or Patience())

    def find(self, repository: str, branch: str, base: str) -> PullRequestFacts:
        """Return the pull requests of a branch of the repository itself, of those that forks propose none."""
        owner = repository.partition("/")[0]
        query = {**_NEWEST, "head": f"{owner}:{branch}"}
        doing = f"list the pull requests of {repository}"
        items = expect_proposal(self._calls.get(f"{repository_path(repository)}/pulls", query), doing).data
        if not isinstance(items, list):  # that it names none is no reason to take it for that there are none: one may have been declined
            raise UnavailableError(f"cannot {doing}: GitHub's answer is no list", hint="Run the same command again later.")
        found = [one for item in items if (one := read_pull_request(repository, item)) is not None and one.branch == branch]
        return choose(found, base)

    def create(self, wanted: PullRequestWanted) -> PullRequest:
        """Open one; see `robot_action.hosting.PullRequests.create`."""
        doing = f"open a pull request in {wanted.repository}"
        body = {"title": wanted.title, "body": wanted.body, "head": wanted.branch, "base": wanted.base, "draft": wanted.draft}
        reason = ""
        for _ in self._calls.pauses():
            try:
                reply = self._calls.post(f"{repository_path(wanted.repository)}/pulls", body, notifies=True)
            except UnclearError as error:
                reason = str(error)
                if (found := self._open(wanted)) is not None:
                    return found
                continue
            if _is_there_already(reply):
                return self._found_instead(wanted, reply, doing)
            if reply.status == HTTPStatus.UNPROCESSABLE_ENTITY and body["draft"] and "draft" in message_of(reply).lower():
                body["draft"] = False
                continue
            if reply.status == HTTPStatus.UNPROCESSABLE_ENTITY and "head invalid" in message_of(reply):
                reason = f"it does not see the branch {wanted.branch}, which takes it a moment after a push"
                continue
            return self._read(wanted.repository, _expect_opened(reply, wanted, doing), doing)
        raise UnavailableError(
            f"GitHub does not open a pull request in {wanted.repository}: {reason}", hint="Run the same command again later."
        )

    def update(self, found: PullRequest, wanted: PullRequestWanted) -> PullRequest:
        """Bring title, body and base to what is wanted; nothing is sent where nothing differs."""
        body = {
            name: text
            for name, text, there in (
                ("title", wanted.title, found.title),
                ("body", wanted.body, found.body),
                ("base", wanted.base, found.base),
            )
            if _lines(text) != _lines(there)
        }
        return self._patch(found, body, "update") if body else found

    def close(self, found: PullRequest) -> PullRequest:
        """Close one in the same request that marks it as withdrawn."""
        return self._patch(found, {"state": "closed", "body": withdrawn(found.body)}, "close")

    def assign(self, found: PullRequest, wanted: PullRequestWanted) -> Assigned:
        """Add labels, reviewers and assignees; see `robot_action.hosting.PullRequests.assign`."""
        where = repository_path(found.repository)
        if labels := _missing(wanted.labels, found.labels):
            path, doing = f"{where}/issues/{found.number}/labels", f"label pull request {found.number} of {found.repository}"
            expect_proposal(self._calls.change("POST", path, {"labels": labels}), doing)
        assigned = self._request_reviews(found, wanted)
        notes = [*assigned.notes]
        if assignees := _missing(wanted.assignees, found.assignees):
            path = f"{where}/issues/{found.number}/assignees"
            reply = expect_proposal(
                self._calls.change("POST", path, {"assignees": assignees}), f"assign pull request {found.number} of {found.repository}"
            )
            notes += _not_taken(assignees, logins_of(member(reply.data, "assignees")), "be assigned")
        return replace(assigned, notes=tuple(notes))

    def set_draft(self, found: PullRequest, *, draft: bool) -> None:
        """Make it a draft, or ready for review; nothing is sent where it is so already."""
        if found.draft is not draft:
            doing = f"make pull request {found.number} of {found.repository} {'a draft' if draft else 'ready for review'}"
            expect_data(ask(self._calls, _DRAFT if draft else _READY, {"pull": found.node}, about=found.repository, doing=doing), doing)

    def enable_auto_merge(self, found: PullRequest) -> str:
        """Let it merge itself, by the first way that the repository allows: squash, merge, rebase."""
        if found.auto_merge:
            return ""
        doing = f"let pull request {found.number} of {found.repository} merge itself"
        settings = expect_proposal(self._calls.get(repository_path(found.repository)), doing).data
        method = next((ours for theirs, ours in _METHODS.items() if member(settings, theirs) is True), "MERGE")
        reply = ask(self._calls, _AUTO_MERGE, {"pull": found.node, "method": method}, about=found.repository, doing=doing)
        if reply.kind in {"RATE_LIMITED", "FORBIDDEN", "INSUFFICIENT_SCOPES", "NOT_FOUND"}:
            raise explain_refusal(reply, doing)
        return reply.message

    def _open(self, wanted: PullRequestWanted) -> PullRequest | None:
        return self.find(wanted.repository, wanted.branch, wanted.base).open

    def _found_instead(self, wanted: PullRequestWanted, reply: Reply, doing: str) -> PullRequest:
        """Return the pull request that somebody else, or an unclear request of ours, opened meanwhile."""
        for _ in self._calls.pauses():
            if (found := self._open(wanted)) is not None:
                return found
        raise TryAgainError(f"cannot {doing}: {message_of(reply)}", hint="Run the same command again in a minute.")

    def _patch(self, found: PullRequest, body: Mapping[str, object], what: str) -> PullRequest:
        doing = f"{what} pull request {found.number} of {found.repository}"
        reply = self._calls.change("PATCH", f"{repository_path(found.repository)}/pulls/{found.number}", body)
        return self._read(found.repository, expect_proposal(reply, doing), doing)

    def _read(self, repository: str, reply: Reply, doing: str) -> PullRequest:
        found = read_pull_request(repository, reply.data)
        if found is None:
            raise UnavailableError(f"cannot {doing}: GitHub's answer is no pull request", hint="Run the same command again later.")
        return found

    def _request_reviews(self, found: PullRequest, wanted: PullRequestWanted) -> Assigned:
        """Ask those who were not asked and did not review yet; one by one where GitHub refuses them together."""
        users, teams = _missing(wanted.reviewers, found.reviewers), _missing(wanted.teams, found.teams)
        if users:
            path = f"{repository_path(found.repository)}/pulls/{found.number}/reviews"
            reviews = self._calls.pages(path, f"list the reviews of pull request {found.number} of {found.repository}")
            users = _missing(users, logins_of([review.get("user") for review in reviews]))
        if not users and not teams:
            return Assigned()
        if (refused := self._ask_for_review(found, users, teams)) is None:
            return Assigned(is_asked=True)
        if len(users) + len(teams) == 1:
            return Assigned((f"{(*users, *teams)[0]} cannot be asked for a review: {refused}",))
        answers = [(user, self._ask_for_review(found, [user], [])) for user in users]
        answers += [(team, self._ask_for_review(found, [], [team])) for team in teams]
        notes = tuple(f"{name} cannot be asked for a review: {why}" for name, why in answers if why is not None)
        return Assigned(notes, is_asked=len(notes) < len(answers))

    def _ask_for_review(self, found: PullRequest, users: list[str], teams: list[str]) -> str | None:
        """Ask for reviews; return why that is refused, or None. Those without access GitHub drops without a word."""
        path = f"{repository_path(found.repository)}/pulls/{found.number}/requested_reviewers"
        body = {key: names for key, names in (("reviewers", users), ("team_reviewers", teams)) if names}
        reply = self._calls.change("POST", path, body)
        if reply.status in {404, 422}:
            return message_of(reply)
        data = expect_proposal(reply, f"ask for reviews of pull request {found.number} of {found.repository}").data
        asked = [*logins_of(member(data, "requested_reviewers")), *texts_of(member(data, "requested_teams"), "slug")]
        lost = _missing([*users, *teams], asked)
        return f"GitHub left out {', '.join(lost)}; has everybody access to the repository?" if lost else None


def _expect_opened(reply: Reply, wanted: PullRequestWanted, doing: str) -> Reply:
    said = message_of(reply)
    if reply.status == HTTPStatus.FORBIDDEN and "GitHub Actions is not permitted" in said:
        raise NotPermittedError(f"cannot {doing}: {said}", hint=_ACTIONS_HINT)
    if reply.status == HTTPStatus.UNPROCESSABLE_ENTITY and "No commits between" in said:
        raise FailedError(f"cannot {doing}: {wanted.branch} has nothing that {wanted.base} lacks", hint="It was merged meanwhile, perhaps.")
    if reply.status >= HTTPStatus.MULTIPLE_CHOICES:
        raise _with_branch(explain(reply, doing, PROPOSAL_HINT), wanted)
    return reply


def _with_branch(error: RobotActionError, wanted: PullRequestWanted) -> RobotActionError:
    """Return an error that also says what is there already."""
    problem = error.problems[0]
    rest = f"The branch {wanted.branch} is pushed; the next run goes on from there."
    return type(error)(problem.message, hint=" ".join(filter(None, (problem.hint, rest))))


def _is_there_already(reply: Reply) -> bool:
    return reply.status == HTTPStatus.UNPROCESSABLE_ENTITY and "already exists" in message_of(reply)


def _lines(text: str) -> list[str]:
    """Return a text's lines: GitHub's own editor ends them otherwise than we do."""
    return [line.rstrip() for line in text.strip().splitlines()]


def _missing(wanted: Sequence[str], there: Sequence[str]) -> list[str]:
    present = {name.casefold() for name in there}
    return [name for name in dict.fromkeys(wanted) if name.casefold() not in present]


def _not_taken(wanted: Sequence[str], there: Sequence[str], what: str) -> list[str]:
    return [f"{clean_text(name)} cannot {what}: no access to the repository, perhaps" for name in _missing(wanted, there)]
