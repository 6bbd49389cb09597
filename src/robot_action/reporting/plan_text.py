"""A dry run's plan as text for a terminal or a log."""

from __future__ import annotations

from collections.abc import Iterator

from robot_action.reporting.lines import EMPTY, Line, Role, indented, line, pairs, span
from robot_action.reporting.problem_text import problem_lines
from robot_action.reporting.views import LOOKING, FileView, ProjectView, ReportView, Result, StepView
from robot_action.reporting.words import command_line, count, size

FILES_SHOWN = 200
PLANNED = "the plan"
NOTHING_PLANNED = "there is nothing to do"
_STAGE_WIDTH = 12
_NUMBER_WIDTH = 2
_SIZE_WIDTH = 10


def plan_lines(report: ReportView) -> Iterator[Line]:
    """Yield what a run would do, project by project; nothing was changed to find it out."""
    for project in report.projects:
        yield from _project(project)
        yield EMPTY
    yield from _closing(report)


def _closing(report: ReportView) -> Iterator[Line]:
    failed = sum(project.result is Result.FAILED for project in report.projects)
    if failed:
        yield line(span(f"{failed} of {count(len(report.projects), 'project')} cannot be planned. Nothing was changed.", Role.BAD))
    else:
        yield line("This was a dry run: nothing was changed.")


def _heading(project: ProjectView) -> Line:
    texts = {
        Result.FAILED: (f": {unplanned(project)}", Role.BAD),
        Result.EXISTS: (" exists already", Role.GOOD),
    }
    text, role = texts.get(project.result, (f": {PLANNED if has_work(project) else NOTHING_PLANNED}", Role.PLAIN))
    return line(span(project.project, Role.HEADING), span(text, role))


def unplanned(project: ProjectView) -> str:
    """Return how far a plan came that cannot be carried out."""
    return "the plan, which cannot be carried out as it is" if project.steps else "cannot be planned"


def _project(project: ProjectView) -> Iterator[Line]:
    yield _heading(project)
    manifest = str(project.written_in or "") if project.template else ""  # else it is what the heading names
    about = (("manifest", manifest), ("template", project.template), ("folder", project.destination))
    yield from indented(pairs([(name, text) for name, text in about if text]), 2)
    if project.problems:
        yield EMPTY
        yield from indented(problem_lines(project.problems), 2)
    yield from difference_lines(project)
    if has_work(project) or project.result is Result.PLANNED:
        yield EMPTY
        for step in project.steps:
            yield from _step(step)
    yield from message_lines(project)


def has_work(project: ProjectView) -> bool:
    """Tell whether a plan does more than look."""
    return any(not step.skip for step in project.steps if step.stage not in LOOKING)


def difference_lines(project: ProjectView) -> Iterator[Line]:
    """Yield how an existing project departs from its manifest."""
    if project.result is not Result.EXISTS:
        return
    yield EMPTY
    if project.differences:
        yield line("  It differs from its manifest, and is left as it is:")
        yield from indented((line("- ", text) for text in project.differences), 4)
    else:
        yield line("  It is as its manifest wants it.")


def message_lines(project: ProjectView) -> Iterator[Line]:
    """Yield what the template wants to be shown in the end."""
    if project.message.strip():
        yield EMPTY
        yield line("  The template says:")
        yield from indented(map(line, project.message.strip().splitlines()), 4)


def _step(step: StepView) -> Iterator[Line]:
    head = (span(f"{step.number:>{_NUMBER_WIDTH}}. ", Role.QUIET), span(step.stage, Role.HEADING, _STAGE_WIDTH))
    if step.skip:
        yield line("  ", *head, span(f"skipped: {step.skip}", Role.QUIET))
        return
    yield line("  ", *head, step.title)
    yield from indented(_details(step), 2 + _NUMBER_WIDTH + 2 + _STAGE_WIDTH)


def _details(step: StepView) -> Iterator[Line]:
    for command in step.commands:
        yield line(span(f"$ {command_line(command)}", Role.COMMAND))
    for note in step.notes:
        yield line(span(note, Role.QUIET))
    if step.files:
        yield line(f"{count(len(step.files), 'file')}, {size(sum(file.size for file in step.files))}:")
        yield from map(_file, step.files[:FILES_SHOWN])
        if rest := step.files[FILES_SHOWN:]:
            yield line(f"  and {count(len(rest), 'more file', 'more files')}, {size(sum(file.size for file in rest))}")


def _file(file: FileView) -> Line:
    return line(span(f"{file_size(file):>{_SIZE_WIDTH}}  ", Role.QUIET), file.path, span(file_note(file), Role.QUIET))


def file_size(file: FileView) -> str:
    """Return a file's size; links and folders have none."""
    return size(file.size) if file.kind in {"file", "executable"} else file.kind


def file_note(file: FileView) -> str:
    """Return what is particular about a file, to stand behind its path."""
    return {"executable": "  (executable)", "link": f"  -> {file.target}"}.get(file.kind, "")
