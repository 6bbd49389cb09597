"""Errors: what they say, and the exit code on each class."""

import pytest

from robot_action import errors
from robot_action.errors import InputError, Position, Problem, RobotActionError


def test_a_problem_names_place_message_and_what_to_do() -> None:
    error = InputError("unknown key 'nmae'", position=Position("a.yml", 3, 5), hint="Did you mean 'name'?")
    assert str(error) == "a.yml:3:5: unknown key 'nmae'\n  Did you mean 'name'?"


def test_unknown_lines_and_columns_are_left_out() -> None:
    assert str(Position("a.yml")) == "a.yml"
    assert str(Position("a.yml", 2)) == "a.yml:2"


def test_several_problems_are_told_together() -> None:
    error = InputError("two things", problems=(Problem("one"), Problem("other")))
    assert str(error).splitlines() == ["two things", "one", "other"]
    assert len(error.problems) == 3


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.FailedError, 1),
        (errors.UsageError, 64),
        (errors.InputError, 65),
        (errors.UnavailableError, 69),
        (errors.TryAgainError, 75),
        (errors.NotPermittedError, 77),
        (errors.ConfigurationError, 78),
    ],
)
def test_the_exit_code_is_on_the_class(kind: type[RobotActionError], code: int) -> None:
    assert kind("x").exit_code == code
