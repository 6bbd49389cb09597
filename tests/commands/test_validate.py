"""What validate tells besides what the manifests themselves are like."""

from __future__ import annotations

from pathlib import Path

import pytest

from robot_action.clients.files import LocalFiles
from robot_action.commands.validate import validate
from robot_action.errors import Problem

BASE = "schema: 1\nname: demo\ntemplate: {template}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "t").mkdir()
    (tmp_path / "t/template.yml").write_text("name: t\nkinds: [project]\n")
    return tmp_path


def problems(root: Path, template: str, more: str = "") -> tuple[Problem, ...]:
    (root / "m.yml").write_text(BASE.format(template=template) + more)
    (file,) = validate(LocalFiles(root / "locks"), [str(root / "m.yml")], root, "1.2.0")
    return file.problems


def told(root: Path, template: str, more: str = "") -> list[str]:
    return [str(problem).replace(f"{root}/", "") for problem in problems(root, template, more)]


def test_a_template_that_fits_is_fine(root: Path) -> None:
    assert problems(root, "./t", "requires: '>=1,<2'\n") == ()


def test_what_would_have_to_be_fetched_is_left_alone(root: Path) -> None:
    assert problems(root, "gh:acme/nowhere") == ()
    assert problems(root, "https://nowhere.invalid/t@>=1") == ()


def test_a_manifest_for_another_version_is_told(root: Path) -> None:
    (problem,) = told(root, "gh:acme/t", "requires: '>=2'\n")
    assert problem.startswith("m.yml:4:1: the manifest requires robot-action >=2, and this is 1.2.0")


def test_a_folder_that_does_not_exist_is_told_with_the_folders_beside_it(root: Path) -> None:
    (root / "tt.txt").write_text("")
    (problem,) = told(root, "./tt")
    assert problem.startswith("m.yml:3:1: the template's folder tt does not exist\n  Folders beside it: t.")
    assert "tt.txt" not in problem


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nmae: t\n", "./t: template.yml:1:1: unknown key 'nmae'"),
        ("", "./t: template.yml: the file is empty"),
        ("name: t\nrequires: '>=3'\n", "./t: template.yml:2:11: the template t requires robot-action >=3, and this is 1.2.0"),
        ("name: t\nkinds: [component]\n", "m.yml:4:1: the template t makes no project"),
    ],
)
def test_what_a_local_template_says_is_read(root: Path, text: str, said: str) -> None:
    (root / "t/template.yml").write_text(text)
    assert told(root, "./t", "kind: project\n")[0].startswith(said)


def test_a_template_of_another_format_is_read(root: Path) -> None:
    (root / "t/template.yml").unlink()
    (root / "t/copier.yml").write_text("colour: red\n")
    assert problems(root, "./t", "data: {shade: dark}\n") == ()
    (root / "t/copier.yml").write_text("_exclude: '*.md'\n")
    assert told(root, "./t")[0].startswith("./t: copier.yml:1:")


def test_a_folder_that_is_no_template_is_told(root: Path) -> None:
    (root / "t/template.yml").rename(root / "t/other.yml")
    assert "this is no template" in told(root, "./t")[0]


def test_a_file_as_template_is_told(root: Path) -> None:
    assert "t/template.yml is no folder" in told(root, "./t/template.yml")[0]


def test_a_subdirectory_is_looked_into(root: Path) -> None:
    assert problems(root, "'./#subdirectory=t'") == ()
    assert "this is no template" in told(root, "'./#subdirectory=nothing'")[0]


def test_every_manifest_is_looked_at(root: Path) -> None:
    text = BASE.format(template="./one") + "---\n" + BASE.replace("demo", "other").format(template="./two")
    (root / "m.yml").write_text(text)
    (file,) = validate(LocalFiles(root / "locks"), [str(root / "m.yml")], root, "1.2.0")
    assert [problem.position.line for problem in file.problems if problem.position] == [3, 7]


def test_answers_that_nobody_asked_for_are_told_where_they_stand(root: Path) -> None:
    (root / "t/template.yml").write_text("name: t\nquestions: {framework: {type: str}}\n")
    assert told(root, "./t", "data: {framework: x, framwork: y, other: z}\n") == [
        "m.yml:4:22: the template has no question 'framwork'\n  Did you mean 'framework'?",
        "m.yml:4:35: the template has no question 'other'",
    ]
