from __future__ import annotations

import pytest

from robot_action.model.pull_request import BranchCommit, PullRequest, PullRequestFacts, PullRequestState, Signature, choose

ROBOT = Signature("Robot", "robot@acme.example", "2026-01-02T03:04:05Z")
TREE = "b" * 40


def pull(number: int, state: str = "open", base: str = "main", *, withdrawn: bool = False) -> PullRequest:
    return PullRequest("acme/demo", number, "", PullRequestState(state), base, "b", "a" * 40, "t", "", withdrawn=withdrawn)


def test_without_any_there_is_nothing() -> None:
    assert choose([], "main") == PullRequestFacts()


def test_the_open_one_into_the_base_counts_then_the_oldest() -> None:
    assert choose([pull(3), pull(1, base="next"), pull(2)], "main").open == pull(2)
    assert choose([pull(3, base="next"), pull(1, base="next")], "main").open == pull(1, base="next")


def test_what_people_closed_was_declined_the_newest_first() -> None:
    found = [pull(1, "closed"), pull(4, "closed", withdrawn=True), pull(2, "closed"), pull(3, "merged")]
    assert choose(found, "main") == PullRequestFacts(declined=(pull(2, "closed"), pull(1, "closed")), merged=pull(3, "merged"))


@pytest.mark.parametrize("message", ["Update\n\nRobot-Action-Update: gh:a/b v2\n", "x\n\nA: b\nRobot-Action-Update: x\nC: d\n"])
def test_a_commit_that_names_what_it_brings_and_its_files_is_ours(message: str) -> None:
    assert BranchCommit("a" * 40, f"{message}Robot-Action-Tree: {TREE}", ROBOT, ROBOT, TREE).is_ours
    assert not BranchCommit("a" * 40, f"{message}Robot-Action-Tree: {TREE}", ROBOT, ROBOT, "c" * 40).is_ours
    assert not BranchCommit("a" * 40, message, ROBOT, ROBOT, TREE).is_ours


def test_what_github_signs_for_an_app_is_ours() -> None:
    message = f"Robot-Action-Update: x\nRobot-Action-Tree: {TREE}"
    assert BranchCommit("a" * 40, message, ROBOT, Signature("GitHub", "noreply@github.com", ROBOT.date), TREE).is_ours


@pytest.mark.parametrize(
    ("message", "committer"),
    [
        ("Update", ROBOT),
        ("Update\n\n Robot-Action-Update: x", ROBOT),
        ("Robot-Action-Update: x", Signature("Mona", ROBOT.email, ROBOT.date)),
        ("Robot-Action-Update: x", Signature(ROBOT.name, "mona@acme.example", ROBOT.date)),
        ("Robot-Action-Update: x", Signature(ROBOT.name, ROBOT.email, "2026-01-02T03:04:06Z")),
        ("Robot-Action-Update: x", Signature("GitHub", "noreply@github.com", "2026-01-02T03:04:06Z")),  # rebased on its pages
    ],
)
def test_any_other_commit_is_somebodys(message: str, committer: Signature) -> None:
    assert not BranchCommit("a" * 40, f"{message}\nRobot-Action-Tree: {TREE}", ROBOT, committer, TREE).is_ours
