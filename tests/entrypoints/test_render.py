"""The entry of render: a template and a folder, and nothing of manifests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from robot_action.entrypoints.boundary import run
from robot_action.model.state import STATE_FILE

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    files = {
        "own/template.yml": "name: t\nquestions: {colour: red}\n",
        "own/template/a.txt.jinja": "{{ colour }} {{ project.name }}\n",
        "copier/copier.yml": "colour: red\n",
        "copier/a.txt.jinja": "{{ colour }}\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def render(here: Path, *arguments: str) -> int:
    return run(["render", *arguments], {"ROBOT_ACTION_HOME": str(here / "home"), "CI": "true", "SOURCE_DATE_EPOCH": "0"})


def test_our_own_template_is_rendered_with_its_state_file(here: Path) -> None:
    assert render(here, "./own", "demo", "-d", "colour=blue") == 0
    assert (here / "demo/a.txt").read_text() == "blue demo\n"
    assert "project: demo" in (here / "demo" / STATE_FILE).read_text()


def test_the_same_again_is_no_harm_and_other_answers_are_refused(here: Path) -> None:
    assert render(here, "./own", "demo") == 0
    assert render(here, "./own", "demo") == 0
    assert render(here, "./own", "demo", "-d", "colour=blue") == 77
    assert (here / "demo/a.txt").read_text() == "red demo\n"
    assert render(here, "./own", "demo", "-d", "colour=blue", "--overwrite") == 0
    assert (here / "demo/a.txt").read_text() == "blue demo\n"


def test_a_folder_may_have_any_name_but_for_our_own_templates(here: Path, capsys: Captured) -> None:
    assert render(here, "./copier", "My Project 2!") == 0
    assert (here / "My Project 2!/a.txt").read_text() == "red\n"
    assert render(here, "./own", "My Project 2!", "--overwrite") == 65
    assert "DESTINATION: error: the project is called as its folder" in capsys.readouterr().out


def test_the_present_folder_can_be_rendered_into(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "inside").mkdir()
    monkeypatch.chdir(here / "inside")
    assert render(here, "../copier", ".") == 0
    assert (here / "inside/a.txt").read_text() == "red\n"


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (("", "demo"), 64, "the template is missing"),
        (("./own", ""), 64, "the destination is missing"),
        (("nonsense::x", "demo"), 65, "TEMPLATE: error"),
        (("./missing", "demo"), 65, "does not exist"),
        (("./missing", "demo", "-r", "v1"), 65, "TEMPLATE: error: the template's folder"),
        (("./own", "demo", "-r", "v1"), 65, "--ref: error: "),
        (("./own", "demo", "--data-file", "missing.yml"), 64, "missing.yml"),
        (("./own", "demo", "--replay-file", "missing.json"), 64, "--save-replay or Cookiecutter wrote"),
        (("./own", "demo", "-d", "color=x"), 65, "colour"),
        (("./copier", "demo", "-a", "../x"), 64, "--answers-file"),
        (("./copier", "demo", "--save-replay", "demo/x.json"), 64, "--save-replay"),
        (("./own", "demo", "--answers-file", "a.yml"), 65, "--answers-file: error: only Copier's templates make an answers file"),
        (("./copier", "demo", "--save-replay", "x.json"), 65, "--save-replay: error: only Cookiecutter's templates have replay files"),
        (("./copier", "demo", "--cruft"), 65, "Cruft cannot go on"),
        (("./copier", "demo", "--format", "native"), 65, "it has none of template.yml"),
        (("./own", "own/template.yml/x"), 65, "is no folder"),
    ],
)
def test_what_makes_no_sense_is_told(here: Path, capsys: Captured, arguments: tuple[str, ...], code: int, text: str) -> None:
    assert render(here, *arguments) == code
    shown = capsys.readouterr()
    assert text in shown.out + shown.err
    assert not (here / "demo").exists()


def test_a_plan_changes_nothing(here: Path, capsys: Captured) -> None:
    assert render(here, "./copier", "demo", "--dry-run", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["dry_run"]
    assert [step["stage"] for step in report["projects"][0]["plan"]] == ["fetch", "render"]
    assert not (here / "demo").exists()


def test_a_failure_ends_with_the_command_to_go_on(here: Path, capsys: Captured) -> None:
    (here / "demo").mkdir()
    (here / "demo/mine").touch()
    assert render(here, "./copier", "demo", "-d", "colour=blue") == 77
    assert "robot-action render ./copier demo --data colour=blue" in capsys.readouterr().out


def test_trust_reaches_folders_by_pattern(here: Path, capsys: Captured) -> None:
    (here / "copier/copier.yml").write_text("colour: red\n_tasks: [touch made]\n")
    assert render(here, "./copier", "demo", "--trust-source", "./other") == 77
    assert "touch made" in capsys.readouterr().out
    assert not (here / "demo").exists()
    assert render(here, "./copier", "demo", "--trust-source", "./copier") == 0
    assert (here / "demo/made").exists()
