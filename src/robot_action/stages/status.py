"""Status: say beside the branch's commit whether conflict markers stand; nothing depends on it, so a refusal is only told."""

from __future__ import annotations

from robot_action.errors import NotPermittedError
from robot_action.exchange import Delivered
from robot_action.model.delivery import StatusStep
from robot_action.model.plan import Status
from robot_action.model.report import Outcome, Outcomes
from robot_action.ports import Ports


def apply(ports: Ports, step: StatusStep, outcomes: Outcomes) -> Outcome:
    """Say it, beside the commit that was brought or was there."""
    delivered = outcomes.find(Delivered)
    try:
        ports.branches[step.host].set_status(step.repository, delivered.commit if delivered else step.commit, step.status)
    except NotPermittedError as error:
        return Outcome(step.stage, Status.SKIPPED, "the token may not do it", tuple(str(problem) for problem in error.problems))
    return Outcome(step.stage, Status.DONE, f"{step.status.context}: {step.status.description}")
