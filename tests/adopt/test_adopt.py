"""Projects that nobody linked to their templates are linked, and each tool goes on with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.render.world import Run
from tests.testbed.bare import git
from tests.testbed.git_bed import write_files
from tests.update.world import World

LINES = "one\ntwo\nthree\nfour\nfive\n"
COPIER = {
    "copier.yml": "name: demo\nsecret_word: {type: str, default: hush, secret: true}\n",
    "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml -}}\n",
    "README.md.jinja": f"# {{{{ name }}}}\n{LINES}",
    "gone.txt": "gone\n",
    "same.txt": "same\n",
}
COOKIECUTTER = {
    "cookiecutter.json": '{"name": "demo"}\n',
    "{{ cookiecutter.name }}/README.md": f"# {{{{ cookiecutter.name }}}}\n{LINES}",
    "{{ cookiecutter.name }}/gone.txt": "gone\n",
    "{{ cookiecutter.name }}/same.txt": "same\n",
}
NATIVE = {
    "template.yml": "name: tiny\nquestions:\n  name: {type: str, default: demo}\n",
    "template/README.md.jinja": f"# {{{{ name }}}}\n{LINES}",
    "template/gone.txt": "gone\n",
    "template/same.txt": "same\n",
}
FORMATS = {
    "native": (NATIVE, ".robot-action.yml"),
    "copier": (COPIER, ".copier-answers.yml"),
    "cookiecutter": (COOKIECUTTER, ".cruft.json"),
}
OF_ALL = pytest.mark.parametrize("kind", FORMATS)


def adopt(world: World, *arguments: str | Path, template: str = "", version: str = "v1.0.0", **options: Any) -> Run:
    named = ("--ref", version) if version else ()
    return world.run("adopt", template or world.url, "demo", *named, "--allow-protocol", "http", *arguments, **options)


def make(world: World, kind: str = "copier") -> str:
    """Put two versions of a template on the server, and a project that was made from the first by hand; return the state file's name."""
    files, state = FORMATS[kind]
    world.set_up(files)
    world.set_up({path: text.replace("five", "FIVE") for path, text in files.items()}, "v2.0.0")
    world.project.mkdir()
    world.commit(files={"README.md": f"# mine\n{LINES.replace('one', 'ONE')}", "same.txt": "same\n", "own.txt": "own\n"})
    return state


@OF_ALL
def test_a_project_is_linked_and_told_how_near_it_is(world: World, kind: str) -> None:
    state = make(world, kind)
    run = adopt(world, "-d", "name=mine", "--dry-run", "--json")
    (told,) = json.loads(run.out)["projects"]
    assert (told["template"], told["destination"]) == (world.url, str(world.project))
    run = adopt(world, "-d", "name=mine")
    assert run.code == 0, run.said
    assert world.status() == [f"?? {state}"], "nothing else is written"
    assert "files as the template gives them: 1; different: 1; missing: 1" in run.said
    assert "different: README.md" in run.said
    assert "missing: gone.txt" in run.said
    assert "demo follows its template from now on" in run.out
    assert f"next: commit {state}; then robot-action update brings in what the template has changed since" in run.out


LIBRARY = {
    "template.yml": "name: library\n",
    "template/README.md.jinja": "# {{ project.name }}\n",
    "template/src/{{ project.package }}/__init__.py": "",
}


@pytest.mark.parametrize(
    ("origin", "project"),
    [("https://github.com/acme/my-lib.git", "acme/my-lib"), ("", "demo")],
    ids=["repository", "folder"],
)
def test_a_project_is_called_after_its_repository_whatever_its_folder_is_called(world: World, origin: str, project: str) -> None:
    world.set_up(LIBRARY)
    name = project.rpartition("/")[2]
    world.project.mkdir()
    world.commit(files={"README.md": f"# {name}\n", f"src/{name.replace('-', '_')}/__init__.py": ""})
    if origin:
        git(world.project, "remote", "add", "origin", origin)
    run = adopt(world)
    assert run.code == 0, run.said
    assert f"the project is called {project}, after its {'repository' if origin else 'folder'}" in run.said
    assert "files as the template gives them: 2; different: 0; missing: 0" in run.said
    assert f"\nproject: {project}\n" in world.read(".robot-action.yml")


def test_name_and_description_can_be_said(world: World) -> None:
    world.set_up({**LIBRARY, "template/README.md.jinja": "# {{ project.name }}\n{{ project.description }}\n"})
    write_files(world.project, {"README.md": "# my-lib\nDoes things\n", "src/my_lib/__init__.py": ""})
    run = adopt(world, "--name", "acme/my-lib", "--description", "Does things")
    assert run.code == 0, run.said
    assert "files as the template gives them: 2; different: 0; missing: 0" in run.said
    assert "the project is called acme/my-lib\n" in run.said
    world.commit("Linked")
    checked = world.run("check", "demo", "--drift", "--allow-protocol", "http")
    assert checked.out == "demo: up to date, 1.0.0, no drift\n", checked.said


