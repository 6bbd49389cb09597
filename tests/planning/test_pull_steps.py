"""What becomes of the pull request follows from what it lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from robot_action.model.delivered import Delivery, Operation
from robot_action.model.delivery import PullRequestStep
from robot_action.model.merge import Clash, Conflict
from robot_action.model.proposal import Wishes, mark_of
from robot_action.model.pull_request import CheckState, PullRequest, PullRequestFacts
from tests.planning.test_proposal import (
    FACTS,
    MARKED,
    NOTHING,
    OLD,
    PROPOSED,
    SUMMARY,
    WANTED,
    find,
    operation,
    ours,
    plan,
    pull,
    somebodys,
    with_branch,
)


@pytest.mark.parametrize("changes", [{"revision": "v1@x"}, {"revision": mark_of("v2", OLD)}, {"revision": ""}, {"base": "next"}])
def test_title_and_body_follow_what_is_proposed(changes: Mapping[str, str]) -> None:
    step = find(plan(with_branch(ours(), found=pull(**changes))), PullRequestStep)
    assert (step.rewrites, step.known.operation) == (True, Operation.UPDATED)


@pytest.mark.parametrize("labels", [(), ("a",)])
def test_a_title_that_is_asked_for_is_not_left_out_in_silence(labels: tuple[str, ...]) -> None:
    """Nobody knows whether somebody wrote the one that is there."""
    proposed, wanted = replace(PROPOSED, title="Mine"), replace(WANTED, title="Mine", labels=labels)

    def told(found: PullRequest) -> bool:
        step = plan(with_branch(ours(), found=found), proposed, wanted=wanted).steps[-1]
        return "its title stays as it is" in f"{step.skip} {step.details}"

    assert told(pull())
    assert not told(pull(title="Mine"))
    assert not told(pull(revision="v1@x")), "it is written anew"


@pytest.mark.parametrize(
    ("wanted", "there", "expected"),
    [
        ({"labels": ("a",)}, {}, Operation.UPDATED),
        ({"labels": ("a",)}, {"labels": ("A", "b")}, Operation.UNCHANGED),
        ({"assignees": ("a",)}, {}, Operation.UPDATED),
        ({"auto_merge": True}, {}, Operation.UNCHANGED),
        ({"auto_merge": True}, {"auto_merge": True}, Operation.UNCHANGED),
        ({"reviewers": ("a",)}, {}, Operation.UNCHANGED),
        ({"teams": ("a",)}, {"teams": ("a",)}, Operation.UNCHANGED),
    ],
)
def test_what_belongs_to_it_is_added_where_it_is_missing(wanted: Mapping[str, Any], there: Mapping[str, Any], expected: Operation) -> None:
    made = plan(with_branch(ours(), found=pull(**there)), wanted=replace(WANTED, **wanted))
    assert operation(made) is expected
    tries = bool({"reviewers", "auto_merge"} & (wanted.keys() - there.keys()))
    assert (find(made, PullRequestStep) is not None) == (expected is Operation.UPDATED or tries), "some is only known by trying"


@pytest.mark.parametrize(
    ("found", "standing", "merges"),
    [
        (pull(draft=True), ("sub/a.txt",), False),
        (pull(), ("sub/a.txt",), False),
        (pull(draft=True), (), True),
        (pull(), (), True),
        (None, ("sub/a.txt",), False),
    ],
    ids=["draft", "ready with markers", "solved", "solved and made ready", "new"],
)
def test_what_has_conflicts_waits_for_people_before_it_merges_itself(
    found: PullRequest | None, standing: tuple[str, ...], merges: bool
) -> None:
    facts = with_branch(ours(), found=found, standing=standing, status=CheckState.ERROR)
    step = find(plan(facts, MARKED, wanted=replace(WANTED, auto_merge=True)), PullRequestStep)
    assert (step is not None and step.wanted.auto_merge) is merges


def test_a_draft_that_is_wished_for_does_not_merge_itself() -> None:
    wanted, wishes = replace(WANTED, auto_merge=True), Wishes(draft=True)
    assert not find(plan(FACTS, wanted=wanted, wishes=wishes), PullRequestStep).wanted.auto_merge
    assert operation(plan(with_branch(ours(), found=pull(draft=True)), wanted=wanted, wishes=wishes)) is Operation.UNCHANGED


@pytest.mark.parametrize(
    ("pulls", "again", "expected"),
    [
        (PullRequestFacts(declined=(pull(),)), False, Operation.DECLINED),
        (PullRequestFacts(declined=(pull(revision=mark_of("v2", OLD)),)), False, Operation.DECLINED),
        (PullRequestFacts(declined=(pull(2, revision="v3@x"), pull())), False, Operation.DECLINED),
        (PullRequestFacts(declined=(pull(),)), True, Operation.CREATED),
        (PullRequestFacts(declined=(pull(3, revision="v1@x"),)), False, Operation.CREATED),
        (PullRequestFacts(open=pull(2), declined=(pull(),)), False, Operation.UNCHANGED),
    ],
)
def test_a_declined_version_is_not_proposed_again(pulls: PullRequestFacts, again: bool, expected: Operation) -> None:
    made = plan(replace(with_branch(ours()), pulls=pulls), wishes=Wishes(again=again))
    assert operation(made) is expected


def test_a_declined_version_leaves_no_conflicts_to_anybody() -> None:
    proposed = replace(PROPOSED, summary=replace(SUMMARY, conflicts=(Conflict("a.txt", Clash.DELETED),)))
    facts = replace(with_branch(ours()), pulls=PullRequestFacts(declined=(pull(),)))
    (known,) = [step.known for step in plan(facts, proposed).steps if isinstance(step.known, Delivery)]
    assert (known.operation, known.conflicts) == (Operation.DECLINED, ())


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (None, Operation.UNCHANGED),
        (pull(), Operation.CLOSED),
        (pull(revision=""), Operation.UNCHANGED),
        (pull(base="next"), Operation.UNCHANGED),
    ],
    ids=["none", "ours", "somebodys", "of another base"],
)
def test_with_nothing_to_bring_in_ours_is_closed(found: PullRequest | None, expected: Operation) -> None:
    assert operation(plan(with_branch(ours(), found=found), NOTHING)) is expected


def test_who_closes_it_says_that_commits_of_people_stay() -> None:
    closing = find(plan(with_branch(ours(), somebodys(), found=pull()), NOTHING), PullRequestStep)
    assert closing.details == (
        "robot-action/x keeps commits of people: 1; later versions are merged with them, so delete it if nobody needs them",
    )
    assert find(plan(with_branch(ours(), found=pull()), NOTHING), PullRequestStep).details == ()
