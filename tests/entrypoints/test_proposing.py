"""The doors as a run gets them, onto real servers."""

from __future__ import annotations

from pathlib import Path

import pytest

from robot_action.entrypoints.clients import open_ports
from robot_action.entrypoints.options import LogOptions
from robot_action.entrypoints.shell import open_shell
from robot_action.exchange import DeliveryWanted
from robot_action.model.manifest import HostKind
from robot_action.model.pull_request import PullRequestWanted
from tests.clients.github.proposing import BRANCH, NAME, Clone, clone
from tests.testbed.bare import BareRepositories
from tests.testbed.fixtures import GitHubBed


@pytest.fixture
def project(github: GitHubBed, tmp_path: Path) -> Clone:
    github.fake.add_repository(NAME)
    return clone(github.git, tmp_path / "demo", github.git.url_of(NAME))


def propose(environ: dict[str, str], kind: HostKind, wanted: DeliveryWanted) -> int:
    with open_shell(environ, LogOptions()) as shell, open_ports(shell, frozenset({"http"})) as ports:
        ports.branches[kind].deliver(wanted)
        return ports.pulls[kind].create(PullRequestWanted(wanted.repository, "main", BRANCH, "Update", "Text")).number


def test_a_runner_proposes_with_the_token_that_was_given_for_it(github: GitHubBed, project: Clone, tmp_path: Path) -> None:
    runner = {"ROBOT_ACTION_HOME": str(tmp_path), "CI": "true", "GITHUB_REPOSITORY": NAME, "GITHUB_TOKEN": github.workflow_token}
    environ = {**github.environment, **runner, "ROBOT_ACTION_REPOSITORY_TOKEN": github.token}
    assert propose(environ, HostKind.GITHUB, project.wanted(project.commit({"tool.bin": b"\0"}))) == 1
    assert {request.token for request in github.fake.requests} == {github.token}
    assert {request.token for request in github.git.requests} <= {github.token, None}
    assert len(github.git.pushes) == 1


def test_a_folder_takes_proposals_without_any_token(tmp_path: Path) -> None:
    forge = BareRepositories(tmp_path / "forge")
    place = str(forge.create(NAME))
    made = clone(forge, tmp_path / "demo", place, place)
    environ = {"ROBOT_ACTION_HOME": str(tmp_path / "home"), "CI": "true"}
    assert propose(environ, HostKind.LOCAL, made.wanted(made.commit({"a.txt": b"two\n"}))) == 1
    assert set(forge.heads(NAME)) == {"main", BRANCH}
