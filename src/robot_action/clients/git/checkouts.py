"""Credentials that a checkout has kept in git's configuration, hidden from other users of the machine."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_LIMIT = 2**20
_CREDENTIAL = re.compile(rb"extraheader|://[^/\s]+@|\bpassword\b|\btoken\b", re.IGNORECASE)
# What surely is one; a name alone in a URL is none.
_SECRET = re.compile(rb"extraheader\s*=\s*\S|://[^/\s:@]+:[^/\s@]+@|\b(?:password|token)\s*=\s*\S", re.IGNORECASE)
# The runner's checkout action keeps its token in a file of its own, which the configuration includes.
_INCLUDED = re.compile(rb"^\s*path\s*=\s*\"?([^\"\r\n]+)", re.MULTILINE)


def hide_credentials(folders: Iterable[Path]) -> Iterator[str]:
    """Close git configurations that hold credentials to everybody but their owner, for good.

    Args:
        folders: where template code works for; the checkouts around them count as well.

    Yields:
        A line for each file whose mode was changed.
    """
    for file in _configurations(folders):
        if _close(file):
            yield f"{file} holds credentials: from now on only its owner can read it"


def kept_credentials(folders: Iterable[Path]) -> tuple[Path, ...]:
    """Return the git configurations that hold a password or a token, in the same places as `hide_credentials` looks."""
    return tuple(file for file in _configurations(folders) if _SECRET.search(_read(file) or b""))


def _configurations(folders: Iterable[Path]) -> Iterator[Path]:
    """Yield the configuration files of the checkouts at and around some folders, and those that they include."""
    tops = dict.fromkeys(top for folder in folders for top in (folder, *folder.parents))
    for config in (config for top in tops for config in _own_configurations(top / ".git")):
        content = _read(config)
        if content is not None:
            yield config
            yield from (config.parent / os.fsdecode(path.strip()) for path in _INCLUDED.findall(content))


def _own_configurations(dot_git: Path) -> tuple[Path, ...]:
    """Return where a repository's configuration is; a linked work tree's or a submodule's ``.git`` is a file that tells."""
    text = _read(dot_git)
    git_dir = dot_git.parent / os.fsdecode(text.removeprefix(b"gitdir:").strip()) if text and text.startswith(b"gitdir:") else dot_git
    common = git_dir / os.fsdecode((_read(git_dir / "commondir") or b".").strip())
    return common / "config", git_dir / "config.worktree"


def _read(file: Path) -> bytes | None:
    """Return the beginning of a regular file, or None where there is none."""
    with suppress(OSError), _opened(file) as descriptor:
        return os.read(descriptor, _LIMIT)
    return None


def _close(file: Path) -> bool:
    """Take group's and others' permissions from a file with credentials; tell whether there were both."""
    with suppress(OSError), _opened(file) as descriptor:
        mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
        if mode & 0o077 and _CREDENTIAL.search(os.read(descriptor, _LIMIT)):
            os.fchmod(descriptor, mode & 0o700)
            return True
    return False


@contextmanager
def _opened(file: Path) -> Iterator[int]:
    descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise IsADirectoryError(file)
        yield descriptor
    finally:
        os.close(descriptor)
