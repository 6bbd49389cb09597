"""What this program and this machine are."""

from __future__ import annotations


def own_version() -> str:
    """Return the installed version of robot-action."""
    from importlib.metadata import version

    return version("robot-action")
