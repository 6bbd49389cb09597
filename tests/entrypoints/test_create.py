"""The entry of create: what options make of manifests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from robot_action.entrypoints.boundary import run

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    template = tmp_path / "template/template"
    template.mkdir(parents=True)
    (tmp_path / "template/template.yml").write_text("name: t\nquestions: {colour: red}\ninstall: [make x]\n")
    (template / "a.txt.jinja").write_text("{{ colour }}\n")
    (tmp_path / "m.yml").write_text("schema: 1\nname: demo\ntemplate: ./template\n")
    return tmp_path


def create(here: Path, *arguments: str) -> int:
    return run(["create", *arguments], {"ROBOT_ACTION_HOME": str(here / "home"), "CI": "true", "SOURCE_DATE_EPOCH": "0"})


def document(capsys: Captured) -> dict[str, object]:
    found: dict[str, object] = json.loads(capsys.readouterr().out)["projects"][0]
    return found


def test_data_come_from_file_and_flags_and_flags_come_first(here: Path) -> None:
    (here / "data.yml").write_text("colour: blue\n")
    assert create(here, "m.yml", "--data-file", "data.yml", "--skip-tasks") == 0
    assert (here / "demo/a.txt").read_text() == "blue\n"
    assert create(here, "m.yml", "--data-file", "data.yml", "-d", "colour=green", "--destination", "other", "--skip-tasks") == 0
    assert (here / "other/a.txt").read_text() == "green\n"


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        ((), 64, "no manifest is named"),
        (("--template", "./template"), 64, "no manifest is named"),
        (("m.yml", "--data-file", "missing.yml"), 64, "missing.yml"),
        (("m.yml", "-d", "nonsense"), 64, "KEY=VALUE"),
        (("m.yml", "--stages", ","), 64, "names no stage"),
        (("m.yml", "--stages", "fetch,pusch"), 64, "push"),
        (("m.yml", "--skip-stages", "pusch"), 64, "--skip-stages: there is no stage 'pusch'"),
        (("m.yml", "--skip-stages", "prepare,fetch,render,tasks,install,start,commit,repository,push,publish"), 64, "leaves no stage"),
        (("m.yml", "--stages", "push", "--skip-stages", "fetch"), 64, "exclude each other"),
        (("m.yml", "--pack", "out", "--unpack", "in"), 64, "--pack and --unpack exclude each other"),
        (("m.yml", "--digest", "sha256:" + "0" * 64), 64, "there is no --unpack"),
        (("m.yml", "two.yml", "--destination", "x"), 64, "several projects"),
        (("m.yml", "--template", "ext::sh"), 65, "transport"),
        (("m.yml", "-d", "color=x"), 65, "colour"),
    ],
)
def test_what_makes_no_sense_is_told(here: Path, capsys: Captured, arguments: tuple[str, ...], code: int, text: str) -> None:
    (here / "two.yml").write_text("schema: 1\nname: two\ntemplate: ./template\n")
    assert create(here, *arguments) == code
    shown = capsys.readouterr()
    assert text in shown.out + shown.err
    assert not (here / "demo").exists()


def test_stages_can_be_left_out(here: Path, capsys: Captured) -> None:
    def planned(*arguments: str) -> list[str]:
        assert create(here, "m.yml", "--dry-run", "--json", "--trust", *arguments) == 0
        steps = document(capsys)["plan"]
        assert isinstance(steps, list)
        return [step["stage"] for step in steps if "not asked for" not in (step["skip"] or "")]

    assert planned("--skip-stages", "start, push") == ["prepare", "fetch", "render", "install", "commit", "repository", "publish"]
    assert planned("--stages", "render,fetch") == ["fetch", "render"]


@pytest.mark.parametrize(("name", "warned"), [("MIEN", True), ("CI", False)])
def test_a_variable_that_is_not_there_to_be_handed_over_is_told(here: Path, capsys: Captured, name: str, warned: bool) -> None:
    assert create(here, "m.yml", "--env", name, "--dry-run", "--skip-tasks", "--json") == 0
    shown = capsys.readouterr()
    assert (f"--env {name}: no such variable is set" in shown.err) is warned
    assert json.loads(shown.out)


def test_a_trusted_folder_trusts_what_lies_below_it(here: Path, capsys: Captured) -> None:
    for pattern, trusted in ((".", True), ("./template", True), (str(here), True), ("./other", False), ("https://*", False)):
        create(here, "m.yml", "--trust-source", pattern, "--dry-run", "--json", "--skip-tasks")
        assert ("not trusted" not in json.dumps(document(capsys))) is trusted, pattern


def test_origins_tell_flags_from_the_manifest(here: Path, capsys: Captured) -> None:
    assert create(here, "m.yml", "--destination", "x", "-d", "colour=green", "--dry-run", "--json", "--skip-tasks") == 0
    values = document(capsys)["manifest"]
    assert isinstance(values, dict)
    assert values["destination"]["origin"] == "flag"
    assert values["data.colour"] == {"value": "green", "origin": "flag"}
    assert values["name"]["origin"] == "manifest"


def test_a_failure_names_the_command_that_goes_on(here: Path, capsys: Captured) -> None:
    (here / "template/template/Makefile").write_text("x:\n\t@exit 3\n")
    assert create(here, "m.yml", "--trust", "-d", "colour=a b") == 1
    assert "robot-action create m.yml --data 'colour=a b' --trust" in capsys.readouterr().out


def test_only_broken_manifests_start_no_client(here: Path, capsys: Captured) -> None:
    (here / "m.yml").write_text("schema: 2\n")
    assert create(here, "m.yml", "--allow-protocol", "http") == 65
    assert "m.yml:1" in capsys.readouterr().out


def test_the_destination_by_flag_comes_before_the_manifests_is_checked(here: Path, capsys: Captured) -> None:
    (here / "out.yml").write_text("schema: 1\nname: demo\ntemplate: ./template\ndestination: ../elsewhere\n")
    assert create(here, "out.yml", "--skip-tasks") == 65
    assert "or give another path with --destination" in capsys.readouterr().out
    assert create(here, "out.yml", "--skip-tasks", "--destination", "inside") == 0
    assert (here / "inside/a.txt").exists()
    assert not (here.parent / "elsewhere").exists()


def test_a_wrong_answer_is_told_where_it_was_given(here: Path, capsys: Captured) -> None:
    (here / "template/template.yml").write_text("name: t\nquestions:\n  size: {type: int}\n  colour: red\n")
    (here / "wrong.yml").write_text("schema: 1\nname: demo\ntemplate: ./template\ndata:\n  size: big\n  colr: blue\n")
    (here / "data.yml").write_text("# answers\nsize: huge\n")
    assert create(here, "wrong.yml", "-n", "-d", "shape=round") == 65
    told = capsys.readouterr().out
    assert "wrong.yml:5:3: error: 'size': 'big' is no whole number" in told
    assert "wrong.yml:6:3: error: the template has no question 'colr'" in told
    assert "--data shape: error: the template has no question 'shape'" in told
    assert create(here, "m.yml", "-n", "--data-file", "data.yml") == 65
    assert "data.yml:2:1: error: 'size': 'huge' is no whole number" in capsys.readouterr().out
    assert create(here, "m.yml", "-n", "--data-file", "data.yml", "-d", "size=vast") == 65
    assert "--data size: error: 'size': 'vast' is no whole number" in capsys.readouterr().out


def test_a_destination_below_a_file_is_told_with_the_file_and_the_flag(here: Path, capsys: Captured) -> None:
    assert create(here, "m.yml", "-n", "--destination", "m.yml/sub") == 65
    assert f"--destination: error: the destination {here}/m.yml/sub cannot be used: {here}/m.yml is no folder" in capsys.readouterr().out
    assert create(here, "m.yml", "-n", "--ref", "..x") == 65
    assert "--ref: error: the source's ref '..x'" in capsys.readouterr().err
