from __future__ import annotations

from robot_action.model.template import UNSET, Command, Commands, Question, QuestionType, Readiness, ReadinessKind, Start


def test_a_question_without_default_differs_from_one_whose_default_is_nothing() -> None:
    assert Question("x", QuestionType.STR).default is UNSET
    assert Question("x", QuestionType.STR, default=None).default is not UNSET
    assert repr(UNSET) == "UNSET"


def test_commands_and_starts_have_limits_when_nobody_says_so() -> None:
    assert Commands().timeout == 600
    start = Start(Command(("uv", "run", "x")))
    assert (start.timeout, start.restarts, start.readiness) == (60, 0, Readiness(ReadinessKind.PORT))
