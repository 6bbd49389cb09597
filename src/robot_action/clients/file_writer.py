"""Writing trees below a folder, and removing from it: every folder on the way is opened without following links, each once."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from robot_action.model.paths import TEMPORARY_FILE
from robot_action.model.tree import Entry, Mode

_TOP_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FOLDER_FLAGS = _TOP_FLAGS | os.O_NOFOLLOW
_NEW_FILE_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def write_fresh(root: Path, entries: Iterable[tuple[str, Entry]]) -> None:
    """Write paths below a folder that is ours alone and empty: each straight under its name."""
    with _opened(root) as way:
        for path, entry in entries:
            folder, name = way.to(path, entry)
            if entry.mode is not Mode.DIRECTORY:
                _make(folder, name, entry)


def write_over(root: Path, entries: Iterable[tuple[str, Entry]]) -> None:
    """Write paths below a folder, each file under a temporary name that is then its own, whatever stands there."""
    with _opened(root) as way:
        for path, entry in entries:
            folder, name = way.to(path, entry)
            if entry.mode is not Mode.DIRECTORY:
                _replace(folder, name, entry)


def remove(root: Path, paths: Iterable[str]) -> None:
    """Remove files and links below a folder, and the folders that are empty then.

    What is not there is no error: nor is a folder there instead, or a link or a file on the way.
    """
    for path in paths:
        *parents, name = path.split("/")
        opened = [os.open(root, _TOP_FLAGS)]
        try:
            with _absent():
                for parent in parents:
                    opened.append(os.open(parent, _FOLDER_FLAGS, dir_fd=opened[-1]))
                os.unlink(name, dir_fd=opened[-1])
                with suppress(OSError):  # a folder that holds more
                    for parent, above in zip(reversed(parents), reversed(opened[:-1]), strict=True):
                        os.rmdir(parent, dir_fd=above)
        finally:
            for descriptor in opened:
                os.close(descriptor)


class _Way:
    """The folders from a root to the path that was written last, open."""

    def __init__(self, root: Path) -> None:
        self._names: list[str] = []
        self._open = [os.open(root, _TOP_FLAGS)]

    def to(self, path: str, entry: Entry) -> tuple[int, str]:
        """Return the folder of a path, and its name there; missing folders are made, and an entry that is one."""
        *parents, name = path.split("/")
        if entry.mode is Mode.DIRECTORY:
            parents.append(name)
        same = 0
        while same < min(len(parents), len(self._names)) and parents[same] == self._names[same]:
            same += 1
        self._leave(same)
        for parent in parents[same:]:
            with suppress(FileExistsError):
                os.mkdir(parent, dir_fd=self._open[-1])
            self._open.append(os.open(parent, _FOLDER_FLAGS, dir_fd=self._open[-1]))
            self._names.append(parent)
        return self._open[-1], name

    def close(self) -> None:
        """Close every folder."""
        self._leave(0)
        os.close(self._open.pop())

    def _leave(self, depth: int) -> None:
        while len(self._names) > depth:
            self._names.pop()
            os.close(self._open.pop())


@contextmanager
def _opened(root: Path) -> Iterator[_Way]:
    way = _Way(root)
    try:
        yield way
    finally:
        way.close()


@contextmanager
def _absent() -> Iterator[None]:
    """Pass over what opening a folder or removing a file says where there is none."""
    try:
        yield
    except OSError as error:  # ELOOP: what some systems say of a link that shall not be followed
        if error.errno not in {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP}:
            raise


def _make(folder: int, name: str, entry: Entry) -> None:
    """Make a file or a link where nothing stands."""
    if entry.mode is Mode.LINK:
        os.symlink(entry.content, name.encode(), dir_fd=folder)
        return
    file = os.open(name, _NEW_FILE_FLAGS, 0o777 if entry.mode is Mode.EXECUTABLE else 0o666, dir_fd=folder)
    try:
        left = memoryview(entry.content)
        while left:
            left = left[os.write(file, left) :]
    finally:
        os.close(file)


def _replace(folder: int, name: str, entry: Entry) -> None:
    temporary = TEMPORARY_FILE  # one fixed name: whoever writes here holds the folder's lock, and finds what a killed run left
    with suppress(FileNotFoundError):
        os.unlink(temporary, dir_fd=folder)
    _make(folder, temporary, entry)
    try:
        try:
            os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
        except IsADirectoryError:
            with suppress(OSError):  # it holds more: then the rename says so
                _remove_empty(folder, name)
            os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError:
        os.unlink(temporary, dir_fd=folder)
        raise


def _remove_empty(folder: int, name: str) -> None:
    """Remove a folder that holds nothing but folders: git knows none of them."""
    for _, names, _, below in os.fwalk(name, topdown=False, dir_fd=folder):
        for one in names:
            os.rmdir(one, dir_fd=below)
    os.rmdir(name, dir_fd=folder)
