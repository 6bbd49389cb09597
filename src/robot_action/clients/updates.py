"""Is a newer robot-action out? Asked once a day, so that nobody waits for the answer every time."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from packaging.version import InvalidVersion, Version

SECONDS = 86_400.0
"""How long an answer counts; one that did not come counts as well."""
_FILE = "newest-version"


def newer_version(running: str, folder: Path, ask: Callable[[], str | None], now: Callable[[], float] = time.time) -> str | None:
    """Return the newest released version when it is newer than the running one; what goes wrong is no error.

    Args:
        running: the running version.
        folder: where the last answer is kept.
        ask: gives the newest version, or None.
        now: the time, in seconds since 1970.
    """
    file = folder / _FILE
    newest = None
    with suppress(OSError, UnicodeDecodeError):
        if 0 <= now() - file.stat().st_mtime < SECONDS:
            newest = file.read_text(encoding="ascii")
    if newest is None:
        newest = ask() or ""
        with suppress(OSError, UnicodeEncodeError):
            file.write_text(newest, encoding="ascii")
    with suppress(InvalidVersion):
        return newest if newest and Version(newest) > Version(running) else None
    return None
