"""create: ask -> inspect -> plan -> apply -> report, for one manifest or many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from robot_action.commands.running import blank, run
from robot_action.errors import INTERRUPTED, Problem
from robot_action.model.facts import Facts
from robot_action.model.report import ProjectReport, Report
from robot_action.model.request import CreateRequest
from robot_action.planning.create import plan_create
from robot_action.planning.situation import assess
from robot_action.ports import Ports
from robot_action.stages.table import TABLE

_FIRST_LOOK = ("prepare", "commit", "unpack", "repository")
"""What tells whether a project exists; only when it does not, its template is fetched and rendered."""
_TEMPLATE = ("fetch", "render")


def create(ports: Ports, requests: Sequence[CreateRequest], *, dry_run: bool = False) -> Report:
    """Create what is missing of the wanted projects, one after the other; one's failure does not stop the others.

    Returns:
        What was done or, for a dry run, the plans; its exit code tells whether all went well.
    """
    reports: list[ProjectReport] = []
    for number, request in enumerate(requests, start=1):
        ports.progress.begin_project(request.manifest.project, number, len(requests))
        report = run(ports, replace(request, dry_run=dry_run), _inspect, plan_create)
        reports.append(report)
        if report.exit_code == INTERRUPTED:
            reports.extend(_not_begun(request) for request in requests[number:])
            break
    return Report(tuple(reports), dry_run=dry_run)


def _not_begun(request: CreateRequest) -> ProjectReport:
    problem = Problem("not begun: the run was interrupted")
    return replace(blank(request), problems=(problem,), exit_code=INTERRUPTED)


def _inspect(ports: Ports, request: CreateRequest) -> Facts:
    facts = Facts()
    for stage in _FIRST_LOOK:
        facts = TABLE[stage].inspect(ports, request, facts)
    if assess(request, facts).needs_template:
        for stage in _TEMPLATE:
            facts = TABLE[stage].inspect(ports, request, facts)
    return TABLE["publish"].inspect(ports, request, facts)
