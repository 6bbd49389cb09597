"""Closes the runner's folders to template code's users while a step runs.

A container action sees the whole job's: files of earlier steps' commands, which may hold tokens that they minted, the
credential files of every checkout, the event. They belong to the runner's user and are readable for all.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_OTHERS = 0o007


@contextmanager
def closed_to_others(folders: Iterable[Path]) -> Iterator[None]:
    """Take from everybody but the owner and the group the way into some folders; give it back at the end.

    Left alone are links, what is missing, everybody's folders (such as ``/tmp``), and those around the folder for temporary
    files, in which template code works. Nothing is done where we are not root: then template code runs as we do.
    """
    before: dict[Path, int] = {}
    work = Path(tempfile.gettempdir()).resolve()
    try:
        for folder in folders if os.geteuid() == 0 else ():
            with suppress(OSError):
                mode = folder.lstat().st_mode
                if stat.S_ISDIR(mode) and mode & _OTHERS and not mode & stat.S_ISVTX and not work.is_relative_to(folder.resolve()):
                    before[folder] = stat.S_IMODE(mode)
                    folder.chmod(before[folder] & ~_OTHERS)
        yield
    finally:
        for folder, permissions in before.items():
            with suppress(OSError):
                folder.chmod(permissions)
