from __future__ import annotations

from datetime import UTC, datetime, timedelta

from robot_action.clients.clock import SystemClock


def test_now_is_in_utc() -> None:
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert now.utcoffset() == timedelta(0)
    assert before <= now <= datetime.now(UTC)


def test_seconds_never_go_back() -> None:
    clock = SystemClock()
    times = [clock.seconds() for _ in range(1000)]
    assert times == sorted(times)
