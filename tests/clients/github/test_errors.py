from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.clients.github.api import Reply
from robot_action.clients.github.errors import clean_text, explain, is_name_taken, message_of
from robot_action.errors import FailedError, NotPermittedError, RobotActionError, TryAgainError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["message", "errors", "field", "code", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


def refused(status: int, message: str = "No", headers: dict[str, str] | None = None, **more: Any) -> Reply:
    return Reply(status, headers or {}, {"message": message, **more})


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (301, FailedError, 1),
        (307, FailedError, 1),
        (401, NotPermittedError, 77),
        (403, NotPermittedError, 77),
        (404, NotPermittedError, 77),
        (409, TryAgainError, 75),
        (410, FailedError, 1),
        (422, FailedError, 1),
        (451, FailedError, 1),
    ],
)
def test_each_status_has_its_kind_of_error(status: int, kind: type[RobotActionError], code: int) -> None:
    error = explain(refused(status), "create acme/demo")
    assert type(error) is kind
    assert error.exit_code == code
    assert error.problems[0].message.startswith("cannot create acme/demo: ")


@pytest.mark.parametrize(
    ("headers", "message", "hint"),
    [
        ({"x-accepted-github-permissions": "administration=write"}, "No", "The token needs the permission administration=write."),
        ({}, "No", "Ask an owner"),
        ({}, "Resource not accessible by integration", "A workflow's own token (GITHUB_TOKEN) reaches its own repository only"),
        (
            {"x-github-sso": "required; url=https://github.example/sso?x=1"},
            "No",
            "authorise the token for it: https://github.example/sso?x=1",
        ),
        ({"x-github-sso": "partial-results; organizations=1"}, "No", "authorise the token for it"),
        ({"x-github-sso": "required; url=https://x.example/\x1b[2J"}, "No", "https://x.example/"),
        ({"x-github-sso": "required; url=javascript:1"}, "No", "authorise the token for it"),
    ],
)
def test_what_is_forbidden_comes_with_the_way_out(headers: dict[str, str], message: str, hint: str) -> None:
    shown = explain(refused(403, message, headers), "do it").problems[0].hint or ""
    assert hint in shown
    assert shown.isprintable()
    assert "javascript" not in shown


def test_what_is_not_found_may_be_hidden() -> None:
    hint = explain(refused(404, headers={"x-accepted-github-permissions": "members=read"}), "give a team access").problems[0].hint or ""
    assert "GitHub answers the same when the token may not see it" in hint
    assert "members=read" in hint


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            {"message": "Validation Failed", "errors": [{"resource": "Repository", "field": "name", "code": "invalid"}]},
            "Validation Failed (name invalid)",
        ),
        ({"message": "M", "errors": [{"message": "name already exists"}, {"message": "name already exists"}]}, "M (name already exists)"),
        ({"message": "M", "errors": ["one", "two", 3, {}]}, "M (one; two; no reason given)"),
        ({"message": "M", "errors": "text"}, "M"),
        ({"message": ""}, "status 422"),
        ({"errors": [{"message": "only this"}]}, "status 422 (only this)"),
        (None, "status 422"),
        ([1], "status 422"),
    ],
)
def test_what_github_says_is_quoted(data: object, message: str) -> None:
    assert message_of(Reply(422, {}, data)) == message


def test_many_details_are_bounded() -> None:
    message = message_of(Reply(422, {}, {"message": "M", "errors": [f"{number} {'x' * 2000}" for number in range(1000)]}))
    assert len(message) < 10_000
    assert "…" in message


def test_a_taken_name_is_told_from_other_refusals() -> None:
    taken = {"message": "Repository creation failed.", "errors": [{"message": "name already exists on this account"}]}
    assert is_name_taken(Reply(422, {}, taken))
    assert not is_name_taken(Reply(422, {}, {"message": "Repository creation failed."}))
    assert not is_name_taken(Reply(403, {}, taken))


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [(None, ""), (5, ""), ("  a\r\nb\tc ", "a  b c"), ("a\x00\x1b\x7f\u202e\u200b\ud800b", "ab"), ("Größe 🎉", "Größe 🎉")],
)
def test_text_becomes_one_clean_line(value: object, cleaned: str) -> None:
    assert clean_text(value) == cleaned


@given(st.text())
def test_no_text_gets_longer_or_stays_dangerous(text: str) -> None:
    cleaned = clean_text(text, limit=20)
    assert len(cleaned) <= 20
    assert cleaned.isprintable() or any(character.isspace() for character in cleaned)
    assert "\n" not in cleaned
    assert clean_text(cleaned, limit=20) == cleaned


@given(
    st.sampled_from([301, 400, 401, 403, 404, 409, 422, 451]),
    JSON,
    st.dictionaries(st.sampled_from(["x-github-sso"]), st.text(max_size=60)),
)
def test_whatever_github_answers_there_is_an_error_and_no_traceback(status: int, data: Any, headers: dict[str, str]) -> None:
    assert isinstance(explain(Reply(status, headers, data), "do it"), RobotActionError)


@pytest.mark.parametrize(
    "word",
    ["fine-grained personal token", "GitHub App", "Workflows: write", "ROBOT_ACTION_REPOSITORY_TOKEN", "ROBOT_ACTION_APP_CLIENT_ID"],
)
def test_what_no_workflow_s_token_can_do_names_those_that_can(word: str) -> None:
    error = explain(refused(403, "Resource not accessible by integration"), "create acme/demo")
    assert word in (error.problems[0].hint or "")


def test_a_token_that_is_not_accepted_is_looked_for_where_it_was_put() -> None:
    hint = explain(refused(401, "Bad credentials"), "look at acme/demo").problems[0].hint or ""
    assert "ROBOT_ACTION_REPOSITORY_TOKEN" in hint
