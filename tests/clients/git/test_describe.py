"""What ``git describe`` says of commits that were fetched without their history."""

from __future__ import annotations

from pathlib import Path

import pytest

from robot_action.errors import FailedError, InputError
from tests.testbed.bare import git
from tests.testbed.git_bed import make_client, wanted, write_files
from tests.testbed.git_server import GitServer

NAME = "acme/templates"


@pytest.fixture
def server(git_server: GitServer) -> GitServer:
    git_server.create(NAME)
    return git_server


def test_a_tagged_commit_is_its_tag(server: GitServer) -> None:
    commit = server.commit(NAME, {"a": "1"})
    server.git(NAME, "tag", "v1.0.0", commit)
    server.commit(NAME, {"a": "2"})
    assert make_client(server).describe(server.url_of(NAME), commit) == "v1.0.0"


def test_a_later_commit_counts_from_the_nearest_tag(server: GitServer) -> None:
    server.git(NAME, "tag", "v1.0.0", server.commit(NAME, {"a": "1"}))
    server.commit(NAME, {"a": "2"})
    commit = server.commit(NAME, {"a": "3"})
    assert make_client(server).describe(server.url_of(NAME), commit) == f"v1.0.0-2-g{commit[:7]}"
    assert make_client(server).describe(server.url_of(NAME), commit) == server.git(NAME, "describe", "--tags", "--always", commit)


def test_an_annotated_tag_comes_before_a_plain_one_as_in_git(server: GitServer) -> None:
    commit = server.commit(NAME, {"a": "1"})
    server.git(NAME, "tag", "a-plain", commit)
    server.git(NAME, "-c", "user.name=A", "-c", "user.email=a@example.com", "tag", "-m", "x", "b-annotated", commit)
    assert make_client(server).describe(server.url_of(NAME), commit) == "b-annotated"


def test_without_a_tag_it_is_the_commit_in_short(server: GitServer) -> None:
    commit = server.commit(NAME, {"a": "1"})
    assert make_client(server).describe(server.url_of(NAME), commit) == commit[:7]


def test_a_commit_that_is_not_there_is_told(server: GitServer) -> None:
    server.commit(NAME, {"a": "1"})
    with pytest.raises((InputError, FailedError)):
        make_client(server).describe(server.url_of(NAME), "9" * 40)


def test_what_is_no_commit_is_refused(server: GitServer) -> None:
    with pytest.raises(InputError, match="no whole commit id"):
        make_client(server).describe(server.url_of(NAME), "--all")


def test_a_folder_is_asked_itself(tmp_path: Path) -> None:
    client = make_client()
    folder = write_files(tmp_path / "t", {"sub/a": "1"})
    git(folder, "init", "-q")
    commit = client.commit(wanted(folder, client, tag="v1.2"))
    assert client.describe(folder / "sub", commit) == "v1.2"


def test_an_abbreviated_commit_is_found_in_the_history(git_server: GitServer, tmp_path: Path) -> None:
    client = make_client(git_server)
    git_server.create("acme/t")
    assert client.find_commit(git_server.url_of("acme/t"), "abcd") == ""
    first = git_server.commit("acme/t", {"a": "1"})
    git_server.commit("acme/t", {"a": "2"})
    assert client.find_commit(git_server.url_of("acme/t"), first[:7]) == first
    assert client.find_commit(git_server.url_of("acme/t"), "0000000") == ""
    git(tmp_path, "clone", "--quiet", str(git_server.path_of("acme/t")), "here")
    assert client.find_commit(tmp_path / "here", first[:7]) == first