@pytest.mark.parametrize("name", ["a/b/c", "2", "my.lib"])
def test_a_name_that_no_manifest_could_have_is_refused(world: World, name: str) -> None:
    run = adopt(world, "--name", name)
    assert (run.code, "--name: " in run.said) == (64, True), run.said


@pytest.mark.parametrize("kind", ["copier", "cookiecutter"])
def test_other_formats_have_their_answers_alone(world: World, kind: str) -> None:
    make(world, kind)
    run = adopt(world, "--name", "mine")
    assert (run.code, "in its answers: give those with -d." in run.said) == (65, True), run.said
    assert world.status() == []


def test_a_folder_of_a_repository_is_not_called_after_that(world: World) -> None:
    world.set_up(LIBRARY)
    git(world.root, "init", "--quiet")
    git(world.root, "remote", "add", "origin", "https://github.com/acme/mono.git")
    world.project.mkdir()
    run = adopt(world)
    assert run.code == 0, run.said
    assert "the project is called demo, after its folder" in run.said


@OF_ALL
def test_an_update_goes_on_from_there(world: World, kind: str) -> None:
    make(world, kind)
    assert adopt(world, "-d", "name=mine").code == 0
    world.commit("Linked")
    checked = world.run("check", "demo", "--drift", "--allow-protocol", "http")
    assert checked.code == 3, checked.said
    assert "behind, has 1.0.0, newest is 2.0.0 (1 release), drifted: 1 changed, 1 deleted" in checked.out
    run = world.update()
    assert run.code == 0, run.said
    assert world.read("README.md") == f"# mine\n{LINES.replace('one', 'ONE').replace('five', 'FIVE')}"
    assert world.run("check", "demo", "--allow-protocol", "http").code == 0


def test_copier_goes_on_from_there(world: World) -> None:
    make(world)
    assert adopt(world, "-d", "name=mine").code == 0
    world.commit("Linked")
    world.peer("copier", "update", "--defaults", world.project)
    assert world.read("README.md") == f"# mine\n{LINES.replace('one', 'ONE').replace('five', 'FIVE')}"


def test_cruft_goes_on_from_there(world: World) -> None:
    make(world, "cookiecutter")
    assert adopt(world, "-d", "name=mine").code == 0
    assert world.cruft()["checkout"] is None, "a tag says what the project has, not what it follows"
    world.commit("Linked")
    world.peer("cruft", "update", "--skip-apply-ask", "--project-dir", world.project)
    assert world.read("README.md") == f"# mine\n{LINES.replace('one', 'ONE').replace('five', 'FIVE')}"


def test_what_a_tool_writes_itself_is_written(world: World) -> None:
    world.set_up(COPIER)
    assert world.render("-d", "name=mine").code == 0
    wanted = world.read(".copier-answers.yml")
    (world.project / ".copier-answers.yml").unlink()
    run = adopt(world, "-d", "name=mine")
    assert run.code == 0, run.said
    assert world.read(".copier-answers.yml") == wanted
    assert "files as the template gives them: 3; different: 0; missing: 0" in run.said
    assert "hush" not in run.said


def test_a_branch_is_followed_by_cruft(world: World) -> None:
    make(world, "cookiecutter")
    assert adopt(world, version="main").code == 0
    assert world.cruft()["checkout"] == "main"


def test_the_answers_file_can_have_another_name(world: World) -> None:
    make(world)
    run = adopt(world, "-a", ".copier-answers.docs.yml")
    assert run.code == 0, run.said
    assert world.status() == ["?? .copier-answers.docs.yml"]
    (world.project / ".copier-answers.docs.yml").unlink()
    run = adopt(world, "-a", "my answers.yml")
    assert "then robot-action update --answers-file 'my answers.yml' brings in" in run.out, "it is not found by its name"
    world.commit("Linked")
    assert world.update("--answers-file", "my answers.yml").code == 0


@pytest.mark.parametrize(
    ("kind", "name", "hint"),
    [
        ("copier", ".cruft.json", "Name another one, such as .copier-answers.docs.yml."),
        ("copier", ".robot-action.yml", "Name another one, such as .copier-answers.docs.yml."),
        ("native", "answers.yml", "Leave it out: it is .robot-action.yml."),
        ("cookiecutter", ".copier-answers.yml", "Leave it out: it is .cruft.json."),
    ],
)
def test_a_state_file_that_its_tool_would_not_find_is_refused(world: World, kind: str, name: str, hint: str) -> None:
    make(world, kind)
    run = adopt(world, "-a", name)
    assert (run.code, world.status()) == (65, [])
    assert hint in run.said


def test_a_dry_run_tells_how_near_the_project_is_and_writes_nothing(world: World) -> None:
    make(world)
    run = adopt(world, "--dry-run")
    assert run.code == 0
    assert "files as the template gives them: 1; different: 1; missing: 1" in run.said
    assert "answers taken from the defaults: name" in run.said
    assert world.status() == []


