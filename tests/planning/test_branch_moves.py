"""What is done to the branch follows from who made its commits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from robot_action.model.delivery import DeliveryFacts, Joined, Move
from robot_action.model.merge import Clash, Conflict
from robot_action.model.proposal import Change
from robot_action.model.pull_request import PullRequestFacts
from robot_action.planning.branch_moves import (
    can_be_joined,
    digest_of,
    is_workflow,
    move_for,
    newest_of_ours,
    of_others,
    of_people,
    outdated,
    with_trailers,
)
from tests.planning.test_proposal import FACTS, OLD, PROPOSED, TREE, ours, pull, somebodys, with_branch

FORMER = (somebodys(), replace(somebodys("9" * 40), parents=("8" * 40, "4" * 40)))
"""What the base had once, a merge among it."""
REWRITTEN = (*FORMER, replace(ours(), parents=("9" * 40,)))
ADAS = replace(somebodys("5" * 40), parents=("3" * 40,))


@pytest.mark.parametrize(
    ("facts", "move"),
    [
        (FACTS, Move.CREATE),
        (with_branch(ours()), Move.NONE),
        (with_branch(ours(), somebodys()), Move.NONE),
        (with_branch(ours(OLD), ours()), Move.NONE),
        (with_branch(ours(), ours(OLD)), Move.REPLACE),
        (with_branch(ours(OLD)), Move.REPLACE),
        (with_branch(), Move.REPLACE),
        (with_branch(ours(OLD), somebodys()), Move.BLOCK),
        (with_branch(somebodys()), Move.BLOCK),
        (with_branch(ours(OLD), somebodys(), joined=Joined("5" * 40)), Move.JOIN),
        (with_branch(ours(OLD), somebodys(), joined=Joined(conflicts=("a",))), Move.BLOCK),
        (with_branch(ours(OLD), somebodys(), joined=Joined(is_there=True)), Move.NONE),
        (with_branch(*REWRITTEN), Move.REPLACE),
        (with_branch(*REWRITTEN, ADAS), Move.BLOCK),
        (with_branch(*REWRITTEN, replace(ours(), commit="6" * 40, parents=("7" * 40, "3" * 40))), Move.REPLACE),
        (replace(with_branch(ours(OLD), somebodys()), pulls=PullRequestFacts(merged=pull())), Move.REPLACE),
        (replace(with_branch(ours(OLD), somebodys()), pulls=PullRequestFacts(merged=pull(head="9" * 40))), Move.BLOCK),
    ],
)
def test_what_is_done_to_the_branch(facts: DeliveryFacts, move: Move) -> None:
    assert move_for(PROPOSED, facts) is move


def test_what_the_base_had_once_is_nobodys_work_on_the_branch() -> None:
    assert outdated(REWRITTEN) == FORMER
    assert of_people((*REWRITTEN, ADAS)) == (ADAS,)
    assert not can_be_joined(PROPOSED, with_branch(*REWRITTEN, ADAS)), "the merge would bring it back"
    other = replace(ours(commit="4" * 40), message=with_trailers("Update", OLD, TREE, "svc", "1" * 40))
    assert of_others((other, *REWRITTEN[1:]), ".") == (), "another project's update, merged then"


def test_what_the_base_had_once_is_known_below_a_commit_of_ours_that_somebody_amended() -> None:
    amended = replace(ours(), tree="8" * 40, message=with_trailers("Update", OLD, TREE, ".", "4" * 40), parents=("4" * 40,))
    facts = with_branch(somebodys(), amended)
    assert (outdated(facts.commits), of_people(facts.commits)) == ((somebodys(),), (amended,))
    assert not can_be_joined(PROPOSED, facts), "the merge would bring it back"
    assert move_for(PROPOSED, facts) is Move.BLOCK
    moved = replace(amended, parents=("9" * 40,))
    assert outdated((somebodys("9" * 40), moved)) == (), "somebody brought it onto a commit of their own"


def test_what_people_began_the_branch_with_is_theirs() -> None:
    """We merge into it then, and what we bring stands on the base."""
    merge = replace(ours(commit="6" * 40), parents=("4" * 40, "3" * 40))
    commits = (somebodys(), replace(ours(), parents=("1" * 40,)), merge)
    assert (outdated(commits), of_people(commits)) == ((), (somebodys(),))


def test_an_amended_commit_is_not_ours() -> None:
    amended = replace(ours(OLD), tree="8" * 40)
    assert move_for(PROPOSED, with_branch(amended)) is Move.BLOCK
    assert newest_of_ours((ours(OLD), amended)) == ours(OLD)
    assert newest_of_ours((amended,)) is None


def test_a_commit_of_ours_says_for_which_project_it_is() -> None:
    odd = "my svc/.copier-answers\nRobot-Action-Tree: x.yml"
    mine = replace(ours(), message=with_trailers("Update", "d", TREE, odd, "1" * 40))
    assert (mine.is_ours, mine.tree, of_others([mine], odd)) == (True, TREE, ())
    assert of_others([mine, mine], ".") == (odd,)
    assert of_others([replace(mine, tree="other")], ".") == (), "somebody changed it"


def test_a_digest_tells_what_is_brought_and_nothing_else() -> None:
    one, other = Change("a", "100644", "1", "100644", "2"), Change("b", "", "", "100755", "3")
    digest = digest_of("v2", (one, other), ())
    assert digest == digest_of("v2", (other, one), ())
    for changed in (
        digest_of("v3", (one, other), ()),
        digest_of("v2", (one,), ()),
        digest_of("v2", (replace(one, before="9"), other), ()),
        digest_of("v2", (one, replace(other, after_mode="100644")), ()),
        digest_of("v2", (one, other), (Conflict("a", Clash.CONTENTS),)),
    ):
        assert changed != digest


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (".github/workflows/x.yml", True),
        (".GitHub/Workflows/x.yml", True),
        (".github/Workflows", True),
        (".github", True),
        (".github/x.yml", False),
        (".github/workflows.md", False),
        ("a/.github/workflows/x", False),
    ],
)
def test_a_workflow_is_known_by_its_path(path: str, expected: bool) -> None:
    assert is_workflow(path) is expected
