"""Clones without all contents are merged all the same: what is missing is fetched, and the project stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from robot_action.clients.git.client import GitClient
from robot_action.errors import FailedError
from robot_action.exchange import MergeWanted
from robot_action.model.merge import RawMerge, StoreWanted
from robot_action.model.tree import Entry, Mode, Tree
from tests.testbed.bare import git
from tests.testbed.git_bed import make_client
from tests.testbed.git_server import GitServer

LINES = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"
NAME = "acme/project"
FILES = {".gitattributes": "*.txt text=auto\n", "f": "top\n", "deep/f.txt": LINES.replace("one", "ONE"), "deep/own": "own\n"}


@pytest.fixture
def server(git_server: GitServer) -> GitServer:
    git_server.anonymous_read = True
    git_server.create(NAME)
    git_server.git(NAME, "config", "uploadpack.allowFilter", "true")
    git_server.commit(NAME, {**FILES, "deep/f.txt": LINES})
    git_server.commit(NAME, FILES)
    return git_server


def sparse_clone(server: GitServer, folder: Path, *options: str) -> Path:
    git(folder, "clone", "--quiet", "--filter=blob:none", "--sparse", *options, server.url_of(NAME), "clone")
    return folder / "clone"


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def merge(client: GitClient, folder: Path) -> RawMerge:
    base, theirs = (Tree({"f.txt": Entry(Mode.FILE, text.encode())}) for text in (LINES, LINES.replace("seven", "SEVEN")))
    return client.merge(MergeWanted(folder, git(folder, "rev-parse", "HEAD"), "deep/", base, theirs, "template-v2"))


@pytest.mark.parametrize("options", [(), ("--depth=1",)])
def test_what_is_missing_is_fetched_and_the_project_stays_as_it_is(server: GitServer, tmp_path: Path, options: tuple[str, ...]) -> None:
    clone = sparse_clone(server, tmp_path, *options)
    before = snapshot(clone)
    asked = len(server.requests)
    raw = merge(make_client(), clone)
    assert raw.changes["f.txt"] == Entry(Mode.FILE, LINES.replace("one", "ONE").replace("seven", "SEVEN").encode())
    assert snapshot(clone) == before
    assert len(server.requests) > asked


def test_what_says_how_files_are_stored_is_fetched_too(server: GitServer, tmp_path: Path) -> None:
    server.commit(NAME, {**FILES, "deep/.gitattributes": "*.txt text\n", "deep/.gitignore": "*.log\n"})
    clone = sparse_clone(server, tmp_path)
    before = snapshot(clone)
    changes = {"f.txt": Entry(Mode.FILE, b"new\r\n"), "in/.gitignore": Entry(Mode.FILE, b"x\n"), "in/a.log": Entry(Mode.FILE, b"l\n")}
    found = make_client().stored(StoreWanted(clone, git(clone, "rev-parse", "HEAD"), "deep/", changes, frozenset({"f.txt"})))
    assert found.changes == {**changes, "f.txt": Entry(Mode.FILE, b"new\n")}
    assert found.ignored == ("in/a.log",)
    assert snapshot(clone) == before


def test_nothing_is_fetched_where_nothing_is_missing(server: GitServer, tmp_path: Path) -> None:
    clone = sparse_clone(server, tmp_path)
    git(clone, "sparse-checkout", "disable")
    asked = len(server.requests)
    assert merge(make_client(), clone).changes
    assert len(server.requests) == asked


def test_what_cannot_be_fetched_is_told(server: GitServer, tmp_path: Path) -> None:
    clone = sparse_clone(server, tmp_path)
    with pytest.raises(FailedError, match="a clone without all contents, and they cannot be fetched: ") as refused:
        merge(make_client(allowed_protocols=frozenset()), clone)
    assert "'http' is not allowed" in str(refused.value)
    assert "Fetch them first" in str(refused.value.problems[0].hint)
    assert "--allow-protocol http" in str(refused.value.problems[0].hint)
    server.delete(NAME)
    with pytest.raises(FailedError, match="they cannot be fetched"):
        merge(make_client(), clone)
    git(clone, "config", "--remove-section", "remote.origin")
    with pytest.raises(FailedError, match="and does not say where they are"):
        merge(make_client(), clone)


def test_a_helper_that_the_clone_names_as_its_source_does_not_run(server: GitServer, tmp_path: Path) -> None:
    clone = sparse_clone(server, tmp_path)
    git(clone, "config", "remote.origin.url", f"ext::touch {tmp_path}/ran")
    with pytest.raises(FailedError, match="they cannot be fetched"):
        merge(make_client(), clone)
    assert not (tmp_path / "ran").exists()
