from __future__ import annotations

from collections.abc import Iterator

import pytest

from robot_action.clients.console.live import LiveProgress, Screen
from robot_action.clients.console.output import Mask, Output
from robot_action.model.plan import Status
from robot_action.model.report import Outcome
from robot_action.reporting.viewing import view_problems, view_report
from tests.clients.console.consoles import StoppedClock, Terminal, open_terminal
from tests.reporting import samples

DONE = Outcome("fetch", Status.DONE, "service 2.1.0", seconds=0.31)


class Told:
    """Progress on a terminal, and what stands there."""

    def __init__(self, terminal: Terminal, *, verbose: bool = False, stays: bool = False) -> None:
        self.terminal, self.clock, self.mask = terminal, StoppedClock(), Mask(["sesame-open"])
        screen = Screen(Output(terminal.stream, self.mask), "xterm-256color")
        self.progress = LiveProgress(screen, self.mask, self.clock, verbose=verbose, stays=stays)

    @property
    def screen(self) -> list[str]:
        """What a reader sees, now that everything is drawn."""
        return self.terminal.shown().splitlines()

    def redraw(self) -> None:
        """Draw at once what the next turn of the spinner would draw."""
        self.progress.redraw()


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    with open_terminal() as opened:
        yield opened


@pytest.fixture
def told(terminal: Terminal) -> Iterator[Told]:
    told = Told(terminal)
    yield told
    told.progress.close()


def test_while_facts_are_looked_for_that_is_shown(told: Told) -> None:
    told.progress.begin_project("acme/x", 1, 1)
    assert told.screen[0] == "acme/x"
    assert told.screen[1].endswith("looking at what is there")


def test_a_stage_is_shown_with_its_time_and_last_line(told: Told) -> None:
    told.progress.begin_project("acme/x", 1, 2)
    told.progress.begin("fetch", "fetch the template")
    told.progress.end(DONE)
    told.progress.begin("install", "install the project")
    told.clock.passed = 12
    told.progress.line("\x1b[32mone\x1b[0m")
    told.progress.line("t\x07wo sesame-open\n")
    told.progress.line("")
    told.redraw()
    head, fetched, installing, news = told.screen
    assert head == "acme/x (1 of 2)"
    assert fetched == "  ✓  fetch    0.3 s  service 2.1.0"
    assert installing.split()[1:] == ["install", "12", "s", "install", "the", "project"]
    assert news == "      t\\x07wo ***"


def test_bytes_are_counted(told: Told) -> None:
    told.progress.begin_project("acme/x", 1, 1)
    told.progress.begin("publish", "publish")
    told.progress.advance("bytes of x.whl", 1_200_000, 3_400_000)
    told.redraw()
    assert told.screen[-1] == "      1.2 MB of 3.4 MB of x.whl"


def test_a_long_line_is_cut_and_not_wrapped(told: Told) -> None:
    told.progress.begin_project("acme/x", 1, 1)
    told.progress.begin("install", "i" * 200)
    told.progress.line("x" * 200)
    told.redraw()
    assert len(told.screen) == 3
    assert [line[-1] for line in told.screen[1:]] == ["…", "…"]


def test_a_long_summary_leaves_the_other_columns_alone(told: Told) -> None:
    told.progress.begin_project("acme/x", 1, 1)
    told.progress.end(Outcome("repository", Status.DONE, "s" * 200, seconds=83))
    assert told.screen[1].startswith("  ✓  repository  1 min 23 s  sss")
    assert told.screen[1].endswith("…")


def test_each_outcome_has_its_mark(told: Told) -> None:
    told.progress.begin_project("acme/x", 1, 1)
    told.progress.end(DONE)
    told.progress.end(Outcome("start", Status.SKIPPED, "not wanted"))
    told.progress.end(Outcome("push", Status.FAILED, "push", seconds=1))
    assert [line.split()[0] for line in told.screen[1:]] == ["✓", "·", "✗"]
    assert [line.split()[2] for line in told.screen[1:]] == ["0.3", "not", "1.0"]


def test_of_a_project_that_is_over_a_line_stays(told: Told) -> None:
    told.progress.begin_project("acme/x", 1, 3)
    told.clock.passed = 2  # looking, mostly
    told.progress.end(DONE)
    told.progress.begin_project("acme/y", 2, 3)
    told.clock.passed = 3
    told.progress.end(Outcome("push", Status.FAILED, seconds=0.1))
    told.progress.begin_project("acme/z", 3, 3)
    assert told.screen[:3] == ["✓ acme/x (1 of 3)  2.0 s", "✗ acme/y (2 of 3)  1.0 s  push failed", "acme/z (3 of 3)"]


def test_the_report_takes_the_place_of_the_stages(told: Told) -> None:
    told.progress.begin_project("acme/x", 1, 1)
    told.progress.end(DONE)
    told.progress.finish(view_report(samples.CREATED))
    assert told.screen == []
    assert not told.terminal.cursor_hidden


def test_where_the_report_goes_elsewhere_the_stages_stay(terminal: Terminal) -> None:
    told = Told(terminal, stays=True)
    told.progress.begin_project("acme/x", 1, 1)
    told.progress.end(DONE)
    told.progress.finish(view_report(samples.CREATED))
    assert told.screen == ["acme/x", "  ✓  fetch  0.3 s  service 2.1.0"]
    told.progress.close()
    assert told.screen == ["acme/x", "  ✓  fetch  0.3 s  service 2.1.0"]


def test_what_is_cut_short_stays_on_the_screen(told: Told) -> None:
    told.progress.begin_project("acme/x", 1, 1)
    told.progress.end(DONE)
    told.progress.begin("install", "install the project")
    told.progress.close()
    assert "fetch" in told.screen[1]
    assert "install" in told.screen[2]
    assert not told.terminal.cursor_hidden


def test_the_log_stands_above(told: Told) -> None:
    told.progress.begin_project("acme/x", 1, 1)
    told.progress.log("info", "robot_action: sesame-open \x1b[2J")
    assert told.screen[:2] == ["info: robot_action: ***", "acme/x"]


def test_output_is_kept_when_asked_for(terminal: Terminal) -> None:
    told = Told(terminal, verbose=True)
    told.progress.begin_project("acme/x", 1, 1)
    told.progress.begin("install", "install")
    told.progress.line("one sesame-open")
    told.progress.line("two")
    assert told.screen[:3] == ["one ***", "two", "acme/x"]
    told.progress.close()


def test_problems_are_shown(told: Told) -> None:
    told.progress.begin_project("acme/x", 1, 1)
    told.progress.hide(["x"])
    told.progress.conclude((), 0)
    told.progress.fail(view_problems(samples.BROKEN.problems))
    assert "projects/broken.yml:3:1: error: there is no key 'repositry'" in told.screen


def test_markup_of_others_is_text(told: Told) -> None:
    told.progress.begin_project("[bold]acme[/bold] :boom:", 1, 1)
    told.progress.line("[link=http://evil.example]x[/link]")
    told.redraw()
    assert told.screen[0] == "[bold]acme[/bold] :boom:"
    assert told.screen[-1].strip() == "[link=http://evil.example]x[/link]"
