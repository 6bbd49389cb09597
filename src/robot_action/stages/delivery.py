"""Looking at the host before a proposal is delivered: its branch, its pull requests, and whether anything speaks against it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from robot_action.errors import FailedError, InputError, NotPermittedError, Problem, StaleError, UsageError
from robot_action.exchange import JoinWanted, SealWanted
from robot_action.model.delivery import CONFLICT_STATUS, Committing, DeliveryFacts, Joined, Move
from robot_action.model.manifest import OWN_IDENTITY
from robot_action.model.proposal import Proposed, Wishes
from robot_action.model.pull_request import BRANCH_PREFIX, BranchCommit, BranchHead, CheckState, PullRequestWanted
from robot_action.parsing.wording import listed
from robot_action.planning.branch_moves import can_be_joined, move_for, newest_of_ours, of_others, with_trailers
from robot_action.planning.pull_steps import find_declined, unsolved
from robot_action.ports import Ports
from robot_action.reporting.pull_request import one_line_title, update_body, update_title
from robot_action.stages.former import find_former


def look(ports: Ports, proposed: Proposed, wishes: Wishes, place: Path, committing: Committing, *, prepared: bool = False) -> DeliveryFacts:
    """Look at the host; nothing there is changed.

    Args:
        ports: to look with.
        proposed: what is to be delivered.
        wishes: what the operator wants besides.
        place: a repository of ours that has the proposed commit.
        committing: how a merge with people's commits is made.
        prepared: whether another job made it, and has seen the branch then.

    Raises:
        UsageError: when the branch is another project's, or there is no room for it.
        StaleError: when the base does not have the commit that the proposal was made on, or another state file by now, or the
            branch moved meanwhile.
    """
    target, branches = proposed.target, ports.branches[proposed.target.host]
    base = _check_parent(ports, proposed)
    is_in_base = _is_in_base(ports, proposed, place, base)
    head = branches.head(target.repository, proposed.branch)
    commits = branches.commits(target.repository, proposed.base, proposed.branch) if head else ()
    _check_branch(ports, proposed, head, commits)
    pulls = ports.pulls[target.host].find(target.repository, proposed.branch, proposed.base)
    facts = DeliveryFacts(place, head, commits, pulls, is_in_base, former=find_former(ports, proposed))
    if prepared and not is_in_base:
        _check_seen(proposed, facts)
    if not proposed.commit or is_in_base:
        return replace(facts, refusals=tuple(_refusals(ports, proposed))) if pulls.open else facts
    if find_declined(proposed, wishes, facts) is not None:
        return facts
    if can_be_joined(proposed, facts):
        facts = replace(facts, joined=_join(ports, proposed, facts, committing))
    move = move_for(proposed, facts)
    return facts if move is Move.BLOCK else _with_details(ports, proposed, facts, move)


def _with_details(ports: Ports, proposed: Proposed, facts: DeliveryFacts, move: Move) -> DeliveryFacts:
    """Add what matters only where something may be written."""
    repository, branches = proposed.target.repository, ports.branches[proposed.target.host]
    writes, is_draft = move is not Move.NONE, facts.pulls.open is not None and facts.pulls.open.draft
    asks = facts.head is not None and (proposed.marked or is_draft)
    return replace(
        facts,
        rules=branches.rules(repository, proposed.branch) if writes else (),
        signs=branches.signs(repository) if writes else False,
        refusals=tuple(_refusals(ports, proposed)),
        standing=_standing(ports, proposed, facts, move),
        status=_status(ports, proposed, facts.head.commit) if facts.head and asks else None,
    )


def _status(ports: Ports, proposed: Proposed, commit: str) -> CheckState | None:
    """Return what is said beside a commit; a token that may not see it is no reason to stop."""
    try:
        return ports.branches[proposed.target.host].status(proposed.target.repository, commit, CONFLICT_STATUS)
    except NotPermittedError:
        return None


def wanted_of(proposed: Proposed, wishes: Wishes, facts: DeliveryFacts) -> PullRequestWanted:
    """Return the pull request as it shall be, without the conflicts that people solved; whatever the summary says is escaped here."""
    title, body = "", ""
    if proposed.summary is not None:
        summary = replace(proposed.summary, revision=proposed.mark, branch=proposed.branch, conflicts=unsolved(proposed, facts))
        title, body = one_line_title(proposed.title) or update_title(summary, proposed.place), update_body(summary)
    return PullRequestWanted(
        proposed.target.repository,
        proposed.base,
        proposed.branch,
        title,
        body,
        wishes.labels,
        wishes.reviewers,
        wishes.teams,
        wishes.assignees,
        auto_merge=wishes.auto_merge,
    )


def _check_parent(ports: Ports, proposed: Proposed) -> str:
    """See that the base has the commit that the proposal was made on; return the one that it has by now."""
    target, branches = proposed.target, ports.branches[proposed.target.host]
    if (base := branches.head(target.repository, proposed.base)) is None:
        raise FailedError(
            f"{target.repository} has no branch {proposed.base} to merge into", hint="Push it, or name another one with --base."
        )
    try:
        is_there = not branches.commits(target.repository, proposed.base, proposed.parent)
    except (FailedError, InputError, NotPermittedError):  # it does not know the commit
        is_there = False
    if not is_there:
        raise StaleError(
            f"the branch {proposed.base} of {target.repository} lacks the commit {proposed.parent[:12]} that the update was made on",
            hint="Push it, or fetch what is there now; then run the update again.",
        )
    return base.commit


def _is_in_base(ports: Ports, proposed: Proposed, place: Path, base: str) -> bool:
    """Tell by the state file whether the base has what is proposed by now: it was merged since the project was looked at.

    Raises:
        StaleError: when the state file there is neither the one that was looked at nor the proposed one.
    """
    if not proposed.commit or base == proposed.parent:
        return False
    drafts = ports.git.drafts
    drafts.fetch(place, proposed.target.url, proposed.base, base)
    before, wanted, now = (drafts.blob(place, commit, proposed.state) for commit in (proposed.parent, proposed.commit, base))
    if now not in {before, wanted}:
        raise StaleError(
            f"the branch {proposed.base} of {proposed.target.repository} has another {proposed.state} by now",
            hint="Somebody updated the project meanwhile, or changed an answer. Fetch what is there now; then run the update again.",
        )
    return now != before


def _check_branch(ports: Ports, proposed: Proposed, head: BranchHead | None, commits: tuple[BranchCommit, ...]) -> None:
    """See that the branch is no other project's, and that no other branch takes its place: git has none below one."""
    if others := of_others(commits, proposed.key):
        raise UsageError(
            f"the branch {proposed.branch} has the update of another project of the repository: {listed(others)}",
            hint="Without --branch, each project has a branch of its own. With it, give each another one. "
            "If that project is gone, delete the branch.",
        )
    parts = [] if head else proposed.branch.removeprefix(BRANCH_PREFIX).split("/")
    for above in (BRANCH_PREFIX + "/".join(parts[:count]) for count in range(1, len(parts))):
        if ports.branches[proposed.target.host].head(proposed.target.repository, above) is not None:
            raise UsageError(
                f"there is a branch {above}, so git can have none that is called {proposed.branch}",
                hint="Give --branch a name that does not begin with another branch's and a slash.",
            )


