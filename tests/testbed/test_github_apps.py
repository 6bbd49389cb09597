"""The test bed's Apps are as strict as GitHub."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest
import requests

from tests.testbed.fixtures import GitHubBed
from tests.testbed.github_apps import App, add_app


@pytest.fixture
def app(github: GitHubBed) -> App:
    made = add_app(github.fake)
    made.install(github.fake.accounts["acme"])
    github.fake.add_repository("acme/demo")
    return made


def signed(app: App, before: int = 60, after: int = 500) -> str:
    now = int(time.time())
    return jwt.encode({"iat": now - before, "exp": now + after, "iss": app.client_id}, app.private_key, algorithm="RS256")


def ask(github: GitHubBed, token: str, method: str, path: str, body: Any = None) -> requests.Response:
    return requests.request(method, github.api_url + path, json=body, headers={"Authorization": f"Bearer {token}"}, timeout=10)


def mint(github: GitHubBed, app: App, **body: Any) -> str:
    number = ask(github, signed(app), "GET", "/orgs/acme/installation").json()["id"]
    answer = ask(github, signed(app), "POST", f"/app/installations/{number}/access_tokens", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["token"])


@pytest.mark.parametrize(("before", "after"), [(-60, 500), (60, -1), (60, 700)])
def test_statements_hold_for_ten_minutes(github: GitHubBed, app: App, before: int, after: int) -> None:
    assert ask(github, signed(app, before, after), "GET", "/orgs/acme/installation").status_code == 401


@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
def test_an_app_s_own_calls_take_nothing_but_a_statement(github: GitHubBed, app: App, token: str) -> None:
    assert ask(github, token or github.token, "GET", "/orgs/acme/installation").status_code == 401
    assert ask(github, signed(app), "GET", "/user").status_code == 401


def test_it_is_installed_for_the_one_kind_of_owner(github: GitHubBed, app: App) -> None:
    assert ask(github, signed(app), "GET", "/users/acme/installation").status_code == 404
    assert ask(github, signed(app), "POST", "/app/installations/1/access_tokens").status_code == 404


def test_a_token_reaches_what_was_named(github: GitHubBed, app: App) -> None:
    github.fake.add_repository("acme/other")
    token = mint(github, app, repositories=["demo"], permissions={"metadata": "read"})
    assert ask(github, token, "GET", "/repos/acme/demo").status_code == 200
    assert ask(github, token, "GET", "/repos/acme/demo/branches").status_code == 403
    assert ask(github, token, "GET", "/repos/acme/demo/teams").status_code == 403
    assert ask(github, token, "GET", "/repos/acme/other").status_code == 404
    assert ask(github, token, "POST", "/orgs/acme/repos", {"name": "third"}).status_code == 403


def test_an_owner_s_token_reaches_no_other_owner(github: GitHubBed, app: App) -> None:
    token = mint(github, app, permissions={"administration": "write", "metadata": "read"})
    assert ask(github, token, "POST", "/orgs/acme/repos", {"name": "third", "private": True}).status_code == 201
    assert ask(github, token, "POST", "/orgs/closed/repos", {"name": "third"}).status_code == 403


def test_git_data_takes_the_permission_for_contents(github: GitHubBed, app: App) -> None:
    url = f"{github.git.url_of('acme/demo')}/info/refs?service=git-upload-pack"
    for permissions, status in (({"metadata": "read"}, 403), ({"contents": "read"}, 200)):
        token = mint(github, app, repositories=["demo"], permissions=permissions)
        assert requests.get(url, auth=("x-access-token", token), timeout=10).status_code == status


def test_a_token_dies(github: GitHubBed, app: App) -> None:
    first, second = (mint(github, app) for _ in range(2))
    assert ask(github, first, "DELETE", "/installation/token").status_code == 204
    assert ask(github, first, "GET", "/repos/acme/demo").status_code == 401
    assert ask(github, second, "GET", "/repos/acme/demo").status_code == 200
    later = time.time() + 3601
    github.fake.now = lambda: later
    assert ask(github, second, "GET", "/repos/acme/demo").status_code == 401


def test_only_minted_tokens_are_revoked(github: GitHubBed) -> None:
    assert ask(github, github.token, "DELETE", "/installation/token").status_code == 403


def test_a_suspended_installation_mints_nothing(github: GitHubBed, app: App) -> None:
    app.installations["acme"].suspended = True
    number = app.installations["acme"].number
    assert ask(github, signed(app), "POST", f"/app/installations/{number}/access_tokens").status_code == 403
