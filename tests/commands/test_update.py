"""However an update ends, there is a report of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from robot_action.commands import update as module
from robot_action.commands.update import update
from robot_action.errors import BUG_EXIT_CODE, INTERRUPTED, InputError
from robot_action.model.update import UpdateRequest
from robot_action.ports import Ports
from tests.commands.test_running import Bed

REQUEST = UpdateRequest(Path("/somewhere/demo"), 0, resume=("robot-action", "update", "demo"))


class UpdateBed(Bed):
    """The ports that an update itself uses."""

    def begin_project(self, *told: object) -> None:
        assert told == ("demo", 1, 1)


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (KeyboardInterrupt(), INTERRUPTED, "interrupted before anything was changed"),
        (InputError("wrong"), 65, "wrong"),
        (ValueError("oops"), BUG_EXIT_CODE, "a bug: ValueError: oops"),
    ],
)
def test_what_cuts_it_off_is_told(monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, message: str) -> None:
    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(module, "inspect", fail)
    (report,) = update(cast("Ports", UpdateBed()), REQUEST).projects
    assert (report.exit_code, report.resume) == (code, "robot-action update demo")
    assert message in report.problems[0].message
    assert (report.bug is None) is (code != BUG_EXIT_CODE)
