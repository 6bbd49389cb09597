"""A report -> the view of it that every form shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import PurePath

from robot_action.errors import Problem
from robot_action.model.adopt import Adopted
from robot_action.model.delivered import Delivery, Operation, Prepared
from robot_action.model.manifest import Manifest
from robot_action.model.plan import (
    Committed,
    FetchStep,
    InstallStep,
    Packed,
    Placed,
    Plan,
    Published,
    RenderStep,
    StartStep,
    Status,
    Step,
    Written,
)
from robot_action.model.report import Outcome, ProjectReport, Report
from robot_action.model.source import Source, SourceKind
from robot_action.model.task_step import TasksStep
from robot_action.model.tree import Entry, Mode
from robot_action.model.update import Updated, UpdateStep
from robot_action.reporting.manifest_values import resolved_values
from robot_action.reporting.views import (
    LOOKING,
    CommitView,
    FileView,
    PlaceView,
    ProblemView,
    ProjectView,
    PullRequestView,
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


def view_problems(problems: Iterable[Problem], manifest: Manifest | None = None) -> tuple[ProblemView, ...]:
    """Return what problems say, each once; of those in the template of a manifest, where its files are."""
    return tuple(dict.fromkeys(_problem(problem, manifest) for problem in problems))


def view_stage(outcome: Outcome) -> StageView:
    """Return what an outcome says."""
    return StageView(outcome.stage, outcome.status, outcome.summary, outcome.seconds, outcome.details, view_problems(outcome.problems))


def _problem(problem: Problem, manifest: Manifest | None) -> ProblemView:
    position = problem.position
    if position is None:
        return ProblemView(problem.message, hint=problem.hint or "")
    path = _path_in_template(position.file, manifest.template) if manifest else ""
    return ProblemView(problem.message, position.file, position.line, position.column, problem.hint or "", path)


def _path_in_template(file: str, source: Source) -> str:
    """Return the path of a file that is known by its template (``./template: template.yml``), where that is a folder as it stands."""
    inside = file.removeprefix(f"{source.text}: ")
    if inside == file or source.kind is not SourceKind.DIRECTORY or source.ref:
        return ""
    return str(PurePath(source.location, source.subdirectory, inside))


def _project(report: ProjectReport, *, dry_run: bool) -> ProjectView:
    items, plan = report.outcomes.items, report.plan or Plan(report.project)
    view = ProjectView(
        project=report.project,
        result=_result(report, dry_run=dry_run),
        exit_code=report.exit_code,
        written_in=_place(report),
        differences=plan.differences,
        steps=tuple(_step(number, step) for number, step in enumerate(plan.steps, 1)),
        stages=() if dry_run else (*map(view_stage, items), *_not_reached(report)),
        problems=view_problems((*report.problems, *(problem for item in items for problem in item.problems)), report.manifest),
        resume=report.resume,
        masked=report.masked,
        message="" if report.exit_code else plan.message,
        template=report.template,
        destination=report.destination,
        seconds=report.seconds,
    )
    return _with_results(_with_manifest(view, report.manifest), report)


def _with_manifest(view: ProjectView, manifest: Manifest | None) -> ProjectView:
    """Return the view with what its manifest says."""
    if manifest is None:
        return view
    return replace(
        view,
        template=manifest.template.text,
        version=manifest.version,
        destination=str(manifest.destination),
        values=resolved_values(manifest),
    )


def _with_results(view: ProjectView, report: ProjectReport) -> ProjectView:
    """Return the view with where everything is now."""
    outcomes = report.outcomes
    written, committed, placed = outcomes.find(Written), outcomes.find(Committed), outcomes.find(Placed)
    packed, prepared = outcomes.find(Packed), outcomes.find(Prepared)
    return replace(
        view,
        pull_request=_pull_request(outcomes.find(Delivery)),
        bundle=str(prepared.file) if prepared else "",
        conflicts=_conflicts(report),
        update=report.update,
        folder=str(written.folder) if written else "",
        in_part=_is_in_part(report),
        commit=CommitView(committed.commit, committed.branch, committed.tag or "") if committed else None,
        repository=RepositoryView(placed.name, placed.url, placed.clone_url, placed.created) if placed else None,
        releases=tuple(_releases(outcomes.items)),
        packed=packed.digest if packed else "",
    )


def _pull_request(found: Delivery | None) -> PullRequestView | None:
    if found is None:
        return None
    return PullRequestView(found.operation.value, found.number, found.url, found.branch, found.commit, found.verified)


def _conflicts(report: ProjectReport) -> tuple[str, ...]:
    """Return the paths that an update leaves to people, wherever it went, or would leave."""
    if proposed := report.outcomes.find(Delivery) or report.outcomes.find(Prepared):
        return proposed.conflicts
    is_planned = not report.outcomes.items and not report.exit_code
    found = report.update if is_planned else report.outcomes.find(Updated)
    return tuple(conflict.path for conflict in found.conflicts) if found else ()


def _place(report: ProjectReport) -> PlaceView | None:
    manifest = report.manifest
    if manifest is not None and manifest.position is not None:
        return PlaceView(manifest.position.file, manifest.position.line, manifest.position.column, manifest.document)
    return PlaceView(report.file) if report.file else None


def _is_in_part(report: ProjectReport) -> bool:
    """Tell whether files may have been written before a failure; a new folder appears whole, or not at all."""
    failed = {item.stage for item in report.outcomes.items if item.status is Status.FAILED}
    steps = (step for step in (report.plan.steps if report.plan else ()) if step.stage in failed)
    return any(isinstance(step, UpdateStep) or (isinstance(step, RenderStep) and step.into_existing) for step in steps)


def _result_of_update(report: ProjectReport) -> Result | None:
    """Return how an update ended, if it did: in a work tree, on a host, or in a file for another job; or that updates can begin."""
    if report.outcomes.find(Adopted):
        return Result.ADOPTED
    if updated := report.outcomes.find(Updated):
        return Result.CONFLICTS if updated.conflicts else Result.UPDATED
    delivery = report.outcomes.find(Delivery)
    if delivery and (not report.exit_code or delivery.operation is Operation.BLOCKED):
        return Result.PROPOSED
    prepared = report.outcomes.find(Prepared)
    if prepared is None or report.exit_code:
        return None
    return Result.UNCHANGED if prepared.is_idle else Result.PREPARED


def _result(report: ProjectReport, *, dry_run: bool) -> Result:
    if (found := _result_of_update(report)) is not None:
        return found
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
    if report.plan and all(step.stage != "commit" for step in report.plan.steps):
        return outcomes.find(Written) is not None  # it was only to be rendered
    if manifest is None or outcomes.find(Committed) is None:
        return False
    placed = manifest.repository is None or outcomes.find(Placed) is not None
    return placed and len(list(_releases(outcomes.items))) >= len(manifest.publish)


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
    files = tuple(_files(_written(step)))
    return StepView(number, step.stage, step.title, step.skip or "", (*_own_notes(step), *step.details), tuple(_commands(step)), files)


def _written(step: Step) -> Mapping[str, Entry]:
    if isinstance(step, UpdateStep):
        return {path: entry for path, entry in step.changes.items() if entry is not None}
    return step.tree if isinstance(step, RenderStep) else {}


def _files(files: Mapping[str, Entry]) -> Iterator[FileView]:
    for path, entry in files.items():
        yield FileView(path, _KINDS[entry.mode], len(entry.content), _target(entry))


def _target(entry: Entry) -> str:
    return entry.content.decode("utf-8", "replace") if entry.mode is Mode.LINK else ""


def _commands(step: Step) -> Iterator[tuple[str, ...]]:
    if isinstance(step, TasksStep):
        yield from (task.arguments for task in step.tasks)
    if isinstance(step, InstallStep):
        if step.entry:
            yield ("python", *step.entry.split(maxsplit=1)) if step.entry.startswith("-m ") else ("python", step.entry)
        yield from (command.arguments for command in step.commands.commands)
    if isinstance(step, StartStep):
        yield step.start.command.arguments


def _own_notes(step: Step) -> Iterator[str]:
    if isinstance(step, FetchStep):
        yield from step.message.splitlines()
    if isinstance(step, RenderStep):
        yield from (f"overwrites {path}" for path in step.overwrites)
    if isinstance(step, UpdateStep):
        gone = (path for path, entry in step.changes.items() if entry is None)
        yield from (f"moves {path} to {step.moved[path]}" if path in step.moved else f"removes {path}" for path in gone)
    if isinstance(step, InstallStep):
        yield f"each may take {duration(step.commands.timeout)}"
    if isinstance(step, StartStep):
        again = f", after an early end {count(step.start.restarts, 'more try', 'more tries')}" if step.start.restarts else ""
        yield f"it may take {duration(step.start.timeout)} to be ready{again}"
    if isinstance(step, InstallStep | StartStep | TasksStep) and step.environment:
        yield f"template code sees these variables, too: {', '.join(step.environment)}"
