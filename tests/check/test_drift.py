"""Which files of a project are not as its template gives them, and how they are given back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.render.world import NOW, Run
from tests.testbed.bare import git
from tests.testbed.git_bed import write_files
from tests.update.world import World

COPIER = {
    "copier.yml": "_skip_if_exists: [kept.txt]\nname: demo\n",
    "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml -}}\n",
    "README.md.jinja": "# {{ name }}\n",
    "kept.txt": "kept\n",
    "deep/one.txt": "one\n",
    "deep/two.txt": "two\n",
}
COOKIECUTTER = {
    "cookiecutter.json": '{"name": "demo"}\n',
    "{{ cookiecutter.name }}/README.md": "# {{ cookiecutter.name }}\n",
    "{{ cookiecutter.name }}/kept.txt": "kept\n",
    "{{ cookiecutter.name }}/deep/one.txt": "one\n",
    "{{ cookiecutter.name }}/deep/two.txt": "two\n",
}
NATIVE = {
    "template.yml": "name: tiny\nquestions:\n  name: {type: str, default: demo}\n",
    "template/README.md.jinja": "# {{ name }}\n",
    "template/kept.txt": "kept\n",
    "template/deep/one.txt": "one\n",
    "template/deep/two.txt": "two\n",
}
ALL = pytest.mark.parametrize(
    ("files", "options"), [(NATIVE, ()), (COPIER, ()), (COOKIECUTTER, ("--cruft",))], ids=["native", "copier", "cruft"]
)


def drift(world: World, *arguments: str | Path, **options: Any) -> Run:
    return world.run("check", "demo", "--drift", "--allow-protocol", "http", *arguments, **options)


NOTHING_HEALED: dict[str, list[str]] = {"healed": [], "to_heal": []}


def found(run: Run) -> Any:
    return json.loads(run.out)["projects"][0]["drift"]


@pytest.fixture
def project(world: World) -> World:
    """Return the world with a committed project of a Copier template."""
    world.set_up(COPIER)
    assert world.render().code == 0
    world.commit()
    return world


@ALL
def test_a_project_as_rendered_has_none_and_every_kind_of_edit_is_seen(
    world: World, files: dict[str, str], options: tuple[str, ...]
) -> None:
    world.set_up(files)
    assert world.render(*options).code == 0
    world.commit()
    run = drift(world)
    assert (run.code, run.out) == (0, "demo: up to date, 1.0.0, no drift\n"), run.said
    (world.project / "deep/one.txt").unlink()
    (world.project / "deep/two.txt").chmod(0o755)
    world.commit(files={"README.md": "# mine\n", "own.txt": "own\n"})
    run = drift(world, "--json")
    assert run.code == 3, run.said
    assert found(run) == {"changed": ["README.md", "deep/two.txt"], "deleted": ["deep/one.txt"], "left_alone": [], **NOTHING_HEALED}


def test_it_is_told_a_line_a_file(project: World) -> None:
    (project.project / "deep/one.txt").unlink()
    project.commit(files={"README.md": "# mine\n"})
    assert drift(project).out.splitlines() == [
        "demo: up to date, 1.0.0, drifted: 1 changed, 1 deleted",
        "  changed     README.md",
        "  deleted     deep/one.txt",
    ]


def test_drift_outweighs_being_behind(project: World) -> None:
    project.set_up({**COPIER, "new.txt": "new\n"}, "v2.0.0")
    run = drift(project)
    assert (run.code, run.out) == (2, "demo: behind, has 1.0.0, newest is 2.0.0 (1 release), no drift\n")
    project.commit(files={"README.md": "# mine\n"})
    assert drift(project).code == 3


def test_what_is_not_committed_is_no_drift(project: World) -> None:
    (project.project / "README.md").write_text("# not yet\n")
    assert drift(project).code == 0


@pytest.mark.parametrize("where", ["the project's", "the user's"])
def test_line_ends_that_git_converts_are_no_change(project: World, where: str) -> None:
    file = project.project / ".git/config" if where == "the project's" else Path(project.environment()["HOME"], ".gitconfig")
    with file.open("a") as configuration:
        configuration.write("[core]\n\tautocrlf = true\n")
    git(project.project, "rm", "--quiet", "-r", "--cached", ".")
    git(project.project, "-c", "core.autocrlf=true", "reset", "--quiet", "--hard")
    answers = project.project / ".copier-answers.yml"
    assert "\r\n" in answers.read_bytes().decode()
    for path in (answers, project.project / "README.md"):
        os.utime(path, ns=(1, 1))  # git reads them anew
    assert drift(project).code == 0
    project.set_up(COPIER, "v2.0.0")
    assert project.update("--dry-run").code == 0
    (project.project / "README.md").write_bytes(b"mine\r\n")
    run = project.update("--dry-run")
    assert (run.code, "README.md" in run.said, ".copier-answers.yml" in run.said) == (1, True, False), run.said


def test_what_was_made_of_another_version_is_not_compared_with_the_one_that_an_update_just_brought(project: World) -> None:
    project.set_up({**COPIER, "new.txt": "new\n", "README.md.jinja": "# {{ name }} 2\n"}, "v2.0.0")
    assert project.update().code == 0
    run = drift(project)
    assert run.code == 1
    assert ".copier-answers.yml has changes that are not committed" in run.said
    assert "Commit them: what is committed is compared." in run.said
    project.commit("Updated")
    assert drift(project).code == 0
    git(project.project, "rm", "--quiet", "--cached", ".copier-answers.yml")
    git(project.project, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "--quiet", "-m", "Unlinked")
    assert drift(project).code == 0, "who links a project may look before that is committed"


def test_what_updates_leave_alone_is_told_apart(project: World) -> None:
    project.commit(files={"kept.txt": "mine\n"})
    run = drift(project)
    assert (run.code, run.out) == (0, "demo: up to date, 1.0.0, no drift\n  left alone  kept.txt\n")


def test_crufts_skip_is_left_alone(world: World) -> None:
    world.set_up(COOKIECUTTER)
    assert world.render("--cruft").code == 0
    state = {**world.cruft(), "skip": ["kept.txt", "deep/*"]}
    (world.project / "deep/one.txt").unlink()
    world.commit(files={".cruft.json": json.dumps(state), "kept.txt": "mine\n"})
    run = drift(world, "--json")
    assert run.code == 0, run.said
    assert found(run)["left_alone"] == ["deep/one.txt", "kept.txt"]


@pytest.mark.parametrize("pin", ["type: str, default: '-'", "type: int, default: 1"])
def test_what_is_made_of_secret_answers_is_left_alone(world: World, pin: str) -> None:
    question = f"pin: {{{pin}, secret: true}}"
    world.set_up({**COPIER, "copier.yml": f"name: demo\n{question}\n", "pin.txt.jinja": "{{ pin }}\n", "more.txt.jinja": "{{ pin }}\n"})
    assert world.render("-d", "pin=4321").code == 0
    world.commit(files={"README.md": "# mine\n"})
    (world.project / "more.txt").unlink()
    world.commit()
    run = drift(world, "--heal", ".", "--json")
    assert run.code == 0, run.said
    assert found(run)["left_alone"] == ["more.txt", "pin.txt"]
    assert (world.read("README.md"), world.read("pin.txt")) == ("# demo\n", "4321\n")
    assert "made of secret answers" in drift(world, "--heal", "pin.txt").said


def test_line_ends_and_ignored_files_are_no_drift(world: World) -> None:
    files = {**COPIER, ".gitattributes": "* text=auto\n*.crlf text eol=crlf\n", ".gitignore": "out/\n"}
    world.set_up({**files, "a.txt": "one\r\ntwo\r\n", "b.crlf": "one\ntwo\n", "out/x": "x\n"})
    assert world.render().code == 0
    world.commit()
    run = drift(world)
    assert (run.code, run.out) == (0, "demo: up to date, 1.0.0, no drift\n"), run.said


def test_a_dated_file_does_not_drift_when_the_year_changes(world: World) -> None:
    world.set_up({**COPIER, "LICENSE.jinja": "(c) {{ '%Y' | strftime }}\n"})
    assert world.render().code == 0
    assert world.read("LICENSE") == "(c) 2023\n"
    world.commit()
    dated = {**os.environ, "GIT_COMMITTER_DATE": f"{NOW} +0000"}
    amend = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--amend", "--no-edit"]
    subprocess.run(amend, cwd=world.project, env=dated, check=True)
    assert drift(world, SOURCE_DATE_EPOCH="1900000000").code == 0


def test_a_shallow_clone_is_enough_and_no_content_is_fetched(project: World) -> None:
    project.commit(files={"README.md": "# mine\n"})
    project.commit(files={"more.txt": "more\n"})
    origin = project.project.rename(project.root / "origin")
    git(origin, "config", "uploadpack.allowFilter", "true")
    for options in (("--depth=1",), ("--filter=blob:none", "--no-checkout")):
        project.peer_git("clone", "--quiet", *options, f"file://{origin}", "demo")
        if "--no-checkout" in options:
            git(project.project, "checkout", "--quiet", "HEAD", "--", ".copier-answers.yml")
        run = drift(project, "--json")
        assert run.code == 3, run.said
        assert found(run)["changed"] == ["README.md"]
        project.project.rename(project.root / f"done{len(options)}")


def test_code_of_the_template_needs_trust(world: World) -> None:
    world.set_up({**COPIER, "copier.yml": "_tasks: ['echo made > made.txt']\nname: demo\n"})
    assert world.render().code == 0
    world.commit()
    run = drift(world)
    assert run.code == 77, run.said
    assert "its source is not trusted" in run.said
    assert drift(world, "--trust").code == 0
    world.commit(files={"made.txt": "mine\n"})
    assert drift(world, "--trust").code == 3
    assert drift(world, "--skip-tasks").code == 0


def test_what_is_not_committed_anywhere_has_nothing_to_compare(world: World) -> None:
    world.set_up(COPIER)
    assert world.render().code == 0
    run = drift(world)
    assert run.code == 1
    assert "is not committed in a git repository" in run.said
    git(world.project, "init", "--quiet")
    assert "has no commit to compare with" in drift(world).said
    write_files(world.project / "below", {".copier-answers.yml": (world.project / ".copier-answers.yml").read_text()})
    git(world.project, "add", "README.md")
    git(world.project, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "x")
    run = world.run("check", "demo/below", "--drift", "--allow-protocol", "http")
    assert run.code == 1
    assert "is not in the commit" in run.said


def test_a_version_that_is_gone_is_told(project: World) -> None:
    project.git.git("acme/templates", "tag", "-d", "v1.0.0")
    assert "the version that the project has is not known" in drift(project).said


def test_a_template_that_was_taken_as_it_stood_is_compared_only_while_it_stands_so(world: World) -> None:
    template = write_files(world.root / "template", {"template.yml": "name: tiny\n", "template/a.txt": "1\n"})
    assert world.run("render", "./template", "demo").code == 0
    world.commit(files={"a.txt": "mine\n"})
    assert "changed     a.txt" in drift(world).out
    write_files(template, {"template/b.txt": "new\n"})
    run = drift(world)
    assert (run.code, "deleted" in run.out) == (65, False), run.said
    assert "as it stood, so that nobody knows what that gave then" in run.said
    assert "Keep templates in git" in run.said
    git(template, "init", "--quiet")
    git(template, "add", "--all")
    git(template, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "x")
    run = drift(world)
    assert (run.code, f"robot-action adopt {template} {world.project} --ref " in run.said) == (65, True), run.said


def test_chosen_files_are_given_back(project: World) -> None:
    (project.project / "deep/one.txt").unlink()
    (project.project / "deep/two.txt").write_text("TWO\n")
    project.commit(files={"README.md": "# mine\n"})
    run = drift(project, "--heal", "deep", "--json")
    assert run.code == 3, run.said
    assert found(run)["healed"] == ["deep/one.txt", "deep/two.txt"]
    assert (project.read("deep/one.txt"), project.read("deep/two.txt"), project.read("README.md")) == ("one\n", "two\n", "# mine\n")
    assert project.staged() == ""
    run = drift(project, "--heal", "./deep/", "--heal", "README.md")
    assert run.code == 0, run.said
    assert "demo: up to date, 1.0.0, healed: 2 changed, 1 deleted, 3 healed" in run.out
    project.commit("Healed")
    assert drift(project).out == "demo: up to date, 1.0.0, no drift\n"


def test_everything_can_be_given_back_but_what_is_left_to_the_project(project: World) -> None:
    project.commit(files={"README.md": "# mine\n", "kept.txt": "mine\n"})
    assert drift(project, "--heal", ".").code == 0
    assert (project.read("README.md"), project.read("kept.txt")) == ("# demo\n", "mine\n")


def test_a_dry_run_heals_nothing_and_tells_what_it_would(project: World) -> None:
    project.commit(files={"README.md": "# mine\n", "deep/one.txt": "mine\n"})
    run = drift(project, "--heal", "deep", "--dry-run", "--json")
    assert (run.code, project.read("README.md"), project.read("deep/one.txt")) == (3, "# mine\n", "mine\n")
    assert (found(run)["healed"], found(run)["to_heal"]) == ([], ["deep/one.txt"])
    assert "  changed     deep/one.txt  to be healed\n" in drift(project, "--heal", "deep", "--dry-run").out


def test_uncommitted_edits_are_never_replaced(project: World) -> None:
    project.commit(files={"README.md": "# mine\n", "deep/one.txt": "mine\n"})
    (project.project / "README.md").write_text("# later\n")
    run = drift(project, "--heal", ".")
    assert run.code == 1
    assert "has changes that are not committed: README.md" in run.said
    assert (project.read("README.md"), project.read("deep/one.txt")) == ("# later\n", "mine\n")
    assert drift(project, "--heal", "deep").code == 3


@pytest.mark.parametrize("hidden", ["--skip-worktree", "--assume-unchanged"])
def test_edits_that_git_was_told_not_to_see_are_never_replaced(project: World, hidden: str) -> None:
    project.commit(files={"README.md": "# mine\n"})
    git(project.project, "update-index", hidden, "README.md")
    (project.project / "README.md").write_text("# later\n")
    assert project.status() == []
    run = drift(project, "--heal", ".")
    assert run.code == 1
    assert "has changes that are not committed: README.md" in run.said
    assert project.read("README.md") == "# later\n"


def test_what_only_the_user_ignores_is_never_replaced(project: World) -> None:
    write_files(project.home, {".config/git/ignore": "one.txt\n"})
    (project.project / "deep/one.txt").unlink()
    project.commit(files={"README.md": "# mine\n"})
    (project.project / "deep/one.txt").write_text("mine\n")
    assert "not committed: deep/one.txt" in drift(project, "--heal", ".").said
    assert (project.read("deep/one.txt"), project.read("README.md")) == ("mine\n", "# mine\n"), "all of it or nothing"


def _into_a_link(project: Path) -> str:
    shutil.rmtree(project / "deep")
    write_files(project, {"own/one.txt": "mine\n"})
    (project / "deep").symlink_to("own")
    return "deep"


def _into_a_file(project: Path) -> str:
    shutil.rmtree(project / "deep")
    (project / "deep").write_text("mine\n")
    return "deep"


def _into_a_folder(project: Path) -> str:
    (project / "deep/one.txt").unlink()
    write_files(project, {"deep/one.txt/mine": "mine\n"})
    return "deep/one.txt"


def _into_a_repository(project: Path) -> str:
    shutil.rmtree(project / "deep")
    write_files(project / "deep", {"mine": "mine\n"})
    git(project / "deep", "init", "--quiet")
    git(project / "deep", "add", "--all")
    git(project / "deep", "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "--quiet", "-m", "Mine")
    return "deep"


@pytest.mark.parametrize("turn", [_into_a_link, _into_a_file, _into_a_folder, _into_a_repository])
def test_what_stands_in_the_way_is_told_before_anything_is_written(project: World, turn: Callable[[Path], str]) -> None:
    there = turn(project.project)
    project.commit(files={"README.md": "# mine\n"})
    assert drift(project).code == 3
    run = drift(project, "--heal", ".")
    assert (run.code, project.status()) == (1, []), run.said
    assert f"has something else where the template's files go: {there}" in run.said
    assert drift(project, "--heal", "README.md").code == 3


def test_a_path_that_is_none_of_the_templates_is_refused(project: World) -> None:
    project.commit(files={"own.txt": "own\n", "README.md": "# mine\n", "kept.txt": "mine\n"})
    run = drift(project, "--heal", "READNE.md", "--heal", "own.txt", "--heal", "kept.txt", "--heal", "README.md")
    assert run.code == 64
    assert "the template gives no 'READNE.md'" in run.said
    assert "README.md" in run.said
    assert "the template gives no 'own.txt'" in run.said
    assert "'kept.txt' is left to the project" in run.said
    assert project.read("README.md") == "# mine\n"


def test_a_healed_file_stands_as_the_project_checks_it_out(world: World) -> None:
    world.set_up({**COPIER, ".gitattributes": "*.crlf text eol=crlf\n", "b.crlf": "one\ntwo\n"})
    assert world.render().code == 0
    world.commit(files={"b.crlf": "mine\n"})
    assert drift(world, "--heal", "b.crlf").code == 0
    assert (world.project / "b.crlf").read_bytes() == b"one\r\ntwo\r\n"


@pytest.mark.parametrize("place", ["./template", "{root}/template"], ids=["relative", "absolute"])
def test_a_project_that_was_created_from_a_folder_has_not_drifted(world: World, place: str) -> None:
    def settled() -> None:
        world.commit()
        run = drift(world)
        assert run.out == f"demo: up to date, {version}, no drift\n", run.said
        assert f"_src_path: {template}\n" in world.read(".copier-answers.yml")

    template, version = write_files(world.root / "template", COPIER), "1.0.0"
    git(template, "init", "--quiet")
    for tag in ("v1.0.0", "v2.0.0"):
        write_files(template, {"README.md.jinja": f"# {{{{ name }}}} {tag}\n"})
        git(template, "add", "--all")
        git(template, "-c", "user.name=x", "-c", "user.email=x@x.example", "commit", "--quiet", "-m", tag)
        git(template, "tag", tag)
    manifest = f"schema: 1\nname: demo\ntemplate: {place.format(root=world.root)}\ndestination: ./demo\n"
    write_files(world.root, {"demo.yml": manifest})
    run = world.run("create", "demo.yml", "--ref", "v1.0.0", "--stages", "prepare,fetch,render")
    assert run.code == 0, run.said
    world.commit()
    run = drift(world)
    assert "no drift" in run.out, run.said
    assert world.update().code == 0
    version = "2.0.0"
    settled()
