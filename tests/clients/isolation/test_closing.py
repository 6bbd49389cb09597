from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

import pytest

from robot_action.clients.isolation.closing import closed_to_others
from tests.clients.children import needs_root


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "runner"
    folder.mkdir()
    folder.chmod(0o755)
    return folder


@needs_root
def test_others_cannot_enter_for_as_long_as_it_lasts(folder: Path) -> None:
    with closed_to_others([folder, folder]):
        assert mode(folder) == 0o750
    assert mode(folder) == 0o755


@needs_root
def test_after_a_failure_it_is_open_again(folder: Path) -> None:
    with pytest.raises(KeyboardInterrupt), closed_to_others([folder]):
        raise KeyboardInterrupt
    assert mode(folder) == 0o755


@needs_root
def test_everybodys_folders_links_and_what_is_missing_are_left_alone(tmp_path: Path, folder: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    (tmp_path / "link").symlink_to(folder)
    with closed_to_others([shared, tmp_path / "link", tmp_path / "missing", tmp_path / "link" / "x"]):
        assert (mode(shared), mode(folder)) == (0o1777, 0o755)


@needs_root
def test_the_folder_in_which_template_code_works_stays_open(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder / "tmp"))
    with closed_to_others([folder]):
        assert mode(folder) == 0o755


def test_nobody_but_root_closes_anything(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with closed_to_others([folder]):
        assert mode(folder) == 0o755
