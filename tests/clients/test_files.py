"""Files: whole or not at all, and never through a link."""

import errno
import os
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from robot_action.clients.files import STAGING_MARK, LocalFiles
from robot_action.errors import FailedError, InputError, NotPermittedError, TryAgainError
from robot_action.model.paths import TEMPORARY_FILE, tree_problems
from robot_action.model.tree import Entry, Mode, Tree

TREE = Tree(
    {
        "README.md": Entry(Mode.FILE, b"hello\r\n"),
        "bin/run": Entry(Mode.EXECUTABLE, b"#!/bin/sh\n"),
        "bin/link": Entry(Mode.LINK, b"run"),
        "empty": Entry(Mode.DIRECTORY),
        "größe/ü": Entry(Mode.FILE, b"\x00\xff"),
    }
)


@pytest.fixture
def files(tmp_path: Path) -> LocalFiles:
    return LocalFiles(tmp_path / "locks")


def test_what_is_written_reads_back_the_same(files: LocalFiles, tmp_path: Path) -> None:
    files.write_new(TREE, tmp_path / "deep/er/project")
    assert files.read_tree(tmp_path / "deep/er/project") == TREE
    assert [path.name for path in (tmp_path / "deep/er").iterdir()] == ["project"]


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=8), st.builds(Entry, st.sampled_from([Mode.FILE, Mode.EXECUTABLE]), st.binary(max_size=20)), max_size=5
    )
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_allowed_tree_reads_back_the_same(tmp_path_factory: pytest.TempPathFactory, entries: dict[str, Entry]) -> None:
    tree = Tree(entries)
    folder = tmp_path_factory.mktemp("t")
    if tree_problems(tree):
        with pytest.raises(InputError):
            LocalFiles(folder).write_new(tree, folder / "project")
        assert not (folder / "project").exists()
    else:
        LocalFiles(folder).write_new(tree, folder / "project")
        assert LocalFiles(folder).read_tree(folder / "project") == tree


