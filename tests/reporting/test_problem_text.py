from __future__ import annotations

from robot_action.reporting.lines import plain
from robot_action.reporting.problem_text import problem_lines
from robot_action.reporting.views import ProblemView


def text_of(problem: ProblemView) -> str:
    return plain(problem_lines([problem]))


def test_the_place_comes_first_as_far_as_it_is_known() -> None:
    assert text_of(ProblemView("wrong", "a.yml", 3, 5)) == "a.yml:3:5: error: wrong\n"
    assert text_of(ProblemView("wrong", "a.yml", 3)) == "a.yml:3: error: wrong\n"
    assert text_of(ProblemView("wrong", "a.yml")) == "a.yml: error: wrong\n"
    assert text_of(ProblemView("wrong")) == "error: wrong\n"


def test_further_lines_and_hints_stand_below() -> None:
    problem = ProblemView("it failed:\n\x1b[31mlast line\x1b[0m\n", hint="try this,\nor that")
    assert text_of(problem) == "error: it failed:\n    last line\n  try this,\n  or that\n"


def test_a_problem_without_words_is_a_line_nevertheless() -> None:
    assert text_of(ProblemView("")) == "error:\n"
