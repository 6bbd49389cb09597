from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.testbed.fixtures import GitHubBed


class Client:
    """Plain HTTP with a token."""

    def __init__(self, bed: GitHubBed) -> None:
        self.bed = bed
        self.session = requests.Session()
        self.session.trust_env = False

    def __call__(self, method: str, path: str, body: object = None, token: str | None = None) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.bed.token if token is None else token}"} if token != "" else {}
        return self.session.request(method, self.bed.api_url + path, json=body, headers=headers, timeout=10, allow_redirects=False)


@pytest.fixture
def client(github: GitHubBed) -> Iterator[Client]:
    made = Client(github)
    yield made
    made.session.close()


def expect_violation(bed: GitHubBed, words: str) -> None:
    """The fixture would fail the test for it; here it is what we wanted to see."""
    assert any(words in text for text in bed.fake.violations), bed.fake.violations
    bed.fake.violations.clear()


def test_a_request_that_departs_from_the_description_is_a_violation(github: GitHubBed, client: Client) -> None:
    client("POST", "/orgs/acme/repos", {"name": "demo", "visiblity": "private"})
    expect_violation(github, "unknown field 'visiblity'")
    client("GET", "/repos/acme/demo?per_page=1")
    expect_violation(github, "unknown query parameter")
    client("GET", "/no/such/thing")
    expect_violation(github, "no such operation")


def test_an_answer_of_ours_that_departs_from_it_is_one_too(github: GitHubBed, client: Client) -> None:
    record = github.fake.add_repository("acme/demo")
    setattr(record, "description", 5)  # noqa: B010 - what the types forbid
    client("GET", "/repos/acme/demo")
    expect_violation(github, "description")


def test_a_created_repository_is_on_the_git_server(github: GitHubBed, client: Client) -> None:
    assert client("POST", "/orgs/acme/repos", {"name": "demo", "visibility": "private"}).status_code == 201
    assert github.git.heads("acme/demo") == {}
    github.git.commit("acme/demo", {"a": "b"}, branch="trunk")
    assert client("GET", "/repos/acme/demo").json()["default_branch"] == "trunk", "the branch that was pushed first"
    assert [branch["name"] for branch in client("GET", "/repos/acme/demo/branches").json()] == ["trunk"]
    assert client("DELETE", "/repos/acme/demo").status_code == 204
    assert not github.git.path_of("acme/demo").exists()
    assert client("GET", "/repos/acme/demo").status_code == 404


def test_the_same_name_is_given_once(client: Client) -> None:
    assert client("POST", "/user/repos", {"name": "demo"}).status_code == 201
    refused = client("POST", "/user/repos", {"name": "Demo"})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["message"] == "name already exists on this account"


@pytest.mark.parametrize(
    ("token", "path", "status"),
    [
        ("", "/user", 401),
        ("wrong", "/user", 401),
        ("workflow", "/user", 403),
        ("app", "/user", 403),
        ("robot", "/user", 200),
        ("workflow", "/repos/acme/demo", 404),
        ("workflow", "/repos/acme/platform", 200),
        ("unauthorised", "/repos/acme/demo", 403),
        ("reader", "/repos/acme/demo", 200),
        ("reader", "/repos/acme/demo/teams", 403),
    ],
)
def test_each_token_sees_what_it_may(github: GitHubBed, client: Client, token: str, path: str, status: int) -> None:
    github.fake.add_repository("acme/demo")
    github.fake.add_repository("acme/platform")
    tokens: dict[str, Any] = {
        "robot": github.token,
        **{name: getattr(github, f"{name}_token", name) for name in ("workflow", "app", "unauthorised", "reader")},
    }
    assert client("GET", path, token=tokens.get(token, token)).status_code == status


def test_limits_are_counted_in_the_headers(client: Client) -> None:
    first, second = (int(client("GET", "/user").headers["X-RateLimit-Remaining"]) for _ in range(2))
    assert second == first - 1


def test_faults_strike_as_often_as_they_are_told(github: GitHubBed, client: Client) -> None:
    github.fake.fail("GET /user", 502, times=2)
    github.fake.drop("GET /user")
    assert [client("GET", "/user").status_code for _ in range(2)] == [502, 502]
    with pytest.raises(requests.ConnectionError):
        client("GET", "/user")
    assert client("GET", "/user").status_code == 200


def test_a_lost_answer_may_hide_what_was_done(github: GitHubBed, client: Client) -> None:
    github.fake.fail("POST /user/repos", 502, after=True)
    assert client("POST", "/user/repos", {"name": "demo"}).status_code == 502
    assert "robot/demo" in github.fake.repositories


def test_a_renamed_repository_redirects(github: GitHubBed, client: Client) -> None:
    github.fake.add_repository("acme/demo")
    github.fake.rename("acme/demo", "acme/better")
    moved = client("GET", "/repos/acme/demo")
    assert moved.status_code == 301
    assert client("GET", moved.headers["Location"].removeprefix(github.api_url)).json()["full_name"] == "acme/better"
    assert client("GET", "/repositories/1").status_code == 404
    assert client("PATCH", "/repos/acme/demo", {"description": "x"}).status_code == 307


def test_contents_are_those_of_the_branch(github: GitHubBed, client: Client) -> None:
    github.fake.add_repository("acme/demo")
    assert client("GET", "/repos/acme/demo/contents/a").json()["message"] == "This repository is empty."
    github.git.commit("acme/demo", {"a": "main", "d/e": "x"})
    github.git.commit("acme/demo", {"a": "trunk"}, branch="trunk")
    assert client("GET", "/repos/acme/demo/contents/a").json()["content"] == "bWFpbg==\n"
    assert client("GET", "/repos/acme/demo/contents/a?ref=trunk").json()["content"] == "dHJ1bms=\n"
    assert isinstance(client("GET", "/repos/acme/demo/contents/d").json(), list)
    assert client("GET", "/repos/acme/demo/contents/none").status_code == 404
    assert client("GET", "/repos/acme/demo/contents/a?ref=none").status_code == 404


def test_an_archived_repository_is_read_only_until_it_is_unarchived(github: GitHubBed, client: Client) -> None:
    github.fake.add_repository("acme/demo")
    assert client("PATCH", "/repos/acme/demo", {"archived": True}).status_code == 200
    assert client("PATCH", "/repos/acme/demo", {"description": "x"}).status_code == 403
    assert client("PATCH", "/repos/acme/demo", {"archived": False}).status_code == 200


def test_an_organisation_may_forbid_public_repositories(client: Client) -> None:
    assert client("POST", "/orgs/closed/repos", {"name": "demo", "visibility": "public"}).status_code == 422
    assert client("POST", "/orgs/closed/repos", {"name": "demo", "visibility": "private"}).status_code == 201
    assert client("PATCH", "/repos/closed/demo", {"visibility": "public"}).status_code == 422


def test_only_accounts_that_exist_get_access(github: GitHubBed, client: Client) -> None:
    github.fake.add_repository("acme/demo")
    assert client("PUT", "/repos/acme/demo/collaborators/nobody", {"permission": "push"}).status_code == 404
    assert client("PUT", "/repos/acme/demo/collaborators/mona", {"permission": "push"}).status_code == 201
    assert client("PUT", "/orgs/acme/teams/nobody/repos/acme/demo", {"permission": "push"}).status_code == 404
    assert client("PUT", "/orgs/acme/teams/platform/repos/acme/demo", {"permission": "push"}).status_code == 204
    assert [team["slug"] for team in client("GET", "/repos/acme/demo/teams").json()] == ["platform"]
