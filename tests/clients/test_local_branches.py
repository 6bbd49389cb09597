from __future__ import annotations

from pathlib import Path

import pytest

from robot_action.clients.local_branches import LocalBranches
from robot_action.errors import FailedError, InputError, TryAgainError
from robot_action.exchange import Delivered
from robot_action.model.pull_request import CheckState, CommitStatus
from tests.clients.github.proposing import BINARY, BRANCH, MESSAGE, NAME, PEOPLE, Clone, clone, runner_for, signed
from tests.testbed.bare import BareRepositories
from tests.testbed.github_objects import run
from tests.testbed.hostile import plant


@pytest.fixture
def project(tmp_path: Path) -> Clone:
    forge = BareRepositories(tmp_path / "forge")
    place = str(forge.create(NAME))
    return clone(forge, tmp_path / "demo", place, place)


@pytest.fixture
def branches() -> LocalBranches:
    return LocalBranches(runner_for())


def heads(project: Clone) -> dict[str, str]:
    return project.bare.heads(NAME)


def test_a_commit_arrives_as_it_is_and_only_once(branches: LocalBranches, project: Clone) -> None:
    commit = project.commit({"tool.bin": BINARY})
    assert branches.deliver(project.wanted(commit)) == Delivered(commit)
    assert branches.deliver(project.wanted(commit)) == Delivered(commit)
    assert heads(project)[BRANCH] == commit


def test_our_branches_are_those_below_our_prefix(branches: LocalBranches, project: Clone) -> None:
    assert branches.ours(str(project.bare.path_of(NAME))) == ()
    branches.deliver(project.wanted(project.commit({"a.txt": b"two\n"})))
    project.bare.commit(NAME, {"a": "1"}, branch="robot-actions")
    assert branches.ours(str(project.bare.path_of(NAME))) == (BRANCH,)


@pytest.mark.parametrize("start", ["origin/main", f"origin/{BRANCH}"])
def test_a_branch_is_moved_as_it_was_seen(branches: LocalBranches, project: Clone, start: str) -> None:
    first = branches.deliver(project.wanted(project.commit({"a.txt": b"two\n"}))).commit
    second = project.commit({"a.txt": b"three\n"}, start=start)
    branches.deliver(project.wanted(second, first))
    assert heads(project)[BRANCH] == second


@pytest.mark.parametrize("seen", ["", "a" * 40])
def test_a_commit_of_somebody_is_not_overwritten(branches: LocalBranches, project: Clone, seen: str) -> None:
    theirs = project.bare.commit(NAME, {"theirs": "1"}, branch=BRANCH)
    with pytest.raises(TryAgainError, match="somebody else changed the branch"):
        branches.deliver(project.wanted(project.commit({"a.txt": b"two\n"}), seen))
    assert heads(project)[BRANCH] == theirs


def test_a_refused_push_is_explained(branches: LocalBranches, project: Clone) -> None:
    project.bare.git(NAME, "config", "receive.denyDeletes", "true")
    project.bare.git(NAME, "config", "receive.maxInputSize", "1")
    with pytest.raises(FailedError):
        branches.deliver(project.wanted(project.commit({"tool.bin": BINARY * 99})))
    assert set(heads(project)) == {"main"}


def test_nothing_that_is_planted_in_the_project_runs(branches: LocalBranches, project: Clone, tmp_path: Path) -> None:
    commit = project.commit({"a.txt": b"two\n"})
    plant(project.folder, tmp_path / "ran")
    branches.deliver(project.wanted(commit))
    assert heads(project)[BRANCH] == commit
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("what", ["folder", "commit", "parent"])
def test_what_cannot_be_proposed_is_told(branches: LocalBranches, project: Clone, tmp_path: Path, what: str) -> None:
    commit = "a" * 40
    if what == "parent":
        commit = run(project.folder, "commit-tree", "HEAD^{tree}", "-m", "alone", variables=PEOPLE)
    wanted = project.wanted(commit)
    if what == "folder":
        (tmp_path / "empty").mkdir()
        wanted = type(wanted)(tmp_path / "empty", wanted.repository, wanted.url, wanted.branch, wanted.commit)
    with pytest.raises(FailedError, match=r"nothing to propose|does not have the commit|has no parent"):
        branches.deliver(wanted)


def test_a_head_tells_what_it_is_made_of(branches: LocalBranches, project: Clone) -> None:
    assert branches.head(project.repository, BRANCH) is None
    commit = branches.deliver(project.wanted(project.commit({"a.txt": b"two\n"}))).commit
    found = branches.head(project.repository, BRANCH)
    assert found is not None
    assert (found.commit, found.parents) == (commit, (heads(project)["main"],))
    assert found.message.strip() == signed(MESSAGE, found.tree).strip()
    assert found.tree == project.bare.git(NAME, "rev-parse", f"{commit}^{{tree}}")


@pytest.mark.parametrize("broken", ["the configuration", "the commit"])
def test_a_repository_that_cannot_be_read_has_not_just_no_such_branch(branches: LocalBranches, project: Clone, broken: str) -> None:
    folder = project.bare.path_of(NAME)
    if broken == "the configuration":
        (folder / "config").write_text("[broken")
    else:
        (folder / "refs/heads/main").write_text(f"{'9' * 40}\n")
    with pytest.raises(FailedError):
        branches.head(project.repository, "main")


def test_our_commits_and_others_are_told_apart(branches: LocalBranches, project: Clone) -> None:
    assert branches.commits(project.repository, "main", "main") == ()
    ours = branches.deliver(project.wanted(project.commit({"a.txt": b"two\n"}))).commit
    theirs = project.bare.commit(NAME, {"theirs": "1"}, branch=BRANCH, message="Mine\n\nwith a body")
    for head in (BRANCH, theirs):
        found = branches.commits(project.repository, "main", head)
        assert [(one.commit, one.is_ours) for one in found] == [(ours, True), (theirs, False)]
    assert found[0].message == signed(MESSAGE, found[0].tree)
    assert found[1].author.email == "somebody@example.com"
    assert [one.parents for one in found] == [(heads(project)["main"],), (ours,)]


def test_a_status_is_said_once(branches: LocalBranches, project: Clone) -> None:
    error, success = (CommitStatus(state, "conflicts", "text") for state in (CheckState.ERROR, CheckState.SUCCESS))
    commit = heads(project)["main"]
    said = [branches.set_status(project.repository, commit, one) for one in (error, error, success)]
    assert said == [True, False, True]
    assert branches.status(project.repository, commit, "conflicts") is CheckState.SUCCESS
    assert branches.status(project.repository, commit, "others") is None
    file = Path(project.repository).with_name("demo.pulls") / "statuses" / f"{commit}.json"
    assert '"success"' in file.read_text()
    for nonsense in ("{", "[]", "[" * 100_000):
        file.write_text(nonsense)
        assert branches.set_status(project.repository, commit, error)


def test_a_folder_has_no_rules_and_wants_no_token(branches: LocalBranches, project: Clone) -> None:
    branches.authorise(project.repository, workflows=True)
    assert branches.rules(project.repository, BRANCH) == ()
    assert not branches.signs(project.repository)
    with pytest.raises(InputError, match="is no bare git repository"):
        branches.authorise(str(project.folder), workflows=False)
