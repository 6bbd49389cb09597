"""What becomes of branch and pull request follows from facts alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robot_action.model.delivered import Delivery, Operation
from robot_action.model.delivery import BranchStep, DeliveryFacts, Joined, PullRequestStep, StatusStep
from robot_action.model.manifest import HostKind
from robot_action.model.merge import Clash, Conflict
from robot_action.model.plan import Plan, Step
from robot_action.model.proposal import Proposed, Target, Wishes, mark_of, revision_of
from robot_action.model.pull_request import (
    BranchCommit,
    BranchHead,
    BranchRule,
    CheckState,
    PullRequest,
    PullRequestFacts,
    PullRequestState,
    PullRequestWanted,
    Signature,
)
from robot_action.model.update_summary import UpdateSummary
from robot_action.planning.branch_moves import with_trailers
from robot_action.planning.proposal import blocked, plan_bundle, plan_proposal

ROBOT, ADA = (Signature(name, f"{name}@acme.example", "2026-01-02T03:04:05Z") for name in ("robot", "ada"))
TREE = "7" * 40
DIGEST, OLD = "d" * 64, "e" * 64
TARGET = Target(HostKind.GITHUB, "acme/demo", "https://github.com/acme/demo.git")
SUMMARY = UpdateSummary("gh:acme/templates", "1", "2", "", "robot-action/x")
PROPOSED = Proposed(
    TARGET,
    "demo",
    "main",
    "1" * 40,
    "robot-action/x",
    commit="2" * 40,
    digest=DIGEST,
    revision="v2",
    message="Update",
    summary=SUMMARY,
)
NOTHING = replace(PROPOSED, commit="", digest="", revision="", summary=None)
MARKED = replace(PROPOSED, prefix="sub/", summary=replace(SUMMARY, conflicts=(Conflict("a.txt", Clash.CONTENTS, marked=True),)))
WANTED = PullRequestWanted("acme/demo", "main", "robot-action/x", "Update", "Body")
FACTS = DeliveryFacts(Path("/place"))
HEAD = BranchHead("3" * 40, TREE)


def ours(digest: str = DIGEST, commit: str = "3" * 40) -> BranchCommit:
    return BranchCommit(commit, with_trailers("Update", digest, TREE, ".", "1" * 40), ROBOT, ROBOT, TREE)


def somebodys(commit: str = "4" * 40) -> BranchCommit:
    return BranchCommit(commit, "Mine", ADA, ADA, TREE)


def pull(number: int = 1, **changes: Any) -> PullRequest:
    one = PullRequest(
        "acme/demo", number, f"https://x/{number}", PullRequestState.OPEN, "main", "robot-action/x", HEAD.commit, "Update", "Body"
    )
    return replace(one, **{"revision": PROPOSED.mark, **changes})


def with_branch(*commits: BranchCommit, found: PullRequest | None = None, **more: Any) -> DeliveryFacts:
    return replace(FACTS, head=HEAD, commits=commits, pulls=PullRequestFacts(open=found), **more)


def plan(facts: DeliveryFacts, proposed: Proposed = PROPOSED, wishes: Wishes | None = None, wanted: PullRequestWanted = WANTED) -> Plan:
    return plan_proposal(proposed, wishes or Wishes(), facts, wanted)


def find(found: Plan, kind: type[Step]) -> Any:
    return next((step for step in found.steps if isinstance(step, kind)), None)


def operation(found: Plan) -> Operation:
    (known,) = [step.known for step in found.steps if isinstance(step.known, Delivery)]
    return known.operation


# The branch


COMMITS = st.lists(
    st.sampled_from([ours(), ours(OLD), somebodys(), replace(ours(OLD), tree="8" * 40), replace(ours(OLD), committer=ADA)]), max_size=4
)
FOUND = st.sampled_from([None, pull(), pull(revision="v1@0"), pull(draft=True), pull(base="next"), pull(revision="")])
CLOSED = st.sampled_from([None, pull(7, state=PullRequestState.CLOSED), pull(7, state=PullRequestState.CLOSED, revision="v1@0")])
JOINED = st.sampled_from([None, Joined("5" * 40), Joined(conflicts=("a",)), Joined(is_there=True)])


@given(COMMITS, FOUND, CLOSED, JOINED, st.sampled_from([PROPOSED, MARKED, NOTHING]), st.booleans())
@settings(max_examples=150, deadline=None)
def test_commits_of_people_are_never_lost(
    commits: list[BranchCommit],
    found: PullRequest | None,
    closed: PullRequest | None,
    joined: Joined | None,
    proposed: Proposed,
    again: bool,
) -> None:
    facts = with_branch(*commits, joined=joined)
    facts = replace(facts, pulls=PullRequestFacts(found, (closed,) if closed else ()))
    made = plan(facts, proposed, Wishes(again=again))
    branch = find(made, BranchStep)
    people = [commit for commit in commits if not commit.is_ours]
    if branch is not None:
        assert branch.seen == HEAD.commit, "never without a lease"
        if people:
            assert branch.along == proposed.commit
            assert joined is not None
            assert branch.commit == joined.commit
    if not proposed.commit:
        assert branch is None
    assert sum(isinstance(step.known, Delivery) for step in made.steps) == 1
    if operation(made) in {Operation.DECLINED, Operation.BLOCKED, Operation.UNCHANGED}:
        assert branch is None


# The pull request


def test_the_first_time_both_are_made() -> None:
    made = plan(FACTS)
    assert [step.stage for step in made.steps] == ["branch", "pull"]
    assert (find(made, BranchStep).seen, find(made, BranchStep).commit) == ("", PROPOSED.commit)
    assert (operation(made), find(made, PullRequestStep).wanted.draft) == (Operation.CREATED, False)


def test_what_is_there_is_left_alone() -> None:
    made = plan(with_branch(ours(), found=pull()))
    assert (operation(made), [step.skip is not None for step in made.steps]) == (Operation.UNCHANGED, [True, True])


def test_people_who_are_in_the_way_stop_everything() -> None:
    facts = with_branch(ours(OLD), somebodys(), found=pull(), joined=Joined(conflicts=tuple(f"{number}.txt" for number in range(12))))
    made = plan(facts)
    (step,) = made.steps
    assert isinstance(step.known, Delivery)
    assert (step.known.operation, step.known.number, len(step.known.conflicts)) == (Operation.BLOCKED, 1, 12)
    assert "9.txt and 2 more" in blocked(PROPOSED, facts, "by hand").message
    assert "no pull request is open" not in blocked(PROPOSED, facts, "by hand").message
    assert "no pull request is open for it: 0.txt" in blocked(PROPOSED, replace(facts, pulls=PullRequestFacts()), "by hand").message


def test_what_the_base_dropped_goes_and_is_told_or_stops_where_people_built_on_it() -> None:
    former = somebodys()
    mine = replace(ours(), parents=(former.commit,))
    step = find(plan(with_branch(former, mine, found=pull())), BranchStep)
    assert (step.commit, step.along, step.seen) == (PROPOSED.commit, "", HEAD.commit)
    assert "the branch has commits that main does not have any more: 1; they go" in step.details
    facts = with_branch(former, mine, replace(somebodys("5" * 40), parents=(mine.commit,)), found=pull())
    assert operation(plan(facts)) is Operation.BLOCKED
    told = blocked(PROPOSED, facts, "by hand")
    assert "below them 1 that main does not have any more" in told.message
    assert f"git rebase --onto {'1' * 12} {'4' * 12} FETCH_HEAD" in str(told.hint)


def test_what_was_merged_with_the_last_pull_request_is_not_told_as_work_of_people() -> None:
    facts = with_branch(ours(OLD), somebodys())
    assert "commits of people on the branch: 1" in find(plan(replace(facts, joined=Joined("5" * 40))), BranchStep).details
    step = find(plan(replace(facts, pulls=PullRequestFacts(merged=pull()))), BranchStep)
    assert not [line for line in step.details if "people" in line]


@pytest.mark.parametrize("below", [(), (replace(somebodys(), commit="6" * 40),)], ids=["in the way", "on what was dropped"])
def test_who_is_told_to_delete_the_branch_is_told_to_ask_again(below: tuple[BranchCommit, ...]) -> None:
    """Who deletes the branch of an open pull request declines its version."""
    mine = replace(ours(OLD), parents=("6" * 40,))
    facts = with_branch(*below, mine, somebodys(), found=pull(), joined=Joined(conflicts=("a.txt",)))
    assert operation(plan(facts)) is Operation.BLOCKED
    assert "git push origin --delete robot-action/x, and update once with --again" in str(blocked(PROPOSED, facts, "by hand").hint)


@pytest.mark.parametrize(
    ("before", "now", "is_told"), [("v1+a", "v2", True), ("v2+a", "v2+b", True), ("v1+a", "v2+a", False), ("v1", "v2+a", False)]
)
def test_who_undoes_answers_that_were_given_for_one_run_is_told(before: str, now: str, is_told: bool) -> None:
    facts = with_branch(ours(OLD), found=pull(revision=mark_of(before, OLD)))
    step = find(plan(facts, replace(PROPOSED, revision=now)), BranchStep)
    assert any("those of --data hold for one run" in line for line in step.details) is is_told


# Conflicts


@pytest.mark.parametrize(
    ("facts", "draft", "status"),
    [
        (with_branch(ours(OLD), found=pull(), standing=("a",)), True, CheckState.ERROR),
        (with_branch(ours(), found=pull(), standing=("a",), status=CheckState.ERROR), None, None),
        (with_branch(ours(), found=pull(draft=True), standing=("a",)), None, CheckState.ERROR),
        (with_branch(ours(), somebodys(), found=pull(draft=True)), False, CheckState.SUCCESS),
        (with_branch(ours(), somebodys(), found=pull(draft=True), status=CheckState.SUCCESS), None, None),
    ],
    ids=["new", "told", "person-pushed", "solved", "drafted-again"],
)
def test_markers_make_a_draft_and_their_end_makes_it_ready(facts: DeliveryFacts, draft: bool | None, status: CheckState | None) -> None:
    made = plan(facts, MARKED)
    step, said = find(made, PullRequestStep), find(made, StatusStep)
    assert (step.draft if step else None) is draft
    assert (said.status.state if said else None) is status


@pytest.mark.parametrize(("found", "draft"), [(pull(draft=True), False), (pull(), None)])
def test_a_version_without_conflicts_makes_it_ready(found: PullRequest, draft: bool | None) -> None:
    facts = with_branch(ours(OLD), found=replace(found, revision="v1@x"), status=CheckState.ERROR)
    made = plan(facts)
    assert find(made, PullRequestStep).draft is draft
    assert find(made, StatusStep) is None


def test_a_wanted_draft_stays_one() -> None:
    facts = with_branch(ours(OLD), found=pull(draft=True, revision="v1@x"), status=CheckState.ERROR)
    assert find(plan(facts, wishes=Wishes(draft=True)), PullRequestStep).draft is None


def test_conflicts_are_paths_of_the_project() -> None:
    facts = replace(FACTS, standing=("sub/a.txt",))
    assert find(plan(facts, MARKED), PullRequestStep).known.conflicts == ("a.txt",)
    assert find(plan(FACTS, MARKED), PullRequestStep).known.conflicts == (), "somebody took the markers out"
    assert MARKED.marked == ("sub/a.txt",)


@pytest.mark.parametrize(
    ("prefix", "file", "key", "place"),
    [
        ("", ".copier-answers.yml", ".", ""),
        ("sub/", ".copier-answers.yml", "sub", "sub"),
        ("", ".copier-answers.two.yml", ".copier-answers.two.yml", ".copier-answers.two.yml"),
        ("sub/", ".copier-answers.two.yml", "sub/.copier-answers.two.yml", "sub/.copier-answers.two.yml"),
    ],
)
def test_of_two_projects_in_one_folder_each_is_told_by_its_state_file(prefix: str, file: str, key: str, place: str) -> None:
    assert replace(PROPOSED, prefix=prefix, state=f"{prefix}{file}", key=key).place == place


# What speaks against it


def test_rules_and_tokens_speak_up_before_anything_is_written() -> None:
    rules = (BranchRule("creation", "acme"), BranchRule("non_fast_forward", "acme"))
    assert len(plan(replace(FACTS, rules=rules)).objections) == 1
    assert len(plan(with_branch(ours(OLD), rules=rules)).objections) == 1
    assert plan(with_branch(rules=rules)).objections == (), "a branch without commits of its own loses none"


# Identity


def test_a_mark_tells_version_and_contents() -> None:
    assert PROPOSED.mark == f"v2@{'d' * 16}"
    assert revision_of(PROPOSED.mark) == "v2"
    assert revision_of("a@b@c") == "a@b"
    assert revision_of("older") == "older"


def test_a_bundle_tells_that_there_is_nothing_too() -> None:
    assert "nothing to bring" in plan_bundle(NOTHING, Path("/place"), Path("x"), is_idle=True).title
    told = plan_bundle(replace(MARKED, workflows=(".github/workflows/x",)), Path("/place"), Path("x"), is_idle=False)
    first = ("one commit on main (111111111111)", "changes the workflow .github/workflows/x", "from 1 to 2", "files written: 0; removed: 0")
    assert told.details[:4] == first
    assert "conflict in a.txt: contents" in told.details[4]
