"""A dry run's plan as Markdown, for a pull request's comment or a step summary."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import indent

from robot_action.reporting.markdown import code, document, escape, fenced, table
from robot_action.reporting.plan_text import NOTHING_PLANNED, PLANNED, file_note, file_size, has_work, unplanned
from robot_action.reporting.views import FileView, ProblemView, ProjectView, ReportView, Result, StepView
from robot_action.reporting.words import command_line, count, size

FILES_SHOWN = 500
CUT_NOTE = "_The rest was left out: it is longer than GitHub shows. The log has all of it._"


def plan_markdown(report: ReportView, limit: int) -> str:
    """Return what a run would do, in at most ``limit`` bytes."""
    blocks = [block for project in report.projects for block in plan_blocks(project)]
    return document([*blocks, "_This was a dry run: nothing was changed._"], limit, CUT_NOTE)


def plan_blocks(project: ProjectView) -> Iterator[str]:
    """Yield one project's plan."""
    yield f"### {escape(project.project)}{_ending(project)}"
    manifest = str(project.written_in or "") if project.template else ""  # else it is what the heading names
    about = (("manifest", manifest), ("template", project.template), ("folder", project.destination))
    yield "\n".join(f"- {name}: {code(text)}" for name, text in about if text)
    yield from problem_blocks(project.problems)
    yield from difference_blocks(project)
    if has_work(project) or project.result is Result.PLANNED:
        yield table(("", "stage", "what", "details"), map(_row, project.steps))
        for step in project.steps:
            yield from _file_blocks(step)
    yield from message_blocks(project)


def message_blocks(project: ProjectView) -> Iterator[str]:
    """Yield what the template wants to be shown in the end."""
    if project.message.strip():
        yield "The template says:"
        yield fenced(project.message.strip().splitlines())


def _ending(project: ProjectView) -> str:
    endings = {Result.FAILED: f": {unplanned(project)}", Result.EXISTS: " exists already"}
    return endings.get(project.result, f": {PLANNED if has_work(project) else NOTHING_PLANNED}")


def problem_blocks(problems: tuple[ProblemView, ...]) -> Iterator[str]:
    """Yield a list of problems with places and hints."""
    if problems:
        yield "\n".join(map(_problem, problems))


def _problem(problem: ProblemView) -> str:
    place = f"{code(problem.place)}: " if problem.file else ""
    hint = problem.hint.splitlines()
    block = hint[1:] if hint[1:2] == ["data:"] else []  # answers that are to be pasted into a manifest keep their indentation
    texts = [escape(text) for text in (*problem.message.splitlines(), *hint[: len(hint) - len(block)])]
    item = f"- **error** {place}{'<br>'.join(filter(None, texts))}"
    return f"{item}\n{indent(fenced(block), '  ')}" if block else item


def difference_blocks(project: ProjectView) -> Iterator[str]:
    """Yield how an existing project departs from its manifest."""
    if project.result is Result.EXISTS and project.differences:
        yield "It differs from its manifest, and is left as it is:"
        yield "\n".join(f"- {escape(text)}" for text in project.differences)
    elif project.result is Result.EXISTS:
        yield "It is as its manifest wants it."


def _row(step: StepView) -> tuple[str, str, str, str]:
    if step.skip:
        return str(step.number), escape(step.stage), f"skipped: {escape(step.skip)}", ""
    details = [code(command_line(command)) for command in step.commands]
    details += [escape(note) for note in step.notes]
    if step.files:
        details.append(_total(step))
    return str(step.number), f"**{escape(step.stage)}**", escape(step.title), "<br>".join(filter(None, details))


def _total(step: StepView) -> str:
    return f"{count(len(step.files), 'file')}, {size(sum(file.size for file in step.files))}"


def _file_blocks(step: StepView) -> Iterator[str]:
    if not step.skip and step.files:
        yield f"<details><summary>{_total(step)}</summary>\n\n{table(('size', 'file'), _file_rows(step.files))}\n\n</details>"


def _file_rows(files: tuple[FileView, ...]) -> Iterator[tuple[str, str]]:
    for file in files[:FILES_SHOWN]:
        yield file_size(file), f"{code(file.path)} {escape(file_note(file))}".rstrip()
    if rest := files[FILES_SHOWN:]:
        yield size(sum(file.size for file in rest)), f"and {count(len(rest), 'more file', 'more files')}"
