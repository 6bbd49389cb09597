from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from robot_action.clients.console.github import GithubProgress
from robot_action.clients.console.output import Mask, Output
from robot_action.errors import FailedError
from robot_action.model.plan import Status
from robot_action.model.report import Outcome
from robot_action.model.settings import Settings
from robot_action.reporting.github import OUTPUT_LIMIT
from robot_action.reporting.mapping import mapped
from robot_action.reporting.report_markdown import SUMMARY_LIMIT
from robot_action.reporting.viewing import view_problems, view_report
from tests.reporting import samples
from tests.reporting.hostile import HOSTILE
from tests.reporting.runner import Runner, Seen, read_outputs

SECRET = "sesame-open"
DONE = Outcome("install", Status.DONE, "ran uv sync", seconds=2)


class Told:
    """Progress for the runner, and what the runner makes of it."""

    def __init__(self, settings: Settings = Settings(), *secrets: str) -> None:  # noqa: B008 - frozen
        self.stream, self.mask, self.runner = io.StringIO(), Mask(secrets), Runner()
        self.progress = GithubProgress(Output(self.stream, self.mask), self.mask, settings)

    @property
    def commands(self) -> list[Seen]:
        return list(self.runner.read(self.stream.getvalue()))

    @property
    def names(self) -> list[str]:
        return [one.name for one in self.commands]

    @property
    def lines(self) -> list[str]:
        return self.stream.getvalue().splitlines()


def test_secrets_come_before_anything_else() -> None:
    told = Told(Settings(), SECRET)
    told.progress.begin_project("acme/x", 1, 1)
    assert told.lines == [f"::add-mask::{SECRET}", "acme/x"]


def test_a_secret_that_is_learned_within_a_stage_reaches_the_runner() -> None:
    told = Told()
    told.progress.begin("install", "install")
    told.progress.line("one")
    told.mask.add([SECRET])
    told.progress.hide([SECRET])
    told.progress.line(f"two {SECRET}")
    told.progress.end(DONE)
    assert told.names == ["group", "stop-commands", "add-mask", "stop-commands", "endgroup"]
    assert told.commands[2].data == SECRET
    assert "two ***" in told.lines


def test_a_stage_is_a_group_and_its_end_is_seen_without_opening_it() -> None:
    told = Told()
    told.progress.begin_project("acme/x", 2, 3)
    told.progress.begin("install", "install the project")
    told.progress.log("info", "robot_action: seen")
    told.progress.end(DONE)
    told.progress.end(Outcome("start", Status.SKIPPED, "not wanted"))
    assert told.lines == [
        "acme/x (2 of 3)",
        "::group::install: install the project",
        "info: robot_action: seen",
        "::endgroup::",
        "install done (2.0 s): ran uv sync",
        "start skipped: not wanted",
    ]


def test_a_stage_without_end_ends_with_the_next_one_or_at_the_end() -> None:
    told = Told()
    told.progress.begin("one", "one")
    told.progress.line("x")
    told.progress.begin("two", "two")
    told.progress.close()
    told.progress.close()
    assert told.names == ["group", "stop-commands", "endgroup", "group", "endgroup"]


def test_other_programs_are_fenced_in_with_a_new_token_each_time() -> None:
    told = Told()
    for _ in range(2):
        told.progress.begin("install", "install")
        told.progress.line("::error::one")
        told.progress.line("\x1b[2K\r")
        told.progress.line("##[endgroup]two")
        told.progress.end(DONE)
    fences = [one for one in told.commands if one.name == "stop-commands"]
    assert len({fence.data for fence in fences}) == 2
    assert all(len(fence.data) == 32 for fence in fences)
    assert told.names == ["group", "stop-commands", "endgroup"] * 2
    assert told.lines.count("| ::error::one") == 2
    assert told.lines.count("## [endgroup]two") == 2


def test_progress_is_told_at_its_end() -> None:
    told = Told()
    told.progress.begin("publish", "publish")
    for done in (0, 50, 100, 100):
        told.progress.advance("bytes of x.whl", done, 100)
    for what in ("counting objects", "writing objects"):
        told.progress.advance(what, 5, 5)
    assert told.lines[1:] == ["100 B of 100 B of x.whl", "5 of 5 counting objects", "5 of 5 writing objects"]


