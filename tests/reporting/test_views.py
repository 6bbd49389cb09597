from __future__ import annotations

from robot_action.errors import Problem
from robot_action.model.plan import Plan, Status, Step
from robot_action.model.report import Outcome, Outcomes, ProjectReport, Report
from robot_action.reporting.redact import Redactor
from robot_action.reporting.report_json import report_json
from robot_action.reporting.viewing import view_problems, view_report
from robot_action.reporting.views import Result, mapped
from tests.reporting import samples


def test_every_text_of_a_report_is_redacted() -> None:
    words = [
        "payments",
        "/home/ada",
        "Acme Robot",
        "4f0c1d2",
        "6e1f0a2b9c",
        "GH013",
        "bypass",
        "fastapi",
        "robot-action create",
        "platform",
    ]
    redact = Redactor(words)
    for report in samples.ALL.values():
        shown = report_json(mapped(view_report(report), redact))
        assert not [word for word in words if word in shown]


def test_changing_nothing_changes_nothing() -> None:
    view = view_report(samples.DRY_RUN)
    assert mapped(view, lambda text: text) == view


def test_numbers_and_results_are_no_texts() -> None:
    view = mapped(view_report(samples.PUSH_FAILED), lambda _: "x")
    assert view.projects[0].result is Result.FAILED
    assert view.projects[0].problems[0].line == 4
    assert view.projects[0].stages[-1].status is Status.NOT_REACHED


def test_a_problem_that_is_told_twice_is_shown_once() -> None:
    assert len(view_problems([samples.REFUSED, samples.REFUSED, Problem("other")])) == 2
    assert len(view_report(samples.PUSH_FAILED).projects[0].problems) == 1


def test_planned_steps_without_outcome_were_not_reached() -> None:
    steps = tuple(Step(stage=stage, title=f"{stage} {number}") for number, stage in enumerate(("render", "publish", "publish")))
    outcomes = Outcomes((Outcome("render", Status.DONE), Outcome("publish", Status.FAILED)))
    (project,) = view_report(Report((ProjectReport("x", plan=Plan("x", steps), outcomes=outcomes, exit_code=1),))).projects
    assert [(stage.stage, stage.status, stage.summary) for stage in project.stages[2:]] == [("publish", Status.NOT_REACHED, "publish 2")]


def test_a_link_that_is_no_text_is_shown_nevertheless() -> None:
    tree = samples.Tree({"link": samples.Entry(samples.Mode.LINK, b"\xff")})
    plan = Plan("x", (samples.RenderStep(stage="render", title="", tree=tree, destination=samples.FOLDER),))
    (project,) = view_report(Report((ProjectReport("x", plan=plan),), dry_run=True)).projects
    assert project.steps[0].files[0].target == "\ufffd"
