"""What tests of child processes share."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

PATH = {"PATH": os.defpath}
PYTHON = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else sys.executable
"""A Python that every user of the machine can start."""

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can start programs as another user")
needs_ordinary_user = pytest.mark.skipif(os.geteuid() == 0, reason="root is not held to this")


def python(code: str, *arguments: object) -> list[str]:
    return [PYTHON, "-I", "-S", "-c", code, *map(str, arguments)]


def wait_until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Poll until a condition holds, and fail when it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition never held"
        time.sleep(0.005)


def is_alive(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return "State:\tZ" not in status and "State:\tX" not in status
