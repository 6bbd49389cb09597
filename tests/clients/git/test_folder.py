"""Template folders inside a git work tree."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from robot_action.clients.git.client import GitClient
from robot_action.clients.git.runner import GitRunner
from robot_action.errors import FailedError, InputError
from robot_action.model.tree import Mode
from tests.testbed.bare import git
from tests.testbed.git_bed import make_client, stand_in, wanted, write_files


@pytest.fixture
def client() -> GitClient:
    return make_client()


@pytest.fixture
def repository(tmp_path: Path, client: GitClient) -> Path:
    files = {"t/template.yml": "name: x\n", "t/template/a.jinja": "a", "t/.gitignore": "*.pyc\n", "other/b": "b", "t/run": "x"}
    folder = write_files(tmp_path / "templates", files)
    (folder / "t/run").chmod(0o755)
    client.commit(wanted(folder, client, tag="v1.0"))
    return folder


@pytest.fixture
def with_submodule(repository: Path, tmp_path: Path, client: GitClient) -> Path:
    library = write_files(tmp_path / "library", {"code.py": "1", ".gitignore": "x\n"})
    client.commit(wanted(library, client))
    git(repository, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(library), "t/lib")
    git(repository, "-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-qm", "submodule")
    return repository


# As it stands


def test_a_folder_in_no_work_tree_has_no_answer(tmp_path: Path, client: GitClient) -> None:
    assert client.find_files(tmp_path) is None


def test_where_no_repository_can_be_git_is_not_even_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("robot_action.clients.git.runner.exchange", lambda *_arguments, **_more: pytest.fail("git was started"))
    assert GitClient(GitRunner({"PATH": "/nowhere"})).find_files(tmp_path) is None


def test_a_folder_inside_dot_git_has_no_answer(repository: Path, client: GitClient) -> None:
    assert client.find_files(repository / ".git/refs") is None


def test_tracked_and_new_files_are_found_and_ignored_and_deleted_ones_are_not(repository: Path, client: GitClient) -> None:
    write_files(repository, {"t/new": "", "t/x.pyc": ""})
    (repository / "t/run").unlink()
    assert client.find_files(repository / "t") == (".gitignore", "new", "template.yml", "template/a.jinja")


def test_a_tracked_file_counts_even_if_it_is_ignored(repository: Path, client: GitClient) -> None:
    write_files(repository, {"t/forced.pyc": ""})
    git(repository, "add", "-f", "t/forced.pyc")
    assert "forced.pyc" in (client.find_files(repository / "t") or ())


def test_submodules_and_repositories_inside_are_looked_into(with_submodule: Path, client: GitClient) -> None:
    write_files(with_submodule, {"t/lib/new": "", "t/lib/x": "", "t/own/a": ""})
    git(with_submodule / "t/own", "init", "-q")
    found = client.find_files(with_submodule / "t") or ()
    assert {"lib/code.py", "lib/new", "own/a"} <= set(found)
    assert "lib/x" not in found


def test_a_submodule_without_files_is_an_error(with_submodule: Path, client: GitClient) -> None:
    git(with_submodule, "submodule", "deinit", "-q", "-f", "t/lib")
    with pytest.raises(InputError, match="git submodule update"):
        client.find_files(with_submodule / "t")
    with pytest.raises(InputError, match="git submodule update"):
        client.read_folder(with_submodule / "t", "HEAD")


# At a commit


def test_a_folder_is_read_at_a_commit_below_itself(repository: Path, client: GitClient) -> None:
    write_files(repository, {"t/template.yml": "changed", "t/new": ""})
    snapshot = client.read_folder(repository / "t", "v1.0")
    assert snapshot.commit == git(repository, "rev-parse", "HEAD")
    assert snapshot.date == 1_700_000_000
    assert set(snapshot.tree) == {".gitignore", "run", "template.yml", "template/a.jinja"}
    assert snapshot.tree["template.yml"].content == b"name: x\n"
    assert snapshot.tree["run"].mode is Mode.EXECUTABLE


def test_the_top_of_a_work_tree_is_read_whole(repository: Path, client: GitClient) -> None:
    assert "other/b" in client.read_folder(repository, "main").tree


def test_submodules_are_read_at_the_commit_that_is_named(with_submodule: Path, client: GitClient) -> None:
    write_files(with_submodule, {"t/lib/code.py": "changed"})
    assert client.read_folder(with_submodule / "t", "HEAD").tree["lib/code.py"].content == b"1"
    assert set(client.read_folder(with_submodule / "t/lib", "HEAD").tree) == {"code.py", ".gitignore"}


@pytest.mark.parametrize("ref", ["nothing", "--all", "-h", "main:t", "v1.0 --x"])
def test_an_unknown_ref_is_refused_with_those_that_exist(repository: Path, client: GitClient, ref: str) -> None:
    with pytest.raises(InputError, match=r"no branch, tag or commit(.|\n)*(main|v1\.0)"):
        client.read_folder(repository / "t", ref)


def test_a_repository_without_commits_says_so(tmp_path: Path, client: GitClient) -> None:
    git(tmp_path, "init", "-q")
    with pytest.raises(InputError, match="no commits yet"):
        client.read_folder(tmp_path, "main")


def test_a_ref_needs_a_work_tree(tmp_path: Path, client: GitClient) -> None:
    with pytest.raises(InputError, match="in no git work tree"):
        client.read_folder(tmp_path, "main")


def test_a_folder_that_is_newer_than_the_commit_is_missing_there(repository: Path, client: GitClient) -> None:
    write_files(repository, {"newer/a": ""})
    with pytest.raises(InputError, match="has no folder 'newer/'"):
        client.read_folder(repository / "newer", "main")


def test_a_file_where_the_folder_was_is_no_folder(repository: Path, client: GitClient) -> None:
    (repository / "other/b").unlink()
    write_files(repository, {"other/b/c": ""})
    with pytest.raises(InputError, match="has no folder"):
        client.read_folder(repository / "other/b", "main")


def test_a_damaged_repository_is_said_to_be_damaged(repository: Path, client: GitClient) -> None:
    blob = git(repository, "rev-parse", "HEAD:t/template.yml")
    (repository / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(InputError, match=f"{blob} is missing"):
        client.read_folder(repository / "t", "main")


def test_bytes_that_do_not_prove_their_id_are_not_taken(repository: Path, tmp_path: Path) -> None:
    script = 'if [ "$1 $2" = "cat-file --batch" ]; then "$REAL" "$@" | sed "s/name: x/name: y/"; else exec "$REAL" "$@"; fi'
    client = make_client(environment=stand_in(tmp_path / "bin", script))
    with pytest.raises(FailedError, match="git fsck"):
        client.read_folder(repository / "t", "main")


def test_a_name_that_is_not_utf_8_is_refused(repository: Path, client: GitClient) -> None:
    Path(os.fsdecode(os.fsencode(repository) + b"/t/\xff")).write_text("")
    with pytest.raises(InputError, match=r"\\xff"):
        client.find_files(repository / "t")


def test_what_was_read_at_a_commit_is_not_read_again_and_a_branch_is(repository: Path, client: GitClient) -> None:
    commit = git(repository, "rev-parse", "HEAD").strip()
    snapshot = client.read_folder(repository / "t", commit)
    assert client.read_folder(repository / "t", commit) is snapshot
    assert client.describe(repository, commit) == client.describe(repository, commit) == "v1.0"
    before = client.read_folder(repository / "t", "main")
    git(repository, "-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-q", "--allow-empty", "-m", "next")
    assert client.read_folder(repository / "t", "main").commit != before.commit


@pytest.mark.parametrize("ref", ["HEAD\nHEAD", "HEAD:", "HEAD^{tree}", "--all", "nope commit", ""])
def test_what_is_no_commits_name_is_none(tmp_path: Path, ref: str) -> None:
    folder = tmp_path / "r"
    make_client().commit(wanted(write_files(folder, {"a": "x"}), make_client()))
    with pytest.raises(InputError, match="has no branch, tag or commit"):
        make_client().read_folder(folder, ref)
