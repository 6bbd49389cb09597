"""The steps that run the template's own commands: what is refused, and in which words."""

from dataclasses import replace

import pytest

from robot_action.model.request import Trust
from robot_action.model.template import Specification
from robot_action.planning.create import plan_create
from tests.planning.values import MACHINE, NOTHING, RENDERING, REQUEST, TEMPLATE

NOT_ISOLATED = replace(NOTHING, machine=replace(MACHINE, isolated=False))
ENTRY = replace(NOT_ISOLATED, template=replace(TEMPLATE, specification=Specification("custom", entry="make.py")))
NO_START = replace(NOT_ISOLATED, rendering=replace(RENDERING, start=None))
ALONE = ("prepare", "fetch", "render")


@pytest.mark.parametrize(
    ("facts", "stages", "told"),
    [
        (NOT_ISOLATED, (*ALONE, "install", "start"), ["make setup", "make run"]),
        (NOT_ISOLATED, (*ALONE, "install"), ["make setup"]),
        (NOT_ISOLATED, (*ALONE, "start"), ["make run"]),
        (NO_START, (*ALONE, "install", "start"), ["make setup"]),
        (ENTRY, (*ALONE, "install"), ["make.py", "make setup"]),
        (ENTRY, (*ALONE, "start"), ["make run"]),
    ],
)
def test_the_refusal_names_what_the_wanted_stages_would_run_and_nothing_else(
    facts: object, stages: tuple[str, ...], told: list[str]
) -> None:
    plan = plan_create(replace(REQUEST, trust=Trust(), stages=stages), facts)
    (refusal,) = plan.objections
    lines = refusal.message.splitlines()
    assert [line.removeprefix("it would run: ") for line in lines[1:]] == told
