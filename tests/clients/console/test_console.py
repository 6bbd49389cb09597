from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given

from robot_action.clients.console.console import Console, Streams, open_console
from robot_action.errors import FailedError, InputError, Position, Problem
from robot_action.model.credentials import Credential, Credentials
from robot_action.model.manifest import Manifest
from robot_action.model.plan import Status
from robot_action.model.report import Outcome, Report
from robot_action.model.settings import Settings
from robot_action.ports import Progress
from robot_action.reporting.lines import line
from tests.clients.console.consoles import StoppedClock, Terminal, open_terminal
from tests.reporting import samples
from tests.reporting.hostile import HOSTILE
from tests.reporting.runner import Runner

SECRET = "sesame-open"
SETTINGS = Settings(credentials=Credentials({"git.example": Credential("x", SECRET)}), terminal="xterm-256color")
GOLDEN = Path(__file__).parents[2] / "reporting" / "golden"
DONE = Outcome("install", Status.DONE, f"ran with {SECRET}", seconds=2)


@dataclass(frozen=True)
class File:
    path: Path
    manifests: tuple[Manifest, ...] = ()
    problems: tuple[Problem, ...] = ()


def work(console: Console) -> None:
    """Show a bit of everything."""
    console.begin_project("acme/x", 1, 1)
    console.begin("install", f"install with {SECRET}")
    console.line(f"one {SECRET}")
    console.advance("files", 3, 3)
    console.log("info", f"robot_action: {SECRET}")
    console.end(DONE)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    with open_terminal() as opened:
        yield opened


def test_it_is_what_stages_expect() -> None:
    with open_console(Streams(io.StringIO(), io.StringIO()), SETTINGS, StoppedClock()) as console:
        progress: Progress = console
        progress.begin_project("acme/x", 1, 1)


def test_results_go_to_standard_output_and_progress_to_standard_error() -> None:
    out, err = io.StringIO(), io.StringIO()
    with open_console(Streams(out, err), SETTINGS, StoppedClock()) as console:
        work(console)
        console.finish(samples.PUSH_FAILED)
    assert out.getvalue() == (GOLDEN / "push-failed.txt").read_text(encoding="utf-8")
    assert "07:08:09 install     | one ***\n" in err.getvalue()
    assert SECRET not in err.getvalue()


def test_a_dry_run_shows_its_plan() -> None:
    out = io.StringIO()
    with open_console(Streams(out, io.StringIO()), SETTINGS, StoppedClock()) as console:
        console.finish(samples.DRY_RUN)
    assert out.getvalue() == (GOLDEN / "dry-run.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", samples.ALL)
@pytest.mark.parametrize("in_github_actions", [True, False])
def test_with_json_there_is_nothing_but_json_on_standard_output(name: str, in_github_actions: bool) -> None:
    out, err = io.StringIO(), io.StringIO()
    settings = replace(SETTINGS, in_github_actions=in_github_actions)
    with open_console(Streams(out, err), settings, StoppedClock(), as_json=True) as console:
        work(console)
        console.finish(samples.ALL[name])
    assert out.getvalue() == (GOLDEN / f"{name}.json").read_text(encoding="utf-8")
    assert "install" in err.getvalue()


def test_with_json_on_a_terminal_the_stages_stay(terminal: Terminal) -> None:
    out = io.StringIO()
    with open_console(Streams(out, terminal.stream), SETTINGS, StoppedClock(), as_json=True) as console:
        work(console)
        console.finish(samples.CREATED)
    assert terminal.shown().splitlines()[-1] == "  ✓  install  2.0 s  ran with ***"
    assert json.loads(out.getvalue())["exit_code"] == 0


def test_a_failure_without_report_is_told_in_every_form() -> None:
    error = InputError("wrong", position=Position("x.yml", 3, 5), hint=f"not {SECRET}")
    plain, document = io.StringIO(), io.StringIO()
    with open_console(Streams(io.StringIO(), plain), SETTINGS, StoppedClock()) as console:
        console.fail(error)
    assert plain.getvalue() == "x.yml:3:5: error: wrong\n  not ***\n"
    with open_console(Streams(document, io.StringIO()), SETTINGS, StoppedClock(), as_json=True) as console:
        console.fail(error)
    assert json.loads(document.getvalue())["exit_code"] == 65
    assert SECRET not in document.getvalue()


def test_validation_is_shown_and_annotated() -> None:
    files = [File(Path("good.yml"), (samples.MANIFEST,)), File(Path("broken.yml"), problems=samples.BROKEN.problems)]
    out, err = io.StringIO(), io.StringIO()
    with open_console(Streams(out, err), replace(SETTINGS, in_github_actions=True), StoppedClock()) as console:
        console.show_validation(files)
    assert "good.yml: fine, wants acme/payments-api\n" in out.getvalue()
    assert err.getvalue().count("::error ") == 2
    document = io.StringIO()
    with open_console(Streams(document, io.StringIO()), SETTINGS, StoppedClock(), as_json=True) as console:
        console.show_validation(files)
    assert [file["file"] for file in json.loads(document.getvalue())["files"]] == ["good.yml", "broken.yml"]


