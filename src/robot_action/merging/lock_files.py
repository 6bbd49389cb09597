"""Which files package managers make: halves of two of them are none that its program would make."""

from __future__ import annotations

_NAMES = frozenset({"package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "go.sum", "bun.lockb"})


def is_lock_file(path: str) -> bool:
    """Tell lock files of package managers."""
    name = path.rpartition("/")[2]
    return name.endswith(".lock") or name in _NAMES
