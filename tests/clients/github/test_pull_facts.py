"""What GitHub says about pull requests is hostile: nothing of it is taken for what it is not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.clients.github.pull_facts import is_commit, logins_of, read_pull_request, texts_of
from robot_action.model.pull_request import PullRequestState

WHOLE: dict[str, Any] = {
    "number": 7,
    "html_url": "https://github.example/acme/demo/pull/7",
    "node_id": "PR_7",
    "state": "open",
    "title": "Update",
    "body": "Text\n<!-- robot-action: v2 -->",
    "draft": True,
    "merged_at": None,
    "auto_merge": None,
    "head": {"sha": "a" * 40, "ref": "robot-action/x", "repo": {"full_name": "Acme/Demo"}},
    "base": {"ref": "main"},
    "labels": [{"name": "bot"}],
    "requested_reviewers": [{"login": "mona"}],
    "requested_teams": [{"slug": "platform"}],
    "assignees": [{"login": "ada"}],
}
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2))


def test_a_whole_answer_is_read() -> None:
    found = read_pull_request("acme/demo", WHOLE)
    assert found is not None
    assert (found.number, found.node, found.state, found.revision, found.draft) == (7, "PR_7", PullRequestState.OPEN, "v2", True)
    assert (found.labels, found.reviewers, found.teams, found.assignees) == (("bot",), ("mona",), ("platform",), ("ada",))


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({"state": "closed"}, PullRequestState.CLOSED),
        ({"state": "closed", "merged_at": "2026-01-02T03:04:05Z"}, PullRequestState.MERGED),
        ({"state": None}, PullRequestState.CLOSED),
    ],
)
def test_what_is_not_said_to_be_open_is_not(change: dict[str, Any], state: PullRequestState) -> None:
    found = read_pull_request("acme/demo", {**WHOLE, **change})
    assert found is not None
    assert found.state is state


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://x y", "", None, "http://" + "x" * 600])
def test_an_address_that_is_none_is_left_out(url: object) -> None:
    found = read_pull_request("acme/demo", {**WHOLE, "html_url": url})
    assert found is not None
    assert found.url == ""


def test_a_title_is_one_clean_line() -> None:
    found = read_pull_request("acme/demo", {**WHOLE, "title": "a\n\x1b[2Jb\u202e"})
    assert found is not None
    assert found.title == "a [2Jb"


@pytest.mark.parametrize("key", ["number", "head", "base"])
@given(value=JSON)
def test_without_what_identifies_it_it_is_none(key: str, value: object) -> None:
    found = read_pull_request("acme/demo", {**WHOLE, key: value})
    assert found is None or (key == "number" and found.number == value)


@given(st.sampled_from(sorted(WHOLE)), JSON)
def test_no_answer_makes_trouble(key: str, value: object) -> None:
    read_pull_request("acme/demo", {**WHOLE, key: value})
    read_pull_request("acme/demo", value)


@given(JSON)
def test_lists_give_texts_alone(value: object) -> None:
    assert all(isinstance(text, str) and text for text in (*texts_of(value, "name"), *logins_of(value)))


@pytest.mark.parametrize(("value", "is_one"), [("a" * 40, True), ("a" * 64, True), ("a" * 41, False), ("A" * 40, False), (None, False)])
def test_a_commit_is_named_whole(value: object, is_one: bool) -> None:
    assert is_commit(value) is is_one
