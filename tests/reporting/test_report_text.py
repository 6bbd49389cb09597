from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings

from robot_action.errors import Problem
from robot_action.model.delivered import Delivery, Operation
from robot_action.model.plan import Status
from robot_action.model.report import Outcome, Outcomes, ProjectReport, Report
from robot_action.reporting.lines import plain
from robot_action.reporting.mapping import mapped
from robot_action.reporting.plan_text import plan_lines
from robot_action.reporting.report_text import report_lines
from robot_action.reporting.viewing import view_report
from tests.reporting import samples
from tests.reporting.hostile import HOSTILE


def text_of(*projects: ProjectReport) -> str:
    return plain(report_lines(view_report(Report(projects))))


@pytest.mark.parametrize("name", samples.ALL)
@given(text=HOSTILE)
@settings(max_examples=20)
def test_no_text_reaches_a_terminal_raw(name: str, text: str) -> None:
    view = mapped(view_report(samples.ALL[name]), lambda _: text)
    shown = plain(plan_lines(view) if view.dry_run else report_lines(view))
    assert not [one for one in shown if one != "\n" and unicodedata.category(one) in {"Cc", "Cs", "Zl", "Zp"}]


def test_where_stages_were_seen_live_the_rest_is_told() -> None:
    text = plain(report_lines(view_report(samples.PUSH_FAILED), stages=False))
    assert "not reached" not in text
    assert "What is missing" in text


def test_what_was_refused_before_it_began_says_that_nothing_changed() -> None:
    text = text_of(samples.BROKEN)
    assert text.startswith("projects/broken.yml was not begun; nothing was changed\n")
    assert "What exists now" not in text


def test_only_some_stages_is_not_ready() -> None:
    asked_for = Outcomes((*samples.MADE, Outcome("commit", Status.SKIPPED, "not asked for (--stages)")))
    text = text_of(ProjectReport("acme/x", samples.MANIFEST, outcomes=asked_for, seconds=73))
    assert text.startswith("acme/x is done as far as asked (1 min 13 s)")
    assert f"folder  {samples.FOLDER}" in text


def test_nothing_to_do_is_said() -> None:
    looked = Outcomes((samples.MADE[0], Outcome("render", Status.SKIPPED, "it is there already")))
    assert text_of(ProjectReport("acme/x", outcomes=looked)).startswith("acme/x was left as it is: there was nothing to do\n")
    assert text_of() == "There was nothing to do: no project is wanted.\n"


def test_a_publication_that_was_missing_is_told_of_an_existing_project() -> None:
    outcomes = Outcomes((*samples.EXISTING_PROJECT.outcomes.items[:-1], samples.PUBLISHED))
    text = text_of(replace(samples.EXISTING_PROJECT, outcomes=outcomes, seconds=8.4))
    assert text.startswith("acme/payments-api exists already; what was missing was added (8.4 s)\n")
    assert "payments-api 0.1.0 on /srv/index" in text


def test_an_existing_project_without_differences_is_as_it_shall_be() -> None:
    plan = replace(samples.EXISTING_PROJECT.plan or samples.PLAN, differences=())
    assert "It is as its manifest wants it." in text_of(replace(samples.EXISTING_PROJECT, plan=plan))


def test_a_folder_that_was_being_written_may_be_there_in_part() -> None:
    problem = Problem("the disk is full")
    outcomes = Outcomes((*samples.MADE[:2], Outcome("render", Status.FAILED, "write the project", problems=(problem,))))
    text = text_of(ProjectReport("acme/x", samples.MANIFEST, samples.PLAN, outcomes, (problem,), exit_code=1))
    assert f"folder  {samples.FOLDER} (perhaps in part)" in text
    assert text.count("the disk is full") == 1
    assert "publish     not reached" in text


def test_a_new_folder_that_could_not_be_written_is_not_there() -> None:
    steps = tuple(replace(step, into_existing=False) if isinstance(step, samples.RenderStep) else step for step in samples.STEPS)
    outcomes = Outcomes((*samples.MADE[:2], Outcome("render", Status.FAILED, "write the project")))
    text = text_of(ProjectReport("acme/x", samples.MANIFEST, replace(samples.PLAN, steps=steps), outcomes, exit_code=77))
    assert "  What exists now\n    nothing\n" in text


@pytest.mark.parametrize(("code", "title"), [(1, "When that is mended"), (77, "When that is mended"), (75, "To go on"), (130, "To go on")])
def test_the_command_that_goes_on_is_named_for_when_it_helps(code: int, title: str) -> None:
    text = text_of(replace(samples.FAILED_PROJECT, exit_code=code))
    assert f"  {title}\n    robot-action create projects/payments-api.yml --trust\n" in text


def test_a_command_with_hidden_answers_says_that_they_must_be_written_again() -> None:
    text = text_of(replace(samples.FAILED_PROJECT, resume="robot-action create m.yml --data 'pin=***'", masked=("pin",)))
    assert text.endswith("'pin=***'\n    (and give these answers again, with --data: pin)\n")


def test_a_failure_that_left_nothing_says_so() -> None:
    outcomes = Outcomes((Outcome("prepare", Status.FAILED, "check this machine", problems=(Problem("git is too old"),)),))
    text = text_of(ProjectReport("acme/x", outcomes=outcomes, exit_code=78))
    assert "acme/x is not finished: prepare failed" in text
    assert "  What exists now\n    nothing\n" in text
    assert "To go on" not in text


PULL = Delivery(Operation.CREATED, "robot-action/t", 7, "https://x/7", "6e1f0a2b9c" + "0" * 30, verified=True)


def proposed(found: Delivery) -> str:
    return text_of(ProjectReport("demo", outcomes=Outcomes((Outcome("pull", Status.DONE, "", result=found),))))


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        (Operation.CREATED, "demo has a new pull request 7\n"),
        (Operation.UPDATED, "demo has its pull request 7 brought up to date\n"),
        (Operation.UNCHANGED, "demo was left as it is: its pull request 7 proposes this version already\n"),
        (Operation.CLOSED, "demo does not need its pull request 7 any more, which was closed\n"),
        (Operation.DECLINED, "demo was left as it is: somebody declined this version with pull request 7\n"),
    ],
)
def test_what_became_of_a_pull_request_is_told_first(operation: Operation, said: str) -> None:
    assert proposed(replace(PULL, operation=operation)).startswith(said)


def test_where_the_pull_request_and_its_branch_are_is_told() -> None:
    text = proposed(PULL)
    assert "pull request  https://x/7\n" in text
    assert "robot-action/t at 6e1f0a2b9c (verified)\n" in text
    assert "(verified)" not in proposed(replace(PULL, verified=False))


def test_without_a_pull_request_there_was_nothing_to_do() -> None:
    text = proposed(Delivery(Operation.UNCHANGED, "robot-action/t"))
    assert text.startswith("demo was left as it is: there was nothing to do\n")
    assert "robot-action/t" not in text
