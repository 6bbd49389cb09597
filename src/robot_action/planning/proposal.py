"""A proposal and what its host has -> the steps that deliver it. Pure.

People's commits on the branch are never overwritten: a branch is only replaced where every commit that it has beyond the
base is ours, and unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from robot_action.errors import Problem
from robot_action.model.delivered import Operation
from robot_action.model.delivery import CONFLICT_STATUS, BranchStep, BundleStep, DeliveryFacts, KeepStep, Move, StatusStep
from robot_action.model.kept import KeptBase
from robot_action.model.plan import Plan, Step
from robot_action.model.proposal import ANSWERED, Proposed, Wishes, revision_of
from robot_action.model.pull_request import UPDATE_TRAILER, CheckState, CommitStatus, PullRequestWanted
from robot_action.parsing.wording import listed
from robot_action.planning.branch_moves import move_for, outdated, work_of_people
from robot_action.planning.branch_rules import BranchWrite, objections
from robot_action.planning.pull_steps import closing, find_declined, pull_step, quiet
from robot_action.planning.update import title_of, told

_SHOWN = 10


def plan_proposal(proposed: Proposed, wishes: Wishes, facts: DeliveryFacts, wanted: PullRequestWanted) -> Plan:
    """Return the steps that bring a proposal to its host.

    Args:
        proposed: what is brought.
        wishes: what the operator wants besides.
        facts: what the host has.
        wanted: the pull request as it shall be, but for the draft.
    """
    return Plan(proposed.project, (*_steps(proposed, wishes, facts, wanted), *_former(facts), *plan_keeping(facts.kept)))


def _former(facts: DeliveryFacts) -> Iterator[Step]:
    """Yield what is said of pull requests that nobody brings on any more; people decide, for they may have worked on them."""
    for one in facts.former:
        why = f"it is for the same project, from {one.branch}, to which this update does not go: close it if nobody needs it"
        yield Step(stage="pull", title=f"leave pull request {one.number}", skip=f"pull request {one.number} stays open: {why}")


def _steps(proposed: Proposed, wishes: Wishes, facts: DeliveryFacts, wanted: PullRequestWanted) -> Iterator[Step]:
    if not proposed.commit or facts.is_in_base:
        yield closing(replace(proposed, summary=None), facts, wanted)
        return
    if (declined := find_declined(proposed, wishes, facts)) is not None:
        yield quiet(proposed, facts, Operation.DECLINED, "somebody declined this version; --again proposes it nevertheless", declined)
        return
    move = move_for(proposed, facts)
    if move is Move.BLOCK:
        yield quiet(proposed, facts, Operation.BLOCKED, "commits of people on the branch are in the way", facts.pulls.open)
        return
    yield _branch_step(proposed, facts, move)
    yield pull_step(proposed, wishes, facts, move, replace(wanted, draft=wishes.draft or bool(proposed.conflicts)))
    if (state := _status_for(proposed, facts, move)) is not None:
        yield _status_step(proposed, facts, state)


def plan_bundle(proposed: Proposed, place: Path, file: Path, *, is_idle: bool) -> Step:
    """Return the step that leaves a proposal in a file.

    Args:
        proposed: what is proposed, or that there is nothing to propose: whoever delivers it may have something to close then.
        place: a repository of ours that has the commit.
        file: where to.
        is_idle: whether there is nothing to close either.
    """
    what = f"the commit for {proposed.branch}" if proposed.commit else f"that there is nothing to bring to {proposed.branch}"
    details = tuple(_brought(proposed)) if proposed.commit else ()
    return BundleStep(
        stage="bundle", title=f"leave {what} in {file}", details=details, proposed=proposed, place=place, file=file, is_idle=is_idle
    )


def plan_keeping(kept: KeptBase) -> tuple[Step, ...]:
    """Return the step that has the host keep the version that the project has; none, where nobody asked for that."""
    title = "keep the version that the project has, as it was rendered"
    if kept.keep is not None:
        return (KeepStep(stage="keep", title=title, details=kept.told, keep=kept.keep),)
    return (Step(stage="keep", title=title, skip="; ".join(kept.told)),) if kept.told else ()


def blocked(proposed: Proposed, facts: DeliveryFacts, by_hand: str) -> Problem:
    """Return what is to be done about commits of people that do not go together with what is proposed, or with the base as it is now.

    Args:
        proposed: what is brought.
        facts: what the host has.
        by_hand: the commands that bring the same in on top of people's commits.
    """
    if gone := outdated(facts.commits):
        return Problem(
            f"the branch {proposed.branch} has commits of people, and below them {len(gone)} that {proposed.base} does not have any more",
            hint=f"Nothing was written: those would come back. Bring people's commits over by hand: git fetch origin {proposed.branch}, "
            f"git rebase --onto {proposed.parent[:12]} {gone[-1].commit[:12]} FETCH_HEAD, "
            f"git push --force origin HEAD:{proposed.branch}. {_anew(proposed)}",
        )
    paths = facts.joined.conflicts if facts.joined else ()
    alone = "" if facts.pulls.open else ", and no pull request is open for it"
    return Problem(
        f"the branch {proposed.branch} has commits of people that do not go together with the update{alone}: {listed(paths, _SHOWN)}",
        hint=f"Nothing was written. Bring it in by hand, and solve what is left before you commit:\n{by_hand}\n{_anew(proposed)}",
    )


def _anew(proposed: Proposed) -> str:
    """Return how to go on without people's commits; who deletes the branch of an open pull request declines its version."""
    return (
        f"Or, if nobody needs those commits any more, git push origin --delete {proposed.branch}, and update once with --again: "
        "then it is proposed anew."
    )


