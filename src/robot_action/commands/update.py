"""update: a template's changes, merged into a project's work tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from robot_action.commands.running import apply_all, failed
from robot_action.errors import ConflictError
from robot_action.model.report import ProjectReport, Report
from robot_action.model.tree import Entry, Mode
from robot_action.model.update import UpdateFacts, UpdateRequest
from robot_action.parsing.links import tool_of
from robot_action.planning.resuming import going_on
from robot_action.planning.summary import place_of, summarised
from robot_action.planning.update import plan_update
from robot_action.ports import Ports
from robot_action.stages.update import changes_for, inspect


def update(ports: Ports, request: UpdateRequest) -> Report:
    """Update one project.

    Returns:
        What was done or, for a dry run, the plan; the exit code is `ConflictError.exit_code` where conflicts are left.
    """
    name = request.project.name
    ports.progress.begin_project(name, 1, 1)
    report = going_on(ProjectReport(name, destination=str(request.project)), request)
    return Report((_update(ports, request, report),), dry_run=request.dry_run)


def _update(ports: Ports, request: UpdateRequest, report: ProjectReport) -> ProjectReport:
    secret = None
    try:
        with ports.files.lock(f"destination {request.project}", str(request.project)):
            facts = inspect(ports, request)
            secret = facts.secret
            report = going_on(replace(report, template=place_of(facts.source)), request, secret=secret)
            changes = changes_for(facts)
            summary = summarised(facts, facts.base, facts.theirs) if facts.base and facts.theirs else None
            dirty, hidden = tuple(_dirty(ports, request, facts, changes)), tuple(_hidden(ports, request, facts, changes))
            plan = plan_update(request, facts, summary, changes, dirty, hidden)
            report = replace(report, project=plan.project, plan=plan, update=summary)
            if request.dry_run:
                return report
            done = apply_all(ports, report)
            return replace(done, exit_code=ConflictError.exit_code) if not done.exit_code and facts.merged.conflicts else done
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - a bug is raised again when every project has been told about
        return failed(going_on(report, request, error, secret), error)


def _dirty(ports: Ports, request: UpdateRequest, facts: UpdateFacts, changes: Mapping[str, Entry | None]) -> Iterator[str]:
    """Yield the project's paths that are not committed and were not written by an earlier run of this very update.

    Those of another project, in a folder below, count only where this update would write them.
    """
    inside = [path.removeprefix(facts.prefix) for path in facts.local.dirty if path.startswith(facts.prefix)]
    others = tuple({f"{path.rpartition('/')[0]}/" for path in (*facts.present, *inside) if "/" in path and tool_of(path)})
    for path in inside:
        if _present(ports, request, path) != changes[path] if path in changes else not path.startswith(others):
            yield path


def _hidden(ports: Ports, request: UpdateRequest, facts: UpdateFacts, changes: Mapping[str, Entry | None]) -> Iterator[str]:
    """Return what stands where new files go, neither written by an earlier run of this very update nor known to git."""
    new = {path: entry for path, entry in changes.items() if entry is not None and path not in {*facts.present, facts.link.file}}
    return (path for path, entry in new.items() if _present(ports, request, path) not in {None, entry})


def _present(ports: Ports, request: UpdateRequest, path: str) -> Entry | None:
    found = ports.files.read_tree(request.project, [path]).get(path)
    return None if found is None or found.mode is Mode.DIRECTORY else found