def test_problems_are_annotated(tmp_path: Path) -> None:
    told = Told(Settings(workspace=str(tmp_path)))
    told.progress.fail(view_problems(samples.BROKEN.problems))
    told.progress.conclude(view_problems(samples.BROKEN.problems), 65)
    assert [(one.name, one.properties["file"], one.properties["line"]) for one in told.commands] == [
        ("error", "projects/broken.yml", "3"),
        ("error", "projects/broken.yml", "1"),
    ]
    assert "projects/broken.yml:1: error: schema is missing" in told.lines


def test_the_report_goes_to_its_files(tmp_path: Path) -> None:
    summary, output = tmp_path / "summary", tmp_path / "output"
    summary.write_text("before\n")
    output.write_text("other=1\n")
    told = Told(Settings(summary_file=str(summary), output_file=str(output)), "payments_api")
    told.progress.begin("push", "push")
    told.progress.finish(mapped(view_report(samples.PUSH_FAILED), told.mask))
    assert [one.name for one in told.commands] == ["add-mask", "group", "endgroup", "error"]
    assert told.commands[-1].properties["file"] == "projects/payments-api.yml"
    assert summary.read_text().startswith("before\n### acme/payments-api is not finished: push failed\n")
    text = output.read_text()
    assert text.startswith("other=1\n")
    assert read_outputs(text.removeprefix("other=1\n"))["result"] == "failed"
    assert "payments_api" not in summary.read_text() + text


def test_what_stands_in_the_summary_counts_for_its_limit(tmp_path: Path) -> None:
    summary = tmp_path / "summary"
    summary.write_bytes(b"x" * (SUMMARY_LIMIT - 500))
    told = Told(Settings(summary_file=str(summary)))
    told.progress.finish(view_report(samples.PUSH_FAILED))
    assert SUMMARY_LIMIT - 500 < summary.stat().st_size <= SUMMARY_LIMIT


def test_a_summary_that_cannot_be_written_is_no_failure_and_outputs_are_one(tmp_path: Path) -> None:
    told = Told(Settings(summary_file=str(tmp_path / "no" / "summary"), output_file=str(tmp_path)))
    with pytest.raises(FailedError, match=r"the outputs .* cannot be written: Is a directory"):
        told.progress.finish(view_report(samples.CREATED))
    assert told.names == []
    assert told.lines == [f"warning: the summary {tmp_path}/no/summary cannot be written: No such file or directory"]


def test_a_report_that_is_too_long_for_an_output_is_told(tmp_path: Path) -> None:
    told = Told(Settings(output_file=str(tmp_path / "output")))
    view = view_report(samples.CREATED)
    told.progress.finish(replace(view, projects=(replace(view.projects[0], differences=("x" * OUTPUT_LIMIT,)),)))
    assert told.names == ["notice"]
    assert "too long" in told.commands[0].data
    assert read_outputs((tmp_path / "output").read_text())["report"] == ""


def test_a_failure_is_told_whatever_can_be_written(tmp_path: Path) -> None:
    told = Told(Settings(output_file=str(tmp_path)))
    told.progress.finish(view_report(samples.PUSH_FAILED))
    assert told.names == ["error"]
    assert told.lines[-1] == f"warning: the outputs {tmp_path} cannot be written: Is a directory"


@given(HOSTILE)
def test_no_text_is_a_command(text: str) -> None:
    told = Told()
    told.progress.begin_project(text, 1, 1)
    told.progress.log("info", text)
    told.progress.end(replace(DONE, stage=text, summary=text))
    told.progress.begin(text, text)
    told.progress.line(f"x{text}")
    told.progress.line(text)
    told.progress.advance(text, 1, 1)
    told.progress.fail(())
    told.progress.finish(mapped(view_report(samples.PUSH_FAILED), lambda _: text))
    assert told.names == ["group", "stop-commands", "endgroup", "error"]


@pytest.mark.parametrize("text", ["::stop-commands::mine", "::mine::", "##[group]x"])
def test_no_output_ends_a_fence(text: str) -> None:
    told = Told()
    told.progress.begin("install", "install")
    told.progress.line(text)
    told.progress.line("::error::forged")
    told.progress.end(DONE)
    assert told.names == ["group", "stop-commands", "endgroup"]
