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
# The runner's checkout action keeps its token in a file of its own, which the configuration includes.
_INCLUDED = re.compile(rb"^\s*path\s*=\s*\"?([^\"\r\n]+)", re.MULTILINE)


def hide_credentials(folders: Iterable[Path]) -> Iterator[str]:
    """Close git configurations that hold credentials to everybody but their owner, for good.

    Args:
        folders: where template code works for; the checkouts around them count as well.

    Yields:
        A line for each file whose mode was changed.
    """
    tops = dict.fromkeys(top for folder in folders for top in (folder, *folder.parents))
    for config in (top / ".git" / "config" for top in tops):
        content = _read(config)
        if content is None:
            continue
        included = [config.parent / os.fsdecode(path.strip()) for path in _INCLUDED.findall(content)]
        for file in (config, *included):
            if _close(file):
                yield f"{file} holds credentials: from now on only its owner can read it"


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
