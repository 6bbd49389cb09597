"""How a program ended, for people."""

from __future__ import annotations

import signal

_KILLED = {-signal.SIGKILL, 128 + signal.SIGKILL}  # the latter is how a shell says it of what it ran
_WHO_KILLS = (
    "It was killed from outside: most often because the machine or the container ran out of memory, or because the program "
    "used up its CPU time; another run of robot-action that shares the process table can do it too."
)


def describe_code(code: int) -> str:
    """Return an exit code for people, such as ``exit code 1`` or ``signal 9 (SIGKILL)``."""
    if code >= 0:
        return f"exit code {code}"
    name = signal.Signals(-code).name if -code in set(signal.Signals) else "unnamed"
    return f"signal {-code} ({name})"


def describe_end(code: int, lines: str = "") -> str:
    """Return a hint for a program that failed: what may have killed it, and what it wrote last.

    Args:
        code: its exit code; negative: the signal that ended it.
        lines: its last lines under a heading, where there are any to show.
    """
    return "\n  ".join(filter(None, (_WHO_KILLS if code in _KILLED else "", lines)))
