"""Pushing to real servers, and getting a project back."""

from __future__ import annotations

import base64
import itertools
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest

from robot_action.clients.git.client import GitClient
from robot_action.clients.git.environment import GitOutput, Invocation, Place
from robot_action.clients.git.runner import GitRunner
from robot_action.errors import FailedError, InputError, NotPermittedError, RobotActionError, TryAgainError
from robot_action.exchange import PushWanted
from tests.testbed.bare import git
from tests.testbed.git_bed import make_client, stand_in, wanted, write_files
from tests.testbed.git_server import GitServer
from tests.testbed.hostile import plant

NAME = "acme/demo"


@pytest.fixture
def server(git_server: GitServer) -> GitServer:
    git_server.create(NAME)
    return git_server


@pytest.fixture
def client(server: GitServer) -> GitClient:
    return make_client(server)


@pytest.fixture
def project(tmp_path: Path, client: GitClient) -> Path:
    folder = write_files(tmp_path / "demo", {"a.txt": "a\n", "d/b.txt": "b\n"})
    client.commit(wanted(folder, client, tag="v0.1.0"))
    return folder


@pytest.fixture
def push(project: Path, server: GitServer) -> PushWanted:
    return PushWanted(project, server.url_of(NAME), git(project, "rev-parse", "HEAD"), "main", "v0.1.0")


# What arrives


def test_the_commit_and_its_tag_arrive(client: GitClient, push: PushWanted, server: GitServer) -> None:
    client.push(push)
    assert server.heads(NAME) == {"main": push.commit}
    assert server.refs(NAME, "refs/tags/") == {"v0.1.0": push.commit}
    assert server.git(NAME, "cat-file", "-t", "v0.1.0") == "tag"
    assert server.git(NAME, "fsck", "--strict") == ""


def test_only_what_was_asked_for_arrives(client: GitClient, push: PushWanted, project: Path, server: GitServer) -> None:
    git(project, "branch", "private")
    git(project, "tag", "private")
    client.push(replace(push, tag=None, branch="trunk"))
    assert server.refs(NAME, "refs/") == {"heads/trunk": push.commit}


def test_what_is_there_already_is_no_error_and_sends_nothing(client: GitClient, push: PushWanted, server: GitServer) -> None:
    client.push(push)
    count = len(server.pushes)
    client.push(push)
    assert len(server.pushes) == count


@pytest.mark.parametrize("there", ["branch", "tag"])
def test_a_half_that_is_missing_is_pushed(client: GitClient, push: PushWanted, server: GitServer, there: str) -> None:
    client.push(push)
    server.git(NAME, "update-ref", "-d", "refs/heads/main" if there == "tag" else "refs/tags/v0.1.0")
    client.push(push)
    assert server.refs(NAME, "refs/") == {"heads/main": push.commit, "tags/v0.1.0": push.commit}


def test_a_later_commit_is_pushed_on_top(client: GitClient, push: PushWanted, project: Path, server: GitServer) -> None:
    client.push(push)
    write_files(project, {"new": ""})
    commit = client.commit(wanted(project, client))
    client.push(replace(push, commit=commit, tag=None))
    assert server.heads(NAME) == {"main": commit}


