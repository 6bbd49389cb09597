"""However a proposal ends, there is a report of it."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any, cast

import pytest

from robot_action.commands import propose as module
from robot_action.commands.propose import deliver, propose_update
from robot_action.errors import BUG_EXIT_CODE, INTERRUPTED, InputError, NotPermittedError, Problem
from robot_action.model.delivery import DeliveryFacts
from robot_action.model.proposal import DeliverRequest, ProposalRequest, Surroundings
from robot_action.model.update import UpdateRequest
from robot_action.ports import Ports
from tests.planning.test_proposal import PROPOSED

AROUND = Surroundings("https://github.example", Path("/here"))
REQUEST = UpdateRequest(Path("/somewhere/demo"), 0, resume=("robot-action", "update", "demo"))
DELIVER = DeliverRequest(Path("/x.bundle"), Path("/"), AROUND, resume=("robot-action", "deliver", "x.bundle"))


class Bed:
    """The ports that the commands themselves use."""

    @property
    def files(self) -> Any:
        return self

    progress = clock = files

    def seconds(self) -> float:
        return 0.0

    def begin_project(self, *_: object) -> None:
        """Show nothing."""

    def lock(self, *_: object) -> Any:
        return nullcontext()

    def scratch(self, *_: object) -> Any:
        return nullcontext(Path("/scratch"))


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

    monkeypatch.setattr(module, "settled", fail)
    monkeypatch.setattr(module, "read", fail)
    ports = cast("Ports", Bed())
    for report in (*propose_update(ports, REQUEST, ProposalRequest(AROUND)).projects, *deliver(ports, DELIVER).projects):
        assert (report.exit_code, report.resume.split()[0]) == (code, "robot-action")
        assert message in report.problems[0].message
        assert (report.bug is None) is (code != BUG_EXIT_CODE)


def test_what_nobody_may_write_is_told_and_nothing_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = Problem("the token may not write", hint="Grant it.")
    monkeypatch.setattr(module, "read", lambda *_: (PROPOSED, 0))
    monkeypatch.setattr(module, "look", lambda *_, **__: DeliveryFacts(Path("/scratch"), refusals=(refused,)))
    (report,) = deliver(cast("Ports", Bed()), DELIVER).projects
    assert (report.exit_code, report.problems, report.outcomes.items) == (NotPermittedError.exit_code, (refused,), ())
    assert report.project == PROPOSED.project
