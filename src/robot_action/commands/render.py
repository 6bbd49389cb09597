"""render: a template's files in a folder, and its tasks; nothing is committed, pushed or published."""

from __future__ import annotations

from robot_action.commands.running import run
from robot_action.model.facts import Facts
from robot_action.model.report import Report
from robot_action.model.request import CreateRequest
from robot_action.planning.render import plan_render
from robot_action.ports import Ports
from robot_action.stages.table import TABLE

_LOOKS = ("prepare", "fetch", "render")


def render(ports: Ports, request: CreateRequest) -> Report:
    """Render what is asked for.

    Returns:
        What was done or, for a dry run, the plan.
    """
    ports.progress.begin_project(request.manifest.project, 1, 1)
    return Report((run(ports, request, _inspect, plan_render),), dry_run=request.dry_run)


def _inspect(ports: Ports, request: CreateRequest) -> Facts:
    facts = Facts()
    for stage in _LOOKS:
        facts = TABLE[stage].inspect(ports, request, facts)
    return facts
