"""The ground of extensions: a user of their own, files that they can read, and no credentials in sight."""

from __future__ import annotations

import os
import stat
import subprocess
import tempfile
from pathlib import Path

import pytest

from robot_action.clients.files import LocalFiles
from robot_action.clients.isolation import ground as module
from robot_action.clients.isolation.ground import Grounds
from robot_action.clients.isolation.second_user import UIDS
from robot_action.errors import ConfigurationError, NotPermittedError
from tests.rendering.samples import make_tree

IS_ROOT = os.geteuid() == 0
TREE = make_tree({"extensions/a.py": "x = 1", "b": ""})


def grounds(tmp_path: Path, said: list[str] | None = None, *checkouts: Path) -> Grounds:
    return Grounds(LocalFiles(tmp_path / "locks"), (said if said is not None else []).append, checkouts, tmp_path / "users")


def checkout(folder: Path) -> Path:
    (folder / ".git").mkdir(parents=True)
    (folder / ".git/config").write_text('[http "https://github.com/"]\n\textraheader = AUTHORIZATION: basic c2VjcmV0\n')
    return folder


def test_the_files_lie_there_for_reading_and_are_gone_afterwards(tmp_path: Path) -> None:
    with grounds(tmp_path).lay(TREE) as ground:
        file = ground.folder / "extensions/a.py"
        assert file.read_text() == "x = 1"
        assert stat.S_IMODE(file.stat().st_mode) == 0o444
    assert not ground.folder.exists()


@pytest.mark.skipif(not IS_ROOT, reason="only root has other users")
def test_as_root_each_rendering_has_a_user_of_its_own_who_alone_can_pass(tmp_path: Path) -> None:
    with grounds(tmp_path).lay(TREE) as one, grounds(tmp_path).lay(TREE) as two:
        assert one.user in UIDS
        assert two.user in UIDS
        assert one.user != two.user
        status = one.folder.parent.stat()
        assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (0, one.user, 0o710)


def test_without_root_it_stays_who_we_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.os, "geteuid", lambda: 1000)
    with grounds(tmp_path).lay(TREE) as ground:
        assert ground.user is None


@pytest.mark.skipif(not IS_ROOT, reason="only root hides files from other users")
def test_as_root_a_checkouts_credentials_are_hidden(tmp_path: Path) -> None:
    said: list[str] = []
    folder = checkout(tmp_path / "checkout")
    with grounds(tmp_path, said, folder).lay(TREE):
        assert (
            not stat.S_IMODE((folder / ".git/config").stat().st_mode) & 0o077 or not stat.S_IMODE((folder / ".git").stat().st_mode) & 0o077
        )
    assert len(said) == 1


def test_without_root_a_checkout_with_credentials_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.os, "geteuid", lambda: 1000)
    with pytest.raises(NotPermittedError, match="holds a token or a password"), grounds(tmp_path, None, checkout(tmp_path / "c")).lay(TREE):
        pass


@pytest.mark.skipif(not IS_ROOT, reason="only root has other users")
def test_a_temporary_folder_that_is_closed_to_others_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(0o700)
    monkeypatch.setattr(tempfile, "tempdir", str(closed))
    with pytest.raises(ConfigurationError, match="is closed to other users"), grounds(tmp_path).lay(TREE):
        pass


def test_git_tells_extensions_the_templates_commit_and_has_no_more_of_it(tmp_path: Path) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    with grounds(tmp_path).lay(TREE, commit) as ground:
        command = ["git", "-c", "safe.directory=*", "rev-parse", "HEAD"]
        said = subprocess.run(command, cwd=ground.folder / "extensions", check=True, capture_output=True, text=True).stdout
        assert said == f"{commit}\n"
        assert not any((ground.folder / ".git/objects").iterdir())
    assert not ground.folder.exists()
