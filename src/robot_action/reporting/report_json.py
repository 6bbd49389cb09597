"""The report as JSON, for ``--json``; ``docs/json-report.md`` describes the document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from robot_action.model.update_summary import FileOutcome, UpdateSummary
from robot_action.reporting.views import FileView, ProblemView, ProjectView, PullRequestView, ReportView, StageView, StepView

SCHEMA = 1
"""Rises when a key changes its meaning or goes; new keys may come without."""


def to_json(document: Mapping[str, Any]) -> str:
    """Return a document in ASCII, with a line break at the end; no part of it is a command for a runner."""
    return json.dumps(document, indent=2).replace("##[", "#\\u0023[") + "\n"


def report_json(report: ReportView) -> str:
    """Return the document of a report."""
    return to_json(report_document(report))


def report_document(report: ReportView) -> dict[str, Any]:
    """Return the document as values."""
    return {
        "schema": SCHEMA,
        "dry_run": report.dry_run,
        "exit_code": report.exit_code,
        "projects": [_project(project) for project in report.projects],
    }


def problems_json(problems: tuple[ProblemView, ...], exit_code: int) -> str:
    """Return the document of a run that came to no project, such as one with a wrong manifest."""
    head = {"schema": SCHEMA, "dry_run": False, "exit_code": exit_code}
    return to_json({**head, "projects": [], "problems": [problem_document(one) for one in problems]})


def _project(project: ProjectView) -> dict[str, Any]:
    return {
        "project": project.project,
        "result": project.result.value,
        "exit_code": project.exit_code,
        "written_in": _written_in(project),
        "manifest": _values(project),
        "template": project.template or None,
        "destination": project.destination or None,
        "differences": list(project.differences),
        "plan": [_step(step) for step in project.steps],
        "stages": [_stage(stage) for stage in project.stages],
        "problems": [problem_document(problem) for problem in project.problems],
        **_places(project),
        "resume": project.resume or None,
        "masked": list(project.masked),
        "message": project.message or None,
    }


def _written_in(project: ProjectView) -> dict[str, Any] | None:
    place = project.written_in
    return {"file": place.file, "line": place.line or None, "document": place.document or None} if place else None


def _values(project: ProjectView) -> Mapping[str, Any] | None:
    if project.values is None:
        return None
    return {key: {"value": value.value, "origin": value.origin} for key, value in project.values.items()}


def _step(step: StepView) -> dict[str, Any]:
    return {
        "stage": step.stage,
        "title": step.title,
        "skip": step.skip or None,
        "notes": list(step.notes),
        "commands": [list(command) for command in step.commands],
        "files": [_file(file) for file in step.files],
    }


def _file(file: FileView) -> dict[str, Any]:
    return {"path": file.path, "kind": file.kind, "size": file.size} | ({"target": file.target} if file.kind == "link" else {})


def _stage(stage: StageView) -> dict[str, Any]:
    return {
        "stage": stage.stage,
        "status": stage.status.value,
        "summary": stage.summary,
        "seconds": round(stage.seconds, 3),
        "details": list(stage.details),
        "problems": [problem_document(problem) for problem in stage.problems],
    }


def problem_document(problem: ProblemView) -> dict[str, Any]:
    """Return a problem as values; what is not known is null."""
    return {
        "message": problem.message,
        "file": problem.file or None,
        "line": problem.line or None,
        "column": problem.column or None,
        "hint": problem.hint or None,
    }


def _places(project: ProjectView) -> dict[str, Any]:
    commit, repository = project.commit, project.repository
    return {
        "folder": project.folder or None,
        "commit": {"id": commit.id, "branch": commit.branch, "tag": commit.tag or None} if commit else None,
        "repository": {
            "name": repository.name,
            "url": repository.url,
            "clone_url": repository.clone_url,
            "created": repository.created,
        }
        if repository
        else None,
        "releases": [
            {
                "index": release.where,
                "project": release.project,
                "version": release.version,
                "files": list(release.files),
                "uploaded": list(release.uploaded),
            }
            for release in project.releases
        ],
        "packed": project.packed or None,
        "pull_request": _pull_request(project.pull_request),
        "bundle": project.bundle or None,
        "conflicts": list(project.conflicts),
        "update": _update(project.update),
    }


def _update(found: UpdateSummary | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "template": found.template,
        "before": found.before,
        "after": found.after,
        "url": found.url or None,
        "changelog": found.changelog,
        "commits": [{"commit": one.commit, "title": one.title} for one in found.commits],
        "files": {outcome.name.lower(): list(found.files.get(outcome, ())) for outcome in FileOutcome},
        "moved": [{"before": old, "after": new} for old, new in found.moved.items()],
        "questions": [{"name": one.name, "value": one.value or None, "help": one.help, "given": one.given} for one in found.questions],
        "answers": [{"name": one.name, "before": one.before, "after": one.after} for one in found.answers],
        "dropped": list(found.dropped),
        "notes": list(found.notes),
    }


def _pull_request(found: PullRequestView | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "operation": found.operation,
        "number": found.number or None,
        "url": found.url or None,
        "branch": found.branch,
        "commit": found.commit or None,
        "verified": found.verified,
    }
