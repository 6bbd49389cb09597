"""Push: bring the commit to the project's repository, and make its branch the default one."""

from __future__ import annotations

from robot_action.errors import FailedError
from robot_action.exchange import PushWanted
from robot_action.model.facts import Facts
from robot_action.model.plan import Committed, Placed, PushStep, Status
from robot_action.model.report import Outcome, Outcomes
from robot_action.model.request import CreateRequest
from robot_action.ports import Ports


def inspect(ports: Ports, request: CreateRequest, facts: Facts) -> Facts:
    """Find out nothing: what is pushed already is among the facts of the repository."""
    del ports, request
    return facts


def apply(ports: Ports, step: PushStep, outcomes: Outcomes) -> Outcome:
    """Push, and set the default branch where the host has another.

    Raises:
        FailedError: when the commit or the repository was not made, or the repository has other commits.
        NotPermittedError: when the host does not let us.
    """
    committed, placed = outcomes.find(Committed), outcomes.find(Placed)
    if committed is None or placed is None:
        what = "commit" if committed is None else "repository"
        raise FailedError(f"there is no {what} to push", hint=f"Run the stage {what} too: it is left out by --stages.")
    ports.git.push(PushWanted(step.destination, placed.clone_url, committed.commit, committed.branch, step.tag))
    host = ports.hosts[step.wanted.host]
    found = host.find(step.wanted)
    details: tuple[str, ...] = ()
    if found is None or found.default_branch != committed.branch:
        host.set_default_branch(step.wanted)
        details = (f"the default branch is {committed.branch} now",)
    tag = f" and the tag {step.tag}" if step.tag else ""
    return Outcome(step.stage, Status.DONE, f"pushed {committed.branch}{tag} to {placed.url}", details)
