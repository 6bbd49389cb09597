"""The stage that pushes the project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from robot_action.errors import FailedError
from robot_action.hosting import Host
from robot_action.model.facts import Facts, Repository
from robot_action.model.manifest import HostKind, RepositoryWanted
from robot_action.model.plan import Committed, Placed, PushStep, Status
from robot_action.model.report import Outcome, Outcomes
from robot_action.ports import Ports
from robot_action.stages import push
from tests.testbed.git_bed import make_client, make_ports, wanted, write_files
from tests.testbed.git_server import GitServer

NAME = "acme/demo"


@dataclass
class OneRepository:
    """A host with one repository, of which only the default branch is of interest."""

    server: GitServer
    default: str | None
    changed: list[str] = field(default_factory=list)

    def find(self, wanted: RepositoryWanted) -> Repository | None:
        if self.default is None:
            return None
        url = self.server.url_of(wanted.name)
        return Repository(wanted.name, url, url, default_branch=self.default)

    def set_default_branch(self, wanted: RepositoryWanted) -> None:
        self.changed.append(wanted.default_branch)


@pytest.fixture
def server(git_server: GitServer) -> GitServer:
    git_server.create(NAME)
    return git_server


@dataclass(frozen=True)
class Case:
    ports: Ports
    step: PushStep
    outcomes: Outcomes
    commit: str


def case(server: GitServer, tmp_path: Path, host: OneRepository, tag: str | None = None) -> Case:
    client = make_client(server)
    folder = write_files(tmp_path / "demo", {"a": ""})
    commit = client.commit(wanted(folder, client, tag=tag))
    hosts: Mapping[HostKind, Host] = {HostKind.GITHUB: cast("Any", host)}
    step = PushStep(stage="push", title="push", wanted=RepositoryWanted(NAME), destination=folder, tag=tag)
    made = Outcome("commit", Status.DONE, result=Committed(commit, "main", tag))
    placed = Outcome("repository", Status.DONE, result=Placed(NAME, "https://people.example/demo", server.url_of(NAME)))
    return Case(make_ports(tmp_path, client, hosts=hosts), step, Outcomes((made, placed)), commit)


def test_commit_and_tag_are_pushed(server: GitServer, tmp_path: Path) -> None:
    host = OneRepository(server, "main")
    found = case(server, tmp_path, host, "v1")
    outcome = push.apply(found.ports, found.step, found.outcomes)
    assert server.refs(NAME, "refs/") == {"heads/main": found.commit, "tags/v1": found.commit}
    assert (outcome.status, outcome.summary, outcome.details) == (
        Status.DONE,
        "pushed main and the tag v1 to https://people.example/demo",
        (),
    )
    assert host.changed == []


@pytest.mark.parametrize("default", ["master", None])
def test_the_default_branch_is_set_only_where_it_differs(server: GitServer, tmp_path: Path, default: str | None) -> None:
    host = OneRepository(server, default)
    found = case(server, tmp_path, host)
    outcome = push.apply(found.ports, found.step, found.outcomes)
    assert host.changed == ["main"]
    assert outcome.details == ("the default branch is main now",)


def test_a_failed_push_changes_no_default_branch(server: GitServer, tmp_path: Path) -> None:
    host = OneRepository(server, "master")
    found = case(server, tmp_path, host)
    server.refuse_pushes(NAME, "no")
    with pytest.raises(FailedError):
        push.apply(found.ports, found.step, found.outcomes)
    assert host.changed == []


@pytest.mark.parametrize(("kept", "missing"), [(0, "repository"), (1, "commit")])
def test_without_commit_or_repository_there_is_nothing_to_push(server: GitServer, tmp_path: Path, kept: int, missing: str) -> None:
    found = case(server, tmp_path, OneRepository(server, "main"))
    with pytest.raises(FailedError, match=f"there is no {missing} to push"):
        push.apply(found.ports, found.step, Outcomes((found.outcomes.items[kept],)))


def test_looking_finds_nothing_of_its_own(server: GitServer, tmp_path: Path) -> None:
    facts = Facts()
    assert push.inspect(case(server, tmp_path, OneRepository(server, "main")).ports, cast("Any", None), facts) is facts
