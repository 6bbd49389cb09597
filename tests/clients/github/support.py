"""What the tests of the GitHub client share: hosts that wait without waiting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from robot_action.clients.github.api import GitHubApi
from robot_action.clients.github.calls import Patience
from robot_action.clients.github.host import GitHubHost
from robot_action.model.credentials import Credential, Credentials, host_of
from robot_action.model.facts import Repository
from robot_action.model.manifest import MergeSettings, RepositoryWanted
from tests.testbed.fixtures import GitHubBed

START = 1_800_000_000.0
STATE = "schema: 1\nproject: acme/demo\ntemplates:\n- source: https://git.example/t\n"
WANTED = RepositoryWanted("acme/demo")
EVERYTHING = RepositoryWanted(
    "acme/demo",
    visibility="private",
    description="Takes payments",
    homepage="https://demo.example",
    topics=("service", "python"),
    default_branch="trunk",
    merge=MergeSettings(squash=True, merge_commit=False, rebase=False, auto_merge=True, delete_branch=True),
    teams={"platform": "push", "security": "triage"},
    collaborators={"mona": "admin"},
)


@dataclass
class Waiting:
    """A clock that sleeping moves, and what was said meanwhile."""

    time: float = START
    slept: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    between_writes: float = 0.0

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.time += seconds

    @property
    def patience(self) -> Patience:
        """Patience by this clock."""
        return Patience(between_writes=self.between_writes, at_once=0, sleep=self.sleep, now=lambda: self.time, say=self.said.append)


def keyring(url: str, token: str) -> Credentials:
    """Return one token, for one host."""
    return Credentials({host_of(url): Credential("x-access-token", token)})


@dataclass
class Hosts:
    """Makes hosts, and ends their connections."""

    api_url: str
    server_url: str
    token: str = field(repr=False)
    waiting: Waiting = field(default_factory=Waiting)
    apis: list[GitHubApi] = field(default_factory=list)

    def api(self, token: str | None = None) -> GitHubApi:
        """Return a connection."""
        api = GitHubApi(self.api_url, keyring(self.api_url, self.token if token is None else token))
        self.apis.append(api)
        return api

    def host(self, token: str | None = None) -> GitHubHost:
        """Return a host."""
        return GitHubHost(self.api(token), self.server_url, self.waiting.patience)

    def close(self) -> None:
        """End all connections."""
        for api in self.apis:
            api.close()


def found(host: GitHubHost, wanted: RepositoryWanted = WANTED) -> Repository:
    """Return a repository that is there."""
    repository = host.find(wanted)
    assert repository is not None
    return repository


@pytest.fixture
def hosts(github: GitHubBed) -> Iterator[Hosts]:
    made = Hosts(github.api_url, github.server_url, github.token)
    yield made
    made.close()
