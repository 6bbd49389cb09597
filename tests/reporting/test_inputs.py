from __future__ import annotations

import pytest
from hypothesis import given

from robot_action.model.inputs import PARAMETERS
from robot_action.reporting.inputs import by_inputs, problem_by_inputs
from robot_action.reporting.views import ProblemView
from tests.reporting.hostile import HOSTILE


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("allow this one: --allow-program names.", "allow this one: allow-program: names."),
        ("Trust it with --trust-source 'gh:a/b', or not.", "Trust it with trust-source: 'gh:a/b', or not."),
        ("or leave publish out with --skip-stages publish.", "or leave publish out with skip-stages: publish."),
        ("leave commands out with --skip-tasks.", "leave commands out with skip-tasks: true."),
        ("Use --trust or --trust-source.", "Use trust: true or 'trust-source'."),
        ("Hand variables to it with --env NAME.", "Hand variables to it with env: NAME."),
        ("--pack and --unpack exclude each other", "'pack' and 'unpack' exclude each other"),
        ("Publish without --unpack, in a job that may build", "Publish without 'unpack', in a job that may build"),
        ("--stages: there is no stage 'x'", "'stages': there is no stage 'x'"),
        ("LOG_LEVEL is 'verbose'", "the input 'log-level' is 'verbose'"),
        ("own token (GITHUB_TOKEN) never may.", "own token (the input 'token') never may."),
        ("By hand:\nrobot-action update . --ref v2\nOr with --again.", "By hand:\nrobot-action update . --ref v2\nOr with again: true."),
    ],
)
def test_flags_and_variables_become_inputs(told: str, shown: str) -> None:
    assert by_inputs(told) == shown


@pytest.mark.parametrize(
    "text", ["--commit x", "--staged", "a--trust-b", "MY_PYPI_TOKEN", "$GITHUB_TOKEN", "${PYPI_TOKEN}", "trust", "-d x"]
)
def test_what_is_none_of_ours_stays(text: str) -> None:
    assert by_inputs(text) == text


@pytest.mark.parametrize("row", [row for row in PARAMETERS if row.is_input and row.flags], ids=lambda row: row.name)
def test_no_flag_is_left(row: object) -> None:
    flag = f"--{getattr(row, 'name', '')}"
    for text in (flag, f"{flag} is given", f"Use {flag}.", f"Use {flag} x, or not.", f"{flag}=x", f"{flag}: no"):
        assert "--" not in by_inputs(text)


def test_a_problem_that_stands_in_a_flag_stands_in_an_input() -> None:
    problem = ProblemView("wrong", "--template", hint="Use --ref.")
    assert problem_by_inputs(problem) == ProblemView("wrong", "the input 'template'", hint="Use 'ref'.")
    assert problem_by_inputs(ProblemView("wrong", "--data greeting")).file == "the input 'data'"
    assert problem_by_inputs(ProblemView("wrong", "TEMPLATE")).file == "the input 'template'"
    assert problem_by_inputs(ProblemView("wrong", "TEMPLATE", 1, 2)).file == "TEMPLATE"  # a manifest can be called so
    assert problem_by_inputs(ProblemView("wrong", "a.yml", 1, 2)) == ProblemView("wrong", "a.yml", 1, 2)
    assert problem_by_inputs(ProblemView("wrong", "--strange.yml")).file == "--strange.yml"


@given(HOSTILE)
def test_any_text_can_be_spoken(text: str) -> None:
    assert by_inputs(by_inputs(text)) == by_inputs(text)
