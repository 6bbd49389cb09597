"""robot-action's own folders."""

import os
from pathlib import Path

import pytest

from robot_action.clients.folders import default_folders, open_folders
from robot_action.errors import ConfigurationError


def test_a_named_home_holds_everything(tmp_path: Path) -> None:
    with open_folders(tmp_path / "home") as folders:
        assert folders.cache == tmp_path / "home/cache"
        assert folders.cache.is_dir()
        assert folders.locks.parent == folders.logs.parent == folders.home
        assert folders.note == ""


def test_without_one_they_are_the_platforms(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    folders = default_folders(None)
    assert folders.cache == tmp_path / ".cache/robot-action"
    assert folders.home == tmp_path / ".local/state/robot-action"


def test_a_named_home_that_cannot_be_made_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="ROBOT_ACTION_HOME"), open_folders(tmp_path / "file/home"):
        pass


def test_a_missing_home_falls_back_to_a_temporary_one_and_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "file/home"))
    with open_folders(None) as folders:
        assert "temporary" in folders.note
        assert folders.cache.parent == folders.home
        assert folders.home.is_dir()
    assert not folders.home.exists()


def test_a_home_without_permission_counts_as_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(ConfigurationError, match="permission denied"), open_folders(tmp_path / "home"):
        pass
