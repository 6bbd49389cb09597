"""What all tests share; the servers are in `tests/testbed`."""

from __future__ import annotations

import signal
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

from tests.testbed import nursery

pytest_plugins = ["tests.testbed.fixtures", "tests.clients.github.support"]

# Nothing here is measured in milliseconds: a machine with other things to do fails no test.
settings.register_profile("house", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

# A shell starts what runs in the background with interruptions ignored, and every child inherits that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtestloop() -> Generator[None, object, object]:
    """End what runs beside the tests before coverage is put together."""
    done = yield
    nursery.end()
    return done
