"""Progress as plain lines: for files, pipes, terminals that can do no more, and other CI systems."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from robot_action.clients.console.output import Mask, Output
from robot_action.reporting.clean import clean, clean_output
from robot_action.reporting.counting import counted
from robot_action.reporting.lines import plain
from robot_action.reporting.problem_text import problem_lines
from robot_action.reporting.words import duration

if TYPE_CHECKING:
    from robot_action.model.report import Outcome
    from robot_action.ports import Clock
    from robot_action.reporting.views import ProblemView, ReportView

_STAGE_WIDTH = 11
_QUARTERS = 4
_PATIENCE = 5.0
"""Seconds after which a quarter of the way is worth a line."""


class PlainProgress:
    """Lines with the time (UTC) and the stage before each; another program's output stands behind ``|``."""

    def __init__(self, output: Output, mask: Mask, clock: Clock) -> None:
        self._output = output
        self._mask = mask
        self._clock = clock
        self._stage = ""
        self._counted = ""
        self._quarter = 0
        self._spoke = 0.0

    def hide(self, secrets: Iterable[str]) -> None:
        """Nothing: the mask, which is shared, takes them out."""

    def begin_project(self, name: str, number: int, total: int) -> None:
        """Say which project is being worked on."""
        self._stage = ""
        self._say(f"{name} ({number} of {total})" if total > 1 else name)

    def begin(self, stage: str, title: str) -> None:
        """Say that a stage begins."""
        self._stage, self._counted = stage, ""
        self._say(title)

    def line(self, text: str) -> None:
        """Show a line of another program's output."""
        if shown := clean_output(self._mask(text)):
            self._say(f"| {shown}")

    def advance(self, text: str, done: int, total: int) -> None:
        """Show when each thing that is counted is done, and of one that takes long each quarter of the way."""
        now = self._clock.seconds()
        if text != self._counted:
            self._counted, self._quarter, self._spoke = text, 0, now
        quarter = _QUARTERS * done // total if total else _QUARTERS
        if quarter > self._quarter and (quarter >= _QUARTERS or now - self._spoke >= _PATIENCE):
            self._quarter, self._spoke = quarter, now
            self._say(counted(text, done, total))

    def end(self, outcome: Outcome) -> None:
        """Say how a stage ended."""
        from robot_action.model.plan import Status

        self._stage = outcome.stage
        took = f" ({duration(outcome.seconds)})" if outcome.status in {Status.DONE, Status.FAILED} else ""
        summary = f": {outcome.summary}" if outcome.summary else ""
        self._say(f"{outcome.status.value}{took}{summary}")
        self._stage = ""

    def fail(self, problems: Sequence[ProblemView]) -> None:
        """Show why a run comes to no report."""
        self._output.write(plain(problem_lines(problems)))

    def conclude(self, problems: Sequence[ProblemView], exit_code: int) -> None:
        """Nothing: problems are shown as text, and the exit code tells the rest."""

    def finish(self, report: ReportView) -> None:
        """Nothing: the report is a result, not progress."""

    def log(self, level: str, text: str) -> None:
        """Show a line of the log, below the stage that it belongs to."""
        self._say(f"{level}: {text}")

    def close(self) -> None:
        """Nothing is left open."""

    def _say(self, text: str) -> None:
        now = self._clock.now().strftime("%H:%M:%S")
        stage = f"{clean(self._stage):<{_STAGE_WIDTH}} " if self._stage else ""
        self._output.write(f"{now} {stage}{clean(self._mask(text))}\n")
