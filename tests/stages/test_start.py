from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from robot_action.errors import FailedError
from robot_action.model.facts import Facts
from robot_action.model.plan import InstallStep, StartStep, Status
from robot_action.model.report import Outcomes
from robot_action.model.template import Command, Readiness, ReadinessKind, Start
from robot_action.stages import install, start
from tests.stages.running import World, choose_user, make

MAKEFILE = """
setup:
\t@mkdir -p cache && echo installed > cache/state
run:
\t@cat cache/state && echo port is $(PORT) && sleep 60
"""


@pytest.fixture(params=["second user", "in place"])
def world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[World]:
    choose_user(request, monkeypatch)
    found = World(tmp_path)
    found.write(".gitignore", "cache/\n")
    found.write("Makefile", MAKEFILE)
    with found.scope:
        yield found


def step(world: World, **values: Any) -> StartStep:
    program = Start(Command(("make", "run", "PORT={port}")), Readiness(ReadinessKind.LOG, r"^port is \d+$"), timeout=20)
    return StartStep(stage="start", title="start", destination=world.project, **{"start": program, **values})


def test_looking_changes_nothing() -> None:
    facts = Facts()
    assert start.inspect(cast("Any", None), cast("Any", None), facts) is facts


def test_the_program_starts_where_install_has_run(world: World) -> None:
    ports = world.ports
    installed = install.apply(ports, InstallStep(stage="install", title="", destination=world.project, commands=make("setup")), Outcomes())
    outcome = start.apply(ports, step(world), Outcomes((installed,)))
    assert (outcome.stage, outcome.status) == ("start", Status.DONE)
    assert outcome.summary.endswith("matched '^port is \\\\d+$'; then it was stopped")
    assert world.said.lines[:2] == ["$ make setup", "installed"]


def test_in_a_private_copy_of_its_own_the_install_commands_run_first(world: World) -> None:
    if not world.ports.sandbox.isolated:
        world.write("cache/state", "installed earlier\n")
    outcome = start.apply(world.ports, step(world, install=make("setup")), Outcomes())
    assert outcome.status is Status.DONE
    expected = ["$ make setup", "installed"] if world.ports.sandbox.isolated else ["installed earlier"]
    assert world.said.lines[: len(expected)] == expected


def test_nothing_that_the_program_writes_is_brought_back_from_a_private_copy(world: World) -> None:
    world.write("Makefile", "run:\n\t@echo x > litter && echo port is 1\n")
    start.apply(world.ports, step(world), Outcomes())
    assert (world.project / "litter").exists() is not world.ports.sandbox.isolated


def test_a_program_that_does_not_start_is_told_with_its_log(world: World) -> None:
    with pytest.raises(FailedError, match="ended before it was ready") as caught:
        start.apply(world.ports, step(world), Outcomes())
    assert "cache/state" in str(caught.value)
