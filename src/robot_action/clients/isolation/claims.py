"""Which second user a run has, said to everybody who shares our process table.

A lock file is seen only by those who share its folder; a run in a chroot, or in a container that sees the host's
processes (``--pid=host``), has another ``/run`` and kills by user id all the same. So each run names a thread of its own
after its second user: the name of a thread can be read by everybody (proc(5), ``comm``), needs no folder, network or
capability, and is gone with the run, however it ends. Names count of root's processes alone, for only root runs claim.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

_PROC = Path("/proc")
_ROOT = "Uid:\t0\t0\t0\t0\n"


@contextmanager
def claim(uid: int) -> Iterator[bool]:
    """Claim a second user in sight of all, and tell whether nobody else does: of two at once, at least one is told."""
    done, named = Event(), Event()

    def hold() -> None:
        own = Path("/proc/thread-self/comm")
        try:
            own.write_bytes(_name(uid))
        finally:
            named.set()
        done.wait()
        own.write_bytes(b"robot-action")  # the kernel's thread outlives Python's by a moment

    holder = Thread(target=hold, daemon=True)
    holder.start()
    try:
        named.wait()
        yield not any(_claims(folder, uid) for folder in _PROC.iterdir() if folder.name.isdecimal() and int(folder.name) != os.getpid())
    finally:
        done.set()
        holder.join()


def _name(uid: int) -> bytes:
    """Return the name of the thread that claims a user: of the 15 bytes that the kernel keeps, ten are for the number."""
    return b"robot%d" % uid


def _claims(folder: Path, uid: int) -> bool:
    """Tell whether a process of root has a thread that claims the user."""
    try:
        if _ROOT not in (folder / "status").read_text(errors="replace"):
            return False
        return any(_read(thread / "comm") == _name(uid) for thread in (folder / "task").iterdir())
    except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
        return False


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes().rstrip(b"\n")
    except (FileNotFoundError, ProcessLookupError):  # the thread ended, its process may not have
        return b""
