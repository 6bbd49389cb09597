from __future__ import annotations

import tomllib
from pathlib import Path

from robot_action.entrypoints.machine import own_version

PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


def test_the_version_is_read_from_where_it_stands() -> None:
    assert own_version() == tomllib.loads(PYPROJECT.read_text())["project"]["version"]
