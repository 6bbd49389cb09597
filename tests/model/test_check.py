"""What a run of check ends with."""

from __future__ import annotations

import pytest

from robot_action.model.check import Checked, CheckReport, Drift

CURRENT = Checked("a")
BEHIND = Checked("b", is_behind=True)
DRIFTED = Checked("c", is_behind=True, drift=Drift(changed=("x",)))
HEALED = Checked("d", drift=Drift(changed=("x",), deleted=("y",), healed=("x", "y"), left_alone=("z",)))


def failed(code: int) -> Checked:
    return Checked("f", exit_code=code)


@pytest.mark.parametrize(
    ("projects", "code"),
    [
        ((), 0),
        ((CURRENT, HEALED), 0),
        ((CURRENT, BEHIND), 2),
        ((DRIFTED, BEHIND), 3),
        ((DRIFTED, failed(65), failed(65)), 65),
        ((failed(69), failed(65)), 1),
    ],
)
def test_failures_outweigh_drift_and_drift_outweighs_being_behind(projects: tuple[Checked, ...], code: int) -> None:
    assert CheckReport(projects).exit_code == code
