"""What every planner of a step shares."""

from dataclasses import replace

import pytest

from robot_action.errors import FailedError
from robot_action.model.facts import Facts
from robot_action.planning.situation import assess
from robot_action.planning.steps import destination_of, earlier_of, rendered
from tests.planning.values import COMMITTED, ELSEWHERE, MACHINE, NOTHING, REQUEST, TEMPLATE


def test_what_a_stage_has_found_out_is_handed_on() -> None:
    situation = assess(REQUEST, NOTHING)
    assert rendered(situation) == (NOTHING.rendering, TEMPLATE)
    assert destination_of(situation) == NOTHING.destination


def test_what_no_stage_has_found_out_is_a_failure_and_no_guess() -> None:
    with pytest.raises(FailedError, match="the template was not rendered"):
        rendered(assess(REQUEST, ELSEWHERE))
    with pytest.raises(FailedError, match="the destination was not looked at"):
        destination_of(assess(REQUEST, Facts(machine=MACHINE)))


def test_git_tells_what_was_there_before_once_something_is_committed() -> None:
    assert COMMITTED.destination is not None
    there = replace(COMMITTED.destination, earlier=frozenset({"mine.txt"}))
    assert earlier_of(assess(REQUEST, replace(NOTHING, destination=there))) == {"mine.txt"}
    assert earlier_of(assess(REQUEST, replace(COMMITTED, destination=there))) == frozenset()
