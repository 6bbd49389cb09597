from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings

from robot_action.errors import Position, Problem
from robot_action.model.merge import Clash, Conflict
from robot_action.model.plan import Status
from robot_action.model.report import Outcome, Outcomes, ProjectReport, Report
from robot_action.model.update import Updated
from robot_action.reporting.mapping import mapped
from robot_action.reporting.report_markdown import SUMMARY_LIMIT, problems_markdown, summary_markdown
from robot_action.reporting.viewing import view_problems, view_report
from robot_action.reporting.views import ReportView
from tests.reporting import samples
from tests.reporting.hostile import HOSTILE
from tests.reporting.test_markdown import read


def shape(markdown: str) -> list[str]:
    """Return the tags that make a page's structure; links come and go with what they lead to."""
    return [tag for tag in re.findall(r"</?[a-z0-9]+", read(markdown)) if tag not in {"<a", "</a", "<br", "<code", "</code"}]


@cache
def view_of(name: str) -> tuple[ReportView, list[str]]:
    """Return the view of a sample, and the shape of its summary when all texts are plain: it is the same for every hostile one."""
    view = view_report(samples.ALL[name])
    return view, shape(summary_markdown(mapped(view, lambda _: "x")))


@pytest.mark.parametrize("name", samples.ALL)
@given(text=HOSTILE)
@settings(max_examples=30)
def test_no_text_changes_the_shape_of_a_summary(name: str, text: str) -> None:
    view, plain = view_of(name)
    hostile = summary_markdown(mapped(view, lambda _: f"x{text}x".replace("\n", " ").replace("\r", " ")))
    assert shape(hostile) == plain


@given(text=HOSTILE)
@settings(max_examples=30)
def test_lines_of_a_message_stay_in_its_item(text: str) -> None:
    view = mapped(view_report(samples.PUSH_FAILED), lambda _: f"x{text}x")
    assert shape(summary_markdown(view)) == shape(summary_markdown(mapped(view, lambda _: "x")))


def test_a_long_summary_is_cut_and_says_so() -> None:
    report = Report(tuple(replace(samples.FAILED_PROJECT, project=f"acme/number-{number}") for number in range(1_200)))
    text = summary_markdown(view_report(report))
    assert SUMMARY_LIMIT - 5_000 < len(text.encode()) <= SUMMARY_LIMIT
    assert "left out" in text.splitlines()[-1]
    assert text.startswith("**1,200 projects: 1200 failed**")


def test_what_another_step_wrote_counts() -> None:
    view = view_report(samples.CREATED)
    assert len(summary_markdown(view, 600).encode()) <= 600
    assert summary_markdown(view, 0) == ""


def test_nothing_wanted_is_said() -> None:
    assert summary_markdown(view_report(Report())) == "There was nothing to do: no project is wanted.\n"


def test_a_project_without_stages_or_places_is_told_too() -> None:
    text = summary_markdown(
        view_report(Report((samples.BROKEN, samples.ProjectReport("acme/x", plan=samples.Plan("acme/x", exists=True)))))
    )
    assert "### projects/broken.yml was not begun; nothing was changed\n" in text
    assert "What exists now" not in text
    assert "It is as its manifest wants it." in text
    assert "It is here" not in text


def test_problems_without_a_report_are_told_with_their_places() -> None:
    problem = view_problems([Problem("the key 'name' is missing", Position("m.yml", 3, 5), "Write name: demo.")])
    text = problems_markdown(problem)
    assert text.startswith("### robot-action found errors\n")
    assert "m.yml:3:5" in text
    assert "Write name: demo." in text
    assert problems_markdown(()) == "### robot-action found nothing wrong\n"


def test_answers_that_the_command_to_go_on_cannot_show_are_named() -> None:
    project = replace(samples.FAILED_PROJECT, resume="robot-action create m.yml --data 'pin=***'", masked=("pin",))
    assert "give these answers again, with --data: pin" in summary_markdown(view_report(Report((project,))))


def test_after_conflicts_the_commands_that_come_next_are_told_and_nothing_is_missing() -> None:
    left = Updated(Path("/demo"), (Conflict("a.txt", Clash.CONTENTS, marked=True),))
    outcomes = Outcomes((Outcome("update", Status.SKIPPED, "markers are left", result=left),))
    text = summary_markdown(view_report(Report((ProjectReport("demo", outcomes=outcomes, resume="git grep x\ngit commit", exit_code=4),))))
    assert "Look at each conflict, then commit:\n\n```text\ngit grep x\ngit commit\n```" in text
    assert "missing" not in text
