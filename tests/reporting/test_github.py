from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.model.outputs import OUTPUTS
from robot_action.model.plan import Packed, Status
from robot_action.model.report import Outcome, Outcomes, ProjectReport, Report
from robot_action.reporting import github
from robot_action.reporting.clean import clean_lines
from robot_action.reporting.mapping import mapped
from robot_action.reporting.viewing import view_report
from robot_action.reporting.views import ProblemView, ReportView
from tests.reporting import samples
from tests.reporting.hostile import HOSTILE
from tests.reporting.runner import Runner, Seen, read_outputs


def seen(*lines: str) -> list[Seen]:
    return list(Runner().read("".join(f"{line}\n" for line in lines)))


@given(HOSTILE)
def test_no_line_is_a_command(text: str) -> None:
    assert seen(github.neutral(text)) == []


@given(HOSTILE, HOSTILE)
def test_a_fence_is_left_by_its_token_alone(text: str, other: str) -> None:
    stop, resume = github.fence("3f" * 16)
    found = seen(stop, github.neutral(text), *clean_lines(other), resume, "::notice::back")
    assert [one.name for one in found] == ["stop-commands", "notice"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error::x", "| ::error::x"),
        ("  \u00a0::error::x", "|   \u00a0::error::x"),
        ("\u200d::error::x", "| \u200d::error::x"),
        (":\u200d:error::x", "| :\u200d:error::x"),
        ("a ##[error]x", "a ## [error]x"),
        ("#\u200d#\u200d[error]x", "## [error]x"),
        ("C++ a::b", "C++ a::b"),
    ],
)
def test_a_forged_command_is_shown_as_text(text: str, shown: str) -> None:
    assert github.neutral(text) == shown


@given(HOSTILE)
def test_a_group_is_one_command(text: str) -> None:
    assert [(one.name, len(one.properties)) for one in seen(github.group(text))] == [("group", 0)]


@given(st.builds(ProblemView, HOSTILE, HOSTILE, st.integers(0, 9), st.integers(0, 9), HOSTILE), HOSTILE)
def test_an_annotation_is_one_command_with_its_own_properties(problem: ProblemView, title: str) -> None:
    (found,) = seen(*github.error_annotations([problem], title=title))
    assert found.name == "error"
    assert set(found.properties) <= {"file", "line", "col", "title"}
    assert found.properties.get("line", "0") == (str(problem.line) if "file" in found.properties else "0")


def test_an_annotation_says_all() -> None:
    problem = ProblemView("100% wrong\nreally", "projects/a,b:c.yml", 3, 5, "correct it")
    (line,) = github.error_annotations([problem], title="robot-action")
    assert line == "::error file=projects/a%2Cb%3Ac.yml,line=3,col=5,title=robot-action::100%25 wrong%0Areally%0Acorrect it"
    (found,) = seen(line)
    assert found == Seen(
        "error",
        "100% wrong\nreally\ncorrect it",
        {"file": "projects/a,b:c.yml", "line": "3", "col": "5", "title": "robot-action"},
    )


def test_an_annotation_without_a_place_has_none() -> None:
    assert list(github.error_annotations([ProblemView("wrong", column=3)])) == ["::error::wrong"]


def test_files_are_relative_to_the_checkout() -> None:
    problem = ProblemView("wrong", "/github/workspace/projects/a.yml", 1)
    (line,) = github.error_annotations([problem], workspace="/github/workspace/")
    assert line == "::error file=projects/a.yml,line=1::wrong"
    (other,) = github.error_annotations([ProblemView("wrong", "/elsewhere/a.yml")], workspace="/github/workspace")
    assert other == "::error::/elsewhere/a.yml: wrong"


@pytest.mark.parametrize("file", ["gh:acme/t: template.yml", "../a.yml", "--template", "the input 'data'", "."])
def test_what_is_no_file_of_the_checkout_is_told_in_words(file: str) -> None:
    (line,) = github.error_annotations([ProblemView("wrong", file, 3, 5)], workspace="/github/workspace")
    assert seen(line) == [Seen("error", f"{file}:3:5: wrong", {})]


def test_a_template_in_the_checkout_is_annotated_where_it_is() -> None:
    problem = ProblemView("wrong", "../t: template.yml", 3, path="/github/workspace/projects/../t/template.yml")
    (line,) = github.error_annotations([problem], workspace="/github/workspace")
    assert line == "::error file=t/template.yml,line=3::wrong"
    (other,) = github.error_annotations([problem], workspace="/elsewhere")
    assert other == "::error::../t: template.yml:3: wrong"


