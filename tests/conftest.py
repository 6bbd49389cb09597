"""What all tests share; the servers are in `tests/testbed`."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.testbed.fixtures", "tests.clients.github.support"]

# Nothing here is measured in milliseconds: a machine with other things to do fails no test.
settings.register_profile("house", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
