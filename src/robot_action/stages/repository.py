"""Repository: whose is it, make it or adopt it, and set it up."""

from __future__ import annotations

from dataclasses import replace

from robot_action.errors import NotPermittedError
from robot_action.model.facts import Facts
from robot_action.model.plan import Placed, RepositoryStep, Status
from robot_action.model.report import Outcome, Outcomes
from robot_action.model.request import CreateRequest
from robot_action.ports import Ports

_WRITING = frozenset({"repository", "push"})


def inspect(ports: Ports, request: CreateRequest, facts: Facts) -> Facts:
    """Look at the wanted repository on its host, and whether what is missing there may be done.

    Raises:
        InputError: when its state file cannot be understood.
    """
    wanted = request.manifest.repository
    if wanted is None:
        return facts
    host = ports.hosts[wanted.host]
    found = host.find(wanted)
    facts = replace(facts, repository=found)
    if _WRITING.isdisjoint(request.stages) or (found is not None and found.default_branch in found.heads):
        return facts
    try:
        host.authorise(wanted, create=found is None)
    except NotPermittedError as error:  # a plan can be shown all the same
        return replace(facts, forbidden=error.problems)
    return facts


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
