"""Prepare: is this machine fit, and what stands at the destination?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from robot_action.clients.files import LocalFiles
from robot_action.errors import ConfigurationError, InputError
from robot_action.model.facts import DestinationKind, Facts
from robot_action.model.plan import Status, Step
from robot_action.model.report import Outcomes
from robot_action.model.request import CreateRequest
from robot_action.model.state import STATE_FILE, State, TemplateState
from robot_action.parsing.state_file import dump_state
from robot_action.planning.identity import expected_state
from robot_action.ports import Ports
from robot_action.stages import prepare
from tests.planning.values import MACHINE, MANIFEST, REQUEST


def ports(folder: Path, git: str = "2.39.5", **machine: Any) -> Ports:
    program = SimpleNamespace(version=lambda: git)
    return cast("Ports", SimpleNamespace(machine=replace(MACHINE, **machine), files=LocalFiles(folder / "locks"), git=program))


def request(folder: Path, **changes: Any) -> CreateRequest:
    return replace(REQUEST, manifest=replace(MANIFEST, destination=folder / "demo", **changes))


def look(folder: Path) -> DestinationKind:
    facts = prepare.inspect(ports(folder), request(folder), Facts())
    assert facts.destination is not None
    return facts.destination.kind


def test_a_destination_that_is_not_there_is_new(tmp_path: Path) -> None:
    assert look(tmp_path) is DestinationKind.NEW


def test_an_empty_one_is_free(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    assert look(tmp_path) is DestinationKind.FREE


def test_one_whose_state_file_names_this_project_is_ours(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / STATE_FILE).write_bytes(dump_state(expected_state(MANIFEST)))
    assert look(tmp_path) is DestinationKind.OURS


def test_one_of_another_project_is_foreign_and_so_is_one_of_nobody(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo/x").write_text("x")
    assert look(tmp_path) is DestinationKind.FOREIGN
    (tmp_path / "demo" / STATE_FILE).write_bytes(dump_state(State("acme/other", (TemplateState("x"),))))
    assert look(tmp_path) is DestinationKind.FOREIGN


def test_a_state_file_that_cannot_be_read_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / STATE_FILE).write_text("schema: [")
    with pytest.raises(InputError) as caught:
        look(tmp_path)
    assert str(tmp_path / "demo" / STATE_FILE) in str(caught.value)


def test_a_destination_that_is_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("x")
    with pytest.raises(InputError):
        look(tmp_path)


def test_a_destination_that_is_a_link_to_nowhere_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "demo").symlink_to("nowhere")
    with pytest.raises(InputError, match="symbolic link to nowhere"):
        look(tmp_path)


@pytest.mark.parametrize("version", ["2.37.9", "1.9.1"])
def test_an_old_git_is_refused(tmp_path: Path, version: str) -> None:
    with pytest.raises(ConfigurationError, match=r"git .* is too old"):
        prepare.inspect(ports(tmp_path, git=version), request(tmp_path), Facts())


@pytest.mark.parametrize("version", ["2.38.0", "2.50.1.windows.1", "3.0"])
def test_a_newer_git_is_fine(tmp_path: Path, version: str) -> None:
    prepare.inspect(ports(tmp_path, git=version), request(tmp_path), Facts())


def test_a_manifest_for_another_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="requires robot-action >=2"):
        prepare.inspect(ports(tmp_path), request(tmp_path, requires=">=2"), Facts())
    prepare.inspect(ports(tmp_path), request(tmp_path, requires=">=0.1,<2"), Facts())


def test_what_was_found_is_reported(tmp_path: Path) -> None:
    outcome = prepare.apply(ports(tmp_path, home_note="a temporary home"), Step(stage="prepare", title="check"), Outcomes())
    assert outcome.status is Status.DONE
    assert "git 2.39.5" in outcome.summary
    assert outcome.details == ("a temporary home", "as user 64198")
