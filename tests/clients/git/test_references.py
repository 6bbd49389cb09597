"""References of real servers, and of the repositories around folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.testbed.bare import git
from tests.testbed.git_bed import make_client
from tests.testbed.git_server import GitServer

TEMPLATES = "acme/templates"
ADA = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")


@pytest.fixture
def server(git_server: GitServer) -> GitServer:
    git_server.create(TEMPLATES)
    return git_server


def test_references_are_listed_with_tags_peeled(server: GitServer) -> None:
    first = server.commit(TEMPLATES, {"a": "1"})
    second = server.commit(TEMPLATES, {"a": "2"}, branch="develop")
    server.git(TEMPLATES, "tag", "plain", first)
    server.git(TEMPLATES, "-c", "user.name=A", "-c", "user.email=a@example.com", "tag", "-m", "x", "annotated", second)
    assert dict(make_client(server).list_refs(server.url_of(TEMPLATES))) == {
        "HEAD": first,
        "refs/heads/main": first,
        "refs/heads/develop": second,
        "refs/tags/plain": first,
        "refs/tags/annotated": second,
    }


def test_a_run_asks_a_repository_once(server: GitServer) -> None:
    client, commit = make_client(server), server.commit(TEMPLATES, {"a": "1"})
    assert client.list_refs(server.url_of(TEMPLATES))["HEAD"] == commit
    asked = len(server.requests)
    server.commit(TEMPLATES, {"a": "2"})
    assert client.list_refs(server.url_of(TEMPLATES))["HEAD"] == commit
    assert len(server.requests) == asked


def test_an_empty_repository_has_no_references(server: GitServer) -> None:
    assert make_client(server).list_refs(server.url_of(TEMPLATES)) == {}


def test_names_that_are_not_utf_8_are_left_out(server: GitServer) -> None:
    commit = server.commit(TEMPLATES, {"a": "1"})
    packed = server.path_of(TEMPLATES) / "packed-refs"
    packed.write_bytes(f"{commit} refs/heads/".encode() + b"\xff\n")
    assert set(make_client(server).list_refs(server.url_of(TEMPLATES))) == {"HEAD", "refs/heads/main"}


def test_a_folder_has_the_references_of_the_repository_around_it(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    (tmp_path / "below").mkdir()
    assert make_client().folder_refs(tmp_path / "below") == {}  # no commit yet
    git(tmp_path, *ADA, "commit", "--quiet", "--allow-empty", "-m", "one")
    git(tmp_path, *ADA, "tag", "-m", "x", "annotated")
    commit = git(tmp_path, "rev-parse", "HEAD").strip()
    named = {"HEAD": commit, "refs/heads/main": commit, "refs/tags/annotated": commit}
    assert make_client().folder_refs(tmp_path / "below") == named


def test_a_folder_in_no_repository_has_no_references(tmp_path: Path) -> None:
    assert make_client().folder_refs(tmp_path) == {}
