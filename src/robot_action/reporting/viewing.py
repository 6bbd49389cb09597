"""A report -> the view of it that every form shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from robot_action.errors import Problem
from robot_action.model.plan import Committed, InstallStep, Placed, Published, RenderStep, StartStep, Status, Step
from robot_action.model.report import Outcome, ProjectReport, Report
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.reporting.manifest_values import resolved_values
from robot_action.reporting.views import (
    LOOKING,
    CommitView,
    FileView,
    ProblemView,
    ProjectView,
    ReleaseView,
    ReportView,
    RepositoryView,
    Result,
    StageView,
    StepView,
)
from robot_action.reporting.words import count, duration

_KINDS = {Mode.FILE: "file", Mode.EXECUTABLE: "executable", Mode.LINK: "link", Mode.DIRECTORY: "folder"}


def view_report(report: Report) -> ReportView:
    """Return what a report says."""
    projects = tuple(_project(project, dry_run=report.dry_run) for project in report.projects)
    return ReportView(projects, report.exit_code, report.dry_run)


def view_problems(problems: Iterable[Problem]) -> tuple[ProblemView, ...]:
    """Return what problems say, each once."""
    return tuple(dict.fromkeys(map(_problem, problems)))


def view_stage(outcome: Outcome) -> StageView:
    """Return what an outcome says."""
    return StageView(outcome.stage, outcome.status, outcome.summary, outcome.seconds, outcome.details, view_problems(outcome.problems))


def _problem(problem: Problem) -> ProblemView:
    position = problem.position
    if position is None:
        return ProblemView(problem.message, hint=problem.hint or "")
    return ProblemView(problem.message, position.file, position.line, position.column, problem.hint or "")


def _project(report: ProjectReport, *, dry_run: bool) -> ProjectView:
    manifest, items = report.manifest, report.outcomes.items
    committed, placed = report.outcomes.find(Committed), report.outcomes.find(Placed)
    return ProjectView(
        project=report.project,
        result=_result(report, dry_run=dry_run),
        exit_code=report.exit_code,
        manifest=str(manifest.position) if manifest and manifest.position else "",
        template=manifest.template.text if manifest else "",
        version=manifest.version if manifest else "",
        destination=str(manifest.destination) if manifest else "",
        folder=str(manifest.destination) if manifest and _is_written(report, committed) else "",
        differences=report.plan.differences if report.plan else (),
        steps=tuple(_step(number, step) for number, step in enumerate(report.plan.steps, 1)) if report.plan else (),
        stages=() if dry_run else (*map(view_stage, items), *_not_reached(report)),
        problems=view_problems((*report.problems, *(problem for item in items for problem in item.problems))),
        commit=CommitView(committed.commit, committed.branch, committed.tag or "") if committed else None,
        repository=RepositoryView(placed.name, placed.url, placed.clone_url, placed.created) if placed else None,
        releases=tuple(_releases(items)),
        resume=report.resume,
        values=resolved_values(manifest) if manifest and dry_run else None,
    )


def _result(report: ProjectReport, *, dry_run: bool) -> Result:
    if report.exit_code:
        return Result.FAILED
    if report.plan and report.plan.exists:
        return Result.EXISTS
    if dry_run:
        return Result.PLANNED
    done = {item.stage for item in report.outcomes.items if item.status is Status.DONE}
    if not done - LOOKING:
        return Result.UNCHANGED
    return Result.CREATED if _is_whole(report) else Result.PARTIAL


def _is_whole(report: ProjectReport) -> bool:
    """Tell whether the project is everywhere where its manifest wants it, or only as far as the run was asked to go."""
    outcomes, manifest = report.outcomes, report.manifest
    if manifest is None or outcomes.find(Committed) is None:
        return False
    placed = manifest.repository is None or outcomes.find(Placed) is not None
    return placed and len(list(_releases(outcomes.items))) >= len(manifest.publish)


def _is_written(report: ProjectReport, committed: Committed | None) -> bool:
    rendered = any(item.stage == "render" and item.status is Status.DONE for item in report.outcomes.items)
    return rendered or committed is not None


def _not_reached(report: ProjectReport) -> Iterator[StageView]:
    """Yield the planned steps that have no outcome; several steps may share a stage."""
    told = Counter(item.stage for item in report.outcomes.items)
    for step in report.plan.steps if report.plan else ():
        if told[step.stage]:
            told[step.stage] -= 1
        else:
            yield StageView(step.stage, Status.SKIPPED, step.skip) if step.skip else StageView(step.stage, Status.NOT_REACHED, step.title)


def _releases(items: Iterable[Outcome]) -> Iterator[ReleaseView]:
    for item in items:
        if isinstance(found := item.result, Published):
            yield ReleaseView(found.where, found.project, found.version, found.files, found.uploaded)


def _step(number: int, step: Step) -> StepView:
    files = tuple(_files(step.tree)) if isinstance(step, RenderStep) else ()
    return StepView(number, step.stage, step.title, step.skip or "", (*_own_notes(step), *step.details), tuple(_commands(step)), files)


def _files(tree: Tree) -> Iterator[FileView]:
    for path, entry in tree.items():
        yield FileView(path, _KINDS[entry.mode], len(entry.content), _target(entry))


def _target(entry: Entry) -> str:
    return entry.content.decode("utf-8", "replace") if entry.mode is Mode.LINK else ""


def _commands(step: Step) -> Iterator[tuple[str, ...]]:
    if isinstance(step, InstallStep):
        if step.entry:
            yield ("python", *step.entry.split(maxsplit=1)) if step.entry.startswith("-m ") else ("python", step.entry)
        yield from (command.arguments for command in step.commands.commands)
    if isinstance(step, StartStep):
        yield step.start.command.arguments


def _own_notes(step: Step) -> Iterator[str]:
    if isinstance(step, InstallStep):
        yield f"each may take {duration(step.commands.timeout)}"
    if isinstance(step, StartStep):
        again = f", after an early end {count(step.start.restarts, 'more try', 'more tries')}" if step.start.restarts else ""
        yield f"it may take {duration(step.start.timeout)} to be ready{again}"
    if isinstance(step, InstallStep | StartStep) and step.environment:
        yield f"template code sees these variables, too: {', '.join(step.environment)}"