def test_the_project_gets_an_origin_without_credentials(client: GitClient, push: PushWanted, project: Path, server: GitServer) -> None:
    client.push(push)
    assert git(project, "remote", "get-url", "origin") == server.url_of(NAME)
    assert git(project, "status", "--porcelain", "--branch") == "## main...origin/main"
    config = (project / ".git/config").read_text()
    assert "token" not in config
    assert "extraheader" not in config


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_an_origin_that_a_killed_run_began_is_finished(
    client: GitClient, push: PushWanted, project: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    original, settings = GitRunner.run, itertools.count(1)

    def end(self: GitRunner, place: Place, *arguments: str, **how: Invocation) -> GitOutput:
        if arguments[0] == "config" and "--get" not in arguments and next(settings) == number:
            raise KeyboardInterrupt
        return original(self, place, *arguments, **how)

    monkeypatch.setattr(GitRunner, "run", end)
    with pytest.raises(KeyboardInterrupt):
        client.push(push)
    client.push(push)
    assert git(project, "status", "--porcelain", "--branch") == "## main...origin/main"
    assert git(project, "config", "--get-all", "remote.origin.fetch") == "+refs/heads/*:refs/remotes/origin/*"


def test_an_origin_that_is_there_stays(client: GitClient, push: PushWanted, project: Path) -> None:
    git(project, "remote", "add", "origin", "https://elsewhere.invalid/x")
    client.push(push)
    assert git(project, "remote", "get-url", "origin") == "https://elsewhere.invalid/x"
    assert git(project, "for-each-ref", "refs/remotes") == ""


def test_a_shallow_project_is_pushed_where_its_past_is_known(
    client: GitClient, push: PushWanted, tmp_path: Path, server: GitServer
) -> None:
    client.push(push)
    url = server.path_of(NAME).as_uri()
    git(tmp_path, "-c", "protocol.file.allow=always", "clone", "-q", "--depth=1", url, "shallow")
    write_files(tmp_path / "shallow", {"new": ""})
    commit = client.commit(wanted(tmp_path / "shallow", client))
    client.push(PushWanted(tmp_path / "shallow", push.url, commit, "main"))
    assert server.heads(NAME) == {"main": commit}


def test_a_linked_work_tree_is_pushed(client: GitClient, push: PushWanted, project: Path, tmp_path: Path, server: GitServer) -> None:
    git(project, "worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    client.push(replace(push, folder=tmp_path / "linked", branch="side"))
    assert server.heads(NAME) == {"side": push.commit}


def test_progress_is_shown(server: GitServer, push: PushWanted) -> None:
    seen: list[str] = []
    make_client(server, advance=lambda *parts: seen.append(parts[0])).push(push)
    assert "writing objects" in seen


def test_a_server_that_promises_nothing_atomic_still_gets_everything(client: GitClient, push: PushWanted, server: GitServer) -> None:
    server.git(NAME, "config", "receive.advertiseAtomic", "false")
    client.push(push)
    assert server.refs(NAME, "refs/") == {"heads/main": push.commit, "tags/v0.1.0": push.commit}


# What is refused


def test_commits_of_somebody_else_are_never_overwritten(client: GitClient, push: PushWanted, server: GitServer) -> None:
    theirs = server.commit(NAME, {"theirs": "x"})
    with pytest.raises(FailedError, match="nothing was overwritten"):
        client.push(push)
    assert server.refs(NAME, "refs/") == {"heads/main": theirs}


def test_an_older_commit_does_not_move_a_branch_back(client: GitClient, push: PushWanted, project: Path) -> None:
    write_files(project, {"new": ""})
    newer = client.commit(wanted(project, client))
    client.push(replace(push, commit=newer, tag=None))
    with pytest.raises(FailedError, match="nothing was overwritten"):
        client.push(replace(push, tag=None))


def test_a_tag_of_another_commit_is_never_moved(client: GitClient, push: PushWanted, server: GitServer) -> None:
    theirs = server.commit(NAME, {"theirs": "x"}, branch="other")
    server.git(NAME, "tag", "v0.1.0", theirs)
    with pytest.raises(FailedError, match="tags are never moved"):
        client.push(push)
    assert "main" not in server.heads(NAME)


def test_the_same_version_tagged_by_another_run_is_no_conflict(client: GitClient, push: PushWanted, server: GitServer) -> None:
    client.push(replace(push, tag=None))
    server.git(NAME, "tag", "v0.1.0", push.commit)
    client.push(push)
    assert server.git(NAME, "cat-file", "-t", "v0.1.0") == "commit"


@pytest.mark.parametrize(
    ("message", "expected", "words"),
    [
        (
            "error: GH006: Protected branch update failed for refs/heads/main.",
            NotPermittedError,
            ("the rules of", "bypass the rule", "GH006: Protected branch"),
        ),
        (
            "error: GH013: Repository rule violations found for refs/heads/main.\n\n- Cannot create ref due to creations being restricted.",
            NotPermittedError,
            ("the rules of", "creations being restricted"),
        ),
        (
            "error: GH013: Repository rule violations found\n- GITHUB PUSH PROTECTION\n  - Push cannot contain secrets",
            FailedError,
            ("found a secret", "Take the secret out"),
        ),
        ("error: GH009: Secrets detected! This push failed.", FailedError, ("found a secret",)),
        (
            "error: GH001: Large files detected.\nerror: File big is 120.00 MB; this exceeds GitHub's file size limit of 100.00 MB",
            FailedError,
            ("too large", "Git LFS", "File big is 120.00 MB"),
        ),
        (
            "refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml` without `workflows` permission",
            NotPermittedError,
            ("workflow files", "never may"),
        ),
        ("Ticket number missing in commit message\a\033[2J", FailedError, ("refused the push", "Ticket number missing")),
    ],
)
def test_a_refusal_is_explained_in_our_words_and_the_servers(
    client: GitClient, push: PushWanted, server: GitServer, message: str, expected: type[RobotActionError], words: tuple[str, ...]
) -> None:
    server.refuse_pushes(NAME, message)
    with pytest.raises(expected) as caught:
        client.push(push)
    assert type(caught.value) is expected
    text = str(caught.value)
    assert all(word in text for word in words), text
    assert "\033" not in text
    assert "\a" not in text
    assert server.refs(NAME, "refs/") == {}


@pytest.mark.parametrize(
    ("token", "words"), [("", "No token is known"), ("read-token", "may the token read"), ("wrong", "A token was shown")]
)
def test_a_token_that_may_not_push_is_explained(server: GitServer, push: PushWanted, token: str, words: str) -> None:
    server.anonymous_read = not token
    with pytest.raises(NotPermittedError, match=words):
        make_client(server, token).push(push)


def test_a_project_without_repository_has_nothing_to_push(client: GitClient, push: PushWanted, tmp_path: Path) -> None:
    with pytest.raises(FailedError, match="no git repository"):
        client.push(replace(push, folder=tmp_path))


def test_a_tag_that_the_project_does_not_have_is_said_so(client: GitClient, push: PushWanted) -> None:
    with pytest.raises(FailedError, match="no tag 'v9'"):
        client.push(replace(push, tag="v9"))


@pytest.mark.parametrize("url", ["ext::sh -c evil", "git://host.invalid/x", "http://user:pass@host.invalid/x", "relative/path", "-x"])
def test_a_url_that_may_not_be_spoken_with_changes_nothing(client: GitClient, push: PushWanted, project: Path, url: str) -> None:
    with pytest.raises((InputError, NotPermittedError, FailedError)):
        client.push(replace(push, url=url))
    assert git(project, "remote") == ""


def test_a_push_that_somebody_wins_with_the_same_commit_is_fine(push: PushWanted, server: GitServer, tmp_path: Path) -> None:
    """Another run pushes the same commit between our look and our push, so that ours is refused."""
    script = 'if [ "$1" = push ]; then "$REAL" "$@" > /dev/null 2>&1; echo "error: cannot lock ref" >&2; exit 1; fi; exec "$REAL" "$@"'
    make_client(server, environment=stand_in(tmp_path / "bin", script)).push(push)
    assert server.refs(NAME, "refs/") == {"heads/main": push.commit, "tags/v0.1.0": push.commit}


def test_a_push_that_somebody_is_winning_is_to_be_tried_again(push: PushWanted, server: GitServer, tmp_path: Path) -> None:
    script = 'if [ "$1" = push ]; then echo "error: cannot lock ref" >&2; exit 1; fi; exec "$REAL" "$@"'
    with pytest.raises(TryAgainError, match="somebody else is pushing"):
        make_client(server, environment=stand_in(tmp_path / "bin", script)).push(push)


def test_a_server_that_goes_away_after_a_refusal_is_explained_by_the_refusal(push: PushWanted, server: GitServer, tmp_path: Path) -> None:
    script = (
        f'case "$1" in push) touch {tmp_path}/gone; echo "remote: error: GH006: no" >&2; exit 1 ;; '
        f'ls-remote) if [ -e {tmp_path}/gone ]; then echo "fatal: Could not resolve host" >&2; exit 128; fi ;; esac; exec "$REAL" "$@"'
    )
    with pytest.raises(NotPermittedError, match="GH006"):
        make_client(server, environment=stand_in(tmp_path / "bin", script)).push(push)


def test_two_pushes_of_one_commit_at_once_both_end_well(server: GitServer, push: PushWanted) -> None:
    together = threading.Barrier(2)
    errors: list[RobotActionError] = []

    def run() -> None:
        together.wait()
        try:
            make_client(server).push(push)
        except TryAgainError:
            make_client(server).push(push)
        except RobotActionError as error:
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert server.refs(NAME, "refs/tags/") == {"v0.1.0": push.commit}
    assert server.heads(NAME) == {"main": push.commit}


# Hostile


def test_nothing_that_a_hostile_project_configures_runs_and_its_url_counts_for_nothing(
    client: GitClient, push: PushWanted, project: Path, tmp_path: Path, server: GitServer
) -> None:
    marker = tmp_path / "ran"
    plant(project, marker)
    client.push(push)
    assert not marker.exists()
    assert server.heads(NAME) == {"main": push.commit}


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[GitServer]:
    with GitServer(tmp_path / "elsewhere", {"write-token": "write"}, anonymous_read=True) as server:
        server.create(NAME)
        yield server


def test_a_redirect_carries_neither_commit_nor_token_away(
    client: GitClient, push: PushWanted, server: GitServer, elsewhere: GitServer
) -> None:
    server.redirects[f"/{NAME}.git"] = f"{elsewhere.url_of(NAME)}/info/refs?service=git-receive-pack"
    with pytest.raises(FailedError, match="redirect"):
        client.push(push)
    assert elsewhere.requests == []


def test_the_token_is_in_no_argument_while_a_push_runs(client: GitClient, push: PushWanted, server: GitServer, tmp_path: Path) -> None:
    at_hook, go_on = tmp_path / "at-hook", tmp_path / "go-on"
    os.mkfifo(at_hook)
    os.mkfifo(go_on)
    hook = server.path_of(NAME) / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\necho > {at_hook}\ncat {go_on}\n")
    hook.chmod(0o755)
    thread = threading.Thread(target=client.push, args=(push,))
    thread.start()
    at_hook.read_bytes()
    arguments = dict(_arguments())
    go_on.write_text("")
    thread.join()
    shown = base64.b64encode(b"x-access-token:write-token").decode()
    assert any("push" in line for line in arguments.values()), "the push must be seen, or this test tells nothing"
    assert not [line for line in arguments.values() if "write-token" in line or shown in line]
    assert server.heads(NAME) == {"main": push.commit}


def _arguments() -> Iterator[tuple[str, str]]:
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            try:
                yield process.name, (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue


def test_a_token_in_what_the_server_says_is_taken_out(client: GitClient, push: PushWanted, server: GitServer) -> None:
    server.refuse_pushes(NAME, "your token write-token is not nice")
    with pytest.raises(FailedError) as caught:
        client.push(push)
    assert "write-token" not in str(caught.value)
    assert "is not nice" in str(caught.value)


# A folder as the host


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "forge/acme/demo.git")
    return tmp_path / "forge/acme/demo.git"


def test_a_bare_repository_in_a_folder_needs_no_permission(push: PushWanted, bare: Path) -> None:
    make_client(allowed_protocols=frozenset()).push(replace(push, url=str(bare)))
    assert git(bare, "rev-parse", "main", "v0.1.0^{commit}") == f"{push.commit}\n{push.commit}"


def test_nothing_that_a_hostile_bare_repository_configures_runs(push: PushWanted, bare: Path, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    (bare / ".git").symlink_to(".")
    plant(bare, marker)
    (bare / ".git").unlink()
    git(bare, "config", "--unset", "core.worktree")
    client = make_client()
    client.push(replace(push, url=str(bare)))
    client.restore(str(bare), push.commit, "main", tmp_path / "again")
    assert not marker.exists()
    assert (tmp_path / "again/a.txt").read_text() == "a\n"


# Killed

PUSHER = dedent(
    """
    import sys
    from pathlib import Path
    from robot_action.clients.git.runner import GitRunner
    from robot_action.clients.git.client import GitClient
    from robot_action.model.credentials import Credential, Credentials, host_of
    from robot_action.exchange import PushWanted
    folder, url, commit, path = sys.argv[1:]
    credentials = Credentials({host_of(url): Credential("", "write-token")})
    runner = GitRunner({"PATH": path}, credentials=credentials, allowed_protocols=frozenset({"http"}))
    GitClient(runner).push(PushWanted(Path(folder), url, commit, "main", "v0.1.0"))
    """
)


def test_killed_while_the_server_receives_and_run_again(client: GitClient, push: PushWanted, server: GitServer, tmp_path: Path) -> None:
    at_hook, go_on = tmp_path / "at-hook", tmp_path / "go-on"
    os.mkfifo(at_hook)
    os.mkfifo(go_on)
    hook = server.path_of(NAME) / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\necho > {at_hook}\ncat {go_on}\n")
    hook.chmod(0o755)
    arguments = [sys.executable, "-c", PUSHER, str(push.folder), push.url, push.commit, os.environ["PATH"]]
    with subprocess.Popen(arguments, env={**os.environ, "TMPDIR": str(tmp_path)}) as process:
        at_hook.read_bytes()
        process.kill()
    hook.unlink()
    go_on.write_text("")
    client.push(push)
    assert server.refs(NAME, "refs/") == {"heads/main": push.commit, "tags/v0.1.0": push.commit}


@pytest.mark.parametrize("command", ["config", "ls-remote", "push", "update-ref"])
def test_killed_at_any_command_and_run_again(client: GitClient, push: PushWanted, server: GitServer, tmp_path: Path, command: str) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    block = f'case "$1" in {command}) echo > {fifo}; exec sleep 60 ;; *) exec "$REAL" "$@" ;; esac'
    path = stand_in(tmp_path / "bin", block)["PATH"]
    arguments = [sys.executable, "-c", PUSHER, str(push.folder), push.url, push.commit, path]
    with subprocess.Popen(arguments, env={**os.environ, "TMPDIR": str(tmp_path)}) as process:
        fifo.read_bytes()
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        for child in map(int, children):
            os.killpg(child, 9)
        process.kill()
    client.push(push)
    assert server.refs(NAME, "refs/") == {"heads/main": push.commit, "tags/v0.1.0": push.commit}
    assert git(push.folder, "status", "--porcelain", "--branch") == "## main...origin/main"


# Getting it back


def test_a_project_is_restored_as_a_clone_of_its_commit(client: GitClient, push: PushWanted, tmp_path: Path) -> None:
    client.push(push)
    client.restore(push.url, push.commit, "main", tmp_path / "x/again")
    again = tmp_path / "x/again"
    assert git(again, "status", "--porcelain", "--branch") == "## main...origin/main"
    assert git(again, "rev-parse", "HEAD", "v0.1.0^{commit}") == f"{push.commit}\n{push.commit}"
    assert git(again, "remote", "get-url", "origin") == push.url
    assert "token" not in (again / ".git/config").read_text()
    assert [path.name for path in (tmp_path / "x").iterdir()] == ["again"]


def test_an_older_commit_is_restored_behind_its_branch(client: GitClient, push: PushWanted, project: Path, tmp_path: Path) -> None:
    write_files(project, {"new": ""})
    client.push(replace(push, commit=client.commit(wanted(project, client))))
    client.restore(push.url, push.commit, "main", tmp_path / "again")
    assert not (tmp_path / "again/new").exists()
    assert git(tmp_path / "again", "status", "--porcelain", "--branch") == "## main...origin/main [behind 1]"


def test_a_commit_that_the_repository_does_not_have_is_not_restored(client: GitClient, push: PushWanted, tmp_path: Path) -> None:
    client.push(push)
    with pytest.raises(FailedError, match="does not have the commit"):
        client.restore(push.url, "9" * 40, "main", tmp_path / "x/again")
    assert list((tmp_path / "x").iterdir()) == []


def test_a_folder_that_appears_meanwhile_is_left_alone(client: GitClient, push: PushWanted, tmp_path: Path) -> None:
    client.push(push)
    write_files(tmp_path / "again", {"mine": ""})
    with pytest.raises(FailedError, match="cannot be made"):
        client.restore(push.url, push.commit, "main", tmp_path / "again")
    assert [path.name for path in (tmp_path / "again").iterdir()] == ["mine"]


def test_filters_of_a_restored_project_do_not_run(
    client: GitClient, server: GitServer, push: PushWanted, project: Path, tmp_path: Path
) -> None:
    write_files(project, {".gitattributes": "* filter=evil\n"})
    commit = client.commit(wanted(project, client))
    client.push(replace(push, commit=commit, tag=None))
    marker = tmp_path / "ran"
    write_files(tmp_path / "home", {".gitconfig": f'[filter "evil"]\nsmudge = "touch {marker}; cat"\n'})
    evil = make_client(server, environment={"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home")})
    evil.restore(push.url, commit, "main", tmp_path / "again")
    assert not marker.exists()
    assert (tmp_path / "again/a.txt").read_text() == "a\n"
