"""Temporary folders: each is locked while its run uses it, so that later runs can tell which ones a killed run has left."""

from __future__ import annotations

import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path

from robot_action.clients.processes.process import exchange

PREFIX = "robot-action-"
OLD = 3600.0
"""Seconds after which a folder that nobody has locked counts as left: there is a moment between making and locking it."""

_LOOKED_AT = 20_000  # names in the folder for temporary files, which may be anybody's
_SWEPT = 100  # folders that one run removes
_REMOVE_SECONDS = 300.0
_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def temporary_folder(purpose: str) -> Iterator[Path]:
    """Give a new folder for us alone, which is removed at the end, however deep something was nested in it."""
    import tempfile  # not every run takes one

    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{purpose}-"))
    descriptor = os.open(folder, _FLAGS)
    try:
        _lock(descriptor)
        yield folder
    finally:
        _remove(folder)
        os.close(descriptor)


def sweep() -> None:
    """Remove what killed runs of this user have left; what is in use, young, somebody else's or a link is not touched."""
    import tempfile

    with suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        ours = (Path(entry.path) for entry in islice(entries, _LOOKED_AT) if entry.name.startswith(PREFIX))
        for folder in islice((path for path in ours if _is_left(path)), _SWEPT):
            _sweep(folder)


def _is_left(path: Path) -> bool:
    try:
        status = path.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and time.time() - status.st_mtime > OLD


def _sweep(folder: Path) -> None:
    """Remove a folder unless its run lives, holding its lock so that of two sweepers one alone does it."""
    try:
        descriptor = os.open(folder, _FLAGS)
    except OSError:
        return
    try:
        if _lock(descriptor):
            _remove(folder)
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    """Lock a folder until its descriptor is closed; not every file system can, and what cannot be locked is never swept."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _remove(folder: Path) -> None:
    import shutil

    with suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():  # too deep for Python
        exchange(["rm", "-rf", "--", str(folder)], environment={}, cwd=folder.parent, timeout=_REMOVE_SECONDS)
