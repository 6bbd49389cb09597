"""Fetching from real servers: one commit, its submodules, and nothing that was not allowed."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from robot_action.clients.git import fetch as git_fetch
from robot_action.clients.git import read as git_read
from robot_action.errors import FailedError, InputError, NotPermittedError
from robot_action.model.tree import Entry, Mode
from tests.testbed import git_server as server_module
from tests.testbed.bare import git, git_environment
from tests.testbed.git_bed import REAL_PATH, make_client, stand_in
from tests.testbed.git_server import GitServer

TEMPLATES = "acme/templates"
MISSING = "9" * 40


@pytest.fixture
def server(git_server: GitServer) -> GitServer:
    git_server.create(TEMPLATES)
    return git_server


def fast_import(server: GitServer, name: str, stream: str) -> str:
    """Make a commit of anything, also of what git would refuse to add; return its id."""
    head = "commit refs/heads/main\ncommitter A <a@example.com> 1700000000 +0000\ndata 1\nx\n"
    command = ["git", "-C", str(server.path_of(name)), "fast-import", "--quiet", "--force"]
    subprocess.run(command, input=(head + stream).encode(), check=True, capture_output=True, env=git_environment())
    return server.heads(name)["main"]


def modules(*entries: tuple[str, str]) -> str:
    text = "".join(f'[submodule "{path}"]\n\tpath = {path}\n\turl = {url}\n' for path, url in entries)
    return f"M 100644 inline .gitmodules\ndata {len(text)}\n{text}\n"


@pytest.mark.parametrize("call", ["list_refs", "fetch_snapshot"])
def test_a_protocol_that_nobody_allowed_is_refused_before_anything_is_asked(server: GitServer, call: str) -> None:
    client = make_client(server, allowed_protocols=frozenset())
    arguments = (server.url_of(TEMPLATES), *((MISSING,) if call == "fetch_snapshot" else ()))
    with pytest.raises(NotPermittedError, match="--allow-protocol http"):
        getattr(client, call)(*arguments)
    assert server.requests == []


# One commit


def test_a_commit_comes_with_every_file_as_it_is(server: GitServer) -> None:
    crlf = server.commit(TEMPLATES, {"a.txt": "one\r\n", ".gitattributes": "* text=auto eol=lf\n*.bin filter=lfs\n", "x.bin": b"\0\1"})
    snapshot = make_client(server, "read-token").fetch_snapshot(server.url_of(TEMPLATES), crlf)
    assert snapshot.commit == crlf
    assert snapshot.date == 1_700_000_000
    assert {path: entry.content for path, entry in snapshot.tree.items()} == {
        "a.txt": b"one\r\n",
        ".gitattributes": b"* text=auto eol=lf\n*.bin filter=lfs\n",
        "x.bin": b"\0\1",
    }


def test_modes_and_links_are_kept(server: GitServer) -> None:
    commit = fast_import(server, TEMPLATES, "M 100755 inline run\ndata 1\nx\nM 120000 inline link\ndata 3\nrun\n")
    tree = make_client(server).fetch_snapshot(server.url_of(TEMPLATES), commit).tree
    assert dict(tree) == {"run": Entry(Mode.EXECUTABLE, b"x"), "link": Entry(Mode.LINK, b"run")}


def test_an_old_commit_comes_without_its_history(server: GitServer) -> None:
    first = server.commit(TEMPLATES, {"a": "old"})
    server.commit(TEMPLATES, {"a": "new", "secret": "x"})
    snapshot = make_client(server).fetch_snapshot(server.url_of(TEMPLATES), first)
    assert {path: entry.content for path, entry in snapshot.tree.items()} == {"a": b"old"}


def test_where_a_server_gives_no_single_commits_everything_is_fetched(server: GitServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "_PASSED_ON", {"Content-Encoding": "HTTP_CONTENT_ENCODING"})  # so it speaks protocol 0
    first = server.commit(TEMPLATES, {"a": "old"})
    server.commit(TEMPLATES, {"a": "new"})
    before = len(server.requests)
    assert make_client(server).fetch_snapshot(server.url_of(TEMPLATES), first).tree["a"].content == b"old"
    assert sum("info/refs" in request.target for request in server.requests[before:]) == 2


def test_a_repository_with_sha_256_is_fetched_too(server: GitServer) -> None:
    path = server.root / "acme/new.git"
    git(server.root, "init", "-q", "--bare", "--object-format=sha256", "--initial-branch=main", str(path))
    commit = server.commit("acme/new", {"a": "1"})
    assert len(commit) == 64
    assert make_client(server).fetch_snapshot(server.url_of("acme/new"), commit).tree["a"].content == b"1"


def test_a_commit_that_nobody_has_is_said_so(server: GitServer) -> None:
    server.commit(TEMPLATES, {"a": "1"})
    with pytest.raises(InputError, match=f"{MISSING} has no branch or tag"):
        make_client(server).fetch_snapshot(server.url_of(TEMPLATES), MISSING)


def test_the_id_of_something_else_is_no_commit(server: GitServer) -> None:
    server.commit(TEMPLATES, {"a": "1"})
    tree = server.git(TEMPLATES, "rev-parse", "main^{tree}")
    with pytest.raises(InputError, match="is a tree, no commit"):
        make_client(server).fetch_snapshot(server.url_of(TEMPLATES), tree)


@pytest.mark.parametrize("commit", ["", "main", "--upload-pack=evil", "a" * 39, "A" * 40])
def test_only_a_whole_id_is_fetched(server: GitServer, commit: str) -> None:
    with pytest.raises(InputError, match="no whole commit id"):
        make_client(server).fetch_snapshot(server.url_of(TEMPLATES), commit)


@pytest.mark.parametrize("path", [".git/hooks/pre-push", "a/.GIT/config", "git~1/x"])
def test_a_hostile_path_is_refused(server: GitServer, path: str) -> None:
    commit = fast_import(server, TEMPLATES, f"M 100755 inline {path}\ndata 1\nx\n")
    with pytest.raises(InputError, match=r"takes for \.git"):
        make_client(server).fetch_snapshot(server.url_of(TEMPLATES), commit)


def test_a_name_that_is_not_utf_8_is_refused_with_the_name(server: GitServer) -> None:
    commit = fast_import(server, TEMPLATES, 'M 100644 inline "d/\\377.txt"\ndata 1\nx\n')
    with pytest.raises(InputError, match=r"d/\\xff\.txt is not UTF-8"):
        make_client(server).fetch_snapshot(server.url_of(TEMPLATES), commit)


def test_too_many_files_are_refused_before_they_are_read(server: GitServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_read.Budget.__init__, "__defaults__", (2, 10_000))
    commit = server.commit(TEMPLATES, {"a": "1", "b": "2", "c": "3"})
    with pytest.raises(InputError, match="files"):
        make_client(server).fetch_snapshot(server.url_of(TEMPLATES), commit)


def test_too_large_files_are_refused_before_they_are_read(server: GitServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_read.Budget.__init__, "__defaults__", (10, 100))
    commit = server.commit(TEMPLATES, {"a": "x" * 101})
    with pytest.raises(InputError, match="larger"):
        make_client(server).fetch_snapshot(server.url_of(TEMPLATES), commit)


def test_a_tree_that_grows_without_end_is_cut_off(server: GitServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten folders that are one tree, in ten that are one tree, and so on: a few objects, and 10^9 paths."""
    monkeypatch.setattr(git_read.Budget.__init__, "__defaults__", (1000, 10_000))
    path = server.path_of(TEMPLATES)
    below = "100644 blob " + _stored(path, "blob", b"x") + "\tf0\n"
    for _ in range(9):
        tree = (
            subprocess.run(["git", "-C", str(path), "mktree"], input=below.encode(), check=True, capture_output=True)
            .stdout.decode()
            .strip()
        )
        below = "".join(f"040000 tree {tree}\td{number}\n" for number in range(10))
    commit = server.git(TEMPLATES, "-c", "user.name=A", "-c", "user.email=a@example.com", "commit-tree", "-m", "x", tree)
    server.git(TEMPLATES, "update-ref", "refs/heads/main", commit)
    with pytest.raises(InputError):
        make_client(server).fetch_snapshot(server.url_of(TEMPLATES), commit)


