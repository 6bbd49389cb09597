"""The final report as text for a terminal or a log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from robot_action.errors import BUG_EXIT_CODE, INTERRUPTED, TryAgainError, UnavailableError
from robot_action.model.delivered import Operation
from robot_action.model.plan import Status
from robot_action.parsing.wording import listed
from robot_action.reporting.lines import EMPTY, Line, Role, Span, indented, line, pairs, span
from robot_action.reporting.plan_text import difference_lines, message_lines
from robot_action.reporting.problem_text import problem_lines
from robot_action.reporting.views import LOOKING, ProjectView, ReportView, Result, StageView
from robot_action.reporting.words import count, duration

_STAGE_WIDTH = 12
_STATUS_WIDTH = 12
_SECONDS_WIDTH = 11
_GAP = "   "
_SHORT_COMMIT = 10

STATUS_ROLES = {Status.DONE: Role.GOOD, Status.SKIPPED: Role.QUIET, Status.FAILED: Role.BAD, Status.NOT_REACHED: Role.QUIET}
RESULT_ROLES = {
    Result.FAILED: Role.BAD,
    Result.CONFLICTS: Role.BAD,
    Result.UPDATED: Role.GOOD,
    Result.PROPOSED: Role.GOOD,
    Result.PREPARED: Role.GOOD,
    Result.ADOPTED: Role.GOOD,
    Result.CREATED: Role.GOOD,
    Result.PARTIAL: Role.GOOD,
}
RESULT_WORDS = {
    Result.CREATED: "ready",
    Result.PARTIAL: "as far as asked",
    Result.UPDATED: "updated",
    Result.CONFLICTS: "conflicts",
    Result.PROPOSED: "proposed",
    Result.PREPARED: "prepared",
    Result.ADOPTED: "adopted",
    Result.UNCHANGED: "nothing to do",
    Result.EXISTS: "exists",
    Result.PLANNED: "planned",
    Result.FAILED: "failed",
}


_NOTHING = "was left as it is: there was nothing to do"
_PROPOSALS = {
    Operation.CREATED: "has a new {}",
    Operation.UPDATED: "has its {} brought up to date",
    Operation.UNCHANGED: "was left as it is: its {} proposes this version already",
    Operation.CLOSED: "does not need its {} any more, which was closed",
    Operation.DECLINED: "was left as it is: somebody declined this version with {}",
    Operation.BLOCKED: "was left as it is: commits of people on its branch are in the way",
}


def report_lines(report: ReportView, *, stages: bool = True) -> Iterator[Line]:
    """Yield what was done, project by project, and a summary where there are several.

    Args:
        report: what to tell.
        stages: whether to list every stage; False where that was seen live.
    """
    for number, project in enumerate(report.projects):
        if number:
            yield EMPTY
        yield from _project(project, stages=stages)
    if len(report.projects) > 1:
        yield EMPTY
        yield from _summary(report)
    if not report.projects:
        yield line("There was nothing to do: no project is wanted.")


def headline(project: ProjectView) -> tuple[str, Role]:
    """Return how a project ended, to be read after its name."""
    took = f" ({duration(project.seconds)})" if project.seconds else ""
    worked = any(stage.status is Status.DONE and stage.stage not in LOOKING for stage in project.stages)
    texts = {
        Result.CREATED: f"is ready{took}",
        Result.PARTIAL: f"is done as far as asked{took}",
        Result.UPDATED: f"has the template's changes, uncommitted{took}",
        Result.CONFLICTS: f"has the template's changes, uncommitted, and conflicts to look at{took}",
        Result.PROPOSED: _proposal(project),
        Result.PREPARED: f"is prepared for the job that delivers it{took}",
        Result.UNCHANGED: _NOTHING,
        Result.ADOPTED: f"follows its template from now on{took}",
        Result.EXISTS: f"exists already; what was missing was added{took}" if worked else "exists already; nothing was changed",
        Result.PLANNED: "is planned",
        Result.FAILED: _failure(project),
    }
    return texts[project.result], RESULT_ROLES.get(project.result, Role.PLAIN)


def _proposal(project: ProjectView) -> str:
    pull = project.pull_request
    if pull is None or (pull.operation == Operation.UNCHANGED and not pull.number):
        return _NOTHING
    return _PROPOSALS[Operation(pull.operation)].format(f"pull request {pull.number}" if pull.number else "pull request")


def _failure(project: ProjectView) -> str:
    failed = failed_stage(project)
    return f"is not finished: {failed} failed" if failed else "was not begun; nothing was changed"


def failed_stage(project: ProjectView) -> str:
    """Return the name of the stage that failed, or ``""`` when none was reached."""
    return next((stage.stage for stage in project.stages if stage.status is Status.FAILED), "")


def _project(project: ProjectView, *, stages: bool) -> Iterator[Line]:
    text, role = headline(project)
    yield line(span(project.project, Role.HEADING), " ", span(text, role))
    if stages and is_worth_listing(project):
        yield EMPTY
        for stage in project.stages:
            yield from indented(stage_lines(stage), 2)
    if project.problems:
        yield EMPTY
        yield from indented(problem_lines(project.problems), 2)
    yield from difference_lines(project)
    yield from _unfinished(project) if project.result is Result.FAILED else _finished(project)


def is_worth_listing(project: ProjectView) -> bool:
    """Tell whether the stages say more than that the project exists."""
    quiet = {Status.DONE, Status.SKIPPED} if project.result is Result.EXISTS else set()
    return any(stage.status not in quiet or (stage.status is Status.DONE and stage.stage not in LOOKING) for stage in project.stages)


def stage_lines(stage: StageView) -> Iterator[Line]:
    """Yield one stage's row, and its details below."""
    ended = stage.status in {Status.DONE, Status.FAILED}
    took = Span((duration(stage.seconds) if ended else "").rjust(_SECONDS_WIDTH) + _GAP, Role.QUIET)
    status = span(stage.status.value, STATUS_ROLES[stage.status], _STATUS_WIDTH)
    yield line(span(stage.stage, Role.PLAIN, _STAGE_WIDTH), status, took, span(stage.summary))
    for text in stage.details:
        yield line(" " * (_STAGE_WIDTH + _STATUS_WIDTH + _SECONDS_WIDTH + len(_GAP)), span(text, Role.QUIET))


