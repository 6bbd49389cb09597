"""What a sparse checkout leaves out is told for files that there are, and for those that are to come."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.testbed.bare import git
from tests.testbed.git_bed import make_client, write_files

PATHS = ("top", "in/f", "in/deep/f", "old", "old/f", "old/new", "fresh/f", "run.sh", 'o"d\nü')


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project = write_files(tmp_path / "p", {"top": "", "in/f": "", "in/deep/f": "", "old/f": "", "run.sh": ""})
    git(project, "init", "--quiet", "--initial-branch=main")
    git(project, "add", "--all")
    git(project, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "x")
    return project


@pytest.mark.parametrize(
    ("patterns", "left_out"),
    [
        (("--cone", "in/deep"), ("fresh/f", "old/f", "old/new")),
        (("--no-cone", "/*", "!/old/", "!/run.sh"), ("old/f", "old/new", "run.sh")),
    ],
)
def test_it_is_told_by_the_patterns_that_git_has(project: Path, patterns: tuple[str, ...], left_out: tuple[str, ...]) -> None:
    git(project, "sparse-checkout", "set", *patterns)
    client = make_client()
    assert client.left_out(project, PATHS) == left_out
    write_files(project, {"old/f": "present nevertheless"})
    assert client.left_out(project, PATHS) == left_out
    git(project, "worktree", "add", "--quiet", str(project.parent / "linked"))
    assert client.left_out(project.parent / "linked", PATHS) == left_out
    git(project, "sparse-checkout", "disable")
    assert client.left_out(project, PATHS) == ()


def test_other_checkouts_leave_nothing_out(project: Path) -> None:
    assert make_client().left_out(project, PATHS) == ()
    assert make_client().left_out(project.parent, PATHS) == ()
