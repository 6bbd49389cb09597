"""Progress on a terminal, alive: every stage, a spinner, the time, and the last line of what runs."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import IO, cast

from rich.console import Console, ConsoleRenderable, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from robot_action.clients.console.output import Mask, Output
from robot_action.model.plan import Status
from robot_action.model.report import Outcome
from robot_action.ports import Clock
from robot_action.reporting.clean import clean, clean_output
from robot_action.reporting.counting import counted
from robot_action.reporting.lines import Line, Role, wrapped
from robot_action.reporting.problem_text import problem_lines
from robot_action.reporting.views import ProblemView, ReportView
from robot_action.reporting.words import duration

_STYLES = {
    Role.PLAIN: "",
    Role.HEADING: "bold",
    Role.GOOD: "green",
    Role.BAD: "bold red",
    Role.QUIET: "dim",
    Role.COMMAND: "cyan",
}
_MARKS = {Status.DONE: ("✓", "green"), Status.SKIPPED: ("·", "dim"), Status.FAILED: ("✗", "bold red"), Status.NOT_REACHED: ("·", "dim")}
_REFRESHES_PER_SECOND = 8


class _Stream(io.TextIOBase):
    """What rich writes to: our masked, unbreakable output."""

    def __init__(self, output: Output) -> None:
        super().__init__()
        self._output = output

    def write(self, text: str) -> int:
        self._output.write(text)
        return len(text)


class Screen:
    """A terminal that shows lines in colours."""

    def __init__(self, output: Output, terminal: str) -> None:
        self.console = Console(
            file=cast("IO[str]", _Stream(output)),
            force_terminal=True,
            color_system="standard",
            markup=False,
            highlight=False,
            emoji=False,
            _environ={"TERM": terminal},
        )

    def write(self, lines: Iterable[Line]) -> None:
        """Write lines; a long one goes on in the next row."""
        for line in lines:
            for piece in wrapped(line, self.console.width):
                self.console.print(styled(piece), soft_wrap=True)


def styled(line: Line) -> Text:
    """Return a line in its colours."""
    return Text.assemble(*((part.text, _STYLES[part.role]) for part in line))


@dataclass(frozen=True, slots=True)
class _Scene:
    """What is on the screen.

    Attributes:
        stage: what runs; ``""`` while facts are looked for.
        began: on the clock that only goes forward; None between stages.
        since: when the project was begun, on the same.
        news: the last line of output, or how far it is.
    """

    project: str = ""
    ended: tuple[Outcome, ...] = ()
    stage: str = ""
    title: str = ""
    began: float | None = None
    since: float = 0.0
    news: str = ""
    spinner: Spinner = field(default_factory=lambda: Spinner("dots", style="cyan"))


class LiveProgress:
    """Draws the stages of the present project again and again.

    At the end the report takes their place, or else, where it goes elsewhere (``stays``), they stay.
    """

    def __init__(self, screen: Screen, mask: Mask, clock: Clock, *, verbose: bool, stays: bool) -> None:
        self._screen = screen
        self._stays = stays
        self._mask = mask
        self._clock = clock
        self._verbose = verbose
        self._scene = _Scene()
        self._live: Live | None = None

    def hide(self, secrets: Iterable[str]) -> None:
        """Nothing: the mask, which is shared, takes them out."""

    def begin_project(self, name: str, number: int, total: int) -> None:
        """Show a project, and that its facts are looked for; of the one before, a line stays."""
        self._stop()
        if self._scene.project:
            ended = _ended_project(self._scene, self._clock.seconds() - self._scene.since)
            self._screen.console.print(ended, no_wrap=True, overflow="ellipsis")
        project = self._safe(f"{name} ({number} of {total})" if total > 1 else name)
        now = self._clock.seconds()
        self._scene = _Scene(project, title="looking at what is there", began=now, since=now)
        self.redraw()

    def begin(self, stage: str, title: str) -> None:
        """Show a stage that runs."""
        self._scene = replace(self._scene, stage=self._safe(stage), title=self._safe(title), began=self._clock.seconds(), news="")
        self.redraw()

    def line(self, text: str) -> None:
        """Show a line of another program's output, until the next one comes; above everything when asked for all."""
        if not (shown := clean_output(self._mask(text))):
            return
        if self._verbose:
            self._screen.console.print(Text(self._mask(shown), style="dim"))
        else:
            self._scene = replace(self._scene, news=self._mask(shown))

    def advance(self, text: str, done: int, total: int) -> None:
        """Show how far the present stage is."""
        self._scene = replace(self._scene, news=self._safe(counted(text, done, total)))

    def end(self, outcome: Outcome) -> None:
        """Show how a stage ended."""
        shown = replace(outcome, stage=self._safe(outcome.stage), summary=self._safe(outcome.summary))
        self._scene = replace(self._scene, ended=(*self._scene.ended, shown), began=None, news="")
        self.redraw()

    def fail(self, problems: Sequence[ProblemView]) -> None:
        """Show why a run comes to no report."""
        self.keep()
        self._screen.write(problem_lines(problems))

    def conclude(self, problems: Sequence[ProblemView], exit_code: int) -> None:
        """Nothing: problems are shown as text, and the exit code tells the rest."""

    def finish(self, report: ReportView) -> None:  # noqa: ARG002 - the report itself is a result, not progress
        """Make room for the report."""
        if self._stays:
            self.keep()
        self._stop()
        self._scene = _Scene()

    def log(self, level: str, text: str) -> None:
        """Show a line of the log above everything."""
        self._screen.console.print(Text(self._safe(f"{level}: {text}"), style="dim"))

    def close(self) -> None:
        """Give the terminal back as it was."""
        self.keep()

    def keep(self) -> None:
        """Leave on the screen what is there, for good."""
        self._stop()
        if self._scene.ended or self._scene.began is not None:
            self._screen.console.print(self._render())
        self._scene = _Scene()

    def redraw(self) -> None:
        """Draw the scene now; between two calls it is drawn a few times a second, for the spinner and the time."""
        if self._live is None:
            self._live = Live(
                console=self._screen.console,
                get_renderable=self._render,
                refresh_per_second=_REFRESHES_PER_SECOND,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start()
        self._live.refresh()

    def _safe(self, text: str) -> str:
        return self._mask(clean(self._mask(text)))

    def _stop(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _render(self) -> ConsoleRenderable:
        """Return the scene; called from rich's own thread, too, and so from one look at it."""
        scene = self._scene
        grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
        grid.add_column(no_wrap=True)
        grid.add_column(no_wrap=True)
        grid.add_column(no_wrap=True, justify="right")
        grid.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
        for outcome in scene.ended:
            mark, style = _MARKS[outcome.status]
            took = "" if outcome.status is Status.SKIPPED else duration(outcome.seconds)
            grid.add_row(Text(f"  {mark}", style), outcome.stage, Text(took, "dim"), outcome.summary)
        if scene.began is None:
            return Group(Text(scene.project, "bold"), grid)
        running = Text(duration(self._clock.seconds() - scene.began), "dim")
        grid.add_row(_padded(scene.spinner), scene.stage, running, scene.title)
        news = Text(f"      {scene.news}", "dim", no_wrap=True, overflow="ellipsis")
        return Group(Text(scene.project, "bold"), grid, news)


def _ended_project(scene: _Scene, seconds: float) -> Text:
    """Return one line for a project: its name, how long it took, and the stage that failed."""
    failed = next((outcome.stage for outcome in scene.ended if outcome.status is Status.FAILED), "")
    mark, style = _MARKS[Status.FAILED if failed else Status.DONE]
    took = f"  {duration(seconds)}"
    return Text.assemble((f"{mark} ", style), scene.project, (took, "dim"), (f"  {failed} failed" if failed else "", style))


def _padded(spinner: Spinner) -> Table:
    grid = Table.grid()
    grid.add_row("  ", spinner)
    return grid
