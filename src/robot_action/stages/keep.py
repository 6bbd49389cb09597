"""Keep: have the host keep the version that the project has, rendered; an update without it is as good, so a refusal is only told."""

from __future__ import annotations

from robot_action.errors import RobotActionError
from robot_action.model.delivery import KeepStep
from robot_action.model.plan import Status
from robot_action.model.report import Outcome, Outcomes
from robot_action.ports import Ports


def apply(ports: Ports, step: KeepStep, outcomes: Outcomes) -> Outcome:
    """Keep it."""
    del outcomes
    try:
        note = ports.git.keep(*step.keep)
    except RobotActionError as error:
        why = tuple(str(problem) for problem in error.problems)
        return Outcome(step.stage, Status.SKIPPED, "the host does not keep it: the next update renders it again", (*step.details, *why))
    return Outcome(step.stage, Status.DONE, "the host keeps it for the next update", (*step.details, note) if note else step.details)
