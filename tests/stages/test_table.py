"""The table of stages: each is a module of its name, loaded when it is needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from robot_action.stages.table import STAGES, TABLE

PROPOSING = {"bundle", "branch", "pull", "status", "keep"}
"""For these `robot_action.stages.delivery` looks, once for all."""


@pytest.mark.parametrize("name", STAGES)
def test_every_stage_looks_and_acts(name: str) -> None:
    assert hasattr(TABLE[name], "inspect") is (name not in PROPOSING)
    assert callable(TABLE[name].apply)


def test_there_are_no_others() -> None:
    assert list(TABLE) == list(STAGES)
    assert len(TABLE) == len(STAGES)
    with pytest.raises(KeyError):
        TABLE["table"]


def test_a_stage_that_is_not_needed_is_not_loaded() -> None:
    code = "import sys; from robot_action.stages.table import TABLE; TABLE['prepare']; print('robot_action.stages.publish' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "False"
