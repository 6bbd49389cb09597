"""Folders and files: read whole, written to a temporary place and renamed, links never followed."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from robot_action.clients.file_writer import remove, write_fresh, write_over
from robot_action.clients.temporary import temporary_folder
from robot_action.errors import FailedError, InputError, NotPermittedError, TryAgainError
from robot_action.model.paths import check_tree
from robot_action.model.tree import Entry, Mode, Tree

_DOT_GIT = ".git"
STAGING_MARK = ".robot-action-staging-"
_TAKEN = {errno.EISDIR, errno.ENOTDIR, errno.ENOTEMPTY, errno.EEXIST, errno.ELOOP}
"""What the system says where something else stands at a path, or on the way to it."""


class LocalFiles:
    """`robot_action.ports.Files` on this machine's disk.

    Args:
        locks: the folder of the locks between processes; made when it is first needed.
    """

    def __init__(self, locks: Path) -> None:
        self._locks = locks

    def exists(self, path: Path) -> bool:
        """Tell whether anything stands at ``path``, a broken link included."""
        return os.path.lexists(path)

    def read(self, path: Path, limit: int) -> bytes | None:
        """Return a regular file's bytes; see `robot_action.ports.Files.read`."""
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            if error.errno == errno.ELOOP:  # what open says of a link that it shall not follow
                raise InputError(f"{path} is a symbolic link", hint="Name the file itself.") from error
            raise InputError(f"{path} cannot be read: {_reason(error)}", hint="Look at its permissions.") from error
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):  # Python opens no file object for a folder
            os.close(descriptor)
            raise InputError(f"{path} is not a regular file")
        with os.fdopen(descriptor, "rb") as file:
            content = file.read(limit + 1)
        if len(content) > limit:
            raise InputError(f"{path} is larger than {limit} bytes")
        return content

    def listing(self, folder: Path) -> tuple[str, ...] | None:
        """Return the names in a folder, sorted, or None when there is none."""
        try:
            with os.scandir(folder) as found:
                return tuple(sorted(entry.name for entry in found))
        except FileNotFoundError:
            return None
        except NotADirectoryError as error:
            file = next(path for path in (*reversed(folder.parents), folder) if not path.is_dir())
            raise InputError(f"{file} is no folder", hint="Name a folder.") from error
        except OSError as error:
            raise InputError(f"{folder} cannot be listed: {_reason(error)}", hint="Look at its permissions.") from error

    def folders(self, folder: Path) -> tuple[str, ...]:
        """Return the names of the folders in a folder; see `robot_action.ports.Files.folders`."""
        try:
            with os.scandir(folder) as found:
                return tuple(sorted(one.name for one in found if one.is_dir(follow_symlinks=False) and not one.name.startswith(".")))
        except OSError:
            return ()

    def read_tree(self, folder: Path, paths: Iterable[str] | None = None, *, empty_folders: bool = True) -> Tree:
        """Return a folder's contents as a tree; see `robot_action.ports.Files.read_tree`."""
        try:
            found = _walk(folder, empty_folders=empty_folders) if paths is None else _pick(folder, paths)
            return Tree(dict(found))
        except OSError as error:
            raise _unreadable(folder, error) from error

    def changed_at(self, folder: Path) -> Mapping[str, int]:
        """Return when each file and link of a folder was last changed; see `robot_action.ports.Files.changed_at`."""
        try:
            return {path: (folder / path).lstat().st_ctime_ns for path in _paths(folder)}
        except OSError as error:
            raise _unreadable(folder, error) from error

    def write_new(self, tree: Tree, folder: Path) -> None:
        """Write a tree to a folder that does not exist, by one rename.

        What an earlier, killed run staged for the same folder is removed first, so the caller holds its lock.

        Raises:
            FailedError: when the disk is full or broken; nothing is left behind then.
            NotPermittedError: when it may not be written.
        """
        check_tree(tree, str(folder))
        with _explained(folder), staging(folder) as stage:
            write_fresh(stage, tree.items())
            stage.rename(folder)

    def write_into(self, tree: Tree, folder: Path, *, last: str = "", there: Collection[str] = ()) -> None:
        """Write a tree into a folder, each file by rename; see `robot_action.ports.Files.write_into`.

        Raises:
            InputError: when a path may not be written; nothing is, then.
            NotPermittedError: when it may not be written.
            FailedError: when the disk is full or broken, or a link or a file stands where a folder is needed.
        """
        check_tree(tree, str(folder), there)
        with _explained(folder):
            folder.mkdir(parents=True, exist_ok=True)
            write_over(folder, ((path, tree[path]) for path in sorted(tree, key=lambda path: path == last)))

    def remove(self, folder: Path, paths: Iterable[str]) -> None:
        """Remove files of a folder; see `robot_action.ports.Files.remove`.

        Raises:
            NotPermittedError: when they may not be removed.
            FailedError: when the disk refuses.
        """
        with _explained(folder):
            remove(folder, paths)

    def discard(self, folder: Path) -> None:
        """Remove a folder that this run has made; see `robot_action.ports.Files.discard`.

        Raises:
            NotPermittedError: when it may not be removed.
            FailedError: when the disk refuses.
        """
        import shutil

        with _explained(folder), suppress(FileNotFoundError):
            shutil.rmtree(folder)

    @contextmanager
    def lock(self, key: str, what: str) -> Iterator[None]:
        """Hold a lock between processes; see `robot_action.ports.Files.lock`."""
        import hashlib

        from filelock import FileLock, Timeout

        self._locks.mkdir(parents=True, exist_ok=True)
        held = FileLock(self._locks / f"{hashlib.sha256(os.fsencode(key)).hexdigest()[:32]}.lock")
        try:
            held.acquire(timeout=0)
        except Timeout:
            raise TryAgainError(
                f"another run of robot-action is working on {what}",
                hint="Wait until it has ended, then run the same command again; it goes on from what it finds.",
            ) from None
        try:
            yield
        finally:
            held.release()

    def scratch(self, purpose: str) -> AbstractContextManager[Path]:
        """Give a private temporary folder that is removed at the end."""
        return temporary_folder(purpose)


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """Give an empty folder beside ``folder``, to be renamed to it; removed when it still stands at the end."""
    import shutil  # these two take as long to load as all the files of a look at versions
    import tempfile

    folder.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{folder.name[:100]}{STAGING_MARK}"
    for path in folder.parent.iterdir():
        if path.name.startswith(prefix):
            shutil.rmtree(path, ignore_errors=True)
    stage = Path(tempfile.mkdtemp(prefix=prefix, dir=folder.parent))
    stage.chmod(0o777 & ~_umask())
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _walk(folder: Path, *, empty_folders: bool) -> Iterator[tuple[str, Entry]]:
    for path in _paths(folder, empty_folders=empty_folders):
        yield path, _read_entry(folder / path)


