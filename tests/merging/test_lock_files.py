"""Lock files are known by their names."""

from __future__ import annotations

import pytest

from robot_action.merging.lock_files import is_lock_file


@pytest.mark.parametrize("path", ["uv.lock", "deep/poetry.lock", "Cargo.lock", "package-lock.json", "web/pnpm-lock.yaml", "go.sum"])
def test_a_lock_file(path: str) -> None:
    assert is_lock_file(path)


@pytest.mark.parametrize("path", ["package.json", "lock", "uv.lock/readme", "go.mod", "clock.py"])
def test_no_lock_file(path: str) -> None:
    assert not is_lock_file(path)
