"""Files between the project and the private copy in which a second user's code has run.

What that code left is hostile. It is read when all its processes are dead, by opening every folder on the way without
following links, and only files that belong to the second user: a hard link to somebody else's file is none.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from robot_action.errors import FailedError
from robot_action.model.paths import link_problem, path_problem
from robot_action.model.plan import Artifact
from robot_action.model.tree import Entry, Mode, Tree

FILE_LIMIT = 100 * 2**20
"""Bytes of one file that comes back; the big Git hosts refuse larger ones."""
TOTAL_LIMIT = 500 * 2**20
"""Bytes of all files that come back at once."""
COUNT_LIMIT = 50_000
"""Files that come back at once."""

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_CHUNK = 2**20


@dataclass(frozen=True, slots=True)
class Harvest:
    """What may come back of a folder, and for each path that may not the reason."""

    tree: Tree
    refused: dict[str, str]


def give_to(uid: int, folder: Path) -> None:
    """Make a folder that only we have touched, with everything in it, a second user's own."""
    os.chown(folder, uid, uid, follow_symlinks=False)
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(Path(parent, name), uid, uid, follow_symlinks=False)


def protect(folder: Path) -> None:
    """Make a folder that we have written readable for all, and writable for nobody else."""
    folder.chmod(0o755)
    for parent, folders, files in os.walk(folder):
        for path in (Path(parent, name) for name in (*folders, *files)):
            mode = path.lstat().st_mode
            if not stat.S_ISLNK(mode):
                path.chmod(0o755 if stat.S_ISDIR(mode) else 0o555 if mode & stat.S_IXUSR else 0o444)


def empty_folders(folder: Path) -> Iterator[str]:
    """Yield the empty folders of a project, which git does not name; what cannot be listed is passed over."""
    waiting = [""]  # no recursion: a path can have more parts than Python has stack
    while waiting:
        start = waiting.pop()
        with suppress(OSError), os.scandir(folder / start) as found:
            entries = [entry for entry in found if entry.name != ".git"]
            if start and not entries and path_problem(start) is None:
                yield start
            waiting.extend(f"{start}/{entry.name}".lstrip("/") for entry in entries if entry.is_dir(follow_symlinks=False))


def harvest(folder: Path, paths: Iterable[str], uid: int) -> Harvest:
    """Read what a second user left at ``paths``: regular files, and links that stay inside.

    Raises:
        FailedError: when it is too much to be a project.
    """
    entries: dict[str, Entry] = {}
    refused: dict[str, str] = {}
    room = TOTAL_LIMIT
    for path in paths:
        found = path_problem(path) or _read(folder, path, uid)
        if isinstance(found, Entry):
            room -= len(found.content)
            entries[path] = found
        else:
            refused[path] = found
        if room <= 0 or len(entries) > COUNT_LIMIT:
            raise FailedError(
                f"the template's commands left more than {COUNT_LIMIT} files or {TOTAL_LIMIT >> 20} MiB that git would not ignore",
                hint="Name what should not be committed, such as node_modules/ or .venv/, in the template's .gitignore.",
            )
    return Harvest(Tree(entries), refused)


def remove(folder: Path, path: str) -> None:
    """Delete one file or empty folder of the project, not following links, and the folders that this leaves empty."""
    *parents, name = path.split("/")
    with suppress(FileNotFoundError, NotADirectoryError), _opened(folder, parents) as parent:
        try:
            os.unlink(name, dir_fd=parent)
        except IsADirectoryError:
            with suppress(OSError):  # it holds something
                os.rmdir(name, dir_fd=parent)
    while parents:
        *above, name = parents
        try:
            with _opened(folder, above) as parent:
                os.rmdir(name, dir_fd=parent)
        except OSError:
            return
        parents = above


def copy_artifacts(folder: Path, into: Path, uid: int | None, on_line: Callable[[str], None]) -> tuple[Artifact, ...]:
    """Copy the regular files of a folder into one of ours, under the same names.

    Args:
        folder: where template code has written.
        into: a private folder; made when it is missing.
        uid: whose files alone are taken, or None when template code ran as ourselves.
        on_line: told what is left out.

    Raises:
        FailedError: when the folder is gone or is a link, or a copy cannot be made.
    """
    artifacts: list[Artifact] = []
    try:
        into.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _opened(folder, ()) as parent:
            for name in sorted(os.listdir(parent)):  # noqa: PTH208 - a descriptor, which nobody can exchange for a link
                found = path_problem(name) or _copy(parent, name, into / name, uid)
                if isinstance(found, Artifact):
                    artifacts.append(found)
                else:
                    on_line(f"left out: {name!r} {found}")
    except OSError as error:
        raise FailedError(f"what stands in {folder} cannot be copied: {error.strerror}") from error
    return tuple(artifacts)


@contextmanager
def _opened(folder: Path, parents: Iterable[str]) -> Iterator[int]:
    """Open a folder below ``folder``, each part without following a link."""
    descriptor = os.open(folder, _FOLDER)
    try:
        for name in parents:
            below = os.open(name, _FOLDER, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = below
        yield descriptor
    finally:
        os.close(descriptor)


def _read(folder: Path, path: str, uid: int) -> Entry | str:
    """Return what stands at a path, or why it is refused."""
    *parents, name = path.split("/")
    try:
        with _opened(folder, parents) as parent:
            status = os.stat(name, dir_fd=parent, follow_symlinks=False)
            if reason := _objection(status, uid, FILE_LIMIT):
                return reason
            if stat.S_ISLNK(status.st_mode):
                target = os.fsencode(os.readlink(name, dir_fd=parent))
                return link_problem(path, target) or Entry(Mode.LINK, target)
            with os.fdopen(os.open(name, _FILE, dir_fd=parent), "rb") as file:
                return Entry(Mode.EXECUTABLE if status.st_mode & stat.S_IXUSR else Mode.FILE, file.read())
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def _copy(parent: int, name: str, target: Path, uid: int | None) -> Artifact | str:
    status = os.stat(name, dir_fd=parent, follow_symlinks=False)
    reason = "is a link" if stat.S_ISLNK(status.st_mode) else _objection(status, uid, TOTAL_LIMIT)
    if reason:
        return reason
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(name, _FILE, dir_fd=parent), "rb") as source, target.open("xb") as copy:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            copy.write(chunk)
    return Artifact(target, digest.hexdigest(), size)


def _objection(status: os.stat_result, uid: int | None, limit: int) -> str | None:
    """Return why what has this status may not leave, or None when it is a fit file or a link."""
    mode = status.st_mode
    if stat.S_ISDIR(mode):
        return "is a folder with a repository of its own"
    if not stat.S_ISREG(mode) and not stat.S_ISLNK(mode):
        return "is a socket, a pipe or a device"
    if uid is not None and status.st_uid != uid:
        return "belongs to somebody else"
    if mode & (stat.S_ISUID | stat.S_ISGID) and not stat.S_ISLNK(mode):
        return "would run as another user (setuid or setgid)"
    if status.st_size > limit:
        return f"is larger than {limit} bytes"
    return None
