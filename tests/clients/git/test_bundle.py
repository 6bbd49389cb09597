"""Bundles: what goes in comes out, and nothing else gets in."""

from __future__ import annotations

import os
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
    """Return a bundle of a commit with such a tree; ``BLOB`` stands for a file's id."""
    workshop = Workshop(tmp_path)
    commit = workshop.commit(workshop.tree(*lines))
    return workshop.bundle(dict.fromkeys(refs, commit))


class Workshop:
    """Where bundles are put together by hand, with whatever git itself would refuse to make."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder / "hostile", folder / "hostile.bundle"
        self.folder.mkdir()
        git(self.folder, "init", "--quiet", "--bare", "--initial-branch=main")
        self.objects: list[str] = []
        self.blob = self.make("hash-object", "-w", "--stdin", stdin="x")

    def run(self, *arguments: str, stdin: str = "") -> bytes:
        command = ["git", "-C", str(self.folder), "-c", "user.name=x", "-c", "user.email=x@x.example", *arguments]
        return subprocess.run(command, input=stdin.encode(), check=True, capture_output=True, env=git_environment()).stdout

    def make(self, *arguments: str, stdin: str = "") -> str:
        self.objects.append(self.run(*arguments, stdin=stdin).decode().strip())
        return self.objects[-1]

    def tree(self, *lines: str) -> str:
        return self.make("mktree", "--missing", stdin="".join(f"{line.replace('BLOB', self.blob)}\n" for line in lines))

    def commit(self, tree: str, *parents: str) -> str:
        return self.make("commit-tree", "-m", "x", *(part for parent in parents for part in ("-p", parent)), tree)

    def bundle(self, refs: dict[str, str], head: str = "# v2 git bundle\n", without: tuple[str, ...] = ()) -> Path:
        names = "".join(f"{name}\n" for name in self.objects if name not in without)
        pack = self.run("pack-objects", "--stdout", "--quiet", stdin=names)
        self.file.write_bytes(head.encode() + "".join(f"{target} {ref}\n" for ref, target in refs.items()).encode() + b"\n" + pack)
        return self.file


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


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


def test_a_repository_with_sha256_travels_as_one(client: GitClient, tmp_path: Path) -> None:
    folder = write_files(tmp_path / "demo", {"a": "a"})
    git(folder, "init", "--quiet", "--object-format=sha256", "--initial-branch=main")
    commit = client.commit(wanted(folder, client))
    assert len(commit) == 64
    file = bundled(client, folder, tmp_path / "x.bundle", tag=None)
    assert client.read_bundle(file).local.head == commit
    client.unbundle(file, commit, "main", tmp_path / "again")
    assert git(tmp_path / "again", "rev-parse", "HEAD") == commit


def test_a_linked_work_tree_is_packed_as_any_other(client: GitClient, project: Path, tmp_path: Path) -> None:
    git(project, "worktree", "add", "--quiet", "-b", "other", str(tmp_path / "linked"))
    client.commit(wanted(write_files(tmp_path / "linked", {"b": "b"}), client, branch="other"))
    commit = git(tmp_path / "linked", "rev-parse", "HEAD")
    (tmp_path / "x").write_bytes(client.bundle(BundleWanted(tmp_path / "linked", commit, "other")))
    assert client.read_bundle(tmp_path / "x").local.head == commit


def test_neither_the_work_tree_nor_a_detached_head_changes_what_is_packed(client: GitClient, project: Path, tmp_path: Path) -> None:
    commit = git(project, "rev-parse", "HEAD")
    before = client.bundle(BundleWanted(project, commit, "main", "v0.1.0"))
    write_files(project, {"d/b.txt": "changed", "new": "x"})
    git(project, "add", "new")
    git(project, "checkout", "--quiet", "--detach")
    (tmp_path / "x").write_bytes(client.bundle(BundleWanted(project, commit, "main", "v0.1.0")))
    (tmp_path / "before").write_bytes(before)
    assert client.read_bundle(tmp_path / "x") == client.read_bundle(tmp_path / "before")
    assert git(project, "status", "--porcelain") != "", "and packing leaves it as it was"


def test_a_shallow_clone_is_told(client: GitClient, project: Path, tmp_path: Path) -> None:
    client.commit(wanted(write_files(project, {"more": "x"}), client))
    git(tmp_path, "-c", "protocol.file.allow=always", "clone", "--quiet", "--depth=1", f"file://{project}", str(tmp_path / "shallow"))
    with pytest.raises(FailedError, match=r"(?s)is a shallow clone.*git fetch --unshallow"):
        bundled(client, tmp_path / "shallow", tmp_path / "x.bundle", tag=None)


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


def test_history_that_lacks_a_commit_is_refused(client: GitClient, workshop: Workshop) -> None:
    tree = workshop.tree("100644 blob BLOB\ta")
    parent = workshop.commit(tree)
    file = workshop.bundle({"refs/heads/main": workshop.commit(tree, parent)}, without=(parent,))
    with pytest.raises(InputError, match=f"missing commit {parent}"):
        client.read_bundle(file)


@pytest.mark.parametrize("name", [".git", ".GIT", "..", "."])
def test_history_with_a_path_that_no_project_may_hold_is_refused(client: GitClient, workshop: Workshop, name: str) -> None:
    parent = workshop.commit(workshop.tree(f"100644 blob BLOB\t{name}"))
    file = workshop.bundle({"refs/heads/main": workshop.commit(workshop.tree("100644 blob BLOB\ta"), parent)})
    with pytest.raises(InputError, match=r"is damaged: .*hasDot"):
        client.read_bundle(file)


@pytest.mark.parametrize("name", [".git", ".Git", "git~1", ".g\u200cit", "d/../x"])
def test_a_path_that_git_takes_for_its_own_is_refused(client: GitClient, workshop: Workshop, tmp_path: Path, name: str) -> None:
    folder, _, last = name.rpartition("/../")
    tree = workshop.tree(f"100644 blob BLOB\t{last}")
    for part in ("..", folder) if folder else ():
        tree = workshop.tree(f"040000 tree {tree}\t{part}")
    commit = workshop.commit(tree)
    file = workshop.bundle({"refs/heads/main": commit})
    with pytest.raises(InputError):
        client.read_bundle(file)
    if not folder:  # git itself looks at the work tree's paths once more
        with pytest.raises(FailedError, match="invalid path"):
            client.unbundle(file, commit, "main", tmp_path / "again")
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("ref", ["refs/heads/../x", "refs/heads/a b", "refs/heads/a.lock", "refs/heads/\x01", "refs/tags/../x"])
def test_a_reference_that_is_no_name_is_refused(client: GitClient, workshop: Workshop, ref: str) -> None:
    commit = workshop.commit(workshop.tree("100644 blob BLOB\ta"))
    with pytest.raises(InputError, match="no bundle that git can read"):
        client.read_bundle(workshop.bundle({"refs/heads/main": commit, ref: commit}))


def test_references_that_are_neither_branch_nor_tag_stay_behind(client: GitClient, workshop: Workshop, tmp_path: Path) -> None:
    commit = workshop.commit(workshop.tree("100644 blob BLOB\ta"))
    others = ("HEAD", "refs/remotes/origin/main", f"refs/replace/{commit}", "refs/notes/x")
    file = workshop.bundle(dict.fromkeys(("refs/heads/main", *others), commit))
    client.unbundle(file, client.read_bundle(file).local.head, "main", tmp_path / "again")
    assert git(tmp_path / "again", "for-each-ref", "--format=%(refname)") == "refs/heads/main"


def test_a_branch_or_tag_names_a_commit(client: GitClient, workshop: Workshop) -> None:
    commit = workshop.commit(workshop.tree("100644 blob BLOB\ta"))
    with pytest.raises(InputError, match="non-commit object"):
        client.read_bundle(workshop.bundle({"refs/heads/main": workshop.blob}))
    with pytest.raises(InputError, match="a tag that names no commit"):
        client.read_bundle(workshop.bundle({"refs/heads/main": commit, "refs/tags/x": workshop.blob}))


@pytest.mark.parametrize("capability", ["@filter=blob:none", "@object-format=md5", "@evil"])
def test_a_bundle_that_leaves_something_out_is_refused(client: GitClient, workshop: Workshop, tmp_path: Path, capability: str) -> None:
    commit = workshop.commit(workshop.tree("100644 blob BLOB\ta"))
    file = workshop.bundle({"refs/heads/main": commit}, f"# v3 git bundle\n{capability}\n")
    with pytest.raises(InputError, match="a whole one is wanted"):
        client.read_bundle(file)
    with pytest.raises(InputError, match="a whole one is wanted"):
        client.unbundle(file, commit, "main", tmp_path / "again")
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("content", [b"", b"\n" * 5000, b"# v3 git bundle\n@object-format=sha256\n", b"# v2 git bundle\n" + b"x" * 5000])
def test_what_only_begins_as_a_bundle_is_refused(client: GitClient, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(InputError):
        client.read_bundle(tmp_path / "x")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_bundle_that_may_not_be_read_is_told(client: GitClient, project: Path, tmp_path: Path) -> None:
    bundled(client, project, tmp_path / "x.bundle").chmod(0)
    with pytest.raises(InputError, match="cannot be read: Permission denied"):
        client.read_bundle(tmp_path / "x.bundle")


def test_a_name_that_is_too_long_is_told(client: GitClient, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: File name too long"):
        client.read_bundle(tmp_path / ("x" * 300))


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