def test_a_refused_path_leaves_nothing_behind(files: LocalFiles, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        files.write_new(TREE.with_entries({"../out": Entry(Mode.FILE)}), tmp_path / "project")
    assert not (tmp_path / "project").exists()
    assert not (tmp_path / "out").exists()


def test_a_failed_rename_leaves_no_staging_folder(files: LocalFiles, tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project/mine").write_text("x")
    with pytest.raises(FailedError, match="cannot be written"):
        files.write_new(TREE, tmp_path / "project")
    assert [path.name for path in tmp_path.iterdir()] == ["project"]


@pytest.mark.parametrize("code", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_a_folder_that_may_not_be_written_is_a_matter_of_permission(
    files: LocalFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(*_arguments: object, **_options: object) -> str:
        raise OSError(code, os.strerror(code), str(tmp_path))

    monkeypatch.setattr("tempfile.mkdtemp", refuse)  # root may write everywhere
    with pytest.raises(NotPermittedError, match="cannot be written"):
        files.write_new(TREE, tmp_path / "project")
    assert not list(tmp_path.iterdir())


def test_what_a_killed_run_staged_is_removed(files: LocalFiles, tmp_path: Path) -> None:
    stale = tmp_path / f".project{STAGING_MARK}old"
    (stale / "half").mkdir(parents=True)
    files.write_new(TREE, tmp_path / "project")
    assert not stale.exists()


def test_writing_into_a_folder_keeps_what_else_is_there(files: LocalFiles, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "README.md").write_text("old")
    files.write_into(TREE, tmp_path, last="README.md")
    assert (tmp_path / "mine").read_text() == "mine"
    assert (tmp_path / "README.md").read_bytes() == b"hello\r\n"


def test_names_that_are_one_file_somewhere_are_written_where_they_stand_side_by_side(files: LocalFiles, tmp_path: Path) -> None:
    tree = Tree({"name": Entry(Mode.FILE, b"1"), "Name": Entry(Mode.FILE, b"2")})
    with pytest.raises(InputError, match="one of its paths is refused"):
        files.write_into(tree, tmp_path, there={"name"})
    assert not list(tmp_path.iterdir())
    files.write_into(tree, tmp_path, there=tree.keys())
    assert (tmp_path / "Name").read_bytes() == b"2"


def test_the_last_file_is_written_last(files: LocalFiles, tmp_path: Path) -> None:
    (tmp_path / "größe").write_text("a file where a folder is needed")
    with pytest.raises(FailedError):
        files.write_into(TREE, tmp_path, last="README.md")
    assert not (tmp_path / "README.md").exists()


def test_a_link_in_the_destination_is_not_followed(files: LocalFiles, tmp_path: Path) -> None:
    outside, project = tmp_path / "outside", tmp_path / "project"
    outside.mkdir()
    project.mkdir()
    (project / "bin").symlink_to(outside)
    with pytest.raises(FailedError):
        files.write_into(TREE, project)
    assert not list(outside.iterdir())


def test_a_link_where_a_file_goes_is_replaced_and_its_target_left_alone(files: LocalFiles, tmp_path: Path) -> None:
    victim, project = tmp_path / "victim", tmp_path / "project"
    victim.write_text("precious")
    project.mkdir()
    (project / "README.md").symlink_to(victim)
    files.write_into(TREE, project)
    assert victim.read_text() == "precious"
    assert not (project / "README.md").is_symlink()


def test_a_temporary_file_of_a_killed_run_does_not_stay(files: LocalFiles, tmp_path: Path) -> None:
    (tmp_path / TEMPORARY_FILE).symlink_to("/nowhere")
    files.write_into(TREE, tmp_path)
    assert not (tmp_path / TEMPORARY_FILE).is_symlink()


def test_a_folder_where_a_file_goes_is_an_error_and_stays(files: LocalFiles, tmp_path: Path) -> None:
    own = tmp_path / "README.md/deep/own"
    own.parent.mkdir(parents=True)
    own.write_text("own")
    with pytest.raises(FailedError, match=r"README\.md: Is a directory") as error:
        files.write_into(TREE, tmp_path)
    assert error.value.problems[0].hint == "Move away what stands there, then run the same command again."
    assert own.read_text() == "own"
    assert not (tmp_path / TEMPORARY_FILE).exists()


def test_folders_of_nothing_but_folders_give_way_to_a_file(files: LocalFiles, tmp_path: Path) -> None:
    (tmp_path / "README.md/deep/er").mkdir(parents=True)
    (tmp_path / "README.md/other").mkdir()
    files.write_into(TREE, tmp_path)
    assert (tmp_path / "README.md").is_file()


def test_permissions_follow_the_umask(files: LocalFiles, tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        files.write_new(TREE, tmp_path / "project")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "project").stat().st_mode) == 0o750
    assert stat.S_IMODE((tmp_path / "project/README.md").stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "project/bin/run").stat().st_mode) == 0o750


def test_git_folders_are_not_read(files: LocalFiles, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/config").write_text("x")
    (tmp_path / "a").write_text("a")
    assert list(files.read_tree(tmp_path)) == ["a"]


def test_the_git_file_of_a_work_tree_or_submodule_is_not_read(files: LocalFiles, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/.git").write_text("gitdir: ../.git/modules/sub\n")
    (tmp_path / "sub/a").write_text("a")
    assert list(files.read_tree(tmp_path)) == ["sub/a"]


def test_what_only_some_file_system_takes_for_git_is_read_so_that_it_can_be_refused_by_name(files: LocalFiles, tmp_path: Path) -> None:
    for name in (".GIT", "git~1"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config").write_text("x")
    tree = files.read_tree(tmp_path)
    assert list(tree) == [".GIT/config", "git~1/config"]
    with pytest.raises(InputError, match="refused"):
        files.write_new(tree, tmp_path / "new")


def test_links_are_read_as_links(files: LocalFiles, tmp_path: Path) -> None:
    (tmp_path / "folder").symlink_to("/etc")
    assert files.read_tree(tmp_path)["folder"] == Entry(Mode.LINK, b"/etc")


def test_empty_folders_count_only_when_asked_for(files: LocalFiles, tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    assert list(files.read_tree(tmp_path)) == ["a/b"]
    assert not files.read_tree(tmp_path, empty_folders=False)


def test_only_the_asked_paths_are_read_and_missing_ones_left_out(files: LocalFiles, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").mkdir()
    assert dict(files.read_tree(tmp_path, ["a", "b", "c"])) == {"a": Entry(Mode.FILE, b"a"), "b": Entry(Mode.DIRECTORY)}


def test_a_pipe_is_refused(files: LocalFiles, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="no regular file"):
        files.read_tree(tmp_path)
    with pytest.raises(InputError, match="not a regular file"):
        files.read(tmp_path / "pipe", 10)


def test_a_folder_is_no_file_and_is_not_left_open(files: LocalFiles, tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(InputError, match="not a regular file"):
        files.read(tmp_path, 10)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_missing_folder_is_an_error_or_nothing(files: LocalFiles, tmp_path: Path) -> None:
    assert files.listing(tmp_path / "nothing") is None
    assert files.read(tmp_path / "nothing", 1) is None
    with pytest.raises(InputError):
        files.read_tree(tmp_path / "nothing")
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError):
        files.listing(tmp_path / "file")


def test_reading_stops_at_its_limit_and_at_links(files: LocalFiles, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("12345")
    (tmp_path / "l").symlink_to("a")
    assert files.read(tmp_path / "a", 5) == b"12345"
    with pytest.raises(InputError, match="larger than 4"):
        files.read(tmp_path / "a", 4)
    with pytest.raises(InputError, match="l is a symbolic link"):
        files.read(tmp_path / "l", 5)


def test_what_the_disk_refuses_to_open_is_told_with_its_reason(files: LocalFiles, tmp_path: Path) -> None:
    unnameable = tmp_path / ("x" * 300)  # as good as a permission that is missing, which root never misses
    with pytest.raises(InputError, match="cannot be read: File name too long"):
        files.read(unnameable, 10)
    with pytest.raises(InputError, match="cannot be listed: File name too long"):
        files.listing(unnameable)


def test_only_one_holds_a_lock(files: LocalFiles, tmp_path: Path) -> None:
    other = LocalFiles(tmp_path / "locks")
    with files.lock("x", "the project acme/x"), pytest.raises(TryAgainError, match="acme/x"), other.lock("x", "the project acme/x"):
        pass
    with other.lock("x", "the project acme/x"):
        pass


def test_a_scratch_folder_is_private_and_goes_away(files: LocalFiles) -> None:
    with files.scratch("test") as folder:
        (folder / "x").write_text("x")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not folder.exists()


def test_broken_links_exist(files: LocalFiles, tmp_path: Path) -> None:
    (tmp_path / "l").symlink_to("nowhere")
    assert files.exists(tmp_path / "l")
    assert not files.exists(tmp_path / "m")


def test_times_of_change_are_told_for_files_and_links_and_nobody_can_set_them(files: LocalFiles, tmp_path: Path) -> None:
    files.write_new(TREE, tmp_path / "project")
    (tmp_path / "project/.git").mkdir()
    (tmp_path / "project/.git/config").write_text("x")
    before = files.changed_at(tmp_path / "project")
    assert set(before) == {"README.md", "bin/run", "bin/link", "größe/ü"}
    os.utime(tmp_path / "project/README.md", (0, 0))
    assert files.changed_at(tmp_path / "project")["README.md"] >= before["README.md"]


def test_times_of_a_missing_folder_are_an_error(files: LocalFiles, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        files.changed_at(tmp_path / "nothing")


def test_the_folders_of_a_folder_are_told_without_files_links_and_hidden_ones(files: LocalFiles, tmp_path: Path) -> None:
    for name in ("b", "a", ".git"):
        (tmp_path / name).mkdir()
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to("a")
    assert files.folders(tmp_path) == ("a", "b")
    assert files.folders(tmp_path / "nowhere") == ()
    assert files.folders(tmp_path / "file") == ()


def test_a_file_on_the_way_to_a_folder_is_named(files: LocalFiles, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=f"^{tmp_path}/file is no folder"):
        files.listing(tmp_path / "file/sub/deeper")


def test_removing_takes_empty_folders_along_and_follows_no_link(files: LocalFiles, tmp_path: Path) -> None:
    folder, outside = tmp_path / "p", tmp_path / "outside"
    files.write_new(Tree(dict.fromkeys(("a/b/gone", "a/stays", "top"), Entry(Mode.FILE))), folder)
    files.write_new(Tree({"kept": Entry(Mode.FILE)}), outside)
    (folder / "link").symlink_to(outside)
    files.remove(folder, ["a/b/gone", "top", "missing", "no/such"])
    assert sorted(path.name for path in folder.rglob("*")) == ["a", "link", "stays"]
    files.remove(folder, ["link/kept", "a/stays/deep", "a"])  # none of these is there: what is has another path, or is no file
    assert sorted(path.name for path in folder.rglob("*")) == ["a", "link", "stays"]
    assert (outside / "kept").exists()


def test_a_folder_that_this_run_made_can_be_discarded(tmp_path: Path) -> None:
    (tmp_path / "made/below").mkdir(parents=True)
    (tmp_path / "made/link").symlink_to(tmp_path)
    LocalFiles(tmp_path / "locks").discard(tmp_path / "made")
    assert list(tmp_path.iterdir()) == []
    LocalFiles(tmp_path / "locks").discard(tmp_path / "made")


def test_what_is_locked_may_have_any_name(tmp_path: Path) -> None:
    with LocalFiles(tmp_path / "locks").lock(os.fsdecode(b"a\xff"), "it"):
        assert list((tmp_path / "locks").iterdir())
