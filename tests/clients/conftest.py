"""Fixtures for the clients' tests."""

from __future__ import annotations

import os

import pytest

from robot_action.clients.isolation import second_user


@pytest.fixture
def users(monkeypatch: pytest.MonkeyPatch) -> range:
    """Second users of this test process alone, so that runs and tests beside it are left in peace."""
    first = 200_000 + os.getpid() * 4 % 1_000_000
    mine = range(first, first + 4)
    monkeypatch.setattr(second_user, "UIDS", mine)
    return mine
