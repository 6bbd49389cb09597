"""Every kind of difference between two trees, as git's own objects have it."""

from __future__ import annotations

from pathlib import Path

import pytest

from robot_action.clients.git.environment import Place
from robot_action.clients.git.tree_changes import tree_changes
from robot_action.errors import InputError
from robot_action.model.proposal import Change
from tests.testbed.bare import git
from tests.testbed.git_bed import make_runner

ME = ("-c", "user.name=A", "-c", "user.email=a@example.com")


def commit(folder: Path) -> str:
    git(folder, "add", "--all")
    git(folder, *ME, "commit", "--quiet", "--allow-empty", "--message", "x")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(tmp_path / "p"))
    return tmp_path / "p"


def test_what_changes_comes_goes_and_moves_is_told_with_modes_and_objects(folder: Path) -> None:
    (folder / "gone").write_text("gone\n")
    (folder / "odd\n\tü").write_text("one\n")
    (folder / "run").write_text("run\n")
    before = commit(folder)
    (folder / "gone").rename(folder / "come")
    (folder / "odd\n\tü").write_text("two\n")
    (folder / "run").chmod(0o755)
    (folder / "link").symlink_to("run")
    after = commit(folder)

    def blob(of: str, path: str) -> str:
        return git(folder, "rev-parse", f"{of}:{path}")

    runner, place = make_runner(), Place(folder)
    assert set(tree_changes(runner, place, before, after)) == {
        Change("gone", "100644", blob(before, "gone")),
        Change("come", after_mode="100644", after=blob(before, "gone")),
        Change("odd\n\tü", "100644", blob(before, "odd\n\tü"), "100644", blob(after, "odd\n\tü")),
        Change("run", "100644", blob(before, "run"), "100755", blob(before, "run")),
        Change("link", after_mode="120000", after=blob(after, "link")),
    }
    assert tree_changes(runner, place, f"{after}^{{tree}}", after) == ()


def test_a_name_that_is_no_text_is_refused(folder: Path) -> None:
    before = commit(folder)
    (folder / "a\udcff").write_text("x\n")
    with pytest.raises(InputError, match="not UTF-8"):
        tree_changes(make_runner(), Place(folder), before, commit(folder))
