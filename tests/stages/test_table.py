from __future__ import annotations

import inspect

import pytest

from robot_action.model.request import STAGES
from robot_action.stages.table import TABLE


def test_every_stage_that_a_user_can_name_is_there_in_its_order() -> None:
    assert tuple(TABLE) == (*STAGES, "unpack", "pack")


@pytest.mark.parametrize("name", TABLE)
def test_a_stage_looks_and_acts(name: str) -> None:
    stage = TABLE[name]
    assert list(inspect.signature(stage.inspect).parameters) == ["ports", "request", "facts"]
    assert list(inspect.signature(stage.apply).parameters) == ["ports", "step", "outcomes"]
