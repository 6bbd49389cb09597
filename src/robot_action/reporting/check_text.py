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
        checked: the same in full.
        problems: what is wrong with it, as it is shown.
    """

    name: str
    state: str
    checked: Checked
    problems: tuple[ProblemView, ...]


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
    name = f"{checked.project} ({checked.file})" if several and checked.file else checked.project
    return CheckView(name, state, checked, problems)


def _sentence(project: CheckView) -> Iterator[Span | str]:
    if project.state == "failed":
        yield span("failed", Role.BAD)
    else:
        yield from _standing(project.checked)
        yield from _drifted(project.checked.drift)


def _standing(checked: Checked) -> Iterator[Span | str]:
    """Yield how far a project is behind its template, or ahead of it."""
    current = checked.current.name
    other = f"{'asked for' if checked.is_asked else 'newest'} is {checked.newest.name}"
    if checked.is_behind:
        releases = f" ({count(len(checked.between), 'release')})" if checked.between else ""
        yield span("behind", Role.BAD)
        yield f", has {current or 'no known version'}, {other}{releases}"
    elif checked.is_ahead:
        yield span("ahead", Role.GOOD)
        yield f", has {current}, {other}"
    else:
        yield span("up to date", Role.GOOD)
        yield f", {current or 'as its template stands'}"


def _drifted(drift: Drift | None) -> Iterator[Span | str]:
    """Yield which files differ from what the template gives, where that was looked for."""
    if drift is None:
        return
    if not drift.changed and not drift.deleted:
        yield ", no drift"
        return
    parts = ((drift.changed, "changed"), (drift.deleted, "deleted"), (drift.healed, "healed"), (drift.to_heal, "to be healed"))
    yield ", "
    yield span("drifted" if drift.is_open else "healed", Role.BAD if drift.is_open else Role.GOOD)
    yield f": {', '.join(f'{len(paths):,} {what}' for paths, what in parts if paths)}"


def _below(project: CheckView) -> Iterator[Line]:
    checked = project.checked
    drift = checked.drift
    if drift is not None:
        cures = {**dict.fromkeys(drift.healed, "  healed"), **dict.fromkeys(drift.to_heal, "  to be healed")}
        for paths, what in ((drift.changed, "changed"), (drift.deleted, "deleted"), (drift.left_alone, "left alone")):
            for path in paths:
                yield line(span(what, Role.QUIET, 12), path, span(cures.get(path, ""), Role.GOOD))
    for rival in checked.rivals:
        yield line(span("also updated by ", Role.QUIET), f"{rival.file}: {rival.note}")
    yield from problem_lines(project.problems)


def _summary(view: ChecksView) -> str:
    told = [project.checked for project in view.projects if project.state != "failed"]  # whose lines say no more than that
    behind = sum(checked.is_behind for checked in told)
    ahead = sum(checked.is_ahead for checked in told)
    states = Counter(project.state for project in view.projects)
    parts = ((behind, "behind"), (ahead, "ahead"), (states["drifted"], "drifted"), (states["failed"], "failed"))
    found = ", ".join(f"{number:,} {what}" for number, what in parts if number)
    return f"{count(len(view.projects), 'project')}: {found or 'all up to date'}"


def _document(project: CheckView) -> Mapping[str, Any]:
    from robot_action.reporting.report_json import problem_document

    checked = project.checked
    drift = checked.drift
    return {
        "project": checked.project,
        "state": project.state,
        "exit_code": checked.exit_code,
        "state_file": checked.file or None,
        "tool": checked.tool or None,
        "template": checked.template or None,
        "current": _version(checked.current),
        "newest": _version(checked.newest),
        "behind": checked.is_behind,
        "ahead": checked.is_ahead,
        "between": list(checked.between),
        "drift": drift
        and {
            "changed": list(drift.changed),
            "deleted": list(drift.deleted),
            "left_alone": list(drift.left_alone),
            "healed": list(drift.healed),
            "to_heal": list(drift.to_heal),
        },
        "rivals": [{"file": rival.file, "note": rival.note} for rival in checked.rivals],
        "problems": [problem_document(problem) for problem in project.problems],
    }


def _version(version: TemplateVersion) -> Mapping[str, str | None]:
    return {"version": version.name or None, "commit": version.commit or None}
