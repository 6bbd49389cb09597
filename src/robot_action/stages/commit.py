"""Commit: everything of the project that git would not ignore, in one commit."""

from __future__ import annotations

from dataclasses import replace

from robot_action.exchange import CommitWanted
from robot_action.model.facts import DestinationKind, Facts
from robot_action.model.manifest import OWN_IDENTITY
from robot_action.model.plan import CommitStep, Committed, Status
from robot_action.model.report import Outcome, Outcomes
from robot_action.model.request import CreateRequest
from robot_action.ports import Ports

_SHOWN = 10


def inspect(ports: Ports, request: CreateRequest, facts: Facts) -> Facts:
    """Look at the repository at the destination, where one around it does not count, and for who would commit.

    Raises:
        RobotActionError: when there is something that git cannot read.
    """
    facts = replace(facts, committer=ports.git.identity(request.manifest.destination) or OWN_IDENTITY)
    if facts.destination is not None and facts.destination.kind is DestinationKind.NEW:
        return facts
    return replace(facts, local=ports.git.inspect(request.manifest.destination))


def apply(ports: Ports, step: CommitStep, outcomes: Outcomes) -> Outcome:
    """Make the commit.

    Raises:
        InputError: when something there may not be committed.
        FailedError: when the repository there is not in a state to be continued.
    """
    del outcomes
    author = step.author
    found = ports.git.unignored(step.destination)
    paths = tuple(path for path in found if path not in step.earlier)
    left = tuple(f"{path} was there before the project: it stays uncommitted" for path in found if path in step.earlier)
    commit = ports.git.commit(CommitWanted(step.destination, paths, step.branch, step.message, author, step.date, step.tag, step.replaces))
    summary = f"{commit[:12]} on {step.branch}, {len(paths)} files, by {author.name} <{author.email}>"
    return Outcome(step.stage, Status.DONE, summary, left[:_SHOWN], result=Committed(commit, step.branch, step.tag))
