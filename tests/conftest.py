"""What all tests share; the servers are in `tests/testbed`."""

from __future__ import annotations

pytest_plugins = ["tests.testbed.fixtures", "tests.clients.github.support"]
