"""What stands in two folders, and how it differs."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path


def snapshot(top: Path) -> dict[str, tuple[str, bytes]]:
    """Return what stands below a folder: kind and mode, and bytes, or a link's target; git's own folder is only named."""
    found: dict[str, tuple[str, bytes]] = {}
    for path in _walk(top):
        status = path.lstat()
        mode = stat.S_IMODE(status.st_mode)
        name = path.relative_to(top).as_posix()
        if path.is_symlink():
            found[name] = ("link", os.fsencode(path.readlink()))
        elif path.is_dir():
            found[name] = (f"folder {mode:o}", b"")
        else:
            found[name] = (f"file {mode:o}", path.read_bytes())
    return found


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        yield path
        if path.is_dir() and not path.is_symlink() and path.name != ".git":
            yield from _walk(path)


def differences(peer: Mapping[str, tuple[str, bytes]], ours: Mapping[str, tuple[str, bytes]]) -> dict[str, str]:
    """Return how each path differs that does."""
    found = dict.fromkeys(sorted(peer.keys() - ours.keys()), "only the peer's")
    found |= dict.fromkeys(sorted(ours.keys() - peer.keys()), "only ours")
    for path in sorted(peer.keys() & ours.keys()):
        if peer[path][0] != ours[path][0]:
            found[path] = f"{peer[path][0]} -> {ours[path][0]}"
        elif peer[path][1] != ours[path][1]:
            found[path] = "bytes"
    return found
