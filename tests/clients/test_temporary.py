"""Temporary folders, and what is swept of those that killed runs have left."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from robot_action.clients import temporary as module
from robot_action.clients.temporary import OLD, sweep, temporary_folder
from tests.clients.children import needs_root


@pytest.fixture(autouse=True)
def tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, of this test alone."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def age(path: Path, seconds: float = OLD + 60) -> None:
    status = path.lstat()
    os.utime(path, (status.st_atime, status.st_mtime - seconds), follow_symlinks=False)


def leave(tmp: Path, name: str = "robot-action-scratch-x1") -> Path:
    """Leave a folder as a killed run did long ago."""
    folder = tmp / name
    (folder / "a/b").mkdir(parents=True)
    (folder / "a/b/c").write_text("x")
    age(folder)
    return folder


def test_a_folder_is_private_and_goes_at_the_end(tmp: Path) -> None:
    with temporary_folder("test") as folder:
        assert folder.parent == tmp
        assert folder.name.startswith("robot-action-test-")
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "a").write_text("x")
    assert list(tmp.iterdir()) == []


def test_it_goes_however_deep_something_is_nested_in_it(tmp: Path) -> None:
    with temporary_folder("test") as folder:
        subprocess.run(
            [sys.executable, "-c", "import os\nfor _ in range(3000): os.mkdir('deep'); os.chdir('deep')"], cwd=folder, check=True
        )
    assert list(tmp.iterdir()) == []


def test_it_goes_after_a_failure_as_well(tmp: Path) -> None:
    with pytest.raises(ZeroDivisionError), temporary_folder("test"):
        raise ZeroDivisionError
    assert list(tmp.iterdir()) == []


def test_what_a_killed_run_left_is_swept(tmp: Path) -> None:
    program = (
        f"import os, tempfile; tempfile.tempdir = {str(tmp)!r}\n"
        "from robot_action.clients.temporary import temporary_folder\n"
        "with temporary_folder('test'): os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -signal.SIGKILL
    (left,) = tmp.iterdir()
    sweep()
    assert left.exists(), "it may be one that is just being made"
    age(left)
    sweep()
    assert not left.exists()


def test_a_folder_in_use_stays_however_old_it_is(tmp: Path) -> None:
    with temporary_folder("test") as folder:
        age(folder)
        program = f"import tempfile; tempfile.tempdir = {str(tmp)!r}\nfrom robot_action.clients.temporary import sweep; sweep()"
        subprocess.run([sys.executable, "-c", program], check=True)
        assert folder.exists()
        sweep()
        assert folder.exists()


def link(tmp: Path) -> Path:
    target = leave(tmp, "target")
    path = tmp / "robot-action-link"
    path.symlink_to(target)
    age(path)
    return target / "a/b/c"


def link_inside(tmp: Path) -> Path:
    target, folder = leave(tmp, "target"), leave(tmp)
    (folder / "link").symlink_to(target)
    age(folder)
    return target / "a/b/c"


def file(tmp: Path) -> Path:
    path = tmp / "robot-action-bug-x.log"
    path.write_text("a report")
    age(path)
    return path


def other_name(tmp: Path) -> Path:
    return leave(tmp, "robot-actions")


def hostile_name(tmp: Path) -> Path:
    leave(tmp, "robot-action-\n-rf ..")
    return leave(tmp, "-rf ..")


@pytest.mark.parametrize("make", [link, link_inside, file, other_name, hostile_name])
def test_what_is_no_folder_of_ours_stays(tmp: Path, make: Callable[[Path], Path]) -> None:
    stays = make(tmp)
    sweep()
    assert stays.exists()
    assert [path for path in tmp.iterdir() if path.name.startswith("robot-action-") and path.is_dir() and not path.is_symlink()] == []


@needs_root
def test_somebody_elses_folder_stays(tmp: Path) -> None:
    folder = leave(tmp)
    os.chown(folder, 4711, 4711)
    sweep()
    assert folder.exists()


def test_one_run_sweeps_no_more_than_it_has_time_for(tmp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SWEPT", 2)
    for number in range(3):
        leave(tmp, f"robot-action-{number}")
    sweep()
    assert len(list(tmp.iterdir())) == 1
    sweep()
    assert list(tmp.iterdir()) == []


def test_where_nothing_can_be_locked_nothing_is_swept(tmp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    folder = leave(tmp)
    monkeypatch.setattr(fcntl, "flock", refuse)
    with temporary_folder("test") as other:
        sweep()
        assert other.exists()
    assert list(tmp.iterdir()) == [folder]


def test_a_folder_that_goes_meanwhile_is_no_failure(tmp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = leave(tmp)
    original = module._is_left
    monkeypatch.setattr(module, "_is_left", lambda path: original(path) and path.rename(tmp / "gone"))
    sweep()
    assert not folder.exists()
    assert not original(folder)


def test_a_folder_for_temporary_files_that_is_missing_is_no_failure(tmp: Path) -> None:
    tmp.rmdir()
    sweep()
    assert not tmp.exists()