def _check_seen(proposed: Proposed, facts: DeliveryFacts) -> None:
    """See that the branch is as it was when the proposal was prepared, or as an earlier delivery of just this left it."""
    there = facts.head.commit if facts.head else ""
    if there != proposed.seen and move_for(proposed, facts) is not Move.NONE:
        raise StaleError(
            f"the branch {proposed.branch} is not as it was when the update was prepared",
            hint="Nothing was written. Prepare the update again: it looks at what is there now.",
        )


def _refusals(ports: Ports, proposed: Proposed) -> Iterator[Problem]:
    try:
        ports.branches[proposed.target.host].authorise(proposed.target.repository, workflows=bool(proposed.workflows))
    except NotPermittedError as error:
        yield from error.problems


def _join(ports: Ports, proposed: Proposed, facts: DeliveryFacts, committing: Committing) -> Joined:
    """Merge what people committed on the branch with what is proposed."""
    assert facts.head is not None  # noqa: S101 - there are commits
    drafts, head = ports.git.drafts, facts.head.commit
    ours = newest_of_ours(facts.commits)
    drafts.fetch(facts.place, proposed.target.url, proposed.branch, head, whole=ours is None)
    made = drafts.join(facts.place, JoinWanted(head, ours.commit if ours else "", proposed.commit, proposed.state, proposed.marked))
    if not made.tree:
        paths = tuple(path.removeprefix(proposed.prefix) for path in made.conflicts)
        return Joined(conflicts=paths, is_there=made.is_there)
    message = with_trailers(
        f"Merge the template's changes into {proposed.branch}", proposed.digest, made.tree, proposed.key, proposed.parent
    )
    author = ports.git.identity(committing.top) or OWN_IDENTITY
    return Joined(drafts.seal(facts.place, SealWanted(made.tree, (head, proposed.commit), message, author, committing.date)))


def _standing(ports: Ports, proposed: Proposed, facts: DeliveryFacts, move: Move) -> tuple[str, ...]:
    """Return the paths that will have conflict markers on the branch."""
    if not proposed.marked:
        return ()
    commit = facts.joined.commit if facts.joined and facts.joined.commit else proposed.commit
    if move is Move.NONE and facts.head is not None and not all(one.is_ours for one in facts.commits):
        commit = facts.head.commit
        ports.git.drafts.fetch(facts.place, proposed.target.url, proposed.branch, commit)
    return ports.git.drafts.marked(facts.place, commit, proposed.marked)
