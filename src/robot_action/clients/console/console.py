"""The console: what is shown while work goes on, and the result at its end.

Results (reports, plans, JSON) go to standard output and nothing else does; progress, the log, and the commands for a
runner go to standard error, so that neither a redirection nor a pipe mixes them or keeps a secret that only the runner
was to be told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TextIO

from robot_action.clients.console.output import Mask, Output
from robot_action.clients.console.plain import PlainProgress
from robot_action.errors import InputError, RobotActionError
from robot_action.reporting.lines import Line, plain
from robot_action.reporting.mapping import View, mapped, mapped_parts

if TYPE_CHECKING:  # what shows a result is loaded for that result, and a runner's words for a runner
    from robot_action.model.check import CheckReport
    from robot_action.model.report import Outcome, Report
    from robot_action.model.settings import Settings
    from robot_action.ports import Clock
    from robot_action.reporting.validation import CheckedFile
    from robot_action.reporting.views import ProblemView, ReportView

_DUMB = {"dumb", "unknown"}


@dataclass(frozen=True, slots=True)
class Streams:
    """Where text goes.

    Attributes:
        log: a file that gets the log, and all progress in plain lines; None: the log goes to ``stderr``.
    """

    stdout: TextIO
    stderr: TextIO
    log: TextIO | None = None


class _Show(Protocol):
    """One way to show progress."""

    def hide(self, secrets: Iterable[str]) -> None: ...
    def begin_project(self, name: str, number: int, total: int) -> None: ...
    def begin(self, stage: str, title: str) -> None: ...
    def line(self, text: str) -> None: ...
    def advance(self, text: str, done: int, total: int) -> None: ...
    def end(self, outcome: Outcome) -> None: ...
    def fail(self, problems: Sequence[ProblemView]) -> None: ...
    def conclude(self, problems: Sequence[ProblemView], exit_code: int) -> None: ...
    def finish(self, report: ReportView) -> None: ...
    def log(self, level: str, text: str) -> None: ...
    def close(self) -> None: ...


class Console:
    """Implements `robot_action.ports.Progress` on real streams; made by `open_console`."""

    def __init__(
        self, stdout: Output, shows: tuple[_Show, ...], mask: Mask, settings: Settings, *, as_json: bool, by_inputs: bool = False
    ) -> None:
        self._stdout = stdout
        self._shows = shows
        self._mask = mask
        self._settings = settings
        self._as_json = as_json
        self._by_inputs = by_inputs

    def hide(self, secrets: Iterable[str]) -> None:
        """Show none of these texts from now on."""
        texts = tuple(secrets)
        self._mask.add(texts)
        for show in self._shows:
            show.hide(texts)

    def begin_project(self, name: str, number: int, total: int) -> None:
        """Say which project is being worked on."""
        for show in self._shows:
            show.begin_project(name, number, total)

    def begin(self, stage: str, title: str) -> None:
        """Say that a stage begins."""
        for show in self._shows:
            show.begin(stage, title)

    def line(self, text: str) -> None:
        """Show a line of another program's output."""
        for show in self._shows:
            show.line(text)

    def advance(self, text: str, done: int, total: int) -> None:
        """Show how far the present stage is."""
        for show in self._shows:
            show.advance(text, done, total)

    def end(self, outcome: Outcome) -> None:
        """Say how a stage ended."""
        for show in self._shows:
            show.end(outcome)

    def log(self, level: str, text: str) -> None:
        """Show a line of the log, in the log's file alone where there is one."""
        if self._by_inputs:
            from robot_action.reporting.inputs import by_inputs

            text = by_inputs(text)
        self._shows[-1].log(level, text)

    def fail(self, error: RobotActionError) -> None:
        """Show why a run comes to no report; with ``--json`` the result is a document without projects."""
        from robot_action.reporting.report_json import problems_json
        from robot_action.reporting.viewing import view_problems

        problems = self._shown(view_problems(error.problems))
        for show in self._shows:
            show.fail(problems)
            show.conclude(problems, error.exit_code)
        if self._as_json:
            self._stdout.write(problems_json(problems, error.exit_code))

    def finish(self, report: Report) -> None:
        """Show the whole report, or the plans of a dry run.

        Raises:
            FailedError: when standard output, or a file of the runner's, takes no more, other than for want of a reader.
        """
        from robot_action.reporting.plan_text import plan_lines
        from robot_action.reporting.report_json import report_json
        from robot_action.reporting.report_text import report_lines
        from robot_action.reporting.viewing import view_report

        view = self._shown(view_report(report))
        try:
            for show in self._shows:
                show.finish(view)
        finally:
            if self._as_json:
                self._stdout.write(report_json(view))
            else:
                self.write(plan_lines(view) if view.dry_run else report_lines(view))

    def show_validation(self, files: Sequence[CheckedFile]) -> None:
        """Show what manifest files hold, and everything that is wrong with them.

        Raises:
            FailedError: when standard output takes no more, other than for want of a reader.
        """
        from robot_action.reporting.validation import validation_json, validation_lines, view_files

        views = self._shown(view_files(files))
        problems = [problem for file in views for problem in file.problems]
        for show in self._shows:
            show.conclude(problems, InputError.exit_code if problems else 0)
        if self._as_json:
            self._stdout.write(validation_json(views))
        else:
            self.write(validation_lines(views))

    def show_checks(self, report: CheckReport) -> None:
        """Show how projects stand to their templates.

        Raises:
            FailedError: when standard output takes no more, other than for want of a reader.
        """
        from robot_action.reporting.check_text import check_json, check_lines, view_checks

        view = self._shown(view_checks(report))
        for show in self._shows:
            show.conclude([problem for project in view.projects for problem in project.problems], view.exit_code)
        if self._as_json:
            self._stdout.write(check_json(view))
        else:
            self.write(check_lines(view))

    def write(self, lines: Iterable[Line]) -> None:
        """Write a result in lines; the runner of GitHub Actions takes none of them for a command.

        Raises:
            FailedError: when standard output takes no more, other than for want of a reader.
        """
        if _is_lively(self._stdout, self._settings):
            from robot_action.clients.console.live import Screen  # rich is loaded for terminals only

            Screen(self._stdout, self._settings.terminal).write(lines)
        else:
            text = plain(lines)
            if self._settings.in_github_actions:
                from robot_action.reporting.github import neutral

                text = "".join(f"{neutral(one)}\n" for one in text.splitlines())
            self._stdout.write(text)

    def _shown(self, view: View) -> View:
        """Return a view as it is shown: without secrets, and in the words of whoever asked."""
        shown = mapped(view, self._mask) if self._mask.secrets else view
        if not self._by_inputs:
            return shown
        if workspace := self._settings.workspace.rstrip("/"):  # a folder of the container, which nobody sees elsewhere
            shown = mapped(shown, lambda text: text.replace(f"{workspace}/", ""))
        from robot_action.reporting.inputs import problem_by_inputs
        from robot_action.reporting.views import ProblemView

        return mapped_parts(shown, ProblemView, problem_by_inputs)

    def close(self) -> None:
        """End what is open, and give the terminal back as it was."""
        for show in self._shows:
            show.close()


