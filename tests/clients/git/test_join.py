"""People's commits on a branch are merged with what is brought there; what we brought before counts as where they began."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from robot_action.errors import FailedError, TryAgainError
from robot_action.exchange import JoinedTree, JoinWanted
from robot_action.hosting import Drafts
from tests.testbed.bare import git
from tests.testbed.git_bed import make_client, write_files

LINES = "".join(f"{number}\n" for number in range(20))
BRANCH = "robot-action/x"


def changed(**lines: str) -> str:
    return "".join(f"{lines.get(f'l{number}', number)}\n" for number in range(20))


class Bed:
    """A repository with a base, and a clone of it that is the place."""

    def __init__(self, root: Path) -> None:
        self.drafts: Drafts = make_client().drafts
        self.server, self.place = root / "server", root / "place"
        write_files(self.server, {"a.txt": LINES, "state.yml": "1\n"})
        git(self.server, "init", "--quiet", "--initial-branch=main")
        self.base = self.commit({})
        git(root, "clone", "--quiet", str(self.server), str(self.place))

    def commit(self, files: Mapping[str, str], *, on: str = "", merging: str = "") -> str:
        """Commit files on the branch, or on another commit; merging: with a second parent."""
        if on:
            git(self.server, "checkout", "--quiet", "--detach", on)
        write_files(self.server, files)
        git(self.server, "add", "--all")
        tree = git(self.server, "write-tree")
        parents = [part for parent in (self.head(), merging) if parent for part in ("-p", parent)]
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
        made = git(self.server, *who, "commit-tree", *parents, "-m", "x", tree)
        git(self.server, "reset", "--quiet", "--hard", made)
        return made

    def head(self) -> str:
        try:
            return git(self.server, "rev-parse", "--verify", "HEAD")
        except Exception:  # noqa: BLE001 - there is none yet
            return ""

    def join(self, head: str, ours: str, commit: str, state: str = "") -> JoinedTree:
        git(self.server, "update-ref", f"refs/heads/{BRANCH}", head)
        git(self.server, "update-ref", "refs/heads/proposed", commit)
        git(self.place, "fetch", "--quiet", "origin", "proposed")
        self.drafts.fetch(self.place, str(self.server), BRANCH, head, whole=not ours)
        return self.drafts.join(self.place, JoinWanted(head, ours, commit, state))

    def show(self, tree: str, path: str = "a.txt") -> str:
        return git(self.place, "show", f"{tree}:{path}") + "\n"


@pytest.fixture
def bed(tmp_path: Path) -> Bed:
    return Bed(tmp_path)


def test_both_sides_are_kept(bed: Bed) -> None:
    ours = bed.commit({"a.txt": changed(l1="v2")})
    head = bed.commit({"a.txt": changed(l1="v2", l10="ada")})
    commit = bed.commit({"a.txt": changed(l1="v3")}, on=bed.base)
    made = bed.join(head, ours, commit)
    assert bed.show(made.tree) == changed(l1="v3", l10="ada")


def test_the_second_parent_of_a_merge_of_ours_is_where_people_began(bed: Bed) -> None:
    first = bed.commit({"a.txt": changed(l1="v2")})
    ada = bed.commit({"a.txt": changed(l1="v2", l10="ada")})
    second = bed.commit({"a.txt": changed(l1="v3")}, on=bed.base)
    merged = bed.commit({"a.txt": changed(l1="v3", l10="ada")}, on=ada, merging=second)
    head = bed.commit({"a.txt": changed(l1="v3", l10="ada", l18="more")})
    commit = bed.commit({"a.txt": changed(l1="v4")}, on=bed.base)
    assert first != second
    assert bed.show(bed.join(head, merged, commit).tree) == changed(l1="v4", l10="ada", l18="more")


def test_what_does_not_go_together_is_told(bed: Bed) -> None:
    ours = bed.commit({"a.txt": changed(l1="v2")})
    head = bed.commit({"a.txt": changed(l1="ada")})
    commit = bed.commit({"a.txt": changed(l1="v3")}, on=bed.base)
    assert bed.join(head, ours, commit) == JoinedTree(conflicts=("a.txt",))


def test_without_a_commit_of_ours_people_began_with_the_base(bed: Bed) -> None:
    head = bed.commit({"own.txt": "ada\n"})
    commit = bed.commit({"a.txt": changed(l1="v2")}, on=bed.base)
    made = bed.join(head, "", commit)
    assert (bed.show(made.tree), bed.show(made.tree, "own.txt")) == (changed(l1="v2"), "ada\n")


def test_in_a_shallow_repository_it_is_found_where_the_branch_began(bed: Bed) -> None:
    head = bed.commit({"a.txt": changed(l1="v2", l10="ada")})
    moved_on = bed.commit({"main.txt": "moved on\n"}, on=bed.base)
    shutil.rmtree(bed.place)
    git(bed.place.parent, "clone", "--quiet", "--depth=1", f"file://{bed.server}", str(bed.place))
    git(bed.place, "update-ref", "refs/heads/base", moved_on)
    commit = bed.commit({"a.txt": changed(l18="v3")}, on=moved_on)
    made = bed.join(head, "", commit)
    assert (bed.show(made.tree), bed.show(made.tree, "main.txt")) == (changed(l1="v2", l10="ada", l18="v3"), "moved on\n")


def test_a_branch_that_began_nowhere_is_never_taken_for_merged(bed: Bed) -> None:
    git(bed.server, "checkout", "--quiet", "--orphan", "apart")
    head = bed.commit({"a.txt": changed(l10="ada")})
    commit = bed.commit({"a.txt": changed(l1="v2")}, on=bed.base)
    assert bed.join(head, "", commit) == JoinedTree(conflicts=("a.txt",))


def test_a_state_file_that_is_the_same_tells_that_it_is_there(bed: Bed) -> None:
    ours = bed.commit({"a.txt": changed(l1="v2"), "state.yml": "2\n"})
    head = bed.commit({"a.txt": changed(l1="ada"), "state.yml": "3\n"})
    commit = bed.commit({"a.txt": changed(l1="v3"), "state.yml": "3\n"}, on=bed.base)
    assert bed.join(head, ours, commit, "state.yml").is_there
    assert not bed.join(head, ours, commit, "missing.yml").is_there


@pytest.mark.parametrize("gone", [True, False])
def test_a_branch_that_moved_meanwhile_is_left_for_another_run(bed: Bed, gone: bool) -> None:
    head = bed.commit({"own.txt": "ada\n"})
    if not gone:
        git(bed.server, "update-ref", f"refs/heads/{BRANCH}", bed.base)
    with pytest.raises(TryAgainError, match="somebody else changed the branch"):
        bed.drafts.fetch(bed.place, str(bed.server), BRANCH, head)


def test_what_else_keeps_a_branch_from_being_fetched_is_not_told_as_a_change(bed: Bed) -> None:
    head = bed.commit({"own.txt": "ada\n"})
    git(bed.server, "update-ref", f"refs/heads/{BRANCH}", head)
    lost = git(bed.server, "rev-parse", f"{head}:own.txt")
    (bed.server / ".git/objects" / lost[:2] / lost[2:]).unlink()
    with pytest.raises(FailedError) as caught:
        bed.drafts.fetch(bed.place, str(bed.server), BRANCH, head)
    assert "somebody else" not in str(caught.value)
