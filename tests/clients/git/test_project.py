"""Looking at a project's repository, without running anything of it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from robot_action.clients.git.client import GitClient
from robot_action.clients.git.project import locate
from robot_action.errors import FailedError, InputError
from robot_action.model.state import STATE_FILE, State, TemplateState
from robot_action.parsing.state_file import dump_state
from tests.testbed.bare import git, git_environment
from tests.testbed.git_bed import make_client, make_runner, wanted, write_files
from tests.testbed.hostile import plant

STATE = State("acme/demo", (TemplateState("https://git.example/acme/t"),))


@pytest.fixture
def client() -> GitClient:
    return make_client()


@pytest.fixture
def project(tmp_path: Path, client: GitClient) -> Path:
    folder = write_files(tmp_path / "demo", {"a.txt": "a\n", "d/b.txt": "b\n", ".gitignore": "ignored/\n", "ignored/x": "x"})
    client.commit(wanted(folder, client))
    return folder


# The repository


def test_a_folder_without_a_repository_has_none(tmp_path: Path, client: GitClient) -> None:
    assert client.inspect(tmp_path) is None


def test_a_repository_around_the_folder_does_not_count(project: Path, client: GitClient) -> None:
    assert client.inspect(project / "d") is None


def test_a_committed_project_is_clean(project: Path, client: GitClient) -> None:
    found = client.inspect(project)
    assert found is not None
    assert (found.head, found.branch) == (git(project, "rev-parse", "HEAD"), "main")
    assert (found.dirty, dict(found.tags), found.state) == ((), {}, None)


def test_what_only_the_user_or_the_clone_ignores_is_no_change(tmp_path: Path, project: Path) -> None:
    home = tmp_path / "home"
    write_files(home, {".gitconfig": "[core]\n\texcludesFile = ~/mine\n", "mine": ".idea/\n"})
    write_files(project, {".idea/x": "x", "local.txt": "x", "new.txt": "x"})
    (project / ".git/info").mkdir(exist_ok=True)
    (project / ".git/info/exclude").write_text("local.txt\n")
    found = make_client(environment={**os.environ, "HOME": str(home)}).inspect(project)
    assert found is not None
    assert found.dirty == ("new.txt",)
    write_files(home, {".gitconfig": "", ".config/git/ignore": "new.*\n"})
    found = make_client(environment={**os.environ, "HOME": str(home)}).inspect(project)
    assert found is not None
    assert found.dirty == (".idea/x",)


def test_the_message_is_that_of_the_commit(project: Path, client: GitClient) -> None:
    write_files(project, {"more.txt": "more\n"})
    client.commit(wanted(project, client, message="First\n\nKey: value\n"))
    found = client.inspect(project)
    assert found is not None
    assert found.message.splitlines() == ["First", "", "Key: value"]


def test_the_state_file_is_that_of_the_commit(project: Path, client: GitClient) -> None:
    write_files(project, {STATE_FILE: dump_state(STATE)})
    before = client.inspect(project)
    client.commit(wanted(project, client))
    write_files(project, {STATE_FILE: "nonsense"})
    after = client.inspect(project)
    assert before is not None
    assert after is not None
    assert (before.state, after.state) == (None, STATE)
    assert after.dirty == (STATE_FILE,)


def test_a_state_file_that_makes_no_sense_is_an_error_with_its_place(project: Path, client: GitClient) -> None:
    write_files(project, {STATE_FILE: "- nonsense\n"})
    client.commit(wanted(project, client))
    with pytest.raises(InputError, match=rf"{STATE_FILE} in commit"):
        client.inspect(project)


def test_every_difference_that_is_not_ignored_is_dirty(project: Path, client: GitClient) -> None:
    write_files(project, {"a.txt": "changed\n", "new.txt": "", "ignored/y": "", "ünïcode\n.txt": "x", "n/e/w": ""})
    (project / "d/b.txt").unlink()
    found = client.inspect(project)
    assert found is not None
    assert found.dirty == ("a.txt", "d/b.txt", "n/e/w", "new.txt", "ünïcode\n.txt")


def test_what_was_staged_and_taken_back_is_no_difference(project: Path, client: GitClient) -> None:
    write_files(project, {"a.txt": "changed\n"})
    git(project, "add", "a.txt")
    write_files(project, {"a.txt": "a\n"})
    found = client.inspect(project)
    assert found is not None
    assert (found.dirty, found.staged) == ((), ("a.txt",))


def test_what_nothing_but_the_index_has_is_told_apart(project: Path, client: GitClient) -> None:
    write_files(project, {"a.txt": "staged\n", "d/b.txt": "staged\n", "new.txt": "staged\n", "gone.txt": "staged\n"})
    git(project, "add", "--all")
    write_files(project, {"a.txt": "changed\n", "new.txt": "changed\n"})
    (project / "gone.txt").unlink()
    found = client.inspect(project)
    assert found is not None
    assert (found.dirty, found.staged) == (("a.txt", "d/b.txt", "new.txt"), ("a.txt", "gone.txt", "new.txt"))


def test_a_touched_file_is_no_difference(project: Path, client: GitClient) -> None:
    os.utime(project / "a.txt", (1, 1))
    found = client.inspect(project)
    assert found is not None
    assert found.dirty == ()


def test_a_new_repository_without_commits(tmp_path: Path, client: GitClient) -> None:
    git(tmp_path, "init", "-q", "-b", "trunk")
    write_files(tmp_path, {"a": ""})
    found = client.inspect(tmp_path)
    assert found is not None
    assert (found.head, found.branch, found.dirty) == ("", "trunk", ("a",))


def test_a_detached_head_has_no_branch(project: Path, client: GitClient) -> None:
    git(project, "checkout", "-q", "--detach")
    found = client.inspect(project)
    assert found is not None
    assert (found.head, found.branch) == (git(project, "rev-parse", "main"), "")


def test_tags_name_commits(project: Path, client: GitClient) -> None:
    head = git(project, "rev-parse", "HEAD")
    git(project, "tag", "light")
    git(project, "-c", "user.name=A", "-c", "user.email=a@example.com", "tag", "-m", "x", "heavy")
    git(project, "tag", "of-a-tree", "HEAD^{tree}")
    found = client.inspect(project)
    assert found is not None
    assert found.tags == {"light": head, "heavy": head}


def test_packed_references_and_linked_work_trees_are_read(project: Path, tmp_path: Path, client: GitClient) -> None:
    git(project, "pack-refs", "--all")
    git(project, "worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    found = client.inspect(tmp_path / "linked")
    assert found is not None
    assert (found.branch, found.head, found.dirty) == ("side", git(project, "rev-parse", "HEAD"), ())


def test_a_repository_with_sha_256_is_read(tmp_path: Path, client: GitClient) -> None:
    git(tmp_path, "init", "-q", "-b", "main", "--object-format=sha256")
    write_files(tmp_path, {"a": "1"})
    head = client.commit(wanted(tmp_path, client))
    found = client.inspect(tmp_path)
    assert found is not None
    assert (found.head, found.dirty) == (head, ())
    assert len(head) == 64


@pytest.mark.parametrize("content", ["gitdir: /nowhere\n", "nonsense\n"])
def test_a_dot_git_that_is_no_repository_is_an_error(tmp_path: Path, client: GitClient, content: str) -> None:
    write_files(tmp_path, {".git": content})
    with pytest.raises((FailedError, InputError)):
        client.inspect(tmp_path)


def test_looking_changes_nothing(project: Path, client: GitClient) -> None:
    os.utime(project / "a.txt", (1, 1))
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    client.inspect(project)
    client.unignored(project)
    client.find_files(project)
    client.read_folder(project, "main")
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


def test_nothing_that_a_hostile_repository_configures_runs(project: Path, tmp_path: Path, client: GitClient) -> None:
    marker = tmp_path / "ran"
    write_files(project, {".gitattributes": "* filter=evil\n", "a.txt": "changed\n"})
    plant(project, marker)
    subprocess.run(["git", "-C", str(project), "config", "--unset", "core.worktree"], check=True, env=git_environment())
    subprocess.run(["git", "-C", str(project), "status"], check=False, capture_output=True, env=git_environment())
    assert marker.exists(), "the plant must work with plain git, or this test tells nothing"
    marker.unlink()
    found = client.inspect(project)
    assert found is not None
    assert found.dirty == (".gitattributes", "a.txt")
    client.unignored(project)
    client.find_files(project)
    client.read_folder(project / "d", "main")
    assert not marker.exists()


def test_a_work_tree_elsewhere_is_not_looked_at(project: Path, tmp_path: Path, client: GitClient) -> None:
    write_files(tmp_path / "elsewhere", {"secret": "x"})
    git(project, "config", "core.worktree", str(tmp_path / "elsewhere"))
    found = client.inspect(project)
    assert found is not None
    assert found.dirty == ()


# What git would not ignore


def test_ignored_files_are_left_out_with_or_without_a_repository(tmp_path: Path, client: GitClient) -> None:
    files = {".gitignore": "*.log\n/build/\n", "a.log": "", "build/x": "", "src/a.py": "", "src/.gitignore": "b.py\n", "src/b.py": ""}
    write_files(tmp_path, files)
    expected = (".gitignore", "src/.gitignore", "src/a.py")
    assert client.unignored(tmp_path) == expected
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "src/a.py")
    assert client.unignored(tmp_path) == expected


def test_links_and_odd_names_are_listed(tmp_path: Path, client: GitClient) -> None:
    write_files(tmp_path, {"-rf": "", "a b": "", "*": "", "ü": "", ":(top)x": ""})
    (tmp_path / "link").symlink_to("nowhere")
    assert set(client.unignored(tmp_path)) == {"-rf", "a b", "*", "ü", ":(top)x", "link"}


def test_the_users_own_ignore_file_does_not_count(tmp_path: Path) -> None:
    write_files(tmp_path / "home/.config/git", {"ignore": "*\n"})
    write_files(tmp_path / "p", {"a": ""})
    client = make_client(environment={"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home")})
    assert client.unignored(tmp_path / "p") == ("a",)


def test_what_we_left_ourselves_is_left_out(tmp_path: Path, client: GitClient) -> None:
    write_files(tmp_path, {"a": "", ".robot-action-git-xyz/.git/config": "", "d/.robot-action.tmp": ""})
    assert client.unignored(tmp_path) == ("a",)


def test_a_repository_inside_is_refused(tmp_path: Path, client: GitClient) -> None:
    write_files(tmp_path, {"vendored/a": "", "b": ""})
    git(tmp_path / "vendored", "init", "-q")
    with pytest.raises(InputError, match="vendored is a git repository of its own"):
        client.unignored(tmp_path)
    write_files(tmp_path, {".gitignore": "vendored\n"})
    assert client.unignored(tmp_path) == (".gitignore", "b")


def test_a_name_that_is_not_utf_8_is_refused(tmp_path: Path, client: GitClient) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff")).write_text("")
    with pytest.raises(InputError, match=r"\\xff"):
        client.unignored(tmp_path)


@pytest.mark.parametrize("hidden", ["--skip-worktree", "--assume-unchanged"])
def test_an_edit_that_was_hidden_from_git_is_a_difference_all_the_same(project: Path, client: GitClient, hidden: str) -> None:
    git(project, "update-index", hidden, "a.txt", "d/b.txt")
    found = client.inspect(project)
    assert found is not None
    assert found.dirty == ()
    (project / "a.txt").write_text("mine\n")
    assert git(project, "status", "--porcelain") == "", "git shows none"
    found = client.inspect(project)
    assert found is not None
    assert found.dirty == ("a.txt",)


def test_what_a_sparse_checkout_leaves_out_is_no_difference(project: Path, client: GitClient) -> None:
    git(project, "sparse-checkout", "set", "nothing")
    assert not (project / "d").exists()
    found = client.inspect(project)
    assert found is not None
    assert found.dirty == ()


def test_an_index_in_several_files_is_read(project: Path, client: GitClient) -> None:
    git(project, "update-index", "--split-index")
    assert list((project / ".git").glob("sharedindex.*"))
    (project / "a.txt").write_text("mine\n")
    found = client.inspect(project)
    assert found is not None
    assert found.dirty == ("a.txt",)


@pytest.mark.parametrize("name", [b"a\nb", b"a\xff"])
def test_a_repository_that_git_cannot_name_in_a_line_is_refused(tmp_path: Path, client: GitClient, name: bytes) -> None:
    folder = tmp_path / os.fsdecode(name)
    folder.mkdir()
    git(folder, "init", "--quiet")
    with pytest.raises(InputError, match="has a line break in its name, or is not UTF-8"):
        client.inspect(folder)


def test_odd_names_of_branches_are_branches(tmp_path: Path) -> None:
    make_client().commit(wanted(write_files(tmp_path / "r", {"a": "x"}), make_client()))
    git(tmp_path / "r", "branch", "a\u2028b\u0085c")
    git(tmp_path / "r", "checkout", "--quiet", "-b", "d")
    found = locate(make_runner(), tmp_path / "r")
    assert found is not None
    assert (found.branch, found.head) == ("d", git(tmp_path / "r", "rev-parse", "HEAD"))
    assert "refs/heads/a\u2028b\u0085c" in found.refs