@contextmanager
def open_console(
    streams: Streams,
    settings: Settings,
    clock: Clock,
    *,
    as_json: bool = False,
    verbose: bool = False,
    by_inputs: bool = False,
) -> Iterator[Console]:
    """Open the console that fits the streams and the environment.

    Args:
        streams: where text goes; only the caller closes them.
        settings: the operator's settings; their secrets are hidden from the first line on.
        clock: the time for lines and stages.
        as_json: write the result as JSON.
        verbose: keep every line of other programs' output on a terminal's screen.
        by_inputs: speak of the action's inputs instead of flags and variables.

    Yields:
        The console, for as long as work goes on.
    """
    mask = Mask(settings.credentials.secrets)
    stdout, stderr = Output(streams.stdout, mask, essential=True), Output(streams.stderr, mask)
    if settings.in_github_actions:
        shows: list[_Show] = [_for_runner(stderr, mask, settings)]
    elif _is_lively(stderr, settings):
        from robot_action.clients.console.live import LiveProgress, Screen  # rich is loaded for terminals only

        elsewhere = as_json or not _is_lively(stdout, settings)
        shows = [LiveProgress(Screen(stderr, settings.terminal), mask, clock, verbose=verbose, stays=elsewhere)]
    else:
        shows = [PlainProgress(stderr, mask, clock)]
    if streams.log is not None:
        shows.append(PlainProgress(Output(streams.log, mask), mask, clock))
    console = Console(stdout, tuple(shows), mask, settings, as_json=as_json, by_inputs=by_inputs)
    try:
        yield console
    finally:
        console.close()


def _for_runner(output: Output, mask: Mask, settings: Settings) -> _Show:
    from robot_action.clients.console.github import GithubProgress

    return GithubProgress(output, mask, settings)


def _is_lively(output: Output, settings: Settings) -> bool:
    """Tell whether a stream is a terminal that shows colours and lets itself be drawn on."""
    plain_wanted = settings.no_color or settings.in_ci or settings.in_github_actions or settings.terminal in _DUMB
    return output.is_terminal and not plain_wanted and output.encoding.lower().replace("-", "") == "utf8"
