"""Bundles: what goes in comes out, and nothing else gets in."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from robot_action.clients.git import bundle as module
from robot_action.clients.git.client import GitClient
from robot_action.errors import FailedError, InputError
from robot_action.exchange import BundleWanted
from robot_action.model.state import STATE_FILE
from robot_action.model.tree import Entry, Mode
from tests.testbed.bare import git, git_environment
from tests.testbed.git_bed import make_client, wanted, write_files
from tests.testbed.hostile import plant

STATE = "schema: 1\nproject: acme/demo\ntemplates: []\n"


@pytest.fixture
def client() -> GitClient:
    return make_client()


@pytest.fixture
def project(tmp_path: Path, client: GitClient) -> Path:
    folder = write_files(tmp_path / "demo", {STATE_FILE: STATE, "d/b.txt": "b\r\n", "tool": "#!/bin/sh\n"})
    (folder / "tool").chmod(0o755)
    (folder / "link").symlink_to("d/b.txt")
    client.commit(wanted(folder, client, tag="v0.1.0"))
    return folder


def bundled(client: GitClient, project: Path, file: Path, tag: str | None = "v0.1.0") -> Path:
    file.write_bytes(client.bundle(BundleWanted(project, git(project, "rev-parse", "HEAD"), "main", tag)))
    return file


def with_tree(tmp_path: Path, *lines: str, refs: tuple[str, ...] = ("refs/heads/main",)) -> Path:
    """Return a bundle of a commit with such a tree, put together by hand; ``BLOB`` stands for a file's id."""
    folder = tmp_path / "hostile"
    folder.mkdir()
    git(folder, "init", "--quiet", "--bare", "--initial-branch=main")

    def run(*arguments: str, stdin: str) -> bytes:
        command = ["git", "-C", str(folder), "-c", "user.name=x", "-c", "user.email=x@x.example", *arguments]
        return subprocess.run(command, input=stdin.encode(), check=True, capture_output=True, env=git_environment()).stdout

    blob = run("hash-object", "-w", "--stdin", stdin="x").decode().strip()
    tree = run("mktree", "--missing", stdin="".join(f"{line.replace('BLOB', blob)}\n" for line in lines)).decode().strip()
    commit = run("commit-tree", "-m", "x", tree, stdin="").decode().strip()
    pack = run("pack-objects", "--stdout", "--quiet", stdin=f"{blob}\n{tree}\n{commit}\n")
    file = tmp_path / "hostile.bundle"
    file.write_bytes(b"# v2 git bundle\n" + "".join(f"{commit} {ref}\n" for ref in refs).encode() + b"\n" + pack)
    return file


def test_what_was_committed_comes_out(client: GitClient, project: Path, tmp_path: Path) -> None:
    commit = git(project, "rev-parse", "HEAD")
    found = client.read_bundle(bundled(client, project, tmp_path / "x.bundle"))
    assert (found.local.head, found.local.branch, found.local.tags) == (commit, "main", {"v0.1.0": commit})
    assert found.local.state is not None
    assert found.local.state.project == "acme/demo"
    assert found.tree["tool"].mode is Mode.EXECUTABLE
    assert found.tree["link"] == Entry(Mode.LINK, b"d/b.txt")
    assert found.tree["d/b.txt"].content == b"b\r\n"


def test_it_becomes_the_same_repository_again(client: GitClient, project: Path, tmp_path: Path) -> None:
    file, commit = bundled(client, project, tmp_path / "x.bundle"), git(project, "rev-parse", "HEAD")
    client.unbundle(file, commit, "main", tmp_path / "again")
    again = tmp_path / "again"
    assert git(again, "rev-parse", "HEAD", "v0.1.0^{commit}").split() == [commit, commit]
    assert git(again, "symbolic-ref", "HEAD") == "refs/heads/main"
    assert git(again, "status", "--porcelain") == ""
    assert (again / "d/b.txt").read_bytes() == b"b\r\n"
    assert git(again, "remote") == ""


def test_a_commit_without_a_tag_travels_alone(client: GitClient, project: Path, tmp_path: Path) -> None:
    assert client.read_bundle(bundled(client, project, tmp_path / "x.bundle", tag=None)).local.tags == {}


