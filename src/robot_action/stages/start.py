"""Start: the smoke test; the program is started on a free port, seen to be ready, and stopped."""

from __future__ import annotations

from robot_action.isolation import Workspace
from robot_action.model.facts import Facts
from robot_action.model.plan import StartStep, Status
from robot_action.model.report import Outcome, Outcomes
from robot_action.model.request import CreateRequest
from robot_action.ports import Ports
from robot_action.stages.install import Installed, placed, run_commands


def inspect(ports: Ports, request: CreateRequest, facts: Facts) -> Facts:
    """Return the facts as they are: whether a program starts is seen by starting it."""
    del ports, request
    return facts


def apply(ports: Ports, step: StartStep, outcomes: Outcomes) -> Outcome:
    """Start the program where install has run, or else in a workspace of its own.

    Nothing that the program writes is brought back.

    Raises:
        FailedError: when it is never ready; the end of its log tells why.
    """
    installed = outcomes.find(Installed)
    if installed is not None:
        return _start(ports, step, installed.workspace)
    with ports.sandbox.open(step.destination, step.earlier) as workspace:
        if ports.sandbox.isolated:  # in place, what an earlier run installed is still there
            run_commands(ports, step.install, workspace, ports.sandbox.environment(step.environment))
        return _start(ports, step, workspace)


def _start(ports: Ports, step: StartStep, workspace: Workspace) -> Outcome:
    with placed(step.start.command.position):
        seen = workspace.start(step.start, environment=ports.sandbox.environment(step.environment))
    return Outcome(step.stage, Status.DONE, f"{seen}; then it was stopped")