def test_there_are_no_more_annotations_than_github_shows() -> None:
    problems = [ProblemView(f"number {number}") for number in range(25)]
    lines = list(github.error_annotations(problems))
    assert len(lines) == 10
    assert lines[-1] == "::error::and 16 more errors; the log has all of them"
    assert len(list(github.error_annotations(problems[:10]))) == 10


def test_a_long_annotation_is_cut() -> None:
    (line,) = github.error_annotations([ProblemView("x" * 5_000)])
    assert len(line.removeprefix("::error::")) == 4_096
    assert line.endswith("...")


def test_secrets_are_masked_line_by_line() -> None:
    found = seen(*github.masks(["one-secret", "first line\nsecond 100%\n", "abc", ""]))
    assert {(one.name, one.data) for one in found} == {("add-mask", text) for text in ("one-secret", "first line", "second 100%")}


@given(st.lists(HOSTILE, max_size=3))
def test_masking_is_all_that_a_secret_can_do(secrets: list[str]) -> None:
    assert {one.name for one in seen(*github.masks(secrets))} <= {"add-mask"}


@given(HOSTILE, st.sampled_from(["END", "x", "#"]))
def test_no_value_ends_its_heredoc(value: str, delimiter: str) -> None:
    text = github.output("first", value, delimiter) + github.output("second", "2", delimiter)
    assert read_outputs(text) == {"first": value, "second": "2"}


def test_the_outputs_of_one_project() -> None:
    values = read_outputs(github.outputs(view_report(samples.CREATED), "END"))
    assert json.loads(values.pop("report"))["projects"][0]["project"] == "acme/payments-api"
    assert values == {
        "result": "created",
        "exit-code": "0",
        "project": "acme/payments-api",
        "folder": str(samples.FOLDER),
        "digest": "",
        "commit": samples.COMMIT,
        "repository": "acme/payments-api",
        "repository-url": samples.URL,
        "branch": "main",
        "operation": "",
        "pull-request-number": "",
        "pull-request-url": "",
        "conflicts": "[]",
        "version": "0.1.0",
        "artifacts": '["payments_api-0.1.0-py3-none-any.whl", "payments_api-0.1.0.tar.gz"]',
    }


def test_the_projects_folder_is_relative_to_the_workspace() -> None:
    values = read_outputs(github.outputs(view_report(samples.CREATED), "END", workspace=str(samples.FOLDER.parent)))
    assert values["folder"] == samples.FOLDER.name
    itself = read_outputs(github.outputs(view_report(samples.CREATED), "END", workspace=str(samples.FOLDER)))
    assert itself["folder"] == "."


def test_every_packed_projects_digest_is_an_output() -> None:
    packed = [Report((replace(samples.CREATED.projects[0], outcomes=Outcomes((packed_as(text),))),)) for text in ("sha256:a", "sha256:b")]
    assert read_outputs(github.outputs(view_report(packed[0]), "END"))["digest"] == "sha256:a"
    both = Report(tuple(project for report in packed for project in report.projects))
    assert read_outputs(github.outputs(view_report(both), "END"))["digest"] == "sha256:a\nsha256:b"


def packed_as(digest: str) -> Outcome:
    return Outcome("pack", Status.DONE, result=Packed(digest))


def test_a_project_that_was_not_begun_has_no_places() -> None:
    values = read_outputs(github.outputs(view_report(Report((samples.BROKEN,))), "END"))
    assert (values["result"], values["exit-code"], values["commit"], values["repository-url"]) == ("failed", "65", "", "")


@pytest.mark.parametrize(
    ("projects", "result"),
    [
        ((), "unchanged"),
        ((samples.LEDGER, samples.LEDGER), "created"),
        ((samples.LEDGER, samples.EXISTING_PROJECT), "mixed"),
        ((samples.LEDGER, samples.FAILED_PROJECT), "failed"),
    ],
)
def test_the_result_of_several_projects(projects: tuple[ProjectReport, ...], result: str) -> None:
    values = read_outputs(github.outputs(view_report(Report(projects)), "END"))
    assert values["result"] == result
    assert "commit" not in values


def test_a_report_that_is_too_long_for_an_output_is_left_out() -> None:
    project = replace(view_report(samples.CREATED).projects[0], differences=("x" * github.OUTPUT_LIMIT,))
    values = read_outputs(github.outputs(ReportView((project,), 0, dry_run=False), "END"))
    assert values["report"] == ""
    assert values["commit"] == samples.COMMIT


@given(HOSTILE)
def test_hostile_reports_set_no_other_outputs(text: str) -> None:
    view = mapped(view_report(samples.PUSH_FAILED), lambda _: text)
    assert set(read_outputs(github.outputs(view, "END"))) == {output.name for output in OUTPUTS}
