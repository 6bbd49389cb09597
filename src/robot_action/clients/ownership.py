"""Gives files that root made in somebody else's folder to that somebody.

A container action runs as root in a workspace that belongs to the runner's user; what stays root's there breaks that user's
later steps (actions/runner#434).
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from stat import S_ISDIR


def give_back(folder: Path, makers: Collection[int] = (0,)) -> int:
    """Give every file, link and folder below ``folder`` that one of the ``makers`` owns to the owner of ``folder``.

    No link is followed, no other file system is entered, and a file with several names stays as it is, since one of them may
    lie elsewhere. What cannot be given, or has gone meanwhile, is passed over.

    Args:
        folder: the workspace; nothing is done where it is missing or root's own.
        makers: user ids whose files are given away.

    Returns:
        How many were given.
    """
    top = _workspace(folder, makers)
    if top is None:
        return 0
    given = 0
    for _, folders, files, at in os.fwalk(folder, follow_symlinks=False, onerror=None):
        found = dict(_look(at, (*folders, *files)))
        mounted = {name for name, status in found.items() if S_ISDIR(status.st_mode) and status.st_dev != top.st_dev}
        folders[:] = [name for name in folders if name not in mounted]
        for name in found.keys() - mounted:
            given += found[name].st_uid in makers and _give(at, name, found[name], top)
    return given


def _workspace(folder: Path, makers: Collection[int]) -> os.stat_result | None:
    """Return what the workspace is, or None where nothing in it is to be given, or can be."""
    with suppress(OSError):
        top = folder.stat(follow_symlinks=False)
        if os.geteuid() == 0 and top.st_uid not in makers and S_ISDIR(top.st_mode):
            return top
    return None


def _look(at: int, names: Collection[str]) -> Iterator[tuple[str, os.stat_result]]:
    """Yield what each name in a folder stands for; what has gone meanwhile is passed over."""
    for name in names:
        with suppress(OSError):
            yield name, os.stat(name, dir_fd=at, follow_symlinks=False)


def _give(at: int, name: str, found: os.stat_result, top: os.stat_result) -> bool:
    """Give one name in a folder to the owner of the workspace, and tell whether it could be given."""
    if not S_ISDIR(found.st_mode) and found.st_nlink > 1:
        return False
    try:
        os.chown(name, top.st_uid, top.st_gid, dir_fd=at, follow_symlinks=False)
    except OSError:
        return False
    return True
