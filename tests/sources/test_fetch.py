"""Every kind of source has its module."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from robot_action.model.fetched import FetchedTree
from robot_action.model.source import Source, SourceKind
from robot_action.model.tree import Tree
from robot_action.sources.fetch import FETCHERS, describe, fetch
from tests.testbed.bare import git
from tests.testbed.git_bed import make_client, make_ports, wanted, write_files
from tests.testbed.git_server import GitServer


def test_no_kind_is_forgotten() -> None:
    assert set(FETCHERS) == set(SourceKind)


def test_each_kind_is_fetched_by_its_own(git_server: GitServer, tmp_path: Path) -> None:
    git_server.create("acme/t")
    commit = git_server.commit("acme/t", {"a": "from git"})
    write_files(tmp_path / "t", {"a": "from a folder"})
    ports = make_ports(tmp_path, make_client(git_server))
    found = fetch(ports, Source(SourceKind.GIT, git_server.url_of("acme/t"), "t"))
    assert (found.tree["a"].content, found.commit) == (b"from git", commit)
    assert fetch(ports, Source(SourceKind.DIRECTORY, str(tmp_path / "t"), "t")).tree["a"].content == b"from a folder"


def test_a_commit_is_described_where_its_source_is(git_server: GitServer, tmp_path: Path) -> None:
    git_server.create("acme/t")
    commit = git_server.commit("acme/t", {"a": "1"})
    git_server.git("acme/t", "tag", "v1", commit)
    client = make_client(git_server)
    folder = write_files(tmp_path / "t", {"a": "1"})
    git(folder, "init", "-q")
    own = client.commit(wanted(folder, client, tag="v2"))
    ports = make_ports(tmp_path, client)
    source = Source(SourceKind.GIT, git_server.url_of("acme/t"), "t")
    assert describe(ports, source, FetchedTree(Tree(), commit=commit)) == "v1"
    assert describe(ports, source, FetchedTree(Tree())) == ""
    assert describe(ports, Source(SourceKind.DIRECTORY, str(folder), "t"), FetchedTree(Tree(), commit=own)) == "v2"


def test_a_commit_with_one_tag_is_described_without_asking_again() -> None:
    nobody = make_ports(Path("/nowhere"), cast("Any", None))
    source = Source(SourceKind.GIT, "https://git.example/acme/t", "t")
    assert describe(nobody, source, FetchedTree(Tree(), "1.0", "a" * 40, "v1.0")) == "v1.0"