def _paths(folder: Path, *, empty_folders: bool = False) -> Iterator[str]:
    """Yield the paths of everything but folders, and of empty folders when they are wanted; nothing called ``.git``.

    A name that only some file system takes for ``.git`` is yielded: whoever writes or commits the tree refuses it by name.
    """
    waiting = [""]  # no recursion: a path can have more parts than Python has stack
    while waiting:
        start = waiting.pop()
        with os.scandir(folder / start) as found:
            entries = sorted((entry for entry in found if entry.name != _DOT_GIT), key=lambda entry: entry.name)
        if empty_folders and start and not entries:
            yield start.removesuffix("/")
        for entry in entries:
            path = f"{start}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                waiting.append(f"{path}/")
            else:
                yield path


def _pick(folder: Path, paths: Iterable[str]) -> Iterator[tuple[str, Entry]]:
    for path in paths:
        if os.path.lexists(folder / path):
            yield path, _read_entry(folder / path)


def _read_entry(path: Path) -> Entry:
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return Entry(Mode.LINK, os.fsencode(path.readlink()))
    if stat.S_ISDIR(mode):
        return Entry(Mode.DIRECTORY)
    if not stat.S_ISREG(mode):
        raise InputError(f"{path} is no regular file, folder or link", hint="Remove the socket, pipe or device.")
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as file:
        return Entry(Mode.EXECUTABLE if mode & stat.S_IXUSR else Mode.FILE, file.read())


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"{folder} cannot be written: {error.filename2 or error.filename or folder}: {_reason(error)}"
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            raise NotPermittedError(message, hint="Give the permission, or name another folder.") from error
        hint = "Move away what stands there" if error.errno in _TAKEN else "Make room"
        raise FailedError(message, hint=f"{hint}, then run the same command again.") from error


def _unreadable(folder: Path, error: OSError) -> InputError:
    return InputError(f"{folder} cannot be read: {error.filename or folder}: {_reason(error)}", hint="Look at its permissions.")


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


def _umask() -> int:
    """Return the umask; only setting it tells it."""
    value = os.umask(0o022)
    os.umask(value)
    return value
