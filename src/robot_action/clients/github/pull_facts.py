"""GitHub's answers about pull requests -> facts. Pure; everything in the answers is hostile."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from robot_action.clients.github.answers import logins_of, member, texts_of
from robot_action.clients.github.errors import clean_text
from robot_action.model.pull_request import PullRequest, PullRequestState
from robot_action.parsing.pull_request import read_mark

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_URL = re.compile(r"https?://[!-~]{1,500}")


def read_pull_request(repository: str, data: object) -> PullRequest | None:
    """Return a pull request whose branch is in the repository itself, or None where the answer is none."""
    if not isinstance(data, Mapping):
        return None
    number, head, base = data.get("number"), data.get("head"), data.get("base")
    if not isinstance(number, int) or not isinstance(head, Mapping) or not isinstance(base, Mapping):
        return None
    commit, branch, onto = head.get("sha"), head.get("ref"), base.get("ref")
    if not is_commit(commit) or not isinstance(branch, str) or not isinstance(onto, str) or not _is_within(repository, head):
        return None
    body, url = data.get("body"), data.get("html_url")
    text = body if isinstance(body, str) else ""
    mark = read_mark(text)
    return PullRequest(
        repository=repository,
        number=number,
        url=url if isinstance(url, str) and _URL.fullmatch(url) else "",
        state=_state(data),
        base=onto,
        branch=branch,
        head=str(commit),
        title=clean_text(data.get("title")),
        body=text,
        node=clean_text(data.get("node_id")),
        revision=mark.revision,
        withdrawn=mark.withdrawn,
        draft=data.get("draft") is True,
        auto_merge=isinstance(data.get("auto_merge"), Mapping),
        labels=texts_of(data.get("labels"), "name"),
        reviewers=logins_of(data.get("requested_reviewers")),
        teams=texts_of(data.get("requested_teams"), "slug"),
        assignees=logins_of(data.get("assignees")),
    )


def is_commit(value: object) -> bool:
    """Tell whether a value is a commit's whole id."""
    return isinstance(value, str) and _COMMIT.fullmatch(value) is not None


def _is_within(repository: str, head: Mapping[str, Any]) -> bool:
    """Tell whether a branch is the repository's own; ``repo`` is null where a fork is gone."""
    name = member(head, "repo", "full_name")
    return isinstance(name, str) and name.casefold() == repository.casefold()


def _state(data: Mapping[str, Any]) -> PullRequestState:
    if data.get("state") == "open":
        return PullRequestState.OPEN
    return PullRequestState.MERGED if isinstance(data.get("merged_at"), str) else PullRequestState.CLOSED
