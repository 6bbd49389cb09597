from __future__ import annotations

import pytest

from robot_action.model.plan import Committed, Placed, Status
from robot_action.model.report import Outcome, Outcomes, ProjectReport, Report


def test_outcomes_are_handed_on_and_never_changed() -> None:
    before = Outcomes()
    after = before.plus(Outcome("prepare", Status.DONE))
    assert before.items == ()
    assert [outcome.stage for outcome in after.items] == ["prepare"]


def test_a_later_stage_finds_the_newest_result_of_a_kind() -> None:
    first, second = object.__new__(Committed), object.__new__(Committed)
    outcomes = Outcomes().plus(Outcome("commit", Status.DONE, result=first)).plus(Outcome("commit", Status.DONE, result=second))
    assert outcomes.plus(Outcome("push", Status.SKIPPED)).find(Committed) is second


def test_a_result_that_nobody_left_is_not_found() -> None:
    assert Outcomes().plus(Outcome("commit", Status.DONE, result="text")).find(Placed) is None


@pytest.mark.parametrize(
    ("codes", "code"),
    [([], 0), ([0, 0], 0), ([0, 77], 77), ([65, 65], 65), ([65, 0, 77], 1), ([1, 65], 1)],
    ids=["none", "all well", "one failed", "failed alike", "failed differently", "failed, and differently"],
)
def test_the_exit_code_of_several_projects(codes: list[int], code: int) -> None:
    assert Report(tuple(ProjectReport("acme/x", exit_code=one) for one in codes)).exit_code == code
