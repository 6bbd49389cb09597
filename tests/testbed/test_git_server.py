from __future__ import annotations

import base64
import os
import subprocess
from pathlib import Path

import pytest

from tests.testbed.bare import git, git_environment
from tests.testbed.git_server import GitServer


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(folder))
    (folder / "a.txt").write_text("hi\n")
    commit(folder)
    return folder


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "-c", "user.name=x", "-c", "user.email=x@x.example", "commit", "--quiet", "--message", "one")


def run(folder: Path, *arguments: str, token: str | None = "write-token") -> subprocess.CompletedProcess[str]:
    environment = {**git_environment(), "GIT_TERMINAL_PROMPT": "0"}
    if token is not None:
        header = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        environment |= {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "http.extraheader",
            "GIT_CONFIG_VALUE_0": f"Authorization: Basic {header}",
        }
    return subprocess.run(["git", "-C", str(folder), *arguments], env=environment, capture_output=True, text=True, check=False)


def test_push_and_shallow_clone(git_server: GitServer, work: Path, tmp_path: Path) -> None:
    git_server.create("acme/demo")
    assert run(work, "push", git_server.url_of("acme/demo"), "main").returncode == 0
    assert git_server.heads("acme/demo")["main"] == git(work, "rev-parse", "HEAD")
    assert run(tmp_path, "clone", "--quiet", "--depth=1", git_server.url_of("acme/demo"), "clone", token="read-token").returncode == 0
    assert (tmp_path / "clone/a.txt").read_text() == "hi\n"
    assert len(git_server.pushes) == 1
    assert git_server.errors == []


def test_a_large_push_comes_in_chunks(git_server: GitServer, work: Path) -> None:
    git_server.create("acme/demo")
    (work / "large").write_bytes(os.urandom(3_000_000))
    commit(work)
    assert run(work, "push", git_server.url_of("acme/demo"), "main").returncode == 0
    assert git_server.git("acme/demo", "cat-file", "-s", "main:large") == "3000000"


@pytest.mark.parametrize(
    ("token", "name", "words"),
    [
        (None, "acme/demo", "terminal prompts disabled"),
        ("wrong", "acme/demo", "terminal prompts disabled"),
        ("read-token", "acme/demo", "403"),
        ("write-token", "acme/none", "not found"),
    ],
)
def test_pushes_are_refused_as_github_does(git_server: GitServer, work: Path, token: str | None, name: str, words: str) -> None:
    git_server.create("acme/demo")
    done = run(work, "push", git_server.url_of(name), "main", token=token)
    assert done.returncode != 0
    assert words in done.stderr
    assert git_server.heads("acme/demo") == {}


def test_reading_needs_a_token_unless_it_is_open_to_all(git_server: GitServer, tmp_path: Path) -> None:
    git_server.create("acme/demo")
    assert run(tmp_path, "ls-remote", git_server.url_of("acme/demo"), token=None).returncode != 0
    git_server.anonymous_read = True
    assert run(tmp_path, "ls-remote", git_server.url_of("acme/demo"), token=None).returncode == 0
    assert run(tmp_path, "ls-remote", git_server.url_of("acme/demo"), token="wrong").returncode != 0


def test_a_hook_refuses_and_accepts_again(git_server: GitServer, work: Path) -> None:
    git_server.create("acme/demo")
    git_server.refuse_pushes("acme/demo", "GH013: Repository rule violations found")
    refused = run(work, "push", git_server.url_of("acme/demo"), "main")
    assert "GH013" in refused.stderr
    assert git_server.heads("acme/demo") == {}
    git_server.accept_pushes("acme/demo")
    assert run(work, "push", git_server.url_of("acme/demo"), "main").returncode == 0


def test_a_redirect_is_answered_and_recorded_with_the_token(git_server: GitServer, tmp_path: Path) -> None:
    git_server.create("acme/new")
    git_server.redirects["/acme/old.git"] = git_server.url_of("acme/new")
    assert run(tmp_path, "ls-remote", git_server.url_of("acme/old")).returncode == 0
    assert {request.target.partition(".git")[0] for request in git_server.requests} == {"/acme/old", "/acme/new"}
    assert {request.token for request in git_server.requests} == {"write-token"}


def test_commits_are_made_straight_in_a_repository(git_server: GitServer) -> None:
    git_server.create("acme/demo")
    first = git_server.commit("acme/demo", {"a": "one", "b/c": b"\x00\xff"})
    second = git_server.commit("acme/demo", {"a": "two"}, message="second\n\nbody")
    assert git_server.git("acme/demo", "rev-parse", "main^") == first
    assert git_server.git("acme/demo", "ls-tree", "-r", "--name-only", second) == "a"
    assert git_server.blob("acme/demo", f"{first}:b/c") == b"\x00\xff"
    git_server.delete("acme/demo")
    assert not git_server.path_of("acme/demo").exists()


def test_workflow_files_take_a_token_that_may_write_them(git_server: GitServer, work: Path) -> None:
    git_server.create("acme/widget")
    git_server.may_write_workflows = lambda token: token != "write-token"
    assert run(work, "push", git_server.url_of("acme/widget"), "main").returncode == 0
    (work / ".github/workflows").mkdir(parents=True)
    (work / ".github/workflows/ci.yml").write_text("on: push\n")
    commit(work)
    refused = run(work, "push", git_server.url_of("acme/widget"), "main")
    assert refused.returncode == 1
    assert "refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml`" in refused.stderr
    git_server.tokens["other"] = "write"
    assert run(work, "push", git_server.url_of("acme/widget"), "main", token="other").returncode == 0
    (work / "b.txt").write_text("more\n")
    commit(work)
    assert run(work, "push", git_server.url_of("acme/widget"), "main").returncode == 0, "files that are there already are no change"
    (work / ".github/workflows/ci.yml").unlink()
    commit(work)
    assert run(work, "push", git_server.url_of("acme/widget"), "main").returncode == 1
