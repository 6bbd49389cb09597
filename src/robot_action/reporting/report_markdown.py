"""The final report as Markdown: the step summary of GitHub Actions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from robot_action.model.plan import Status
from robot_action.reporting.markdown import code, document, escape, fenced, link, table
from robot_action.reporting.plan_markdown import CUT_NOTE, difference_blocks, message_blocks, plan_markdown, problem_blocks
from robot_action.reporting.report_text import headline, is_worth_listing, missing_rows, place_rows, resume_note, resume_title, tally
from robot_action.reporting.views import ProblemView, ProjectView, ReportView, Result, StageView
from robot_action.reporting.words import duration

SUMMARY_LIMIT = 1024 * 1024
"""Bytes of a step's summary; of a longer one the runner shows nothing (actions/runner, ``FileCommandManager.cs``)."""

_STATUS_MARKS = {Status.DONE: "✅", Status.SKIPPED: "⏭️", Status.FAILED: "❌", Status.NOT_REACHED: "⬜"}


def summary_markdown(report: ReportView, limit: int = SUMMARY_LIMIT) -> str:
    """Return the summary of a run in at most ``limit`` bytes: whole parts of it, and a note where some had to go."""
    if report.dry_run:
        return plan_markdown(report, limit)
    blocks = [f"**{tally(report)}**"] if len(report.projects) > 1 else []
    for project in report.projects:
        blocks.extend(_project(project))
    return document(blocks or ["There was nothing to do: no project is wanted."], limit, CUT_NOTE)


def problems_markdown(problems: Sequence[ProblemView], limit: int = SUMMARY_LIMIT) -> str:
    """Return the summary of a run that came to no report, or only looked, in at most ``limit`` bytes."""
    headline = "### robot-action found errors" if problems else "### robot-action found nothing wrong"
    return document([headline, *problem_blocks(tuple(problems))], limit, CUT_NOTE)


def _project(project: ProjectView) -> Iterator[str]:
    yield f"### {escape(project.project)} {escape(headline(project)[0])}"
    if is_worth_listing(project):
        yield table(("stage", "", "time", "what"), map(_row, project.stages))
    yield from problem_blocks(project.problems)
    yield from difference_blocks(project)
    if project.result is Result.FAILED:
        yield from _unfinished(project)
    elif rows := list(_places(project)):
        yield "\n".join(["It is here:", "", *rows])
    if project.result is Result.CONFLICTS:
        yield from _going_on(project)
    yield from message_blocks(project)


def _row(stage: StageView) -> tuple[str, str, str, str]:
    took = duration(stage.seconds) if stage.status in {Status.DONE, Status.FAILED} else ""
    what = "<br>".join(filter(None, map(escape, (stage.summary, *stage.details))))
    return escape(stage.stage), f"{_STATUS_MARKS[stage.status]} {stage.status.value}", took, what


def _places(project: ProjectView) -> Iterator[str]:
    for name, text in place_rows(project):
        shown = link(text, text) if name in {"repository", "pull request"} and "://" in text else code(text)
        yield f"- {name}: {shown}" if name else f"  - {shown}"


def _unfinished(project: ProjectView) -> Iterator[str]:
    if project.stages:
        yield "\n".join(["What exists now:", "", *(list(_places(project)) or ["- nothing"])])
        if missing := missing_rows(project):
            yield "\n".join(["What is missing:", "", *(f"- **{escape(stage)}**: {escape(text)}" for stage, text in missing)])
    yield from _going_on(project)


def _going_on(project: ProjectView) -> Iterator[str]:
    if project.resume:
        yield f"{resume_title(project)}:"
        yield fenced(project.resume.splitlines())
        if note := resume_note(project):
            yield escape(note)