def test_secrets_that_are_learned_later_are_hidden_everywhere() -> None:
    out, err, log = io.StringIO(), io.StringIO(), io.StringIO()
    settings = replace(SETTINGS, in_github_actions=True)
    with open_console(Streams(out, err, log), settings, StoppedClock()) as console:
        console.hide(iter(["payments-api"]))
        console.line("payments-api")
        console.finish(samples.CREATED)
    shown = "".join(text for text in err.getvalue().splitlines(keepends=True) if not text.startswith("::add-mask::"))
    assert "payments-api" not in out.getvalue() + shown + log.getvalue()
    assert "::add-mask::payments-api\n" in err.getvalue()


def test_a_log_file_gets_everything_and_the_terminal_no_log() -> None:
    err, log = io.StringIO(), io.StringIO()
    with open_console(Streams(io.StringIO(), err, log), SETTINGS, StoppedClock()) as console:
        work(console)
    assert "| one ***" in log.getvalue()
    assert "info: robot_action: ***" in log.getvalue()
    assert "| one ***" in err.getvalue()
    assert "robot_action" not in err.getvalue()
    assert SECRET not in log.getvalue() + err.getvalue()


@pytest.mark.parametrize(
    "settings",
    [
        replace(SETTINGS, terminal="dumb"),
        replace(SETTINGS, terminal="unknown"),
        replace(SETTINGS, no_color=True),
        replace(SETTINGS, in_ci=True),
    ],
)
def test_a_terminal_that_wants_plain_lines_gets_them(settings: Settings, terminal: Terminal) -> None:
    with open_console(Streams(terminal.stream, terminal.stream), settings, StoppedClock()) as console:
        work(console)
        console.write([line("result")])
    raw = b"".join(terminal.raw())
    assert b"\x1b" not in raw
    assert b"07:08:09 install     | one ***\r\n" in raw
    assert raw.endswith(b"result\r\n")


def test_a_terminal_that_cannot_show_our_signs_gets_plain_lines() -> None:
    with open_terminal("latin-1") as terminal:
        with open_console(Streams(terminal.stream, terminal.stream), SETTINGS, StoppedClock()) as console:
            work(console)
        assert b"\x1b" not in b"".join(terminal.raw())


def test_on_a_terminal_the_report_has_colours(terminal: Terminal) -> None:
    with open_console(Streams(terminal.stream, terminal.stream), SETTINGS, StoppedClock()) as console:
        work(console)
        console.finish(samples.PUSH_FAILED)
    raw = b"".join(terminal.raw())
    assert b"\x1b[1mWhat" not in raw.split(b"acme/payments-api")[0]
    assert b"\x1b[1;31merror: \x1b[0m" in raw
    assert SECRET.encode() not in raw


def test_on_a_terminal_the_report_is_the_agreed_text(terminal: Terminal) -> None:
    with open_console(Streams(terminal.stream, terminal.stream), SETTINGS, StoppedClock()) as console:
        work(console)
        console.finish(samples.EXISTING)
    assert terminal.shown() == "info: robot_action: ***\n" + (GOLDEN / "existing.txt").read_text(encoding="utf-8").rstrip()


def interrupted(console: Console) -> None:
    console.begin_project("acme/x", 1, 1)
    console.begin("install", "install the project")
    raise KeyboardInterrupt


def test_whatever_happens_the_terminal_is_given_back(terminal: Terminal) -> None:
    streams = Streams(io.StringIO(), terminal.stream)
    with pytest.raises(KeyboardInterrupt), open_console(streams, SETTINGS, StoppedClock()) as console:
        interrupted(console)
    assert "install the project" in terminal.shown()
    assert not terminal.cursor_hidden


def test_a_report_that_cannot_be_written_is_a_failure() -> None:
    with (
        Path("/dev/full").open("w") as full,
        open_console(Streams(full, io.StringIO()), SETTINGS, StoppedClock()) as console,
        pytest.raises(FailedError, match="No space left"),
    ):
        console.finish(samples.CREATED)


@given(HOSTILE)
def test_no_result_is_a_command_for_the_runner(text: str) -> None:
    out, err = io.StringIO(), io.StringIO()
    problem = Problem(text, Position(text, 1), text)
    report = Report((replace(samples.FAILED_PROJECT, project=text, problems=(problem,), resume=text),))
    with open_console(Streams(out, err), Settings(in_github_actions=True), StoppedClock()) as console:
        console.show_validation([File(Path(text), problems=(problem,))])
        console.finish(report)
        console.finish(replace(report, dry_run=True))
    assert list(Runner().read(out.getvalue())) == []
    assert {one.name for one in Runner().read(err.getvalue())} == {"error"}


def test_rich_is_not_loaded_without_a_terminal() -> None:
    program = (
        "import io, sys\n"
        "from robot_action.clients.clock import SystemClock\n"
        "from robot_action.clients.console.console import Streams, open_console\n"
        "from robot_action.model.report import Report\n"
        "from robot_action.model.settings import Settings\n"
        "with open_console(Streams(io.StringIO(), io.StringIO()), Settings(), SystemClock()) as console:\n"
        "    console.finish(Report())\n"
        "print([name for name in sys.modules if name.partition('.')[0] == 'rich'])\n"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"