def _finished(project: ProjectView) -> Iterator[Line]:
    if rows := place_rows(project):
        yield EMPTY
        yield from indented(pairs(rows), 2)
    if project.result is Result.CONFLICTS:
        yield from _going_on(project)
    yield from message_lines(project)


def _unfinished(project: ProjectView) -> Iterator[Line]:
    if project.stages:
        yield EMPTY
        yield line(span("  What exists now", Role.HEADING))
        rows = place_rows(project)
        yield from indented(pairs(rows) if rows else [line("nothing")], 4)
        if missing := missing_rows(project):
            yield EMPTY
            yield line(span("  What is missing", Role.HEADING))
            yield from indented(pairs(missing), 4)
    yield from _going_on(project)


def _going_on(project: ProjectView) -> Iterator[Line]:
    if project.resume:
        yield EMPTY
        yield line(span(f"  {resume_title(project)}", Role.HEADING))
        for command in project.resume.splitlines():
            yield line("    ", span(command, Role.COMMAND))
        if note := resume_note(project):
            yield line("    ", span(note, Role.QUIET))


_ANOTHER_TIME = {UnavailableError.exit_code, BUG_EXIT_CODE, TryAgainError.exit_code, INTERRUPTED}


def resume_title(project: ProjectView) -> str:
    """Return what to say before the command that goes on: whether it helps to run it as things are."""
    if project.result is Result.CONFLICTS:
        return "Look at each conflict, then commit"
    return "To go on" if project.exit_code in _ANOTHER_TIME else "When that is mended"


def resume_note(project: ProjectView) -> str:
    """Return how to complete a command in which answers are hidden or left out, or ``""``."""
    return f"(and give these answers again, with --data: {listed(project.masked)})" if project.masked else ""


def place_rows(project: ProjectView) -> list[tuple[str, str]]:
    """Return where the project now is: a name and a text for each place."""
    rows = list(_local_rows(project))
    if project.repository:
        rows.append(("repository", project.repository.url))
    if (pull := project.pull_request) and pull.number:
        rows.append(("pull request", pull.url or str(pull.number)))
    if pull and pull.commit:
        rows.append(("branch", f"{pull.branch} at {pull.commit[:_SHORT_COMMIT]}{' (verified)' if pull.verified else ''}"))
    if project.bundle:
        rows.append(("bundle", project.bundle))
    rows += [("conflict", path) for path in project.conflicts]
    for release in project.releases:
        rows.append(("package", f"{release.project} {release.version} on {release.where}"))
        rows.extend(("", name) for name in release.files)
    return rows


def _local_rows(project: ProjectView) -> Iterator[tuple[str, str]]:
    """Yield what there is on this machine."""
    if project.folder:
        yield "folder", project.folder
    elif project.in_part:
        yield "folder", f"{project.destination} (perhaps in part)"
    if project.commit:
        status = next((stage.status for stage in project.stages if stage.stage == "push"), None)
        tag = f", tag {project.commit.tag}" if project.commit.tag else ""
        here = " (not pushed)" if status in {Status.FAILED, Status.NOT_REACHED} else ""
        yield "commit", f"{project.commit.id[:_SHORT_COMMIT]} on {project.commit.branch}{tag}{here}"


def missing_rows(project: ProjectView) -> list[tuple[str, str]]:
    """Return the stages that are still to be done, and what each does."""
    missing = {Status.FAILED, Status.NOT_REACHED}
    return [(stage.stage, stage.summary) for stage in project.stages if stage.status in missing]


def tally(report: ReportView) -> str:
    """Return how many projects ended how, in one line."""
    results = Counter(project.result for project in report.projects)
    parts = [f"{results[result]} {word}" for result, word in RESULT_WORDS.items() if results[result]]
    return f"{count(len(report.projects), 'project')}: {', '.join(parts)}"


def _summary(report: ReportView) -> Iterator[Line]:
    yield line(span(tally(report), Role.HEADING))
    width = max(len(word) for word in RESULT_WORDS.values()) + 2
    for project in report.projects:
        result = span(RESULT_WORDS[project.result], RESULT_ROLES.get(project.result, Role.PLAIN), width)
        stage = failed_stage(project)
        yield line("  ", result, project.project, span(f" ({stage})" if stage else "", Role.QUIET))
