"""The stage that commits the project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from robot_action.model.facts import Destination, DestinationKind, Facts
from robot_action.model.manifest import Manifest
from robot_action.model.plan import CommitStep, Committed, Status
from robot_action.model.report import Outcomes
from robot_action.model.request import CreateRequest
from robot_action.model.source import Source, SourceKind
from robot_action.ports import Ports
from robot_action.stages import commit
from tests.testbed.bare import git
from tests.testbed.git_bed import AUTHOR, DATE, REAL_PATH, make_client, make_ports, stand_in, write_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_files(tmp_path / "demo", {"a": "a", ".gitignore": "ignored\n", "ignored": ""})


def ports_for(tmp_path: Path, configuration: str = "") -> Ports:
    """Return ports of a user with this git configuration, on a machine without any."""
    write_files(tmp_path / "home", {".gitconfig": configuration})
    path = stand_in(tmp_path / "bin", 'GIT_CONFIG_NOSYSTEM=1 exec "$REAL" "$@"')
    return make_ports(tmp_path, make_client(environment={**REAL_PATH, **path, "HOME": str(tmp_path / "home")}))


def step(folder: Path, **changes: Any) -> CommitStep:
    usual = {"destination": folder, "branch": "main", "message": "Create demo\n", "date": DATE, "author": AUTHOR}
    return CommitStep(stage="commit", title="commit to main", **{**usual, **changes})


def test_everything_that_is_not_ignored_is_committed(tmp_path: Path, folder: Path) -> None:
    outcome = commit.apply(ports_for(tmp_path), step(folder, tag="v0.1.0"), Outcomes())
    head = git(folder, "rev-parse", "HEAD")
    assert outcome.status is Status.DONE
    assert outcome.result == Committed(head, "main", "v0.1.0")
    assert outcome.summary == f"{head[:12]} on main, 2 files, by Ada <ada@example.com>"
    assert git(folder, "ls-tree", "--name-only", "HEAD").split() == [".gitignore", "a"]


def test_without_an_author_it_is_who_git_names(tmp_path: Path, folder: Path) -> None:
    ports = ports_for(tmp_path, "[user]\nname = Grace\nemail = grace@example.com\n")
    author = commit.inspect(ports, request_for(folder), Facts()).committer
    commit.apply(ports, step(folder, author=author), Outcomes())
    assert git(folder, "log", "--format=%an <%ae> %cn <%ce>") == "Grace <grace@example.com> Grace <grace@example.com>"


def test_without_anybody_it_is_robot_action(tmp_path: Path, folder: Path) -> None:
    ports = ports_for(tmp_path)
    author = commit.inspect(ports, request_for(folder), Facts()).committer
    commit.apply(ports, step(folder, author=author), Outcomes())
    assert git(folder, "log", "--format=%an <%ae>") == "robot-action <robot-action@users.noreply.invalid>"


def request_for(folder: Path) -> CreateRequest:
    source = Source(SourceKind.DIRECTORY, "/t", "./t")
    return CreateRequest(manifest=Manifest(name="demo", template=source, destination=folder), epoch=DATE)


def test_looking_finds_the_repository_at_the_destination(tmp_path: Path, folder: Path) -> None:
    ports = ports_for(tmp_path)
    commit.apply(ports, step(folder), Outcomes())
    facts = commit.inspect(ports, request_for(folder), Facts(destination=Destination(folder, DestinationKind.OURS)))
    assert facts.local is not None
    assert (facts.local.head, facts.local.dirty) == (git(folder, "rev-parse", "HEAD"), ())


def test_looking_finds_none_where_there_is_none(tmp_path: Path, folder: Path) -> None:
    ports = ports_for(tmp_path)
    git(tmp_path, "init", "-q")
    assert commit.inspect(ports, request_for(folder), Facts()).local is None
    new = Facts(destination=Destination(tmp_path / "new", DestinationKind.NEW))
    assert commit.inspect(ports, request_for(tmp_path / "new"), new).local is None