def _branch_step(proposed: Proposed, facts: DeliveryFacts, move: Move) -> Step:
    if move is Move.NONE:
        return Step(stage="branch", title=f"bring the changes to {proposed.branch}", skip="the branch has them already")
    titles = {
        Move.CREATE: f"create the branch {proposed.branch}",
        Move.REPLACE: f"write the branch {proposed.branch} anew",
        Move.JOIN: f"merge what people committed on {proposed.branch} with the changes",
    }
    joined = facts.joined.commit if facts.joined and move is Move.JOIN else ""
    write = BranchWrite(
        proposed.branch,
        proposed.message,
        creates=move is Move.CREATE,
        rewrites=move is Move.REPLACE and bool(facts.commits),
        signed=facts.signs,
    )
    return BranchStep(
        stage="branch",
        title=titles[move],
        details=tuple(_details(proposed, facts)),
        target=proposed.target,
        place=facts.place,
        branch=proposed.branch,
        commit=joined or proposed.commit,
        seen=facts.head.commit if facts.head else "",
        along=proposed.commit if joined else "",
        objections=(*facts.refusals, *objections(facts.rules, write)),
    )


def _details(proposed: Proposed, facts: DeliveryFacts) -> Iterator[str]:
    yield from _brought(proposed)
    if proposed.author:
        yield from _foreign(proposed, facts)
    if people := len(work_of_people(facts)):
        yield f"commits of people on the branch: {people}"
    if gone := len(outdated(facts.commits)):
        yield f"the branch has commits that {proposed.base} does not have any more: {gone}; they go"
    before = revision_of(facts.pulls.open.revision) if facts.pulls.open else ""
    if ANSWERED in before and before.partition(ANSWERED)[2] != proposed.revision.partition(ANSWERED)[2]:
        yield "the pull request was made with other answers: those of --data hold for one run, so give them again to keep them"


def _foreign(proposed: Proposed, facts: DeliveryFacts) -> Iterator[str]:
    """Yield what another job had a say in, and nobody but a person can judge."""
    if not facts.signs:  # else the host makes the commit anew, in the name of the token
        yield f"the commit is by {proposed.author}"
    lines = list(filter(str.strip, proposed.message.rpartition(f"\n{UPDATE_TRAILER}: ")[0].splitlines()))
    yield from (f"its message: {line}" for line in lines[:_SHOWN])
    if len(lines) > _SHOWN:
        yield f"… and {len(lines) - _SHOWN} more lines of it"


def _brought(proposed: Proposed) -> Iterator[str]:
    yield f"one commit on {proposed.base} ({proposed.parent[:12]})"
    yield from (f"changes the workflow {path}" for path in proposed.workflows)
    if (summary := proposed.summary) is not None:
        yield title_of(summary)
        yield from told(summary)


def _status_for(proposed: Proposed, facts: DeliveryFacts, move: Move) -> CheckState | None:
    """Return what is to be said beside the branch's commit; nothing is said of a proposal that never had markers."""
    if not proposed.marked:
        return None
    wanted = CheckState.ERROR if facts.standing else CheckState.SUCCESS
    return None if move is Move.NONE and facts.status is wanted else wanted


def _status_step(proposed: Proposed, facts: DeliveryFacts, state: CheckState) -> Step:
    count = len(facts.standing)
    text = f"{count} file{'s have' if count > 1 else ' has'} conflict markers" if count else "no conflict markers are left"
    return StatusStep(
        stage="status",
        title=f"say beside the commit: {text}",
        host=proposed.target.host,
        repository=proposed.target.repository,
        commit=facts.head.commit if facts.head else "",
        status=CommitStatus(state, CONFLICT_STATUS, text),
    )