def _stored(path: Path, kind: str, content: bytes) -> str:
    command = ["git", "-C", str(path), "hash-object", "-w", "-t", kind, "--stdin"]
    return subprocess.run(command, input=content, check=True, capture_output=True).stdout.decode().strip()


def test_a_folder_is_a_source_where_files_were_allowed(server: GitServer) -> None:
    commit = server.commit(TEMPLATES, {"a": "1"})
    client = make_client(allowed_protocols=frozenset({"file"}))
    url = server.path_of(TEMPLATES).as_uri()
    assert client.list_refs(url)["HEAD"] == commit
    assert client.fetch_snapshot(url, commit).tree["a"].content == b"1"
    with pytest.raises(NotPermittedError, match="--allow-protocol file"):
        make_client().list_refs(url)


def test_what_a_hostile_folder_configures_does_not_run(server: GitServer, tmp_path: Path) -> None:
    commit = server.commit(TEMPLATES, {"a": "1"})
    marker = tmp_path / "ran"
    for key in ("core.fsmonitor", "uploadpack.packObjectsHook", "core.sshCommand"):
        server.git(TEMPLATES, "config", key, f"touch {marker};")
    make_client(allowed_protocols=frozenset({"file"})).fetch_snapshot(server.path_of(TEMPLATES).as_uri(), commit)
    assert not marker.exists()


