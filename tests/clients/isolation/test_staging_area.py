from __future__ import annotations

import hashlib
import os
import socket
from pathlib import Path

import pytest

from robot_action.clients.isolation import staging_area
from robot_action.clients.isolation.staging_area import copy_artifacts, empty_folders, give_to, harvest, protect, remove
from robot_action.errors import FailedError
from robot_action.model.tree import Entry, Mode, Tree
from tests.clients.children import needs_root

ME = os.getuid()


class TestHarvest:
    def test_files_their_modes_and_inward_links_come_back(self, tmp_path: Path) -> None:
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin/run").write_bytes(b"\0\xff")
        (tmp_path / "bin/run").chmod(0o711)
        (tmp_path / "read me").write_text("x")
        (tmp_path / "link").symlink_to("bin/run")
        found = harvest(tmp_path, ["bin/run", "read me", "link"], ME)
        assert found.refused == {}
        assert found.tree == Tree(
            {"bin/run": Entry(Mode.EXECUTABLE, b"\0\xff"), "read me": Entry(Mode.FILE, b"x"), "link": Entry(Mode.LINK, b"bin/run")}
        )

    @pytest.mark.parametrize("target", ["/etc/passwd", "../outside", "a/../../outside", "a/../b", ".git/config", "x/.GIT/y"])
    def test_a_link_out_of_the_folder_stays_behind(self, tmp_path: Path, target: str) -> None:
        (tmp_path / "link").symlink_to(target)
        found = harvest(tmp_path, ["link"], ME)
        assert len(found.tree) == 0
        assert "links to" in found.refused["link"]

    @pytest.mark.parametrize(
        "path", [".git/hooks/pre-push", "a/.GIT/config", "GIT~1", ".g\u200cit/config", "../x", "/etc/passwd", "a\nb", ""]
    )
    def test_a_path_in_disguise_is_not_even_opened(self, tmp_path: Path, path: str) -> None:
        found = harvest(tmp_path, [path], ME)
        assert list(found.refused) == [path]

    def test_a_linked_folder_on_the_way_is_not_followed(self, tmp_path: Path) -> None:
        (tmp_path / "outside").mkdir()
        (tmp_path / "outside/secret").write_text("s")
        (tmp_path / "in").mkdir()
        (tmp_path / "in/docs").symlink_to("../outside")
        found = harvest(tmp_path / "in", ["docs/secret"], ME)
        assert "cannot be read" in found.refused["docs/secret"]

    def test_sockets_pipes_and_folders_stay_behind(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        os.mkfifo(tmp_path / "pipe")
        monkeypatch.chdir(tmp_path)
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("socket")
        (tmp_path / "nested").mkdir()
        found = harvest(tmp_path, ["pipe", "socket", "nested"], ME)
        assert found.refused == {
            "pipe": "is a socket, a pipe or a device",
            "socket": "is a socket, a pipe or a device",
            "nested": "is a folder with a repository of its own",
        }

    @pytest.mark.parametrize("mode", [0o4755, 0o2755])
    def test_a_setuid_file_stays_behind(self, tmp_path: Path, mode: int) -> None:
        (tmp_path / "tool").touch()
        (tmp_path / "tool").chmod(mode)
        assert "setuid" in harvest(tmp_path, ["tool"], ME).refused["tool"]

    def test_somebody_elses_file_stays_behind_even_where_it_is_linked_hard(self, tmp_path: Path) -> None:
        (tmp_path / "secret").touch()
        (tmp_path / "hard").hardlink_to(tmp_path / "secret")
        assert harvest(tmp_path, ["hard"], ME + 1).refused == {"hard": "belongs to somebody else"}

    def test_a_path_that_is_gone_is_refused(self, tmp_path: Path) -> None:
        assert "cannot be read" in harvest(tmp_path, ["gone"], ME).refused["gone"]

    def test_a_file_that_no_host_would_take_stays_behind(self, tmp_path: Path) -> None:
        with (tmp_path / "huge").open("wb") as file:
            file.truncate(staging_area.FILE_LIMIT + 1)
        assert "is larger than" in harvest(tmp_path, ["huge"], ME).refused["huge"]

    def test_too_many_bytes_are_an_error_that_says_what_to_do(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(staging_area, "TOTAL_LIMIT", 10)
        for name in "abc":
            (tmp_path / name).write_text("12345")
        with pytest.raises(FailedError, match=r"\.gitignore"):
            harvest(tmp_path, "abc", ME)

    def test_too_many_files_are_an_error_that_says_what_to_do(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(staging_area, "COUNT_LIMIT", 2)
        for name in "abc":
            (tmp_path / name).touch()
        with pytest.raises(FailedError, match="more than 2 files"):
            harvest(tmp_path, "abc", ME)


class TestRemove:
    def test_a_file_goes_with_the_folders_that_it_leaves_empty(self, tmp_path: Path) -> None:
        (tmp_path / "a/b/c").mkdir(parents=True)
        (tmp_path / "a/kept").touch()
        (tmp_path / "a/b/c/file").touch()
        remove(tmp_path, "a/b/c/file")
        assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "kept"]

    def test_what_is_gone_already_is_no_error(self, tmp_path: Path) -> None:
        remove(tmp_path, "a/b")
        (tmp_path / "file").touch()
        remove(tmp_path, "file/b")
        assert (tmp_path / "file").exists()

    def test_links_on_the_way_are_not_followed(self, tmp_path: Path) -> None:
        (tmp_path / "outside").mkdir()
        (tmp_path / "outside/file").touch()
        (tmp_path / "in").mkdir()
        (tmp_path / "in/docs").symlink_to("../outside")
        remove(tmp_path / "in", "docs/file")
        assert (tmp_path / "outside/file").exists()


class TestArtifacts:
    def test_regular_files_are_copied_with_their_digests(self, tmp_path: Path) -> None:
        (tmp_path / "dist").mkdir()
        (tmp_path / "dist/b.whl").write_bytes(b"wheel")
        (tmp_path / "dist/a.tar.gz").write_bytes(b"sdist")
        found = copy_artifacts(tmp_path / "dist", tmp_path / "private/copies", None, pytest.fail)
        assert [(item.name, item.size, item.sha256) for item in found] == [
            ("a.tar.gz", 5, hashlib.sha256(b"sdist").hexdigest()),
            ("b.whl", 5, hashlib.sha256(b"wheel").hexdigest()),
        ]
        (tmp_path / "dist/b.whl").write_bytes(b"changed later")
        assert found[1].path.read_bytes() == b"wheel"
        assert (tmp_path / "private/copies").stat().st_mode & 0o777 == 0o700

    def test_all_else_is_left_out_and_said(self, tmp_path: Path) -> None:
        dist = tmp_path / "dist"
        dist.mkdir()
        (dist / "link.whl").symlink_to("/etc/passwd")
        (dist / "folder").mkdir()
        (dist / "new\nline").touch()
        os.mkfifo(dist / "pipe")
        lines: list[str] = []
        assert copy_artifacts(dist, tmp_path / "copies", None, lines.append) == ()
        assert len(lines) == 4
        assert "left out: 'link.whl' is a link" in lines
        assert list((tmp_path / "copies").iterdir()) == []

    def test_a_folder_that_is_gone_or_a_link_is_an_error(self, tmp_path: Path) -> None:
        (tmp_path / "dist").symlink_to("/etc")
        for name in ("dist", "gone"):
            with pytest.raises(FailedError, match="cannot be copied"):
                copy_artifacts(tmp_path / name, tmp_path / "copies", None, pytest.fail)

    def test_a_copy_never_overwrites(self, tmp_path: Path) -> None:
        (tmp_path / "dist").mkdir()
        (tmp_path / "dist/a").touch()
        copy_artifacts(tmp_path / "dist", tmp_path / "copies", None, pytest.fail)
        with pytest.raises(FailedError):
            copy_artifacts(tmp_path / "dist", tmp_path / "copies", None, pytest.fail)


def test_empty_folders_of_a_project_are_found_and_git_is_passed_over(tmp_path: Path) -> None:
    for name in ("empty", "a/b", "full", ".git/refs", "deep/.git/refs", "linked"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "full/file").touch()
    (tmp_path / "linked/link").symlink_to("../full")
    assert sorted(empty_folders(tmp_path)) == ["a/b", "deep", "empty"]


def test_a_protected_folder_can_be_read_by_all_and_written_by_nobody(tmp_path: Path) -> None:
    folder = tmp_path / "template"
    (folder / "sub").mkdir(parents=True, mode=0o700)
    (folder / "sub/file").touch(mode=0o600)
    (folder / "sub/tool").touch(mode=0o700)
    outside = tmp_path / "outside"
    outside.touch(mode=0o600)
    (folder / "link").symlink_to(outside)
    protect(folder)
    modes = {path.name: path.lstat().st_mode & 0o777 for path in folder.rglob("*") if not path.is_symlink()}
    assert modes == {"sub": 0o755, "file": 0o444, "tool": 0o555}
    assert outside.stat().st_mode & 0o777 == 0o600


@needs_root
def test_a_folder_is_given_away_without_following_its_links(tmp_path: Path) -> None:
    (tmp_path / "outside").touch()
    (tmp_path / "in/sub").mkdir(parents=True)
    (tmp_path / "in/sub/link").symlink_to("../../outside")
    give_to(4711, tmp_path / "in")
    assert {path.lstat().st_uid for path in [tmp_path / "in", *(tmp_path / "in").rglob("*")]} == {4711}
    assert (tmp_path / "outside").stat().st_uid == 0
