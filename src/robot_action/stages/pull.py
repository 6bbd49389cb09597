"""Pull: open a pull request, or bring the open one to what is wanted, or close it.

Title and body come last, with the mark of what is proposed: a run that was killed before is seen by it, and finished.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from robot_action.errors import NotPermittedError
from robot_action.exchange import Delivered
from robot_action.hosting import PullRequests
from robot_action.model.delivered import Delivery, Operation
from robot_action.model.delivery import PullRequestStep
from robot_action.model.plan import Status
from robot_action.model.pull_request import Assigned, PullRequest, PullRequestWanted
from robot_action.model.report import Outcome, Outcomes
from robot_action.ports import Ports


def apply(ports: Ports, step: PullRequestStep, outcomes: Outcomes) -> Outcome:
    """Do what the step says; what the token may not do besides is told, and no failure."""
    pulls, delivered = ports.pulls[step.host], outcomes.find(Delivered)
    known = step.known
    notes: tuple[str, ...] = ()
    if step.closes and step.found is not None:
        pull = pulls.close(step.found)
    elif step.found is None:
        pull = pulls.create(step.wanted)
        known, notes = _besides(ports, step, pull)
    else:
        known, notes = _besides(ports, step, step.found)
        pull = pulls.update(step.found, step.wanted) if step.rewrites else step.found
    known = replace(known, number=pull.number, url=pull.url)
    if delivered is not None:
        known = replace(known, commit=delivered.commit, verified=delivered.verified)
    where = f": {pull.url}" if pull.url else ""
    return Outcome(step.stage, Status.DONE, f"pull request {pull.number} {known.operation}{where}", (*step.details, *notes), known)


def _besides(ports: Ports, step: PullRequestStep, pull: PullRequest) -> tuple[Delivery, tuple[str, ...]]:
    """Do what belongs to a pull request besides its text; return what becomes of it, and what was not taken, for people."""
    pulls, wanted, draft, known = ports.pulls[step.host], step.wanted, step.draft, step.known
    notes: list[str] = []
    if draft is not None:
        notes += _tried(lambda: pulls.set_draft(pull, draft=draft))
    assigned = _assigned(pulls, pull, wanted)
    notes += assigned.notes
    merges = False
    if wanted.auto_merge:
        refused = tuple(_tried(lambda: (why,) if (why := pulls.enable_auto_merge(pull)) else ()))
        notes += refused
        merges = not refused
    if (merges or assigned.is_asked) and known.operation is Operation.UNCHANGED:  # what is possible shows when it is tried
        known = replace(known, operation=Operation.UPDATED)
    return known, tuple(notes)


def _assigned(pulls: PullRequests, pull: PullRequest, wanted: PullRequestWanted) -> Assigned:
    if not (wanted.labels or wanted.reviewers or wanted.teams or wanted.assignees):
        return Assigned()
    try:
        return pulls.assign(pull, wanted)
    except NotPermittedError as error:
        return Assigned(tuple(str(problem) for problem in error.problems))


def _tried(do: Callable[[], tuple[str, ...] | None]) -> Iterator[str]:
    try:
        yield from do() or ()
    except NotPermittedError as error:
        yield from (str(problem) for problem in error.problems)
