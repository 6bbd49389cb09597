"""Numbers and names -> words, the same everywhere."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

_STEP = 1000
_MINUTE = 60
_TENTHS_BELOW = 10


def size(number: int) -> str:
    """Return a number of bytes for people, in powers of 1000: ``0 B``, ``14.2 kB``."""
    if number < _STEP:
        return f"{number} B"
    value = float(number)
    for unit in ("kB", "MB", "GB", "TB"):
        value /= _STEP
        if round(value, 1) < _STEP:
            return f"{value:.1f} {unit}"
    return f"{value:.0f} TB"


def duration(seconds: float) -> str:
    """Return a duration for people: ``0.3 s``, ``12 s``, ``2 min 5 s``, ``10 min``."""
    if seconds < _TENTHS_BELOW:
        return f"{max(seconds, 0.0):.1f} s"
    minutes, rest = divmod(round(seconds), _MINUTE)
    parts = [f"{minutes} min"] * bool(minutes) + [f"{rest} s"] * bool(rest or not minutes)
    return " ".join(parts)


def count(number: int, one: str, many: str = "") -> str:
    """Return ``1 file`` or ``2 files``; ``many`` is for words that do not only take an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def command_line(arguments: Sequence[str]) -> str:
    """Return arguments as one would type them in a shell."""
    return shlex.join(arguments)
