"""One project's way: a plan that cannot be made still tells what is known, and a dry run holds no lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, cast

import pytest

from robot_action.commands.running import blank, run
from robot_action.errors import BUG_EXIT_CODE, INTERRUPTED, NotPermittedError, Problem
from robot_action.model.facts import Facts
from robot_action.model.plan import Plan, Step
from robot_action.model.request import CreateRequest
from robot_action.ports import Ports
from tests.planning.values import NOTHING, REQUEST

GIVEN = replace(REQUEST, resume=("robot-action", "render", "./t", "demo", "--data", "colour=red"))


class Bed:
    """The ports that the way itself uses."""

    def __init__(self) -> None:
        self.locked = 0
        self.files = self.progress = self.clock = self
        self.passed = 0.0

    def seconds(self) -> float:
        return self.passed

    @contextmanager
    def lock(self, key: str, what: str) -> Iterator[None]:
        del key, what
        self.locked += 1
        yield

    def hide(self, secrets: Any) -> None:
        assert list(secrets) == []


def look(ports: Ports, request: CreateRequest) -> Facts:
    del ports, request
    return NOTHING


def raising(error: BaseException) -> Any:
    def plan(*_: object) -> Plan:
        raise error

    return plan


def way(plan: Any, request: CreateRequest = GIVEN) -> Any:
    return run(cast("Ports", Bed()), request, look, plan)


def test_a_plan_that_is_refused_leaves_the_answers_in_the_command_to_go_on() -> None:
    report = way(raising(NotPermittedError("no")))
    assert (report.exit_code, report.problems[0].message, report.plan) == (77, "no", None)
    assert report.resume.endswith("--data colour=red")


def test_before_anything_is_known_every_answer_may_be_a_secret() -> None:
    assert "colour" not in blank(GIVEN).resume


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), INTERRUPTED), (ZeroDivisionError("x"), BUG_EXIT_CODE)])
def test_no_end_is_without_a_report(error: BaseException, code: int) -> None:
    report = way(raising(error))
    assert report.exit_code == code
    assert (report.bug is error) is (code == BUG_EXIT_CODE)


def test_the_time_that_is_told_is_that_of_all_the_work() -> None:
    bed = Bed()

    def slow(ports: Ports, request: CreateRequest) -> Facts:
        bed.passed += 2.5
        return look(ports, request)

    assert run(cast("Ports", bed), GIVEN, slow, lambda *_: Plan("demo", ())).seconds == 2.5
    bed.passed = 7
    assert run(cast("Ports", bed), GIVEN, slow, raising(ZeroDivisionError("x"))).seconds == 2.5


def test_a_dry_run_ends_with_its_plan_and_holds_no_lock() -> None:
    problem = Problem("it may not")
    bed, plan = Bed(), Plan("demo", (Step(stage="render", title="x", objections=(problem,)),))
    report = run(cast("Ports", bed), replace(GIVEN, dry_run=True), look, lambda *_: plan)
    assert (report.plan, report.problems, report.exit_code, bed.locked) == (plan, (problem,), 77, 0)
    refused = run(cast("Ports", bed), GIVEN, look, lambda *_: plan)
    assert (refused.problems, refused.exit_code, refused.outcomes.items, bed.locked) == ((problem,), 77, (), 1)
