from __future__ import annotations

import io
import unicodedata

import pytest
from hypothesis import given

from robot_action.clients.console.output import Mask, Output
from robot_action.clients.console.plain import PlainProgress
from robot_action.model.plan import Status
from robot_action.model.report import Outcome
from robot_action.reporting.viewing import view_problems, view_report
from tests.clients.console.consoles import StoppedClock
from tests.reporting import samples
from tests.reporting.hostile import HOSTILE


class Told:
    """Progress in plain lines, and what it wrote."""

    def __init__(self, *secrets: str) -> None:
        self.stream, self.clock, self.mask = io.StringIO(), StoppedClock(), Mask(secrets)
        self.progress = PlainProgress(Output(self.stream, self.mask), self.mask, self.clock)

    @property
    def text(self) -> str:
        return self.stream.getvalue()


@pytest.fixture
def told() -> Told:
    return Told("sesame-open")


def test_each_line_has_its_time_and_stage(told: Told) -> None:
    told.progress.begin_project("acme/x", 1, 1)
    told.progress.begin("install", "install the project")
    told.clock.passed = 3
    told.progress.line("one\n")
    told.progress.log("info", "robot_action: seen")
    told.progress.end(Outcome("install", Status.DONE, "ran uv sync", seconds=3))
    told.progress.log("warning", "after")
    assert told.text == (
        "07:08:09 acme/x\n"
        "07:08:09 install     install the project\n"
        "07:08:12 install     | one\n"
        "07:08:12 install     info: robot_action: seen\n"
        "07:08:12 install     done (3.0 s): ran uv sync\n"
        "07:08:12 warning: after\n"
    )


def test_several_projects_are_counted(told: Told) -> None:
    told.progress.begin_project("acme/x", 2, 3)
    assert told.text == "07:08:09 acme/x (2 of 3)\n"


def test_a_skipped_stage_took_no_time(told: Told) -> None:
    told.progress.end(Outcome("start", Status.SKIPPED, "not wanted"))
    told.progress.end(Outcome("start", Status.FAILED))
    assert told.text == "07:08:09 start       skipped: not wanted\n07:08:09 start       failed (0.0 s)\n"


def test_each_thing_that_is_counted_is_told_when_it_is_done(told: Told) -> None:
    told.progress.begin("push", "push")
    for what in ("counting objects", "compressing objects", "writing objects"):
        for done in range(6):
            told.progress.advance(what, done, 5)
    told.progress.advance("writing objects", 5, 5)
    assert [line.split(maxsplit=2)[2] for line in told.text.splitlines()][1:] == [
        "5 of 5 counting objects",
        "5 of 5 compressing objects",
        "5 of 5 writing objects",
    ]


def test_what_takes_long_is_told_at_each_quarter(told: Told) -> None:
    told.progress.begin("publish", "publish")
    for done in range(101):
        told.clock.passed = done
        told.progress.advance("bytes of x.whl", done, 100)
    told.progress.begin("push", "push")
    told.progress.advance("objects", 0, 0)
    told.progress.advance("objects", 0, 0)
    lines = [line.split(maxsplit=2)[2] for line in told.text.splitlines()]
    assert lines == [
        "publish",
        *(f"{done} B of 100 B of x.whl" for done in (25, 50, 75, 100)),
        "push",
        "0 of 0 objects",
    ]


def test_empty_lines_of_output_are_left_out(told: Told) -> None:
    told.progress.line("\x1b[2K\r\n")
    assert told.text == ""


def test_a_secret_is_masked_also_where_colours_hide_it(told: Told) -> None:
    told.progress.line("ses\x1b[1mame-op\x1b[0men")
    told.progress.begin("x", "sesame-open")
    told.progress.log("info", "sesame-open")
    told.progress.end(Outcome("x", Status.DONE, "sesame-open"))
    assert "sesame" not in told.text
    assert told.text.count("***") == 4


def test_problems_are_shown_as_compilers_show_them(told: Told) -> None:
    told.progress.fail(view_problems(samples.BROKEN.problems))
    assert told.text.startswith("projects/broken.yml:3:1: error: there is no key 'repositry'\n  did you mean")


def test_the_report_is_not_its_business(told: Told) -> None:
    told.progress.hide(["x"])
    told.progress.conclude((), 0)
    told.progress.finish(view_report(samples.CREATED))
    told.progress.close()
    assert told.text == ""


@given(HOSTILE)
def test_every_text_is_one_harmless_line(text: str) -> None:
    told = Told()
    told.progress.begin_project(text, 1, 1)
    told.progress.begin(text, text)
    told.progress.line(f"x{text}x")
    told.progress.advance(text, 1, 1)
    told.progress.log("info", text)
    told.progress.end(Outcome(text, Status.DONE, text))
    assert len(told.text.split("\n")) == 7
    assert not [one for one in told.text if one != "\n" and unicodedata.category(one) in {"Cc", "Cs", "Zl", "Zp"}]
