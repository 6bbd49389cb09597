from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from robot_action.clients.git.runner import GitRunner
from robot_action.clients.local_host import LocalHost
from robot_action.errors import InputError, NotPermittedError, TryAgainError
from robot_action.model.facts import Facts
from robot_action.model.manifest import HostKind, Manifest, RepositoryWanted
from robot_action.model.plan import Placed, RepositoryStep, Status
from robot_action.model.report import Outcomes
from robot_action.model.request import CreateRequest
from robot_action.model.source import Source, SourceKind
from robot_action.stages import repository
from tests.testbed.bare import BareRepositories

SOURCE = Source(SourceKind.GIT, "https://git.example/t", "https://git.example/t")


@pytest.fixture
def wanted(tmp_path: Path) -> RepositoryWanted:
    return RepositoryWanted("acme/demo", HostKind.LOCAL, tmp_path / "forge", topics=("service",))


@pytest.fixture
def forge(tmp_path: Path) -> BareRepositories:
    return BareRepositories(tmp_path / "forge")


@pytest.fixture
def ports() -> Any:
    return SimpleNamespace(hosts={HostKind.LOCAL: LocalHost(GitRunner(os.environ))})


def request_for(wanted: RepositoryWanted | None, tmp_path: Path) -> CreateRequest:
    return CreateRequest(Manifest("demo", SOURCE, tmp_path / "demo", repository=wanted), epoch=0)


def step_for(wanted: RepositoryWanted, *, create: bool) -> RepositoryStep:
    return RepositoryStep(stage="repository", title="", wanted=wanted, create=create)


def test_looking_adds_the_repository_to_the_facts(ports: Any, wanted: RepositoryWanted, forge: BareRepositories, tmp_path: Path) -> None:
    request = request_for(wanted, tmp_path)
    assert repository.inspect(ports, request, Facts()).repository is None
    forge.create("acme/demo")
    found = repository.inspect(ports, request, Facts()).repository
    assert found is not None
    assert found.is_empty


def test_without_a_wanted_repository_no_host_is_asked(tmp_path: Path) -> None:
    nobody: Any = SimpleNamespace(hosts={})
    facts = Facts()
    assert repository.inspect(nobody, request_for(None, tmp_path), facts) is facts


def test_a_broken_state_file_stops_the_look(ports: Any, wanted: RepositoryWanted, forge: BareRepositories, tmp_path: Path) -> None:
    forge.create("acme/demo")
    forge.commit("acme/demo", {".robot-action.yml": "["})
    with pytest.raises(InputError, match="acme/demo"):
        repository.inspect(ports, request_for(wanted, tmp_path), Facts())


def test_creating_places_the_project(ports: Any, wanted: RepositoryWanted, forge: BareRepositories) -> None:
    outcome = repository.apply(ports, step_for(wanted, create=True), Outcomes())
    path = str(forge.path_of("acme/demo"))
    assert outcome.status is Status.DONE
    assert outcome.summary == f"created {path}"
    assert outcome.result == Placed("acme/demo", path, path, created=True)


def test_adopting_brings_the_settings_to_what_is_wanted_and_says_so(ports: Any, wanted: RepositoryWanted, forge: BareRepositories) -> None:
    forge.create("acme/demo")
    outcome = repository.apply(ports, step_for(wanted, create=False), Outcomes())
    assert outcome.summary.startswith("adopted ")
    assert any("topics" in line for line in outcome.details)
    assert isinstance(outcome.result, Placed)
    assert not outcome.result.created


@pytest.mark.parametrize("pushed", [True, False], ids=["pushed to meanwhile", "gone meanwhile"])
def test_what_is_not_empty_any_more_is_not_adopted(ports: Any, wanted: RepositoryWanted, forge: BareRepositories, pushed: bool) -> None:
    if pushed:
        forge.create("acme/demo")
        forge.commit("acme/demo", {"README": "somebody else's"})
    with pytest.raises(NotPermittedError, match="not the empty one"):
        repository.apply(ports, step_for(wanted, create=False), Outcomes())
    if pushed:
        assert "robot-action" not in (forge.path_of("acme/demo") / "config").read_text()


def test_what_somebody_made_since_the_plan_is_not_taken(ports: Any, wanted: RepositoryWanted, forge: BareRepositories) -> None:
    forge.create("acme/demo")
    with pytest.raises(TryAgainError):
        repository.apply(ports, step_for(wanted, create=True), Outcomes())


def test_an_archived_repository_is_not_adopted(wanted: RepositoryWanted, forge: BareRepositories, ports: Any) -> None:
    forge.create("acme/demo")
    local = ports.hosts[HostKind.LOCAL]
    found = replace(local.find(wanted), archived=True)
    archive: Any = SimpleNamespace(hosts={HostKind.LOCAL: SimpleNamespace(find=lambda _wanted: found)})
    with pytest.raises(NotPermittedError):
        repository.apply(archive, step_for(wanted, create=False), Outcomes())
