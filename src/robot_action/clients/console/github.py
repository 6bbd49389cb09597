"""Progress for GitHub Actions: groups, fenced output of other programs, annotations, the summary and the outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from secrets import token_hex

from robot_action.clients.console.output import Mask, Output
from robot_action.errors import FailedError
from robot_action.model.plan import Status
from robot_action.model.report import Outcome
from robot_action.model.settings import Settings
from robot_action.reporting.clean import clean_output
from robot_action.reporting.counting import counted
from robot_action.reporting.github import END_GROUP, error_annotations, fence, group, masks, neutral, notice, outputs, report_output
from robot_action.reporting.lines import plain
from robot_action.reporting.problem_text import problem_lines
from robot_action.reporting.report_markdown import SUMMARY_LIMIT, problems_markdown, summary_markdown
from robot_action.reporting.views import ProblemView, ReportView
from robot_action.reporting.words import duration


class GithubProgress:
    """Writes for the runner of GitHub Actions; the secrets come first, so that the runner hides them from then on."""

    def __init__(self, output: Output, mask: Mask, settings: Settings) -> None:
        self._output = output
        self._mask = mask
        self._settings = settings
        self._resume = ""
        self._grouped = False
        self._done = ""
        self.hide(mask.secrets)

    def hide(self, secrets: Iterable[str]) -> None:
        """Make the runner hide these texts; it hears of them outside of a fence only."""
        self._unfence()
        for line in masks(secrets):
            self._output.write_unmasked(f"{line}\n")

    def begin_project(self, name: str, number: int, total: int) -> None:
        """Say which project is being worked on."""
        self.close()
        self._say(f"{name} ({number} of {total})" if total > 1 else name)

    def begin(self, stage: str, title: str) -> None:
        """Begin a group."""
        self.close()
        self._command(group(f"{stage}: {title}"))
        self._grouped, self._done = True, ""

    def line(self, text: str) -> None:
        """Show a line of another program's output, behind a fence."""
        self._fence()
        if shown := clean_output(self._mask(text)):
            self._say(shown)

    def advance(self, text: str, done: int, total: int) -> None:
        """Show that a part is done, and nothing between: a log is no place for a bar."""
        if done >= total > 0 and text != self._done:
            self._done = text
            self._say(counted(text, done, total))

    def end(self, outcome: Outcome) -> None:
        """End the group, and say how the stage ended where it is seen without opening the group."""
        self.close()
        took = f" ({duration(outcome.seconds)})" if outcome.status in {Status.DONE, Status.FAILED} else ""
        summary = f": {outcome.summary}" if outcome.summary else ""
        self._say(f"{outcome.stage} {outcome.status.value}{took}{summary}")

    def fail(self, problems: Sequence[ProblemView]) -> None:
        """Show why a run comes to no report, as text."""
        self.close()
        for line in plain(problem_lines(problems)).splitlines():
            self._say(line)

    def conclude(self, problems: Sequence[ProblemView], exit_code: int) -> None:
        """Tell how a run without a report ended: annotations, the summary, and the outputs that every run has.

        Raises:
            FailedError: when the outputs of a success cannot be written.
        """
        self._tell(problems, lambda limit: problems_markdown(problems, limit), ReportView((), exit_code, dry_run=False))

    def finish(self, report: ReportView) -> None:
        """Annotate what went wrong; append the summary and the outputs to their files.

        Raises:
            FailedError: when the outputs of a success cannot be written: later steps would take them for empty.
        """
        problems = [problem for project in report.projects for problem in project.problems]
        self._tell(problems, lambda limit: summary_markdown(report, limit), report)

    def log(self, level: str, text: str) -> None:
        """Show a line of the log."""
        self._say(f"{level}: {text}")

    def close(self) -> None:
        """End what is open."""
        self._unfence()
        if self._grouped:
            self._command(END_GROUP)
            self._grouped = False

    def _tell(self, problems: Sequence[ProblemView], summary: Callable[[int], str], report: ReportView) -> None:
        """Mark the problems in their files, of which GitHub shows a few of a step; write the runner's files."""
        self.close()
        for line in error_annotations(problems, workspace=self._settings.workspace, title="robot-action"):
            self._command(line)
        if file := self._settings.summary_file:
            try:
                self._append(file, summary(SUMMARY_LIMIT - _size(file)))
            except OSError as error:  # it is for people, who have the log
                self._say(f"warning: the summary {file} cannot be written: {error.strerror}")
        if file := self._settings.output_file:
            try:
                self._append(file, outputs(report, f"end_{token_hex(16)}", workspace=self._settings.workspace))
            except OSError as error:
                if report.exit_code:
                    self._say(f"warning: the outputs {file} cannot be written: {error.strerror}")
                    return
                hint = "What was done is done. Run this job again: later steps must not go on without the outputs."
                raise FailedError(f"the outputs {file} cannot be written: {error.strerror}", hint=hint) from error
            if not report_output(report):
                self._command(notice("The report is too long for an output; the summary tells what was done.", "robot-action"))

    def _fence(self) -> None:
        if not self._resume:
            stop, self._resume = fence(token_hex(16))
            self._command(stop)

    def _unfence(self) -> None:
        if self._resume:
            self._command(self._resume)
            self._resume = ""

    def _say(self, text: str) -> None:
        self._output.write(f"{neutral(self._mask(text))}\n")

    def _command(self, line: str) -> None:
        self._output.write(f"{line}\n")

    def _append(self, file: str, text: str) -> None:
        """Append to a file of the runner's."""
        with Path(file).open("a", encoding="utf-8", errors="backslashreplace", newline="") as stream:
            stream.write(self._mask(text))


def _size(file: str) -> int:
    try:
        return Path(file).stat().st_size
    except OSError:
        return 0