def test_an_answer_that_does_not_prove_the_commit_is_refused(server: GitServer, tmp_path: Path) -> None:
    """A `git` that gives other bytes than it was asked for: what counts is the hash, not who said it."""
    commit = server.commit(TEMPLATES, {"a": "honest"})
    script = 'case " $* " in *" cat-file --batch "*) "$REAL" "$@" | sed s/honest/hostil/ ;; *) exec "$REAL" "$@" ;; esac'
    client = make_client(server, environment=stand_in(tmp_path / "bin", script))
    with pytest.raises(FailedError, match="something else than the commit"):
        client.fetch_snapshot(server.url_of(TEMPLATES), commit)


# Submodules


@pytest.fixture
def with_submodule(server: GitServer) -> Callable[..., str]:
    """Make a commit with a submodule at ``lib``; return its id."""

    def make(url: str, target: str, path: str = "lib") -> str:
        return fast_import(server, TEMPLATES, f"M 160000 {target} {path}\n" + modules((path, url)))

    return make


def test_submodules_come_with_their_files(server: GitServer, with_submodule: Callable[..., str]) -> None:
    server.create("acme/lib")
    commit = with_submodule("../lib.git", server.commit("acme/lib", {"code.py": "pass\n"}))
    tree = make_client(server).fetch_snapshot(server.url_of(TEMPLATES), commit).tree
    assert set(tree) == {".gitmodules", "lib/code.py"}


def test_submodules_of_submodules_come_too(server: GitServer, with_submodule: Callable[..., str]) -> None:
    server.create("acme/inner")
    server.create("acme/lib")
    inner = server.commit("acme/inner", {"x": "1"})
    lib = fast_import(server, "acme/lib", f"M 160000 {inner} deep/inner\n" + modules(("deep/inner", "../inner")))
    commit = with_submodule(server.url_of("acme/lib"), lib)
    assert "lib/deep/inner/x" in make_client(server).fetch_snapshot(server.url_of(TEMPLATES), commit).tree


def test_one_commit_at_two_places_is_fetched_once(server: GitServer) -> None:
    server.create("acme/lib")
    lib = server.commit("acme/lib", {"x": "1"})
    stream = f"M 160000 {lib} a\nM 160000 {lib} b\n" + modules(("a", "../lib"), ("b", "../lib"))
    commit = fast_import(server, TEMPLATES, stream)
    tree = make_client(server).fetch_snapshot(server.url_of(TEMPLATES), commit).tree
    assert {"a/x", "b/x"} < set(tree)
    assert sum("acme/lib.git/info/refs" in request.target or "acme/lib/info/refs" in request.target for request in server.requests) == 1


@pytest.mark.parametrize(
    "url",
    ["ext::sh -c 'touch /tmp/evil'", "file:///etc", "/etc", "git://host.invalid/x", "fd::0", "relative/path"],
)
def test_a_submodule_follows_the_same_transport_rules(server: GitServer, with_submodule: Callable[..., str], url: str) -> None:
    commit = with_submodule(f'"{url}"', MISSING)
    with pytest.raises((NotPermittedError, InputError), match="the submodule 'lib'"):
        make_client(server).fetch_snapshot(server.url_of(TEMPLATES), commit)


