"""adopt: a project that nobody linked to its template is linked to the version that it was made from."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace

from robot_action.commands.running import apply_all, failed, timed
from robot_action.model.adopt import AdoptRequest
from robot_action.model.report import ProjectReport, Report
from robot_action.planning.adopt import plan_adopt
from robot_action.planning.resuming import going_on
from robot_action.planning.summary import place_of
from robot_action.ports import Ports
from robot_action.stages.adopt import inspect


def adopt(ports: Ports, request: AdoptRequest) -> Report:
    """Link one project.

    Returns:
        What was done or, for a dry run, the plan; both tell how near the project is to what the template gives.
    """
    name = request.project.name
    ports.progress.begin_project(name, 1, 1)
    report = going_on(ProjectReport(name, template=place_of(request.source), destination=str(request.project)), request)
    return Report((timed(ports, lambda: _adopt(ports, request, report)),), dry_run=request.dry_run)


def _adopt(ports: Ports, request: AdoptRequest, report: ProjectReport) -> ProjectReport:
    try:
        lock = nullcontext() if request.dry_run else ports.files.lock(f"destination {request.project}", str(request.project))
        with lock:
            report = replace(report, plan=plan_adopt(request, inspect(ports, request)))
            return report if request.dry_run else apply_all(ports, report)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - a bug is raised again when every project has been told about
        return failed(going_on(report, request, error), error)
