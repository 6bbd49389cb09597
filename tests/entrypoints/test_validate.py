from __future__ import annotations

from pathlib import Path

import pytest

from robot_action.entrypoints.options import LogOptions
from robot_action.entrypoints.validate import run_validate

GOOD = "schema: 1\nrepository: acme/good\ntemplate: gh:acme/t\n"
BAD = "schema: 1\nrepositry: acme/bad\ntemplate: ./t\nversion: 1.0\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def validate(here: Path, *names: str) -> int:
    return run_validate({"ROBOT_ACTION_HOME": str(here.parent / "home"), "CI": "true"}, names, LogOptions())


def test_good_manifests_are_told_to_be_fine(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "good.yml").write_text(GOOD)
    assert validate(here, "good.yml") == 0
    assert "acme/good" in capsys.readouterr().out


def test_every_error_of_every_file_is_told_with_its_place(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    projects = here / "projects"
    projects.mkdir()
    for name, text in {"a.yml": BAD, "b.yml": GOOD, "c.yml": BAD}.items():
        (projects / name).write_text(text)
    assert validate(here, "projects") == 65
    seen = capsys.readouterr()
    for place in ("projects/a.yml:2:1", "projects/a.yml:4:", "projects/c.yml:2:1", "projects/c.yml:4:"):
        assert place in seen.out + seen.err


def test_a_file_that_is_not_there_is_told(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert validate(here, "nowhere.yml") != 0
    seen = capsys.readouterr()
    assert "nowhere.yml" in seen.out + seen.err


def test_nothing_is_written_beside_them(here: Path) -> None:
    (here / "good.yml").write_text(GOOD)
    validate(here, "good.yml")
    assert [path.name for path in here.iterdir()] == ["good.yml"]


def test_a_local_template_is_looked_at_as_well(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "m.yml").write_text(GOOD.replace("gh:acme/t", "./t") + "kind: project\n")
    assert validate(here, "m.yml") == 65
    assert "m.yml:3:1: error: the template's folder" in capsys.readouterr().out
    (here / "t").mkdir()
    (here / "t/template.yml").write_text("name: t\n")
    assert validate(here, "m.yml") == 0
