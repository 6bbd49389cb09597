"""What was found about projects and their templates, as lines and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from robot_action.model.check import Checked, CheckReport, Drift, TemplateVersion
from robot_action.reporting.lines import EMPTY, Line, Role, Span, indented, line, span
from robot_action.reporting.problem_text import problem_lines
from robot_action.reporting.words import count

if TYPE_CHECKING:  # most checks find none
    from robot_action.reporting.views import ProblemView

_INDENT = 2


@dataclass(frozen=True, slots=True)
class CheckView:
    """One project and one template that it follows.

    Attributes:
        name: the folder, and the state file where the folder has several.
        state: ``current``, ``behind``, ``drifted`` or ``failed``.
        checked: the same in full, without its problems.
    """

    name: str
    state: str
    project: str
    file: str
    tool: str
    template: str
    current: TemplateVersion
    newest: TemplateVersion
    between: tuple[str, ...]
    is_behind: bool
    drift: Drift | None
    rivals: tuple[tuple[str, str], ...]
    problems: tuple[ProblemView, ...]
    exit_code: int


@dataclass(frozen=True, slots=True)
class ChecksView:
    """All projects of one run."""

    projects: tuple[CheckView, ...]
    exit_code: int
    dry_run: bool = False


def view_checks(report: CheckReport) -> ChecksView:
    """Return what a report says."""
    times = Counter(checked.project for checked in report.projects)
    return ChecksView(
        tuple(_view(checked, several=times[checked.project] > 1) for checked in report.projects), report.exit_code, report.dry_run
    )


def check_lines(view: ChecksView) -> Iterator[Line]:
    """Yield a line for each project, below it what is to be known of it, and a summary of several."""
    for project in view.projects:
        yield line(span(project.name, Role.HEADING), ": ", *_sentence(project))
        yield from indented(_below(project), _INDENT)
    if len(view.projects) > 1:
        yield EMPTY
        yield line(_summary(view))


def check_json(view: ChecksView) -> str:
    """Return the document of ``check --json``."""
    from robot_action.reporting.report_json import SCHEMA, to_json

    return to_json(
        {
            "schema": SCHEMA,
            "dry_run": view.dry_run,
            "exit_code": view.exit_code,
            "projects": [_document(project) for project in view.projects],
        }
    )


def _view(checked: Checked, *, several: bool) -> CheckView:
    problems: tuple[ProblemView, ...] = ()
    if checked.exit_code:
        from robot_action.reporting.viewing import view_problems

        state, problems = "failed", view_problems(checked.problems)
    elif checked.drift and checked.drift.is_open:
        state = "drifted"
    else:
        state = "behind" if checked.is_behind else "current"
    return CheckView(
        name=f"{checked.project} ({checked.file})" if several and checked.file else checked.project,
        state=state,
        project=checked.project,
        file=checked.file,
        tool=checked.tool,
        template=checked.template,
        current=checked.current,
        newest=checked.newest,
        between=checked.between,
        is_behind=checked.is_behind,
        drift=checked.drift,
        rivals=tuple((rival.file, rival.note) for rival in checked.rivals),
        problems=problems,
        exit_code=checked.exit_code,
    )


def _sentence(project: CheckView) -> Iterator[Span | str]:
    if project.state == "failed":
        yield span("failed", Role.BAD)
        return
    current, newest = project.current.name or "as its template stands", project.newest.name
    if project.is_behind:
        releases = f" ({count(len(project.between), 'release')})" if project.between else ""
        yield span("behind", Role.BAD)
        yield f", has {current}, newest is {newest}{releases}"
    else:
        yield span("up to date", Role.GOOD)
        yield f", {current}"
    drift = project.drift
    if drift is None:
        return
    if not drift.changed and not drift.deleted:
        yield ", no drift"
        return
    parts = ((drift.changed, "changed"), (drift.deleted, "deleted"), (drift.healed, "healed"))
    yield ", "
    yield span("drifted" if drift.is_open else "healed", Role.BAD if drift.is_open else Role.GOOD)
    yield f": {', '.join(f'{len(paths):,} {what}' for paths, what in parts if paths)}"


def _below(project: CheckView) -> Iterator[Line]:
    if project.drift is not None:
        healed = {*project.drift.healed}
        named = ((project.drift.changed, "changed"), (project.drift.deleted, "deleted"), (project.drift.left_alone, "left alone"))
        for paths, what in named:
            for path in paths:
                yield line(span(what, Role.QUIET, 12), path, *((span("  healed", Role.GOOD),) if path in healed else ()))
    for file, note in project.rivals:
        yield line(span("also updated by ", Role.QUIET), f"{file}: {note}")
    yield from problem_lines(project.problems)


def _summary(view: ChecksView) -> str:
    behind = sum(project.is_behind for project in view.projects)
    states = Counter(project.state for project in view.projects)
    parts = ((behind, "behind"), (states["drifted"], "drifted"), (states["failed"], "failed"))
    found = ", ".join(f"{number:,} {what}" for number, what in parts if number)
    return f"{count(len(view.projects), 'project')}: {found or 'all up to date'}"


def _document(project: CheckView) -> Mapping[str, Any]:
    from robot_action.reporting.report_json import problem_document

    drift = project.drift
    return {
        "project": project.project,
        "state": project.state,
        "exit_code": project.exit_code,
        "state_file": project.file or None,
        "tool": project.tool or None,
        "template": project.template or None,
        "current": _version(project.current),
        "newest": _version(project.newest),
        "behind": project.is_behind,
        "between": list(project.between),
        "drift": drift
        and {
            "changed": list(drift.changed),
            "deleted": list(drift.deleted),
            "left_alone": list(drift.left_alone),
            "healed": list(drift.healed),
        },
        "rivals": [{"file": file, "note": note} for file, note in project.rivals],
        "problems": [problem_document(problem) for problem in project.problems],
    }


def _version(version: TemplateVersion) -> Mapping[str, str | None]:
    return {"version": version.name or None, "commit": version.commit or None}
