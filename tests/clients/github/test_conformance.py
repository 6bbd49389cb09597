"""The same client against two GitHubs that know nothing of each other: ours, and the independent emulator.

What the emulator lacks stands in `LACKS`, with what it does instead.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from robot_action.clients.github.api import GitHubApi
from robot_action.clients.github.host import GitHubHost
from robot_action.errors import FailedError, NotPermittedError, TryAgainError
from robot_action.model.credentials import Credential, Credentials, host_of
from robot_action.model.manifest import MergeSettings, RepositoryWanted
from robot_action.planning.repositories import differences
from tests.clients.github.support import Waiting, found
from tests.testbed.fixtures import GitHubBed
from tests.testbed.programs import Emulator

MESSAGE = "Create it\n\nRobot-Action-Project: x"
LACKS = {
    "test_a_wrong_token_is_refused": "it takes every token for its first user's",
    "test_collaborators_are_invited_once": "it lists no invitations",
    "test_a_branch_that_nobody_pushed_does_not_become_the_default_one": "it makes any name the default branch",
}


@dataclass(frozen=True)
class Target:
    """One GitHub.

    Attributes:
        stranger: has a token that nobody knows.
        write: commits a file to main: repository, path, text.
        suffix: makes names unique, for the emulator lives as long as the session.
    """

    host: GitHubHost
    stranger: GitHubHost
    write: Callable[[str, str, str], None]
    suffix: str

    def wanted(self, owner: str = "acme") -> RepositoryWanted:
        """Return a repository that nobody has yet."""
        return RepositoryWanted(f"{owner}/demo-{self.suffix}")


def write_by_api(api: GitHubApi) -> Callable[[str, str, str], None]:
    """Return what commits a file to main through the API, for the emulator has no git."""

    def write(name: str, path: str, text: str) -> None:
        body = {"message": MESSAGE, "content": base64.b64encode(text.encode()).decode(), "branch": "main"}
        assert api.send("PUT", f"/repos/{name}/contents/{path}", body=body).status == 201

    return write


@pytest.fixture(params=["ours", "emulate"])
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    lacking = LACKS.get(request.node.originalname)
    if request.param == "emulate" and lacking:
        pytest.skip(f"emulate: {lacking}")
    bed: GitHubBed | None = request.getfixturevalue("github") if request.param == "ours" else None
    server: GitHubBed | Emulator = bed or request.getfixturevalue("emulate_server")
    apis = [
        GitHubApi(server.api_url, Credentials({host_of(server.api_url): Credential("x", text)})) for text in (server.token, "wrong-token")
    ]
    host, stranger = (GitHubHost(api, server.server_url, Waiting().patience) for api in apis)
    write = write_by_api(apis[0])
    if bed is not None:
        git = bed.git

        def write(name: str, path: str, text: str) -> None:
            git.commit(name, {path: text}, message=MESSAGE)

    yield Target(host, stranger, write, secrets.token_hex(4))
    for api in apis:
        api.close()


@pytest.mark.parametrize("owner", ["acme", "robot"])
def test_a_repository_is_missing_then_created_then_found_empty(target: Target, owner: str) -> None:
    wanted = target.wanted(owner)
    assert target.host.find(wanted) is None
    created = target.host.create(wanted)
    assert created.is_empty
    assert created.name == wanted.name
    assert found(target.host, wanted).is_empty


@pytest.mark.parametrize("visibility", ["private", "public"])
@pytest.mark.parametrize("owner", ["acme", "robot"])
def test_visibility_is_as_wanted(target: Target, owner: str, visibility: str) -> None:
    wanted = replace(target.wanted(owner), visibility=visibility)
    assert target.host.create(wanted).visibility == visibility
    assert found(target.host, wanted).visibility == visibility


def test_all_settings_are_as_wanted_once_created_and_settled(target: Target) -> None:
    merge = MergeSettings(squash=True, merge_commit=False, rebase=False, auto_merge=True, delete_branch=True)
    wanted = replace(target.wanted(), description="Takes payments", homepage="https://demo.example", merge=merge)
    target.host.create(wanted)
    target.host.settle(wanted)
    assert differences(wanted, found(target.host, wanted)) == ()


def test_a_second_creation_is_refused(target: Target) -> None:
    wanted = target.wanted()
    target.host.create(wanted)
    with pytest.raises(TryAgainError, match="somebody else made"):
        target.host.create(wanted)


def test_settings_are_changed_once(target: Target) -> None:
    wanted = target.wanted()
    target.host.create(wanted)
    better = replace(
        wanted, description="Better", homepage="https://better.example", topics=("service",), merge=MergeSettings(rebase=False)
    )
    assert target.host.settle(better) != ()
    assert differences(better, found(target.host, better)) == ()
    assert target.host.settle(better) == ()


def test_an_unknown_organisation_is_refused(target: Target) -> None:
    with pytest.raises(NotPermittedError):
        target.host.create(replace(target.wanted(), name=f"nobody-{target.suffix}/demo"))


def test_a_wrong_token_is_refused(target: Target) -> None:
    with pytest.raises(NotPermittedError, match="does not accept the token"):
        target.stranger.create(target.wanted())


def test_collaborators_are_invited_once(target: Target) -> None:
    wanted = target.wanted()
    target.host.create(wanted)
    with_mona = replace(wanted, collaborators={"mona": "push"})
    assert target.host.settle(with_mona) == ("gave mona the role push",)
    assert target.host.settle(with_mona) == ()


def test_a_team_that_does_not_exist_is_refused(target: Target) -> None:
    wanted = target.wanted()
    target.host.create(wanted)
    with pytest.raises(NotPermittedError, match="nobody"):
        target.host.settle(replace(wanted, teams={"nobody": "push"}))


def test_commits_branches_and_the_state_file_are_found(target: Target) -> None:
    wanted = target.wanted()
    target.host.create(wanted)
    target.write(wanted.name, ".robot-action.yml", f"schema: 1\nproject: {wanted.name}\ntemplates:\n- source: https://git.example/t\n")
    there = found(target.host, wanted)
    assert list(there.heads) == ["main"]
    assert there.state is not None
    assert there.state.project == wanted.name
    assert "Robot-Action-Project: x" in there.head_message


def test_a_branch_that_nobody_pushed_does_not_become_the_default_one(target: Target) -> None:
    wanted = replace(target.wanted(), default_branch="trunk")
    target.host.create(wanted)
    target.write(wanted.name, "README.md", "text")
    with pytest.raises(FailedError, match="trunk"):
        target.host.set_default_branch(wanted)
