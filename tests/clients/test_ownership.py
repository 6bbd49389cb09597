from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from robot_action.clients.ownership import give_back

OWNER = 4711

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    (folder / "made" / "deep").mkdir(parents=True)
    (folder / "made" / "deep" / "file").write_text("x")
    (folder / "made" / "link").symlink_to("/etc/hostname")
    (folder / "made" / "folder link").symlink_to(tmp_path)
    if os.geteuid() == 0:
        os.chown(folder, OWNER, OWNER)
    return folder


def owners(folder: Path) -> set[tuple[int, int]]:
    return {(found.st_uid, found.st_gid) for path in folder.rglob("*") if (found := path.lstat())}


@needs_root
def test_everything_that_root_made_becomes_the_owners(workspace: Path) -> None:
    assert give_back(workspace) == 5
    assert owners(workspace) == {(OWNER, OWNER)}


@needs_root
def test_doing_it_again_changes_nothing(workspace: Path) -> None:
    give_back(workspace)
    assert give_back(workspace) == 0


@needs_root
def test_no_link_is_followed(workspace: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").touch()
    (workspace / "way out").symlink_to(outside)
    give_back(workspace)
    assert (outside.stat().st_uid, (outside / "file").stat().st_uid, tmp_path.stat().st_uid) == (0, 0, 0)


@needs_root
def test_a_file_with_a_second_name_elsewhere_stays_roots(workspace: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.touch()
    (workspace / "name").hardlink_to(precious)
    give_back(workspace)
    assert precious.stat().st_uid == 0


@needs_root
def test_what_belongs_to_somebody_else_stays_theirs(workspace: Path) -> None:
    (workspace / "theirs").touch()
    os.chown(workspace / "theirs", 12, 12)
    give_back(workspace)
    assert (workspace / "theirs").stat().st_uid == 12


@needs_root
def test_roots_own_folder_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert give_back(tmp_path) == 0


@needs_root
def test_a_linked_workspace_is_left_alone(workspace: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(workspace)
    assert give_back(link) == 0


def test_a_missing_folder_is_nothing_to_give(tmp_path: Path) -> None:
    assert give_back(tmp_path / "gone") == 0


def test_nobody_but_root_gives_anything(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert give_back(workspace) == 0


@needs_root
def test_what_cannot_be_given_or_has_gone_meanwhile_is_passed_over(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chown, look = os.chown, os.stat

    def refuse(name: str, *arguments: int, **how: Any) -> None:
        if name == "file":
            raise PermissionError
        chown(name, *arguments, **how)

    def lose(name: Any, **how: Any) -> os.stat_result:
        if name == "link":
            raise FileNotFoundError
        return look(name, **how)

    monkeypatch.setattr(os, "chown", refuse)
    monkeypatch.setattr(os, "stat", lose)
    assert give_back(workspace) == 3
    assert (workspace / "made/deep").lstat().st_uid == OWNER
