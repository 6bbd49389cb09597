"""update: a template's changes, merged into a project's work tree."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from robot_action.commands.running import apply_all, failed, timed
from robot_action.errors import ConflictError
from robot_action.model.merge import PROJECT_LABEL
from robot_action.model.paths import parents_of
from robot_action.model.report import ProjectReport, Report
from robot_action.model.tree import Entry, Mode
from robot_action.model.update import Obstacles, Updated, UpdateFacts, UpdateRequest
from robot_action.parsing.links import tool_of
from robot_action.planning.resuming import going_on, solving
from robot_action.planning.summary import place_of, summarised
from robot_action.planning.update import plan_update
from robot_action.ports import Ports
from robot_action.stages.update import changes_for, inspect

_MARKER = f"<<<<<<< {PROJECT_LABEL}".encode()


def update(ports: Ports, request: UpdateRequest) -> Report:
    """Update one project.

    Returns:
        What was done or, for a dry run, the plan; the exit code is `ConflictError.exit_code` where conflicts are left.
    """
    name = request.project.name
    ports.progress.begin_project(name, 1, 1)
    report = going_on(ProjectReport(name, destination=str(request.project)), request)
    return Report((timed(ports, lambda: _update(ports, request, report)),), dry_run=request.dry_run)


def _update(ports: Ports, request: UpdateRequest, report: ProjectReport) -> ProjectReport:
    secret = None
    try:
        with ports.files.lock(f"destination {request.project}", str(request.project)):
            facts = inspect(ports, request)
            secret = facts.secret
            report = going_on(replace(report, template=place_of(facts.source)), request, secret=secret)
            changes = changes_for(ports, request, facts)
            summary = summarised(facts, facts.base, facts.theirs) if facts.base and facts.theirs else None
            obstacles = _obstacles(ports, request, facts, changes)
            plan = plan_update(request, facts, summary, changes, obstacles)
            report = replace(report, project=plan.project, plan=plan, update=summary)
            if request.dry_run:
                return report
            done = apply_all(ports, report)
            updated = done.outcomes.find(Updated)
            if done.exit_code or updated is None or not updated.conflicts:
                return done
            return replace(done, resume=solving(request, updated.conflicts), masked=(), exit_code=ConflictError.exit_code)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - a bug is raised again when every project has been told about
        return failed(going_on(report, request, error, secret), error)


def _obstacles(ports: Ports, request: UpdateRequest, facts: UpdateFacts, changes: Mapping[str, Entry | None]) -> Obstacles:
    left_out = ports.git.left_out(facts.top, [f"{facts.prefix}{path}" for path in changes])
    return Obstacles(
        dirty=tuple(_dirty(ports, request, facts, changes)),
        in_the_way=tuple(_in_the_way(ports, request, facts, changes)),
        left_out=tuple(path.removeprefix(facts.prefix) for path in left_out),
        marked=tuple(_marked(ports, request, facts)),
    )


def _dirty(ports: Ports, request: UpdateRequest, facts: UpdateFacts, changes: Mapping[str, Entry | None]) -> Iterator[str]:
    """Yield the project's paths that are not committed and were not written by an earlier run of this very update.

    Those of another project, in a folder below, count only where this update would write them.
    What is staged alone counts: who adds everything after the update would lose it.
    """
    dirty, staged = (
        [path.removeprefix(facts.prefix) for path in paths if path.startswith(facts.prefix)]
        for paths in (facts.local.dirty, facts.local.staged)
    )
    inside = sorted({*dirty, *staged})
    others = tuple({f"{path.rpartition('/')[0]}/" for path in (*facts.present, *inside) if "/" in path and tool_of(path)})
    standing = _standing(ports, request, [path for path in inside if path in changes])
    for path in inside:
        if (path in staged or _file(standing.get(path)) != changes[path]) if path in changes else not path.startswith(others):
            yield path


def _marked(ports: Ports, request: UpdateRequest, facts: UpdateFacts) -> Iterator[str]:
    """Yield the project's uncommitted files with the conflict markers of an update."""
    inside = sorted(path.removeprefix(facts.prefix) for path in facts.local.dirty if path.startswith(facts.prefix))
    for path, entry in _standing(ports, request, inside).items():
        if any(line.startswith(_MARKER) for line in entry.content.splitlines()):
            yield path


def _in_the_way(ports: Ports, request: UpdateRequest, facts: UpdateFacts, changes: Mapping[str, Entry | None]) -> Iterator[str]:
    """Yield what stands where new files go, or on the way there, and git does not tell of, because it ignores it.

    What an earlier, broken run of this very update wrote does not count. A folder is in the way with each file that stays in it.
    """
    new = {path: entry for path, entry in changes.items() if entry is not None and path not in {*facts.present, facts.link.file}}
    for path, entry in _standing(ports, request, new).items():
        if entry.mode is Mode.DIRECTORY:
            yield from _staying(ports, request, path, changes) if path in new else ()
        elif entry != new[path] if path in new else path not in changes:
            yield path


def _staying(ports: Ports, request: UpdateRequest, folder: str, changes: Mapping[str, Entry | None]) -> Iterator[str]:
    """Yield what would be left in a folder that has to give way to a file."""
    place = request.project / folder
    repository = (".git",) if ports.files.exists(place / ".git") else ()
    return (path for path in (f"{folder}/{name}" for name in (*repository, *ports.files.changed_at(place))) if path not in changes)


def _standing(ports: Ports, request: UpdateRequest, paths: Collection[str]) -> Mapping[str, Entry]:
    """Return what stands at some paths, and at the folders on the way to them; behind a link there is nothing of the project."""
    found = ports.files.read_tree(request.project, sorted({*paths, *(above for path in paths for above in parents_of(path))}))
    links = {path for path, entry in found.items() if entry.mode is Mode.LINK}
    return {path: entry for path, entry in found.items() if links.isdisjoint(parents_of(path))}


def _file(entry: Entry | None) -> Entry | None:
    return None if entry is None or entry.mode is Mode.DIRECTORY else entry
