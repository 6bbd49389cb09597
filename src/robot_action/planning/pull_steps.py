"""What becomes of a proposal's pull request: it is opened, brought to what is proposed, closed or left alone. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from robot_action.model.delivered import Delivery, Operation
from robot_action.model.delivery import DeliveryFacts, Move, PullRequestStep
from robot_action.model.merge import Conflict
from robot_action.model.plan import Step
from robot_action.model.proposal import ANSWERED, Proposed, Wishes, revision_of
from robot_action.model.pull_request import CheckState, PullRequest, PullRequestWanted
from robot_action.planning.branch_moves import work_of_people

_PULL = "pull"


@dataclass(frozen=True, slots=True)
class _Lack:
    """What an open pull request lacks of what is wanted.

    Attributes:
        text: whether title, body and base are another version's.
        draft: what it has to become, or None: it stays what people made of it.
        belongings: whether labels or assignees are missing.
        merging: whether it does not merge itself yet, and may.
        reviews: whether somebody may still have to be asked: who reviewed already is not among the asked.
    """

    text: bool
    draft: bool | None
    belongings: bool
    merging: bool
    reviews: bool


def find_declined(proposed: Proposed, wishes: Wishes, facts: DeliveryFacts) -> PullRequest | None:
    """Return the newest pull request of this very version that somebody closed, if there is one and nobody asks for it again."""
    pulls = facts.pulls
    if wishes.again or pulls.open is not None:
        return None
    return next((one for one in pulls.declined if revision_of(one.revision) == proposed.revision), None)


def pull_step(proposed: Proposed, wishes: Wishes, facts: DeliveryFacts, move: Move, wanted: PullRequestWanted) -> Step:
    """Return what is done where something is proposed.

    Args:
        proposed: what is brought.
        wishes: what the operator wants besides.
        facts: what the host has.
        move: what is done to the branch.
        wanted: the pull request as it shall be.
    """
    found = facts.pulls.open
    if found is None:
        return _opening(proposed, facts, wanted)
    lack = _lack(proposed, wishes, facts, found, wanted, is_moved=move is not Move.NONE)
    operation, told = _operation_for(lack, move), tuple(_title_that_stays(proposed, lack, found, wanted))
    if operation is None:
        why = "; ".join(("the pull request proposes this version already", *told))
        return quiet(proposed, facts, Operation.UNCHANGED, why, found)
    return PullRequestStep(
        stage=_PULL,
        title=f"bring pull request {found.number} to what is proposed",
        details=told,
        host=proposed.target.host,
        wanted=replace(wanted, auto_merge=lack.merging),
        known=_delivery(proposed, facts, operation, found),
        found=found,
        rewrites=lack.text,
        draft=lack.draft,
        objections=facts.refusals,
    )


def _opening(proposed: Proposed, facts: DeliveryFacts, wanted: PullRequestWanted) -> Step:
    draft = " as a draft" if wanted.draft else ""
    return PullRequestStep(
        stage=_PULL,
        title=f"open a pull request into {proposed.base}{draft}: {wanted.title}",
        host=proposed.target.host,
        wanted=replace(wanted, auto_merge=wanted.auto_merge and not wanted.draft),
        known=_delivery(proposed, facts, Operation.CREATED, None),
        objections=facts.refusals,
    )


def _operation_for(lack: _Lack, move: Move) -> Operation | None:
    """Return what is told of an open pull request; None: there is nothing to do to it."""
    if move is not Move.NONE or lack.text or lack.draft is not None or lack.belongings:
        return Operation.UPDATED
    if lack.merging or lack.reviews:  # only trying shows whether that changes anything
        return Operation.UNCHANGED
    return None


def _lack(
    proposed: Proposed, wishes: Wishes, facts: DeliveryFacts, found: PullRequest, wanted: PullRequestWanted, *, is_moved: bool
) -> _Lack:
    text = found.revision != proposed.mark or found.base != proposed.base
    draft = None if found.draft and wishes.draft else _draft_now(proposed, facts, found, written=text or is_moved)
    may_merge = not (found.draft if draft is None else draft) and not facts.standing
    return _Lack(
        text,
        draft,
        belongings=_misses(wanted.labels, found.labels) or _misses(wanted.assignees, found.assignees),
        merging=wanted.auto_merge and not found.auto_merge and may_merge,
        reviews=_misses(wanted.reviewers, found.reviewers) or _misses(wanted.teams, found.teams),
    )


def _title_that_stays(proposed: Proposed, lack: _Lack, found: PullRequest, wanted: PullRequestWanted) -> Iterator[str]:
    """Yield why a title that was asked for is not taken: nobody knows whether somebody wrote the one that is there."""
    if proposed.title and not lack.text and found.title != wanted.title:
        yield "its title stays as it is: --title counts where one is opened, or brought to another version"


def _draft_now(proposed: Proposed, facts: DeliveryFacts, found: PullRequest, *, written: bool) -> bool | None:
    """Return whether an open pull request becomes a draft, or ready for review; None: it is left as people want it."""
    if facts.standing:
        return True if written and not found.draft else None
    marked = bool(proposed.marked) and facts.status is not CheckState.SUCCESS
    is_solved = facts.status is CheckState.ERROR or marked or (written and not proposed.conflicts)
    return False if found.draft and is_solved else None


def _misses(wanted: Iterable[str], there: Iterable[str]) -> bool:
    present = {name.casefold() for name in there}
    return any(name.casefold() not in present for name in wanted)


def closing(proposed: Proposed, facts: DeliveryFacts, wanted: PullRequestWanted) -> Step:
    """Return what there is to do when nothing is brought: an open pull request of ours is not needed any more.

    Where a version was asked for, that holds for a pull request of just this one: another's may be ahead of what the project has.
    """
    found = facts.pulls.open
    if found is not None and proposed.asked and revision_of(found.revision).partition(ANSWERED)[0] != proposed.asked:
        why = f"the project has what was asked for, and pull request {found.number} stays: it proposes another version"
        return quiet(proposed, facts, Operation.UNCHANGED, why, found)
    if found is None or not found.revision or found.base != proposed.base:
        why = f"{proposed.base} has it by now" if facts.is_in_base else "the project has what the template brings"
        return quiet(proposed, facts, Operation.UNCHANGED, why, found)
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
    if people := len(work_of_people(facts)):
        yield f"{proposed.branch} keeps commits of people: {people}; later versions are merged with them, so delete it if nobody needs them"


def quiet(proposed: Proposed, facts: DeliveryFacts, operation: Operation, why: str, pull: PullRequest | None) -> Step:
    """Return the step that leaves everything as it is, and says why."""
    return Step(stage=_PULL, title="propose the template's changes", skip=why, known=_delivery(proposed, facts, operation, pull))


def _delivery(proposed: Proposed, facts: DeliveryFacts, operation: Operation, pull: PullRequest | None) -> Delivery:
    conflicts = tuple(one.path for one in unsolved(proposed, facts))
    if operation is Operation.BLOCKED:
        conflicts = facts.joined.conflicts if facts.joined else ()
    return Delivery(
        operation,
        proposed.branch,
        number=pull.number if pull else 0,
        url=pull.url if pull else "",
        commit=facts.head.commit if facts.head else "",
        conflicts=() if operation is Operation.DECLINED else conflicts,
    )


def unsolved(proposed: Proposed, facts: DeliveryFacts) -> tuple[Conflict, ...]:
    """Return what somebody still has to look at: not where somebody took the markers out."""
    return tuple(one for one in proposed.conflicts if not one.marked or f"{proposed.prefix}{one.path}" in facts.standing)
