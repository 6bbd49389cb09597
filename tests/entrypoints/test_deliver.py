"""What is wished of a pull request, on the command line and by the action's inputs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from robot_action.entrypoints.action import run_action
from robot_action.entrypoints.deliver import DeliverOptions
from robot_action.entrypoints.options import LogOptions
from robot_action.entrypoints.proposing import proposal_of, wishes_of
from robot_action.entrypoints.shell import open_shell
from robot_action.entrypoints.update import UpdateOptions
from robot_action.errors import UsageError
from robot_action.model.inputs import options_of
from robot_action.model.proposal import Wishes
from robot_action.model.pull_request import MESSAGE_LIMIT

NOWHERE = cast("Any", None)  # what options alone decide needs no shell
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
    assert (wishes.reviewers, wishes.teams, wishes.again) == (("mona",), ("platform",), True)


def test_nothing_wished_is_nothing() -> None:
    assert wishes_of(UpdateOptions()) == wishes_of(DeliverOptions()) == Wishes()


def test_title_and_message_are_of_the_job_that_prepares(tmp_path: Path) -> None:
    with open_shell({"ROBOT_ACTION_HOME": str(tmp_path), "CI": "true"}, LogOptions()) as shell:
        proposal = proposal_of(shell, UpdateOptions(pull_request=True, title="T", commit_message="M"))
    assert proposal is not None
    assert proposal.wishes == Wishes(title="T", message="M")


@pytest.mark.parametrize("name", ["title", "commit_message"])
def test_a_text_behind_which_nothing_would_be_read_is_refused(tmp_path: Path, name: str) -> None:
    options = UpdateOptions(pull_request=True, **cast("Any", {name: "x" * MESSAGE_LIMIT}))
    with open_shell({"ROBOT_ACTION_HOME": str(tmp_path), "CI": "true"}, LogOptions()) as shell:
        assert proposal_of(shell, options) is not None
        with pytest.raises(UsageError, match=f"--{name.replace('_', '-')} has {MESSAGE_LIMIT + 1} characters"):
            proposal_of(shell, replace(options, **cast("Any", {name: "x" * (MESSAGE_LIMIT + 1)})))


def test_the_action_wants_a_bundle(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    environ = {"INPUT_COMMAND": "deliver", "GITHUB_OUTPUT": str(tmp_path / "output"), "ROBOT_ACTION_HOME": str(tmp_path), "CI": "true"}
    assert run_action(environ) == 64
    assert "the input 'bundle' is missing" in capfd.readouterr().err


def test_a_bundle_that_is_not_there_is_told_by_its_results_name(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    place = {"GITHUB_OUTPUT": str(tmp_path / "output"), "ROBOT_ACTION_HOME": str(tmp_path), "CI": "true"}
    code = run_action({"INPUT_COMMAND": "deliver", "INPUT_BUNDLE": str(tmp_path / "x.bundle"), **place})
    assert code == 65
    assert f"there is no {tmp_path}/x.bundle.json" in capfd.readouterr().out


def test_what_the_other_job_says_cannot_be_said_by_the_one_that_prepares() -> None:
    with pytest.raises(UsageError, match=r"--auto-merge has no meaning here\n.*The job that delivers the bundle says it\."):
        proposal_of(NOWHERE, UpdateOptions(bundle=Path("x.bundle"), auto_merge=True))


def test_without_a_pull_request_nothing_of_it_can_be_wished() -> None:
    assert proposal_of(NOWHERE, UpdateOptions()) is None
    with pytest.raises(UsageError, match=r"--again has no meaning here\n.*add --pull-request"):
        proposal_of(NOWHERE, UpdateOptions(anew=True))
    with pytest.raises(UsageError, match="--commit-message has no meaning here"):
        proposal_of(NOWHERE, UpdateOptions(commit_message="M"))
