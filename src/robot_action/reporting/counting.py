"""How far something is, in words."""

from __future__ import annotations

from robot_action.reporting.words import size


def counted(text: str, done: int, total: int) -> str:
    """Return ``1.2 MB of 3.4 MB of demo.whl`` for ``bytes of demo.whl``, and ``3 of 7 files`` for ``files``."""
    unit, _, rest = text.partition(" ")
    if unit != "bytes":
        return f"{done:,} of {total:,} {text}"
    return f"{size(done)} of {size(total)} {rest}".rstrip()