def test_nothing_of_the_projects_own_configuration_runs(client: GitClient, project: Path, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    plant(project, marker)
    file = bundled(client, project, tmp_path / "x.bundle")
    client.unbundle(file, git(project, "rev-parse", "HEAD"), "main", tmp_path / "again")
    assert not marker.exists()


def test_a_project_that_is_none_or_lacks_the_tag_is_told(client: GitClient, project: Path, tmp_path: Path) -> None:
    with pytest.raises(FailedError, match="no git repository"):
        client.bundle(BundleWanted(tmp_path, "0" * 40, "main"))
    with pytest.raises(FailedError, match=r"no tag 'v9'"):
        bundled(client, project, tmp_path / "x.bundle", tag="v9")


def test_another_commit_than_the_wanted_one_is_not_unpacked(client: GitClient, project: Path, tmp_path: Path) -> None:
    file = bundled(client, project, tmp_path / "x.bundle")
    with pytest.raises(InputError, match="does not hold the commit"):
        client.unbundle(file, "0" * 40, "main", tmp_path / "again")
    with pytest.raises(InputError, match="does not hold the commit"):
        client.unbundle(file, git(project, "rev-parse", "HEAD"), "trunk", tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_a_place_that_is_taken_is_left_alone(client: GitClient, project: Path, tmp_path: Path) -> None:
    file = bundled(client, project, tmp_path / "x.bundle")
    write_files(tmp_path / "again", {"theirs": "x"})
    with pytest.raises(FailedError, match="cannot be made"):
        client.unbundle(file, git(project, "rev-parse", "HEAD"), "main", tmp_path / "again")
    assert [path.name for path in (tmp_path / "again").iterdir()] == ["theirs"]


def test_what_is_no_file_is_no_bundle(client: GitClient, project: Path, tmp_path: Path) -> None:
    file = bundled(client, project, tmp_path / "x.bundle")
    (tmp_path / "link").symlink_to(file)
    for strange in (tmp_path / "link", tmp_path, tmp_path / "missing"):
        with pytest.raises(InputError, match="is no bundle"):
            client.read_bundle(strange)


def test_a_bundle_may_not_be_endless(client: GitClient, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 10)
    with pytest.raises(InputError, match="larger than 10 bytes"):
        client.read_bundle(bundled(client, project, tmp_path / "x.bundle"))


def test_a_bundle_that_needs_other_commits_is_refused(client: GitClient, project: Path, tmp_path: Path) -> None:
    (project / "more").write_text("x")
    client.commit(wanted(project, client))
    git(project, "bundle", "create", "--quiet", str(tmp_path / "thin.bundle"), "main", "^HEAD~1")
    with pytest.raises(InputError, match="lacks commits"):
        client.read_bundle(tmp_path / "thin.bundle")


@pytest.mark.parametrize("refs", [("refs/heads/main", "refs/heads/other"), ("refs/tags/v1",)])
def test_a_bundle_holds_one_branch(client: GitClient, tmp_path: Path, refs: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="branches, and one is wanted"):
        client.read_bundle(with_tree(tmp_path, "100644 blob BLOB\ta", refs=refs))


@pytest.mark.parametrize("name", ["refs/heads/--upload-pack=x", "refs/heads/-x"])
def test_a_branch_with_a_name_like_an_option_is_a_name(client: GitClient, tmp_path: Path, name: str) -> None:
    file = with_tree(tmp_path, "100644 blob BLOB\ta", refs=(name,))
    local = client.read_bundle(file).local
    assert local.branch == name.removeprefix("refs/heads/")
    client.unbundle(file, local.head, local.branch, tmp_path / "again")
    assert (tmp_path / "again/a").read_text() == "x"


@pytest.mark.parametrize(
    "lines",
    [
        ("160000 commit 1111111111111111111111111111111111111111\tsub",),
        ("040000 tree 1111111111111111111111111111111111111111\tgone",),
        ("100644 blob 1111111111111111111111111111111111111111\tgone",),
    ],
)
def test_what_is_not_whole_is_refused(client: GitClient, tmp_path: Path, lines: tuple[str, ...]) -> None:
    file = with_tree(tmp_path, *lines)
    with pytest.raises(InputError):
        client.read_bundle(file)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 2000), noise=st.binary(max_size=20))
def test_a_damaged_bundle_is_refused_or_whole(client: GitClient, project: Path, tmp_path: Path, cut: int, noise: bytes) -> None:
    whole = bundled(client, project, tmp_path / "whole.bundle").read_bytes()
    damaged = tmp_path / "damaged.bundle"
    damaged.write_bytes(whole[:cut] + noise + whole[cut + len(noise) :])
    try:
        found = client.read_bundle(damaged)
    except InputError:
        return
    assert found.tree["d/b.txt"].content == b"b\r\n"
