"""A proposal and what its host has -> the steps that deliver it. Pure.

People's commits on the branch are never overwritten: a branch is only replaced where every commit that it has beyond the
base is ours, and unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from robot_action.errors import Problem
from robot_action.model.delivered import Delivery, Operation
from robot_action.model.delivery import CONFLICT_STATUS, BranchStep, BundleStep, DeliveryFacts, KeepStep, Move, PullRequestStep, StatusStep
from robot_action.model.kept import KeptBase
from robot_action.model.plan import Plan, Step
from robot_action.model.proposal import ANSWERED, Proposed, Wishes, revision_of
from robot_action.model.pull_request import UPDATE_TRAILER, CheckState, CommitStatus, PullRequest, PullRequestWanted
from robot_action.parsing.wording import listed
from robot_action.planning.branch_moves import move_for
from robot_action.planning.branch_rules import BranchWrite, objections
from robot_action.planning.update import told

_SHOWN = 10
_PULL = "pull"


def is_declined(proposed: Proposed, wishes: Wishes, facts: DeliveryFacts) -> bool:
    """Tell whether somebody closed the newest pull request of this very version, and nobody asks for it again."""
    pulls = facts.pulls
    if wishes.again or pulls.open is not None or pulls.declined is None:
        return False
    return revision_of(pulls.declined.revision) == proposed.revision


def plan_proposal(proposed: Proposed, wishes: Wishes, facts: DeliveryFacts, wanted: PullRequestWanted) -> Plan:
    """Return the steps that bring a proposal to its host.

    Args:
        proposed: what is brought.
        wishes: what the operator wants besides.
        facts: what the host has.
        wanted: the pull request as it shall be, but for the draft.
    """
    return Plan(proposed.project, (*_steps(proposed, wishes, facts, wanted), *plan_keeping(facts.kept)))


def _steps(proposed: Proposed, wishes: Wishes, facts: DeliveryFacts, wanted: PullRequestWanted) -> Iterator[Step]:
    found = facts.pulls.open
    if not proposed.commit or facts.is_in_base:
        yield _nothing(replace(proposed, summary=None), facts, wanted)
        return
    if is_declined(proposed, wishes, facts):
        yield _quiet(
            proposed, facts, Operation.DECLINED, "somebody declined this version; --again proposes it nevertheless", facts.pulls.declined
        )
        return
    move = move_for(proposed, facts)
    if move is Move.BLOCK:
        yield _quiet(proposed, facts, Operation.BLOCKED, "commits of people on the branch do not go together with it", found)
        return
    yield _branch_step(proposed, facts, move)
    yield _pull_step(proposed, wishes, facts, move, replace(wanted, draft=wishes.draft or bool(proposed.conflicts)))
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


def blocked(proposed: Proposed, facts: DeliveryFacts) -> Problem:
    """Return what is to be done about commits of people that do not go together with what is proposed."""
    paths = facts.joined.conflicts if facts.joined else ()
    alone = "" if facts.pulls.open else ", and no pull request is open for it"
    return Problem(
        f"the branch {proposed.branch} has commits of people that do not go together with the update{alone}: {listed(paths, _SHOWN)}",
        hint=f"Nothing was written. Bring it in by hand: git fetch origin {proposed.branch}, git switch --detach FETCH_HEAD, "
        f"robot-action update, commit, git push origin HEAD:{proposed.branch}. Or, if nobody needs those commits any more, "
        f"git push origin --delete {proposed.branch}: then it is proposed anew.",
    )


def _nothing(proposed: Proposed, facts: DeliveryFacts, wanted: PullRequestWanted) -> Step:
    """Return what there is to do when nothing is brought: an open pull request of ours is not needed any more."""
    found = facts.pulls.open
    if found is None or not found.revision or found.base != proposed.base:
        why = f"{proposed.base} has it by now" if facts.is_in_base else "the project has what the template brings"
        return _quiet(proposed, facts, Operation.UNCHANGED, why, found)
    return PullRequestStep(
        stage=_PULL,
        title=f"close pull request {found.number}: the project has what it proposes",
        details=tuple(_left(proposed, facts)),
        host=proposed.target.host,
        wanted=wanted,
        known=_delivery(proposed, facts, Operation.CLOSED, found),
        found=found,
        closes=True,
        objections=facts.refusals,
    )


def _left(proposed: Proposed, facts: DeliveryFacts) -> Iterator[str]:
    if people := sum(not commit.is_ours for commit in facts.commits):
        yield f"{proposed.branch} keeps commits of people: {people}; later versions are merged with them, so delete it if nobody needs them"


def _quiet(proposed: Proposed, facts: DeliveryFacts, operation: Operation, why: str, pull: PullRequest | None) -> Step:
    return Step(stage=_PULL, title="propose the template's changes", skip=why, known=_delivery(proposed, facts, operation, pull))


def _delivery(proposed: Proposed, facts: DeliveryFacts, operation: Operation, pull: PullRequest | None) -> Delivery:
    paths = facts.joined.conflicts if facts.joined and operation is Operation.BLOCKED else _unsolved(proposed, facts)
    return Delivery(
        operation,
        proposed.branch,
        number=pull.number if pull else 0,
        url=pull.url if pull else "",
        commit=facts.head.commit if facts.head else "",
        conflicts=paths,
    )


def _unsolved(proposed: Proposed, facts: DeliveryFacts) -> tuple[str, ...]:
    """Return the paths that somebody still has to look at: not those whose markers somebody took out."""
    return tuple(path for path in proposed.conflict_paths if path not in proposed.marked or path in facts.standing)


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
    if people := sum(not commit.is_ours for commit in facts.commits):
        yield f"commits of people on the branch: {people}"
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
        yield f"from {summary.before} to {summary.after}"
        yield from told(summary)


def _pull_step(proposed: Proposed, wishes: Wishes, facts: DeliveryFacts, move: Move, wanted: PullRequestWanted) -> Step:
    found = facts.pulls.open
    if found is None:
        draft = " as a draft" if wanted.draft else ""
        return PullRequestStep(
            stage=_PULL,
            title=f"open a pull request into {proposed.base}{draft}: {wanted.title}",
            host=proposed.target.host,
            wanted=replace(wanted, auto_merge=wanted.auto_merge and not wanted.draft),
            known=_delivery(proposed, facts, Operation.CREATED, None),
            objections=facts.refusals,
        )
    rewrites = found.revision != proposed.mark or found.base != proposed.base
    draft_now = None if found.draft and wishes.draft else _draft_now(proposed, facts, found, written=rewrites or move is not Move.NONE)
    stays_draft = found.draft if draft_now is None else draft_now
    merges = wanted.auto_merge and not found.auto_merge and not stays_draft and not facts.standing
    touches = rewrites or draft_now is not None or _lacks(found, wanted)
    if not touches and move is Move.NONE and not merges and not _unasked(found, wanted):
        return _quiet(proposed, facts, Operation.UNCHANGED, "the pull request proposes this version already", found)
    operation = Operation.UPDATED if touches or move is not Move.NONE else Operation.UNCHANGED
    return PullRequestStep(
        stage=_PULL,
        title=f"bring pull request {found.number} to what is proposed",
        host=proposed.target.host,
        wanted=replace(wanted, auto_merge=merges),
        known=_delivery(proposed, facts, operation, found),
        found=found,
        rewrites=rewrites,
        draft=draft_now,
        objections=facts.refusals,
    )


def _draft_now(proposed: Proposed, facts: DeliveryFacts, found: PullRequest, *, written: bool) -> bool | None:
    """Return whether an open pull request becomes a draft, or ready for review; None: it is left as people want it."""
    if facts.standing:
        return True if written and not found.draft else None
    marked = bool(proposed.marked) and facts.status is not CheckState.SUCCESS
    is_solved = facts.status is CheckState.ERROR or marked or (written and not proposed.conflicts)
    return False if found.draft and is_solved else None


def _lacks(found: PullRequest, wanted: PullRequestWanted) -> bool:
    return any(_missing(names, there) for names, there in ((wanted.labels, found.labels), (wanted.assignees, found.assignees)))


def _unasked(found: PullRequest, wanted: PullRequestWanted) -> bool:
    """Tell whether there is somebody who may still have to be asked for a review: who reviewed already is not among the asked."""
    return any(_missing(names, there) for names, there in ((wanted.reviewers, found.reviewers), (wanted.teams, found.teams)))


def _missing(wanted: Iterable[str], there: Iterable[str]) -> bool:
    present = {name.casefold() for name in there}
    return any(name.casefold() not in present for name in wanted)


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