@pytest.mark.parametrize("url", ["-u./payload", "--upload-pack=touch evil", "../../../../x"])
def test_a_submodule_url_that_is_an_option_or_climbs_out_is_refused(
    server: GitServer, with_submodule: Callable[..., str], url: str
) -> None:
    commit = with_submodule(f'"{url}"', MISSING)
    with pytest.raises(InputError):
        make_client(server).fetch_snapshot(server.url_of(TEMPLATES), commit)


def test_a_submodule_that_cannot_be_fetched_is_named(server: GitServer, with_submodule: Callable[..., str]) -> None:
    commit = with_submodule("../gone.git", MISSING)
    with pytest.raises(NotPermittedError, match=r"the submodule 'lib' of .* cannot be fetched"):
        make_client(server).fetch_snapshot(server.url_of(TEMPLATES), commit)


def test_a_submodule_at_a_hostile_path_is_refused(server: GitServer, with_submodule: Callable[..., str]) -> None:
    server.create("acme/lib")
    commit = with_submodule("../lib", server.commit("acme/lib", {"pre-push": "evil"}), ".git/hooks")
    with pytest.raises(InputError, match=r"takes for \.git"):
        make_client(server).fetch_snapshot(server.url_of(TEMPLATES), commit)


def test_a_submodule_that_gitmodules_does_not_know_is_refused(server: GitServer) -> None:
    commit = fast_import(server, TEMPLATES, f"M 160000 {MISSING} lib\n")
    with pytest.raises(InputError, match=r"whose URL \.gitmodules does not tell"):
        make_client(server).fetch_snapshot(server.url_of(TEMPLATES), commit)


def test_a_linked_gitmodules_is_refused(server: GitServer) -> None:
    commit = fast_import(server, TEMPLATES, f"M 160000 {MISSING} lib\nM 120000 inline .gitmodules\ndata 1\nx\n")
    with pytest.raises(InputError, match="is a link"):
        make_client(server).fetch_snapshot(server.url_of(TEMPLATES), commit)


def test_a_gitmodules_without_sense_is_refused(server: GitServer) -> None:
    commit = fast_import(server, TEMPLATES, f"M 160000 {MISSING} lib\nM 100644 inline .gitmodules\ndata 6\n[[[bad\n")
    with pytest.raises(InputError, match="does not tell"):
        make_client(server).fetch_snapshot(server.url_of(TEMPLATES), commit)


def test_a_gitmodules_url_that_is_not_utf_8_is_refused(server: GitServer) -> None:
    head = b"commit refs/heads/main\ncommitter A <a@example.com> 1700000000 +0000\ndata 1\nx\n"
    text = b'[submodule "lib"]\n\tpath = lib\n\turl = https://host.invalid/\xfe\n'
    stream = head + b"M 160000 %s lib\nM 100644 inline .gitmodules\ndata %d\n%s\n" % (MISSING.encode(), len(text), text)
    command = ["git", "-C", str(server.path_of(TEMPLATES)), "fast-import", "--quiet"]
    subprocess.run(command, input=stream, check=True, capture_output=True, env=git_environment())
    with pytest.raises(InputError, match="not UTF-8"):
        make_client(server).fetch_snapshot(server.url_of(TEMPLATES), server.heads(TEMPLATES)["main"])


@pytest.mark.parametrize("limit", ["MAX_SUBMODULE_DEPTH", "MAX_SUBMODULES"])
def test_the_number_and_depth_of_submodules_are_bounded(server: GitServer, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(git_fetch, limit, 2)
    target = MISSING
    for number in range(4):
        name = f"acme/level{number}"
        server.create(name)
        target = fast_import(server, name, f"M 160000 {target} next\n" + modules(("next", f"../level{number - 1}")))
    with pytest.raises(InputError, match="submodules"):
        make_client(server).fetch_snapshot(server.url_of("acme/level3"), target)


def test_nothing_is_left_behind(server: GitServer, tmp_path: Path) -> None:
    commit = server.commit(TEMPLATES, {"a": "1"})
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    home = tmp_path / "home"
    home.mkdir()
    client = make_client(server, environment={**REAL_PATH, "HOME": str(home), "TMPDIR": str(temporary)})
    client.fetch_snapshot(server.url_of(TEMPLATES), commit)
    assert list(home.iterdir()) == []
    assert list(temporary.iterdir()) == []
