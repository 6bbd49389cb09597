"""Branch: bring the proposed commit to its branch, if that is still as it was seen."""

from __future__ import annotations

from robot_action.exchange import DeliveryWanted
from robot_action.model.delivery import BranchStep
from robot_action.model.plan import Status
from robot_action.model.report import Outcome, Outcomes
from robot_action.ports import Ports


def apply(ports: Ports, step: BranchStep, outcomes: Outcomes) -> Outcome:
    """Deliver the commit."""
    del outcomes
    target = step.target
    wanted = DeliveryWanted(step.place, target.repository, target.url, step.branch, step.commit, step.seen, step.along)
    done = ports.branches[target.host].deliver(wanted)
    verified = ", verified" if done.verified else ""
    return Outcome(step.stage, Status.DONE, f"{step.branch} is at {done.commit[:12]}{verified}", step.details, done)
