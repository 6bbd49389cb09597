"""Keeps what a process holds from others of the same user."""

from __future__ import annotations

import ctypes
import sys

_PR_SET_DUMPABLE = 4


def make_undumpable() -> None:
    """Hide our memory and ``/proc/<pid>/environ`` from other processes of the same user (``prctl(2)``, Linux only)."""
    if sys.platform == "linux":  # pragma: no branch - elsewhere there is no /proc to hide from
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
