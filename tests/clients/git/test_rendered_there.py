"""Renderings on a host are anybody's who may push there; they are read and written without a project's repository."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from robot_action.clients.git.rendered import KEPT
from robot_action.errors import RobotActionError
from robot_action.model.kept import KeepWanted
from tests.clients.git.test_rendered import WHAT
from tests.testbed.bare import BareRepositories, git
from tests.testbed.git_bed import make_client
from tests.testbed.git_server import GitServer

NAME = "acme/demo"


@pytest.fixture
def host(tmp_path: Path) -> BareRepositories:
    bare = BareRepositories(tmp_path / "forge")
    bare.create(NAME)
    bare.commit(NAME, {"f": "x\n"})
    return bare


@pytest.fixture
def wanted(tmp_path: Path, host: BareRepositories) -> KeepWanted:
    return KeepWanted(tmp_path / "nowhere", "1", "main:.copier-answers.yml", url=str(host.path_of(NAME)))


def names(host: BareRepositories) -> set[str]:
    return set(host.refs(NAME, KEPT))


def test_a_rendering_comes_back_as_it_was(host: BareRepositories, wanted: KeepWanted) -> None:
    assert make_client().kept(wanted) is None
    assert make_client().keep(wanted, WHAT) == ""
    assert make_client().kept(wanted) == WHAT
    assert host.heads(NAME).keys() == {"main"}


def test_the_same_rendering_is_the_same_commit(host: BareRepositories, wanted: KeepWanted) -> None:
    make_client().keep(wanted, WHAT)
    before = host.refs(NAME, KEPT)
    assert make_client().keep(wanted, WHAT) == ""
    assert host.refs(NAME, KEPT) == before


def test_what_was_kept_earlier_for_the_same_project_and_branch_goes_away(host: BareRepositories, wanted: KeepWanted) -> None:
    folder, branch = (
        replace(wanted, name="2", state="main:a/.copier-answers.yml"),
        replace(wanted, name="3", state="old:.copier-answers.yml"),
    )
    for one in (wanted, folder, branch, replace(wanted, name="4", beside="1"), replace(wanted, name="5", beside="4")):
        assert make_client().keep(one, WHAT) == ""
    assert names(host) == {"2", "3", "4", "5"}


def test_only_titles_are_fetched_of_the_others_where_the_host_can_do_that(git_server: GitServer, wanted: KeepWanted) -> None:
    git_server.create(NAME)
    git_server.commit(NAME, {"f": "x\n"})
    git_server.git(NAME, "config", "uploadpack.allowFilter", "true")
    for name in "12":
        assert make_client(git_server).keep(replace(wanted, name=name, url=git_server.url_of(NAME)), WHAT) == ""
    assert names(git_server) == {"2"}
    assert git_server.errors == []


@pytest.mark.parametrize("what", ["HEAD", "HEAD^{tree}", "HEAD:f", "tag"])
def test_what_is_something_else_is_none_and_overwritten(host: BareRepositories, wanted: KeepWanted, what: str) -> None:
    host.git(NAME, "-c", "user.name=a", "-c", "user.email=a@b", "tag", "--annotate", "-m", "x", "tag", "HEAD:f")
    host.git(NAME, "update-ref", f"{KEPT}1", host.git(NAME, "rev-parse", what))
    assert make_client().kept(wanted) is None
    make_client().keep(wanted, WHAT)
    assert make_client().kept(wanted) == WHAT


def test_a_history_behind_a_rendering_counts_nothing(host: BareRepositories, wanted: KeepWanted) -> None:
    make_client().keep(wanted, WHAT)
    rendered = host.git(NAME, "rev-parse", f"{KEPT}1")
    on_top = host.git(NAME, "-c", "user.name=a", "-c", "user.email=a@b", "commit-tree", "-p", "main", "-m", "x", f"{rendered}^{{tree}}")
    host.git(NAME, "update-ref", f"{KEPT}1", on_top)
    assert make_client().kept(wanted) == WHAT


def test_an_empty_or_missing_host_takes_nothing(tmp_path: Path, host: BareRepositories, wanted: KeepWanted) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "empty.git")
    with pytest.raises(RobotActionError, match="no branch yet"):
        make_client().keep(replace(wanted, url=str(tmp_path / "empty.git")), WHAT)
    shutil.rmtree(host.path_of(NAME))
    with pytest.raises(RobotActionError):
        make_client().kept(wanted)
    with pytest.raises(RobotActionError):
        make_client().keep(wanted, WHAT)
