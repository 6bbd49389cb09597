r"""The content-addressed store of fetched templates: one file a commit, which proves itself.

A file holds git objects one after the other, each as git hashes it: ``<kind> <size>\0<content>``. Reading hashes them
again and walks from the commit's id to every file, so nothing but a commit's true content is ever returned: a file
that was damaged, or changed by somebody, is found out.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from robot_action.errors import FailedError, InputError, TryAgainError
from robot_action.model.tree import Tree
from robot_action.parsing.commit_ids import is_commit_id
from robot_action.parsing.git_objects import BrokenObjectError, GitObject, Objects, algorithm_of

if TYPE_CHECKING:
    from robot_action.exchange import Snapshot

MAGIC = b"robot-action store 1\n"
LOCK_TIMEOUT = 3600.0
"""Seconds to wait for another process that fetches the same commit."""

_HEAD = re.compile(rb"(commit|tree|blob) (0|[1-9]\d{0,12})\0")


class DiskStore:
    """`robot_action.ports.Store` in a folder.

    Args:
        folder: below the cache; made when it is first needed.
        warn: is told about entries that were damaged.
    """

    def __init__(self, folder: Path, warn: Callable[[str], None]) -> None:
        self._folder = folder
        self._warn = warn

    def obtain(self, commit: str, fetch: Callable[[], Snapshot]) -> Tree:
        """Return a commit's files; see `robot_action.ports.Store.obtain`.

        Raises:
            InputError: when ``commit`` is no whole id.
            TryAgainError: when another process takes too long to fetch it.
            FailedError: when the disk refuses.
        """
        if not is_commit_id(commit):
            raise InputError(f"{commit!r} is no whole commit id")
        path = self._folder / commit[:2] / commit
        with suppress(BrokenObjectError, FileNotFoundError):
            return _read(path, commit)
        with self._lock(path):
            try:
                return _read(path, commit)  # somebody else may have fetched it meanwhile
            except FileNotFoundError:
                pass
            except BrokenObjectError as error:
                path.unlink(missing_ok=True)
                self._warn(f"the stored copy of commit {commit} is damaged ({error}): it is removed and fetched again")
            snapshot = fetch()
            with _explained(path):
                _write(path, snapshot.objects)
        return snapshot.tree

    @contextmanager
    def _lock(self, path: Path) -> Iterator[None]:
        from filelock import FileLock, Timeout  # only runs that fetch need it

        lock = FileLock(path.with_suffix(".lock"))
        with _explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                lock.acquire(timeout=LOCK_TIMEOUT)
            except Timeout:
                raise TryAgainError(
                    f"another process has been fetching commit {path.name} for more than {LOCK_TIMEOUT:.0f} seconds",
                    hint="Look whether a robot-action hangs, then run the same command again.",
                ) from None
        try:
            yield
        finally:
            lock.release()


def _read(path: Path, commit: str) -> Tree:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise BrokenObjectError(error.strerror or str(error)) from error
    with os.fdopen(descriptor, "rb") as file:
        data = file.read()
    return Objects.index(_parse(data), algorithm_of(commit)).commit_tree(commit)


def _parse(data: bytes) -> Iterator[GitObject]:
    if not data.startswith(MAGIC):
        raise BrokenObjectError("it is no file of this store")
    at = len(MAGIC)
    while at < len(data):
        head = _HEAD.match(data, at)
        if head is None or head.end() + int(head[2]) > len(data):
            raise BrokenObjectError(f"it makes no sense from byte {at} on")
        end = head.end() + int(head[2])
        yield GitObject(head[1].decode(), data[head.end() : end])
        at = end


def _write(path: Path, objects: Iterable[GitObject]) -> None:
    """Write an entry beside its place, bring it to the disk, rename it."""
    descriptor, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(MAGIC)
            for item in objects:
                file.write(b"%s %d\0" % (item.kind.encode(), len(item.content)))
                file.write(item.content)
            file.flush()
            os.fsync(descriptor)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FailedError(
            f"the store cannot be written: {error.filename or path}: {error.strerror or error}",
            hint="Make room or give the permission; ROBOT_ACTION_HOME moves the store.",
        ) from error
