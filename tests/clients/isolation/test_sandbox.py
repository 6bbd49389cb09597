from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from robot_action.clients.files import LocalFiles
from robot_action.clients.isolation import sandbox as module
from robot_action.clients.isolation.sandbox import LocalSandbox
from robot_action.clients.isolation.workspace import Doors
from robot_action.errors import ConfigurationError, NotPermittedError
from tests.clients.children import needs_root


def sandbox(folder: Path, lines: list[str] | None = None, checkouts: tuple[Path, ...] = ()) -> LocalSandbox:
    found: list[str] = [] if lines is None else lines
    doors = Doors(LocalFiles(folder / "locks"), lambda _: (), lambda *_: False, found.append)
    return LocalSandbox({"PATH": os.defpath, "HOME": "/me", "TOKEN": "s", "API": "x"}, doors, checkouts, folder / "users")


@needs_root
def test_root_has_a_second_user_and_says_so(tmp_path: Path) -> None:
    found = sandbox(tmp_path)
    assert found.isolated
    assert "user of its own (one of 64198 to 64213)" in found.note
    assert found.environment(["API"]) == {"PATH": os.defpath, "API": "x"}


def test_without_a_second_user_code_runs_in_place_and_the_note_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "obstacle", lambda: "the program setpriv of util-linux is missing")
    found = sandbox(tmp_path)
    assert not found.isolated
    assert found.note == "template code runs in place as the present user, for the program setpriv of util-linux is missing"
    assert found.environment(()) == {"PATH": os.defpath, "HOME": "/me"}
    with found.open(tmp_path) as workspace:
        assert workspace.folder == tmp_path
    assert tmp_path.exists()


@needs_root
@pytest.mark.usefixtures("users")
def test_nobody_but_the_second_user_can_enter_its_folder(tmp_path: Path, users: range) -> None:
    (tmp_path / "project").mkdir()
    with sandbox(tmp_path).open(tmp_path / "project") as workspace:
        above, own = workspace.folder.parent.stat(), workspace.folder.stat()
    assert (above.st_uid, above.st_gid, above.st_mode & 0o777) == (0, users[0], 0o710)
    assert (own.st_uid, own.st_gid, own.st_mode & 0o777) == (users[0], users[0], 0o700)


@needs_root
@pytest.mark.usefixtures("users")
def test_a_temporary_folder_that_is_closed_to_others_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "project").mkdir()
    tmp_path.chmod(0o700)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(ConfigurationError, match="closed to other users") as caught, sandbox(tmp_path).open(tmp_path / "project"):
        pass
    assert "TMPDIR" in str(caught.value)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("robot-action-")] == []


@needs_root
@pytest.mark.usefixtures("users")
def test_credentials_of_checkouts_are_hidden_before_code_runs(tmp_path: Path) -> None:
    config = tmp_path / "checkout/.git/config"
    config.parent.mkdir(parents=True)
    config.write_text("[http]\n\textraheader = AUTHORIZATION: basic x\n")
    config.chmod(0o644)
    (tmp_path / "project").mkdir()
    lines: list[str] = []
    with sandbox(tmp_path, lines, (tmp_path / "checkout",)).open(tmp_path / "project"):
        assert config.stat().st_mode & 0o777 == 0o600
    assert str(config) in lines[0]


def test_in_place_a_checkout_with_a_token_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "obstacle", lambda: "nobody is root")
    config = tmp_path / "checkout/.git/config"
    config.parent.mkdir(parents=True)
    config.write_text("[http]\n\textraheader = AUTHORIZATION: basic x\n")
    found = sandbox(tmp_path, checkouts=(tmp_path / "checkout",))
    with pytest.raises(NotPermittedError, match=str(config)) as caught, found.open(tmp_path):
        pytest.fail("template code would have run")
    assert "persist-credentials: false" in str(caught.value)
    assert "basic x" not in str(caught.value)
