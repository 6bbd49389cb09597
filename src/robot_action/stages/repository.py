"""Repository: whose is it, make it or adopt it, and set it up."""

from __future__ import annotations

from dataclasses import replace

from robot_action.errors import NotPermittedError
from robot_action.model.facts import Facts
from robot_action.model.plan import Placed, RepositoryStep, Status
from robot_action.model.report import Outcome, Outcomes
from robot_action.model.request import CreateRequest
from robot_action.ports import Ports


def inspect(ports: Ports, request: CreateRequest, facts: Facts) -> Facts:
    """Look at the wanted repository on its host.

    Raises:
        InputError: when its state file cannot be understood.
    """
    wanted = request.manifest.repository
    return facts if wanted is None else replace(facts, repository=ports.hosts[wanted.host].find(wanted))


def apply(ports: Ports, step: RepositoryStep, outcomes: Outcomes) -> Outcome:
    """Create the repository, or adopt the empty one, then bring its settings to what is wanted.

    Raises:
        NotPermittedError: when the one to be adopted is gone, or was pushed to since the plan was made.
        TryAgainError: when somebody else made it meanwhile.
    """
    del outcomes
    wanted, host = step.wanted, ports.hosts[step.wanted.host]
    found = host.create(wanted) if step.create else host.find(wanted)
    if found is None or not found.is_empty or found.archived:
        raise NotPermittedError(
            f"the repository {wanted.name} is not the empty one any more that it was when the plan was made",
            hint="Nothing in it was touched. Run the same command again to see what it is now.",
        )
    changed = host.settle(wanted)
    placed = Placed(found.name, found.url, found.clone_url, created=step.create)
    return Outcome(step.stage, Status.DONE, f"{'created' if step.create else 'adopted'} {found.url}", changed, placed)
