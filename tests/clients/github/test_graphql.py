from __future__ import annotations

from typing import Any

import pytest

from robot_action.clients.github.api import GRAPHQL, GitHubApi
from robot_action.clients.github.calls import GitHubCalls
from robot_action.clients.github.graphql import QueryReply, ask, expect_data, explain_refusal
from robot_action.errors import FailedError, NotPermittedError, RobotActionError, TryAgainError, UnavailableError
from tests.clients.github.support import Hosts, keyring
from tests.testbed.fixtures import GitHubBed
from tests.testbed.scripted_server import Says, ScriptedServer

VIEWER = "query { viewer { login } }"


@pytest.fixture
def calls(hosts: Hosts) -> GitHubCalls:
    return GitHubCalls(hosts.api(), hosts.waiting.patience)


def look(calls: GitHubCalls) -> QueryReply:
    return ask(calls, VIEWER, {}, about="acme/demo", doing="look")


def test_a_query_brings_its_data(calls: GitHubCalls) -> None:
    assert expect_data(look(calls), "look") == {"viewer": {"login": "robot"}}


def test_variables_travel_beside_the_query(github: GitHubBed, calls: GitHubCalls) -> None:
    reply = ask(calls, "mutation($pull: ID!) { convertPullRequestToDraft }", {"pull": '"}) { evil }'}, about="acme/demo", doing="look")
    assert reply.kind == "NOT_FOUND"
    assert github.fake.requests[-1].body["variables"] == {"pull": '"}) { evil }'}


def test_a_lost_answer_is_asked_for_again(github: GitHubBed, calls: GitHubCalls) -> None:
    github.fake.drop("POST /graphql", times=2)
    assert look(calls).message == ""


def test_a_server_that_does_not_answer_is_given_up(github: GitHubBed, calls: GitHubCalls) -> None:
    github.fake.fail("POST /graphql", 502, times=9)
    with pytest.raises(UnavailableError):
        look(calls)


@pytest.mark.parametrize(
    ("answer", "kind", "message"),
    [
        ({"errors": [{"type": "FORBIDDEN", "message": "No\u202e way"}]}, "FORBIDDEN", "No way"),
        ({"data": {"viewer": None}, "errors": [{"message": "Odd"}]}, "UNKNOWN", "Odd"),
        ({"errors": ["text"]}, "UNKNOWN", "no reason given"),
        ({"errors": {}}, "UNKNOWN", "no reason given"),
        ({"data": []}, "UNKNOWN", "no reason given"),
        ([], "UNKNOWN", "no reason given"),
    ],
)
def test_a_refusal_is_one_whatever_it_looks_like(github: GitHubBed, calls: GitHubCalls, answer: Any, kind: str, message: str) -> None:
    github.fake.fail("POST /graphql", 200, answer)
    reply = look(calls)
    assert (reply.kind, reply.message) == (kind, message)
    with pytest.raises(RobotActionError, match=f"cannot look: .*{message}"):
        expect_data(reply, "look")


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("FORBIDDEN", NotPermittedError),
        ("INSUFFICIENT_SCOPES", NotPermittedError),
        ("NOT_FOUND", NotPermittedError),
        ("RATE_LIMITED", TryAgainError),
        ("UNPROCESSABLE", FailedError),
    ],
)
def test_each_kind_of_refusal_has_its_error(kind: str, error: type[RobotActionError]) -> None:
    found = explain_refusal(QueryReply({}, kind, "No"), "look")
    assert type(found) is error
    assert "No" in str(found)


@pytest.mark.parametrize(("base", "path"), [("", "/graphql"), ("/api/v3", "/api/graphql")])
def test_each_kind_of_server_has_it_in_its_place(base: str, path: str) -> None:
    with ScriptedServer() as server:
        server.say(Says(body=b"{}"))
        api = GitHubApi(f"{server.url}{base}", keyring(server.url, "token"))
        api.send("POST", GRAPHQL, body={"query": VIEWER}, owner="acme/demo")
        api.close()
        assert [asked.path for asked in server.asked] == [path]
