"""What adopt cannot do without is asked for before anything is looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from robot_action.entrypoints.action import run_action


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({}, "the template is missing"),
        ({"INPUT_TEMPLATE": "./t"}, "the version is missing that the project was made from"),
        ({"INPUT_TEMPLATE": "./t", "INPUT_REF": "v1", "INPUT_ANSWERS-FILE": "../x.yml"}, "'../x.yml'"),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str], inputs: dict[str, str], said: str) -> None:
    place = {"GITHUB_OUTPUT": str(tmp_path / "output"), "ROBOT_ACTION_HOME": str(tmp_path), "CI": "true"}
    assert run_action({"INPUT_COMMAND": "adopt", **inputs, **place}) == 64
    assert said in capfd.readouterr().err
