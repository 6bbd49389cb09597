"""Pull requests in the test bed's GitHub, and the few GraphQL operations that robot-action sends."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.testbed.bare import git
from tests.testbed.github_fake import Answer, GitHubFake, RefusedError, Request, Route
from tests.testbed.github_objects import NOTHING, check_rules, move, permitted
from tests.testbed.github_routes import REPOSITORY, page
from tests.testbed.github_state import Pull, Record, Token

_WHEN = "2026-01-02T03:04:05Z"
_BODY_LIMIT = 65_536
_LINKS = ("comments", "commits", "statuses", "html", "issue", "review_comments", "review_comment", "self")
_OPERATION = re.compile(r"(?:mutation|query)[^{]*{\s*(\w+)")


def _follow(fake: GitHubFake, record: Record) -> None:
    """Let open pull requests follow their branches; one whose branch is gone is closed."""
    heads = fake.git.heads(record.full_name)
    for pull in record.proposals.open:
        if pull.branch not in heads:
            pull.state = "closed"
        else:
            pull.commit = heads[pull.branch]


def _end(fake: GitHubFake, record: Record, branch: str, commit: str) -> dict[str, Any]:
    return {
        "label": f"{record.owner.login}:{branch}",
        "ref": branch,
        "sha": commit,
        "user": fake.shapes.user(record.owner),
        "repo": fake.shapes.repository(record, size=0),
    }


def _labels(fake: GitHubFake, record: Record, pull: Pull) -> list[dict[str, Any]]:
    url = f"{fake.url}/repos/{record.full_name}/labels"
    rest = {"color": "ededed", "default": False, "description": ""}
    return [
        {"id": number, "node_id": f"L_{number}", "url": f"{url}/{name}", "name": name, **rest} for number, name in enumerate(pull.labels)
    ]


def _user(fake: GitHubFake, login: str) -> dict[str, Any]:
    return fake.shapes.user(fake.accounts[login.lower()])


def _team(fake: GitHubFake, record: Record, slug: str) -> dict[str, Any]:
    record.teams.setdefault(slug, "push")
    return fake.shapes.team(record, slug)


def pull_shape(fake: GitHubFake, record: Record, pull: Pull) -> dict[str, Any]:
    """Return a *pull request simple*."""
    url, web = f"{fake.url}/repos/{record.full_name}/pulls/{pull.number}", f"{fake.git.url}/{record.full_name}/pull/{pull.number}"
    heads, robot = fake.git.heads(record.full_name), fake.shapes.user(pull.author)
    auto = {"enabled_by": robot, "merge_method": pull.auto_merge.lower(), "commit_title": "", "commit_message": ""}
    return {
        "url": url,
        "id": pull.number,
        "node_id": f"PR_{record.number}_{pull.number}",
        "html_url": web,
        "diff_url": f"{web}.diff",
        "patch_url": f"{web}.patch",
        **{f"{name}_url": f"{url}/{name}" for name in ("issue", "commits", "review_comments", "review_comment", "comments", "statuses")},
        "number": pull.number,
        "state": pull.state,
        "locked": False,
        "title": pull.title,
        "user": robot,
        "body": pull.body,
        "labels": _labels(fake, record, pull),
        "milestone": None,
        "created_at": _WHEN,
        "updated_at": _WHEN,
        "closed_at": None if pull.state == "open" else _WHEN,
        "merged_at": _WHEN if pull.merged else None,
        "merge_commit_sha": None,
        "assignee": _user(fake, pull.assignees[0]) if pull.assignees else None,
        "assignees": [_user(fake, login) for login in pull.assignees],
        "requested_reviewers": [_user(fake, login) for login in pull.reviewers],
        "requested_teams": [_team(fake, record, slug) for slug in pull.teams],
        "head": _end(fake, record, pull.branch, pull.commit),
        "base": _end(fake, record, pull.base, heads.get(pull.base, pull.commit)),
        "_links": {name: {"href": url} for name in _LINKS},
        "author_association": "NONE",
        "auto_merge": auto if pull.auto_merge else None,
        "draft": pull.draft,
    }


def _whole(fake: GitHubFake, record: Record, pull: Pull) -> dict[str, Any]:
    """Return a *pull request*."""
    counted = dict.fromkeys(("comments", "review_comments", "commits", "additions", "deletions", "changed_files"), 0)
    merged = {"merged": pull.merged, "mergeable": None, "mergeable_state": "unknown", "merged_by": None}
    return {**pull_shape(fake, record, pull), **counted, **merged, "maintainer_can_modify": False}


def _invalid(field: str, message: str = "") -> RefusedError:
    error = {
        "resource": "PullRequest",
        "field": field,
        "code": "custom" if message else "invalid",
        **({"message": message} if message else {}),
    }
    return RefusedError(422, "Validation Failed", errors=[error])


def _list(fake: GitHubFake, request: Request, token: Token, owner: str, name: str) -> Answer:
    record = permitted(fake, token, (owner, name), "pull_requests", "read")
    _follow(fake, record)
    state, head = request.query("state", "open"), request.query("head", "")
    assert request.query("sort", "created") == "created"
    found = [
        pull
        for pull in record.proposals.pulls
        if state in {"all", pull.state} and head.lower() in {"", f"{record.owner.login}:{pull.branch}".lower()}
    ]
    ordered = found if request.query("direction", "desc") == "asc" else found[::-1]
    return page(fake, request, [pull_shape(fake, record, pull) for pull in ordered])


def _open(fake: GitHubFake, request: Request, token: Token, owner: str, name: str) -> Answer:
    record = permitted(fake, token, (owner, name), "pull_requests")
    body, known = request.body, record.proposals
    if token.login == "github-actions" and not known.allows_actions:
        raise RefusedError(403, "GitHub Actions is not permitted to create or approve pull requests.")
    _follow(fake, record)
    heads = fake.git.heads(record.full_name)
    for field in ("head", "base"):
        if body[field] not in heads:
            raise _invalid(field)
    if any((pull.branch, pull.base) == (body["head"], body["base"]) for pull in known.open):
        raise _invalid("", f"A pull request already exists for {record.owner.login}:{body['head']}.")
    folder = fake.git.path_of(record.full_name)
    if not git(folder, "rev-list", f"{heads[body['base']]}..{heads[body['head']]}"):
        raise _invalid("", f"No commits between {body['base']} and {body['head']}")
    if body.get("draft") and not known.allows_drafts:
        raise RefusedError(422, "Draft pull requests are not supported in this repository.")
    if len(body.get("body") or "") > _BODY_LIMIT:
        raise _invalid("body", f"body is too long (maximum is {_BODY_LIMIT} characters)")
    author, texts = fake.accounts[token.login.lower()], (body["title"], body.get("body"), body["head"], body["base"])
    pull = Pull(len(known.pulls) + 1, author, *texts, heads[body["head"]], draft=bool(body.get("draft")))
    known.pulls.append(pull)
    return Answer(201, _whole(fake, record, pull))


def _pull(fake: GitHubFake, token: Token, where: tuple[str, str], number: str, level: str = "write") -> tuple[Record, Pull]:
    record = permitted(fake, token, where, "pull_requests", level)
    _follow(fake, record)
    pull = next((pull for pull in record.proposals.pulls if pull.number == int(number)), None)
    if pull is None:
        raise RefusedError(404, "Not Found")
    return record, pull


def _change(fake: GitHubFake, request: Request, token: Token, owner: str, name: str, number: str) -> Answer:
    record, pull = _pull(fake, token, (owner, name), number)
    for key in ("title", "body", "base", "state"):
        if key in request.body:
            setattr(pull, key, request.body[key])
    return Answer(200, _whole(fake, record, pull))


def _label(fake: GitHubFake, request: Request, token: Token, owner: str, name: str, number: str) -> Answer:
    record, pull = _pull(fake, token, (owner, name), number)
    pull.labels = list(dict.fromkeys([*pull.labels, *request.body["labels"]]))
    return Answer(200, _labels(fake, record, pull))


def _assign(fake: GitHubFake, request: Request, token: Token, owner: str, name: str, number: str) -> Answer:
    record, pull = _pull(fake, token, (owner, name), number)
    fit = [login for login in request.body["assignees"] if login.lower() in fake.accounts and login not in record.proposals.outsiders]
    pull.assignees = list(dict.fromkeys([*pull.assignees, *fit]))
    shape = pull_shape(fake, record, pull)
    shared = ("id", "node_id", "number", "state", "title", "body", "user", "labels", "assignee", "assignees", "milestone", "locked")
    more = ("html_url", "url", "comments_url", "closed_at", "created_at", "updated_at")
    links = {f"{key}_url": shape["url"] for key in ("repository", "labels", "events")}
    return Answer(201, {**{key: shape[key] for key in (*shared, *more)}, **links, "comments": 0})


def _ask(fake: GitHubFake, request: Request, token: Token, owner: str, name: str, number: str) -> Answer:
    record, pull = _pull(fake, token, (owner, name), number)
    users, teams = request.body.get("reviewers", []), request.body.get("team_reviewers", [])
    if any(login.lower() not in fake.accounts for login in users) or any(slug not in record.owner.teams for slug in teams):
        one = "One or more of the users or teams you specified is not a collaborator of the"
        message = f"Reviews may only be requested from collaborators. {one} {record.full_name} repository."
        raise RefusedError(422, message)
    if pull.author.login in users:
        raise RefusedError(422, "Review cannot be requested from pull request author.")
    pull.reviewers = list(dict.fromkeys([*pull.reviewers, *(one for one in users if one not in record.proposals.outsiders)]))
    pull.teams = list(dict.fromkeys([*pull.teams, *teams]))
    return Answer(201, pull_shape(fake, record, pull))


def _list_reviews(fake: GitHubFake, request: Request, token: Token, owner: str, name: str, number: str) -> Answer:
    record, pull = _pull(fake, token, (owner, name), number, "read")
    url = f"{fake.url}/repos/{record.full_name}/pulls/{number}"
    reviews = [
        {
            "id": count,
            "node_id": f"R_{count}",
            "user": _user(fake, login),
            "body": "",
            "state": "COMMENTED",
            "html_url": url,
            "pull_request_url": url,
            "_links": {"html": {"href": url}, "pull_request": {"href": url}},
            "submitted_at": _WHEN,
            "commit_id": pull.commit,
            "author_association": "MEMBER",
        }
        for count, login in enumerate(pull.reviews, 1)
    ]
    return page(fake, request, reviews)


# GraphQL: queries are recognised by their operation; variables carry the rest


def _refused(kind: str, message: str) -> Answer:
    return Answer(200, {"data": None, "errors": [{"type": kind, "message": message, "path": [], "locations": []}]})


def _by_node(fake: GitHubFake, node: str) -> tuple[Record, Pull]:
    for record in fake.repositories.values():
        for pull in record.proposals.pulls:
            if node == f"PR_{record.number}_{pull.number}":
                return record, pull
    raise LookupError(f"Could not resolve to a node with the global id of '{node}'")


def _viewer(_fake: GitHubFake, token: Token, _variables: Mapping[str, Any]) -> Answer:
    login = f"{token.login}[bot]" if token.is_installation else token.login
    return Answer(200, {"data": {"viewer": {"login": login}}})


def _set_draft(draft: bool) -> Callable[[GitHubFake, Token, Mapping[str, Any]], Answer]:
    def change(fake: GitHubFake, token: Token, variables: Mapping[str, Any]) -> Answer:
        _, pull = _by_node(fake, variables["pull"])
        if not token.may("pull_requests", "write"):
            return _refused("FORBIDDEN", "Resource not accessible by integration")
        pull.draft = draft
        return Answer(200, {"data": {"pull": {"isDraft": draft}}})

    return change


def _enable(fake: GitHubFake, token: Token, variables: Mapping[str, Any]) -> Answer:
    record, pull = _by_node(fake, variables["pull"])
    if not token.may("pull_requests", "write"):
        return _refused("FORBIDDEN", "Resource not accessible by integration")
    if not record.merge["allow_auto_merge"]:
        return _refused("UNPROCESSABLE", "Auto merge is not allowed for this repository")
    pull.auto_merge = variables["method"]
    return Answer(200, {"data": {"enablePullRequestAutoMerge": {"pullRequest": {"number": pull.number}}}})


def _update_refs(fake: GitHubFake, token: Token, variables: Mapping[str, Any]) -> Answer:
    record = next((one for one in fake.repositories.values() if f"R_{one.number}" == variables["repository"]), None)
    if record is None or not token.may("contents", "write"):
        return _refused("FORBIDDEN", "Resource not accessible by integration")
    ref, before, after = variables["name"], variables["before"], variables["after"]
    there = fake.git.refs(record.full_name, "refs/").get(ref.removeprefix("refs/"), NOTHING)
    if there != before:
        return _refused("UNPROCESSABLE", f"'{ref}' does not point at {before}")
    try:
        check_rules(fake, record, token, ref, before, after, forced=True)
    except RefusedError as error:
        return _refused("UNPROCESSABLE", str(error))
    move(fake, record, ref, before, after)
    return Answer(200, {"data": {"updateRefs": {"clientMutationId": None}}})


_OPERATIONS: Mapping[str, Callable[[GitHubFake, Token, Mapping[str, Any]], Answer]] = {
    "viewer": _viewer,
    "convertPullRequestToDraft": _set_draft(True),
    "markPullRequestReadyForReview": _set_draft(False),
    "enablePullRequestAutoMerge": _enable,
    "updateRefs": _update_refs,
}


def _graphql(fake: GitHubFake, request: Request, token: Token) -> Answer:
    found = _OPERATION.match(request.body["query"])
    assert found, request.body["query"]
    try:
        return _OPERATIONS[found[1]](fake, token, request.body.get("variables", {}))
    except LookupError as error:
        return _refused("NOT_FOUND", str(error))


PULL_ROUTES: tuple[Route, ...] = (
    ("GET", f"{REPOSITORY}/pulls", _list),
    ("POST", f"{REPOSITORY}/pulls", _open),
    ("PATCH", rf"{REPOSITORY}/pulls/(?P<number>\d+)", _change),
    ("GET", rf"{REPOSITORY}/pulls/(?P<number>\d+)/reviews", _list_reviews),
    ("POST", rf"{REPOSITORY}/pulls/(?P<number>\d+)/requested_reviewers", _ask),
    ("POST", rf"{REPOSITORY}/issues/(?P<number>\d+)/labels", _label),
    ("POST", rf"{REPOSITORY}/issues/(?P<number>\d+)/assignees", _assign),
    ("POST", "/graphql", _graphql),
)
