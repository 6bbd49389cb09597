"""The commits between two versions of a template."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from robot_action.errors import FailedError, InputError
from robot_action.model.update_summary import History, TemplateCommit
from tests.testbed.bare import git, git_environment
from tests.testbed.git_bed import make_client
from tests.testbed.git_server import GitServer

NAME = "acme/templates"


@pytest.fixture
def server(git_server: GitServer) -> GitServer:
    git_server.create(NAME)
    return git_server


def test_the_newest_come_first_and_no_more_than_are_wanted(server: GitServer) -> None:
    commits = [server.commit(NAME, {"a": str(number)}) for number in range(5)]
    found = make_client(server).history(server.url_of(NAME), (commits[0], commits[4]), 3)
    assert [one.commit for one in found.commits] == commits[:1:-1]
    assert found.total == 4
    assert all(one.title for one in found.commits)


def test_a_folder_is_asked_itself_and_merges_do_not_count(server: GitServer, tmp_path: Path) -> None:
    first = server.commit(NAME, {"a": "1"})
    server.commit(NAME, {"a": "2"})
    folder = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(server.path_of(NAME)), str(folder))
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    git(folder, *identity, "switch", "--quiet", "--create", "side", first)
    git(folder, *identity, "commit", "--quiet", "--allow-empty", "-m", "On the side")
    git(folder, *identity, "merge", "--quiet", "--no-ff", "-m", "A merge", "main")
    found = make_client(server).history(folder, (first, git(folder, "rev-parse", "HEAD")), 50)
    assert found.total == 2
    assert "A merge" not in {one.title for one in found.commits}
    assert TemplateCommit(git(folder, "rev-parse", "HEAD^"), "On the side") in found.commits


def test_a_commit_that_is_gone_leads_nowhere(server: GitServer) -> None:
    commit = server.commit(NAME, {"a": "1"})
    assert make_client(server).history(server.url_of(NAME), ("9" * 40, commit), 50) == History()


@pytest.mark.parametrize("limit", [2, 3, 4])
def test_a_title_is_one_whatever_stands_in_it(server: GitServer, limit: int) -> None:
    commits = [server.commit(NAME, {"a": str(number)}, message=f"one\rtwo\x0b{number}") for number in range(4)]
    found = make_client(server).history(server.path_of(NAME), (commits[0], commits[3]), limit)
    assert (len(found.commits), found.total) == (min(limit, 3), 3)


@pytest.mark.parametrize("which", [0, 1])
def test_what_is_a_tree_leads_nowhere(server: GitServer, which: int) -> None:
    commit = server.commit(NAME, {"a": "1"})
    both = [commit, commit]
    both[which] = server.git(NAME, "rev-parse", f"{commit}^{{tree}}")
    assert make_client(server).history(server.path_of(NAME), (both[0], both[1]), 50) == History()


def test_a_hole_between_both_is_told(server: GitServer) -> None:
    commits = [server.commit(NAME, {"a": str(number)}) for number in range(4)]
    server.git(NAME, "repack", "-adq")
    folder = server.path_of(NAME)
    (pack,) = folder.glob("objects/pack/*.pack")
    packed = pack.read_bytes()
    for file in folder.glob("objects/pack/*"):
        file.unlink()
    subprocess.run(["git", "-C", str(folder), "unpack-objects", "-q"], input=packed, check=True, env=git_environment())
    (folder / "objects" / commits[1][:2] / commits[1][2:]).unlink()
    with pytest.raises(FailedError):
        make_client(server).history(folder, (commits[0], commits[3]), 50)


def test_what_is_no_commit_is_refused(server: GitServer) -> None:
    with pytest.raises(InputError, match="no whole commit ids"):
        make_client(server).history(server.url_of(NAME), ("--all", "9" * 40), 50)
