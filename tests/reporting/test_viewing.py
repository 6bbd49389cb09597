from __future__ import annotations

from dataclasses import replace

import pytest

from robot_action.errors import Problem
from robot_action.model.plan import Plan, Status, Step
from robot_action.model.report import Outcome, Outcomes, ProjectReport, Report
from robot_action.model.update import UpdateStep
from robot_action.reporting.viewing import view_problems, view_report
from robot_action.reporting.views import Result
from tests.reporting import samples


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


def test_an_update_that_failed_while_it_was_written_may_be_there_in_part() -> None:
    step = UpdateStep(stage="update", title="from 1 to 2", destination=samples.FOLDER, changes={}, state="state")
    for status in (Status.FAILED, Status.DONE):
        report = ProjectReport(
            "x", plan=Plan("x", (step,)), outcomes=Outcomes((Outcome("update", status),)), destination=str(samples.FOLDER)
        )
        (project,) = view_report(Report((report,))).projects
        assert project.in_part is (status is Status.FAILED)


@pytest.mark.parametrize("missing", ["commit", "repository", "publish"])
def test_a_project_that_is_not_everywhere_yet_is_made_in_part(missing: str) -> None:
    (created,) = samples.CREATED.projects
    kept = Outcomes(tuple(item for item in created.outcomes.items if item.stage != missing))
    (project,) = view_report(Report((replace(created, plan=None, outcomes=kept),))).projects
    assert project.result is Result.PARTIAL


def test_where_nothing_more_is_wanted_a_commit_is_enough() -> None:
    (created,) = samples.CREATED.projects
    kept = Outcomes(tuple(item for item in created.outcomes.items if item.stage not in {"repository", "publish"}))
    manifest = replace(samples.MANIFEST, repository=None, publish=())
    (project,) = view_report(Report((replace(created, manifest=manifest, outcomes=kept),))).projects
    assert project.result is Result.CREATED


def test_the_folder_of_a_project_that_was_written_before_is_told() -> None:
    outcomes = Outcomes(
        (Outcome("render", Status.SKIPPED, "it is there already", result=samples.Written(samples.FOLDER)), Outcome("start", Status.FAILED))
    )
    (project,) = view_report(Report((ProjectReport("x", samples.MANIFEST, outcomes=outcomes, exit_code=1),))).projects
    assert project.folder == str(samples.FOLDER)


def test_a_failure_before_planning_names_the_manifest_and_its_document() -> None:
    known = ProjectReport("x", replace(samples.MANIFEST, document=2), exit_code=69)
    flags = ProjectReport("x", replace(samples.MANIFEST, position=None), exit_code=69)
    first, second, third = view_report(Report((known, samples.BROKEN, flags))).projects
    assert first.written_in is not None
    assert (first.written_in.file, first.written_in.document) == ("projects/payments-api.yml", 2)
    assert first.values is not None
    assert str(second.written_in) == "projects/broken.yml"
    assert third.written_in is None
