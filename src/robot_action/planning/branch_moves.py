"""What is brought to a branch of ours, and what that takes there: nothing that people did is overwritten. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from urllib.parse import quote, unquote

from robot_action.model.delivery import DeliveryFacts, Move
from robot_action.model.merge import Conflict
from robot_action.model.proposal import Change, Proposed
from robot_action.model.pull_request import BASE_TRAILER, PROJECT_TRAILER, TREE_TRAILER, UPDATE_TRAILER, BranchCommit

_WORKFLOWS = (".github", ".github/workflows")


def digest_of(revision: str, changes: Iterable[Change], conflicts: Iterable[Conflict]) -> str:
    """Return what tells one thing that is brought from another, wherever the base has moved otherwise."""
    rows = sorted((one.path, one.after_mode, one.before, one.after) for one in changes)
    clashes = [(one.path, one.clash.value, one.marked) for one in conflicts]
    return hashlib.sha256(json.dumps([revision, rows, clashes]).encode()).hexdigest()


def is_workflow(path: str) -> bool:
    """Tell whether a path is a workflow's, for which tokens need a right of its own, or a file or link in the place of their folders."""
    folded = path.casefold()
    return folded in _WORKFLOWS or folded.startswith(f"{_WORKFLOWS[-1]}/")


def with_trailers(message: str, digest: str, tree: str, key: str, base: str) -> str:
    """Return a commit's message with what makes the commit known as ours.

    Args:
        message: for people.
        digest: of what it brings; tree: of its files.
        key: of the project; see `robot_action.planning.targets.project_key`.
        base: the base's commit that it is made on.
    """
    trailers = {UPDATE_TRAILER: digest, TREE_TRAILER: tree, PROJECT_TRAILER: quote(key), BASE_TRAILER: base}
    return "\n".join((message.strip(), "", *(f"{name}: {value}" for name, value in trailers.items()), ""))


def of_others(commits: Iterable[BranchCommit], key: str) -> tuple[str, ...]:
    """Return the other projects that commits of ours are for: folders, or state files, of the repository; ``.`` is its top."""
    found = tuple(commits)
    gone = outdated(found)
    told = (commit.project for commit in found if commit.is_ours and commit not in gone)
    return tuple(dict.fromkeys(unquote(project) for project in told if project not in {"", quote(key)}))


def newest_of_ours(commits: Iterable[BranchCommit]) -> BranchCommit | None:
    """Return the newest commit that we made, and nobody changed."""
    return next((commit for commit in reversed(tuple(commits)) if commit.is_ours), None)


def outdated(commits: Iterable[BranchCommit]) -> tuple[BranchCommit, ...]:
    """Return the commits that the base had once, and has no more: it was rewritten, and they must not come back with the branch.

    What we bring, we commit on the base alone, and bring that by a merge where people committed on the branch. So whatever lies below
    a commit of ours with one parent was the base's; one that somebody changed says whether it still stands where it was made.
    """
    known = {commit.commit: commit for commit in commits}
    below = [commit.parents[0] for commit in known.values() if len(commit.parents) == 1 and (commit.is_ours or commit.is_in_place)]
    found: set[str] = set()
    while below:
        name = below.pop()
        if name in known and name not in found:
            found.add(name)
            below += known[name].parents
    return tuple(commit for name, commit in known.items() if name in found)


def of_people(commits: Iterable[BranchCommit]) -> tuple[BranchCommit, ...]:
    """Return the commits that people made on the branch, or changed there."""
    found = tuple(commits)
    gone = outdated(found)
    return tuple(commit for commit in found if not commit.is_ours and commit not in gone)


def is_there(proposed: Proposed, facts: DeliveryFacts) -> bool:
    """Tell whether the newest commit on the branch that says what it brings says just this, on what the base still has."""
    told = [commit.brings for commit in facts.commits if commit.brings]
    return bool(told) and told[-1] == proposed.digest and not outdated(facts.commits)


def work_of_people(facts: DeliveryFacts) -> tuple[BranchCommit, ...]:
    """Return the commits that are not ours, or not any more; what was merged with the last pull request is safe, and is none of that."""
    merged = facts.pulls.merged
    is_safe = merged is not None and facts.head is not None and merged.head == facts.head.commit
    return () if is_safe else of_people(facts.commits)


def can_be_joined(proposed: Proposed, facts: DeliveryFacts) -> bool:
    """Tell whether people's commits are to be merged with what is brought; with them, what the base has no more would come back."""
    return bool(work_of_people(facts)) and not is_there(proposed, facts) and not outdated(facts.commits)


def move_for(proposed: Proposed, facts: DeliveryFacts) -> Move:
    """Return what is to be done to the branch; people's commits that nobody merged are in the way."""
    if facts.head is None:
        return Move.CREATE
    if is_there(proposed, facts):
        return Move.NONE
    if not work_of_people(facts):
        return Move.REPLACE
    joined = facts.joined
    if joined is None or not (joined.commit or joined.is_there):
        return Move.BLOCK
    return Move.JOIN if joined.commit else Move.NONE
