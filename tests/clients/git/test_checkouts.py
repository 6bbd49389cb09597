from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from robot_action.clients.git.checkouts import hide_credentials, kept_credentials


def checkout(folder: Path, config: str, mode: int = 0o644) -> Path:
    (folder / ".git").mkdir(parents=True)
    file = folder / ".git/config"
    file.write_text(config)
    file.chmod(mode)
    return file


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


@pytest.mark.parametrize(
    "config",
    [
        '[http "https://github.com/"]\n\textraheader = AUTHORIZATION: basic eDp5\n',
        '[remote "origin"]\n\turl = https://robot:secret@github.com/acme/x\n',
    ],
)
def test_a_configuration_with_credentials_is_closed_to_others(tmp_path: Path, config: str) -> None:
    file = checkout(tmp_path, config)
    (line,) = hide_credentials([tmp_path])
    assert str(file) in line
    assert mode(file) == 0o600
    assert list(hide_credentials([tmp_path])) == []


def test_the_checkout_around_a_project_counts(tmp_path: Path) -> None:
    file = checkout(tmp_path, "[http]\n\textraheader = x\n")
    (tmp_path / "a/b").mkdir(parents=True)
    assert len(list(hide_credentials([tmp_path / "a/b", tmp_path / "a"]))) == 1
    assert mode(file) == 0o600


def test_a_file_that_the_configuration_includes_counts(tmp_path: Path) -> None:
    kept = tmp_path / "kept credentials.config"
    kept.write_text("[http]\n\textraheader = x\n")
    kept.chmod(0o644)
    file = checkout(tmp_path / "a", f'[includeIf "gitdir:/x"]\n\tpath = "{kept}"\n[include]\n\tpath = ../../missing\n')
    assert [str(kept) in line for line in hide_credentials([tmp_path / "a"])] == [True]
    assert (mode(kept), mode(file)) == (0o600, 0o644)


@pytest.mark.parametrize("config", ["", '[remote "origin"]\n\turl = https://github.com/acme/x\n[user]\n\temail = me@example.org\n'])
def test_a_configuration_without_credentials_stays_as_it_is(tmp_path: Path, config: str) -> None:
    file = checkout(tmp_path, config)
    assert list(hide_credentials([tmp_path])) == []
    assert mode(file) == 0o644


def test_what_is_no_file_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    os.mkfifo(tmp_path / ".git/config")
    (tmp_path / "a/.git").mkdir(parents=True)
    target = tmp_path / "target"
    target.write_text("extraheader")
    (tmp_path / "a/.git/config").symlink_to(target)
    before = mode(target)
    assert list(hide_credentials([tmp_path / "a"])) == []
    assert mode(target) == before


def test_a_linked_work_trees_configuration_is_that_of_its_repository(tmp_path: Path) -> None:
    file = checkout(tmp_path / "main", "[http]\n\textraheader = x\n")
    own = tmp_path / "main/.git/worktrees/linked"
    own.mkdir(parents=True)
    (own / "commondir").write_text("../..\n")
    (own / "config.worktree").write_text("[http]\n\textraheader = y\n")
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked/.git").write_text(f"gitdir: {own}\n")
    assert len(list(hide_credentials([tmp_path / "linked"]))) == 2
    assert (mode(file), mode(own / "config.worktree")) == (0o600, 0o600)


@pytest.mark.parametrize(
    ("config", "holds"),
    [
        ("[http]\n\textraheader = AUTHORIZATION: basic eDp5\n", True),
        ("[remote]\n\turl = https://robot:secret@host/x\n", True),
        ("[x]\n\ttoken = secret\n", True),
        ("[remote]\n\turl = https://alice@host/x\n", False),
        ("[remote]\n\turl = ssh://git@host:22/x\n", False),
        ("[http]\n\textraheader =\n", False),
    ],
)
def test_only_a_password_or_a_token_is_one(tmp_path: Path, config: str, holds: bool) -> None:
    file = checkout(tmp_path, config)
    assert kept_credentials([tmp_path]) == ((file,) if holds else ())