def test_a_project_that_follows_a_template_is_refused(world: World) -> None:
    make(world)
    assert adopt(world).code == 0
    before = world.read(".copier-answers.yml")
    run = adopt(world, "-d", "name=other", version="v2.0.0")
    assert run.code == 65
    assert "follows a template already: it has .copier-answers.yml" in run.said
    assert world.read(".copier-answers.yml") == before
    world.commit(files={"notes.txt": "mine\n"})
    (world.project / ".copier-answers.yml").unlink()
    run = adopt(world, "-a", "notes.txt")
    assert run.code == 65
    assert world.read("notes.txt") == "mine\n"


@OF_ALL
def test_a_commit_that_has_no_version_is_one_to_begin_with(world: World, kind: str) -> None:
    world.set_up(FORMATS[kind][0], "no-version")
    world.project.mkdir()
    assert adopt(world, version="main").code == 0


ANSWERS = "{{ _copier_conf.answers_file }}.jinja"


@pytest.mark.parametrize(
    "files",
    [{}, {ANSWERS: "name: {{ name }}\n"}, {ANSWERS: "_src_path: {{ _copier_conf.src_path }}\n"}, {ANSWERS: "{{ name }}\n"}],
    ids=["none", "no source", "no version", "nonsense"],
)
def test_a_template_without_an_answers_file_cannot_be_followed(world: World, files: dict[str, str]) -> None:
    world.set_up({"copier.yml": "name: demo\n", "a.txt": "a\n", **files})
    world.project.mkdir()
    run = adopt(world)
    assert run.code == 65
    assert "makes no answers file" in run.said
    assert list(world.project.iterdir()) == []


@pytest.mark.parametrize("version", ["", "v9.0.0"])
def test_a_version_that_is_missing_or_unknown_is_refused(world: World, version: str) -> None:
    make(world)
    run = adopt(world, version=version)
    assert run.code == (65 if version else 64)
    assert ("has no branch, tag or commit 'v9.0.0'" if version else "the version is missing") in run.said
    assert world.status() == []


def test_a_folder_without_versions_is_refused(world: World) -> None:
    write_files(world.root / "template", COPIER)
    world.project.mkdir()
    run = adopt(world, template="./template", version="v1")
    assert run.code == 65
    assert "it has no versions" in run.said


def test_a_folder_of_a_repository_is_a_template_too(world: World) -> None:
    repository = write_files(world.root / "templates", {f"tiny/{path}": text for path, text in NATIVE.items()})
    git(repository, "init", "--quiet", "--initial-branch=main")
    git(repository, "add", "--all")
    git(repository, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "x")
    git(repository, "tag", "v1.0.0")
    world.project.mkdir()
    run = adopt(world, template="./templates#subdirectory=tiny")
    assert run.code == 0, run.said
    assert "source: ../templates#subdirectory=tiny\n" in world.read(".robot-action.yml")
    assert world.run("check", "demo").code == 0


def test_a_project_that_is_not_there_is_told(world: World) -> None:
    world.set_up(COPIER)
    run = adopt(world)
    assert run.code == 65
    assert "there is no folder" in run.said
    assert not world.project.exists()


def test_wrong_answers_are_told_and_nothing_is_written(world: World) -> None:
    make(world, "native")
    run = adopt(world, "-d", "nmae=mine")
    assert run.code == 65
    assert "nmae" in run.said
    assert world.status() == []


def test_code_of_the_template_needs_trust(world: World) -> None:
    world.set_up({**COPIER, "copier.yml": "_tasks: ['echo made > made.txt']\nname: demo\n"})
    write_files(world.project, {"made.txt": "made\n"})
    assert adopt(world).code == 77
    run = adopt(world, "--trust")
    assert run.code == 0, run.said
    assert "files as the template gives them: 1; different: 0; missing: 3" in run.said


def test_an_answers_file_out_of_the_project_is_refused(world: World) -> None:
    make(world)
    assert adopt(world, "-a", "../x.yml").code == 64


def test_a_missing_answer_is_told_for_the_command_line_and_so_is_the_command_that_goes_on(world: World) -> None:
    world.set_up({**COPIER, "copier.yml": "name: demo\nowner: {type: str}\nplace: {type: str}\n"})
    world.project.mkdir()
    run = adopt(world, "-d", "place=here", "--json")
    assert run.code == 65, run.said
    assert run.project["problems"][0]["hint"] == "Answer with -d NAME=VALUE, or in a file for --data-file:\nowner:  # str"
    assert run.project["resume"].endswith(" --data owner=VALUE")
    assert "here" not in run.project["resume"], "it may be a secret"
    assert run.project["masked"] == ["place"]
    assert adopt(world, "-d", "place=here", "-d", "owner=x").code == 0
