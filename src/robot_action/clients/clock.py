"""Time, as the machine tells it."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class SystemClock:
    """`robot_action.ports.Clock` on the system's clocks."""

    def now(self) -> datetime:
        """Return the present time in UTC."""
        return datetime.now(UTC)

    def seconds(self) -> float:
        """Return a clock that only goes forward, in seconds."""
        return time.monotonic()
