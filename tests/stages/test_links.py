"""A project lies in a repository that has a commit, or nothing can be merged."""

from __future__ import annotations

from pathlib import Path

import pytest

from robot_action.errors import FailedError, InputError
from robot_action.stages.links import find_repository
from tests.testbed.bare import git
from tests.testbed.git_bed import make_client, make_ports, write_files


def test_the_repository_around_a_folder_is_found(tmp_path: Path) -> None:
    write_files(tmp_path / "mono", {"services/a/x": "x"})
    git(tmp_path / "mono", "init", "--quiet")
    git(tmp_path / "mono", "add", "--all")
    git(tmp_path / "mono", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "x")
    top, prefix, local = find_repository(make_ports(tmp_path, make_client()), tmp_path / "mono/services/a")
    assert (top, prefix, local.head) == (tmp_path / "mono", "services/a/", git(tmp_path / "mono", "rev-parse", "HEAD"))


def test_a_folder_that_no_commit_message_could_name_is_refused(tmp_path: Path) -> None:
    write_files(tmp_path, {"mono/caf\udce9/x": "x"})
    git(tmp_path / "mono", "init", "--quiet")
    with pytest.raises(InputError, match="is not UTF-8"):
        find_repository(make_ports(tmp_path, make_client()), tmp_path / "mono/caf\udce9")


@pytest.mark.parametrize("repository", [True, False], ids=["a repository without a commit", "no repository"])
def test_what_is_not_committed_is_refused(tmp_path: Path, repository: bool) -> None:
    write_files(tmp_path / "demo", {"x": "x"})
    if repository:
        git(tmp_path / "demo", "init", "--quiet")
    with pytest.raises(FailedError, match=r"demo is not committed in a git repository\n.*Commit the project first"):
        find_repository(make_ports(tmp_path, make_client()), tmp_path / "demo")
