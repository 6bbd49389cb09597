"""Sending commits to a server that others push to as well; what arrives is in the tests of local and GitHub's branches."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from robot_action.clients.git.proposals import proposal
from robot_action.errors import FailedError, NotPermittedError, RobotActionError, TryAgainError, UnavailableError
from tests.clients.github.proposing import BRANCH, NAME, Clone, clone
from tests.testbed.git_bed import make_runner
from tests.testbed.git_server import GitServer

LENT = "refs/robot-action/objects/x"


@pytest.fixture
def project(git_server: GitServer, tmp_path: Path) -> Clone:
    git_server.create(NAME)
    return clone(git_server, tmp_path / "demo", git_server.url_of(NAME))


def push(project: Clone, server: GitServer, commit: str, seen: str = "") -> None:
    with proposal(make_runner(server), project.folder, commit) as ours:
        ours.push(project.wanted(commit, seen))


def test_what_changed_is_told_with_modes_and_objects(git_server: GitServer, project: Clone) -> None:
    commit = project.commit({"a.txt": b"two\n", "gone.txt": None, "run.sh": b"new\n"})
    with proposal(make_runner(git_server), project.folder, commit) as ours:
        modes = {change.path: (change.before_mode, change.after_mode, bool(change.after)) for change in ours.changes}
        assert modes == {"a.txt": ("100644", "100644", True), "gone.txt": ("100644", "", False), "run.sh": ("100644", "100755", True)}
        blobs = {change.path: change.after for change in ours.changes}
        assert ours.read([blobs["a.txt"]]) == {blobs["a.txt"]: b"two\n"}
        assert ours.read([]) == {}


def test_the_very_same_that_another_run_pushed_meanwhile_is_no_failure(git_server: GitServer, project: Clone) -> None:
    commit = project.commit({"a.txt": b"two\n"})
    push(replace(project), git_server, commit)
    git_server.git(NAME, "branch", "--move", BRANCH, "elsewhere")

    def beside_us() -> bool:
        git_server.git(NAME, "update-ref", f"refs/heads/{BRANCH}", commit)
        return False

    git_server.on_push = beside_us
    push(project, git_server, commit)
    assert git_server.heads(NAME)[BRANCH] == commit


def test_a_commit_of_somebody_in_the_last_moment_is_not_overwritten(git_server: GitServer, project: Clone) -> None:
    first = project.commit({"a.txt": b"two\n"})
    push(project, git_server, first)

    def beside_us() -> bool:
        git_server.commit(NAME, {"theirs": "1"}, branch=BRANCH)
        return True

    git_server.on_push = beside_us
    with pytest.raises(TryAgainError, match="somebody else changed the branch"):
        push(project, git_server, project.commit({"a.txt": b"three\n"}), first)
    assert git_server.git(NAME, "ls-tree", "--name-only", BRANCH) == "theirs"


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("GH013: Repository rule violations found", NotPermittedError),
        ("refusing to allow an OAuth App to update workflow", NotPermittedError),
        ("no", FailedError),
    ],
)
def test_a_refusal_is_explained(git_server: GitServer, project: Clone, said: str, error: type[RobotActionError]) -> None:
    git_server.refuse_pushes(NAME, said)
    with pytest.raises(error):
        push(project, git_server, project.commit({"a.txt": b"two\n"}))


def test_objects_are_lent_under_a_name_that_may_be_taken_again(git_server: GitServer, project: Clone) -> None:
    for text in (b"two\n", b"three\n"):
        commit = project.commit({"a.txt": text})
        with proposal(make_runner(git_server), project.folder, commit) as ours:
            assert ours.lend(project.url, LENT)
        assert git_server.refs(NAME, "refs/robot-action/objects/") == {"x": commit}


def test_a_server_that_breaks_off_is_no_refusal_of_the_name(git_server: GitServer, project: Clone) -> None:
    git_server.on_push = lambda: False
    commit = project.commit({"a.txt": b"two\n"})
    with proposal(make_runner(git_server), project.folder, commit) as ours, pytest.raises(UnavailableError):
        ours.lend(project.url, LENT)
