"""What is wished of a pull request, on the command line and by the action's inputs."""

from __future__ import annotations

from pathlib import Path

import pytest

from robot_action.entrypoints.action import run_action
from robot_action.entrypoints.options import DeliverOptions, UpdateOptions
from robot_action.entrypoints.proposing import wishes_of
from robot_action.model.inputs import options_of
from robot_action.model.proposal import Wishes

FULL = DeliverOptions(
    bundle=Path("x.bundle"),
    project="demo",
    repository="acme/demo",
    base="main",
    branch="robot-action/x",
    labels=("a", "b"),
    reviewers=("mona", "acme/platform"),
    assignees=("mona",),
    draft=True,
    auto_merge=True,
    anew=True,
    allow_workflows=True,
    allow_protocol=("http",),
)


def test_every_option_comes_back_as_a_command_line() -> None:
    arguments = FULL.arguments()
    assert {argument for argument in arguments if argument.startswith("--")} == {
        f"--{row.name}" for row in options_of("deliver") if row.name != "dry-run"
    }
    assert arguments[arguments.index("--labels") + 1 :][:3] == ("a", "--labels", "b")


def test_a_reviewer_with_a_slash_is_a_team() -> None:
    wishes = wishes_of(FULL)
    assert (wishes.reviewers, wishes.teams, wishes.again, wishes.allow_workflows) == (("mona",), ("platform",), True, True)


def test_nothing_wished_is_nothing() -> None:
    assert wishes_of(UpdateOptions()) == wishes_of(DeliverOptions()) == Wishes()


def test_title_and_message_are_of_the_job_that_prepares() -> None:
    wishes = wishes_of(UpdateOptions(title="T", commit_message="M"))
    assert (wishes.title, wishes.message, wishes.allow_workflows) == ("T", "M", False)


def test_the_action_wants_a_bundle(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    environ = {"INPUT_COMMAND": "deliver", "GITHUB_OUTPUT": str(tmp_path / "output"), "ROBOT_ACTION_HOME": str(tmp_path), "CI": "true"}
    assert run_action(environ) == 64
    assert "the input 'bundle' is missing" in capfd.readouterr().err
