"""Which projects are behind their templates, of whatever tool they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.render.world import Run
from tests.testbed.bare import git
from tests.testbed.git_bed import write_files
from tests.update.world import World

COPIER = {"copier.yml": "name: demo\n", "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml -}}\n", "a.txt": "one\n"}
COOKIECUTTER = {"cookiecutter.json": '{"name": "demo"}\n', "{{ cookiecutter.name }}/a.txt": "one\n"}
NATIVE = {"template.yml": "name: tiny\n", "template/a.txt": "one\n"}


def check(world: World, *arguments: str | Path, **options: Any) -> Run:
    return world.run("check", *arguments, "--allow-protocol", "http", **options)


def document(run: Run) -> Any:
    return json.loads(run.out)


@pytest.mark.parametrize(
    ("files", "options"), [(NATIVE, ()), (COPIER, ()), (COOKIECUTTER, ("--cruft",))], ids=["native", "copier", "cruft"]
)
def test_a_project_is_up_to_date_until_its_template_goes_on(world: World, files: dict[str, str], options: tuple[str, ...]) -> None:
    world.set_up(files)
    assert world.render(*options).code == 0
    run = check(world, "demo")
    assert (run.code, run.out) == (0, "demo: up to date, 1.0.0\n"), run.said
    for tag in ("v1.1.0", "v2.0.0rc1", "v2.0.0"):
        world.set_up({**files, "README": tag}, tag)
    run = check(world, "demo")
    assert (run.code, run.out) == (2, "demo: behind, has 1.0.0, newest is 2.0.0 (2 releases)\n"), run.said


def test_the_peers_own_projects_are_understood(world: World) -> None:
    world.set_up(COPIER)
    world.peer("copier", "copy", "--defaults", world.url, "demo")
    world.set_up({**COPIER, "a.txt": "two\n"}, "v1.1.0")
    assert document(check(world, "demo", "--json"))["projects"][0] == {
        "project": "demo",
        "state": "behind",
        "exit_code": 0,
        "state_file": ".copier-answers.yml",
        "tool": "Copier",
        "template": world.url,
        "current": {"version": "1.0.0", "commit": world.git.git("acme/templates", "rev-parse", "v1.0.0").strip()},
        "newest": {"version": "1.1.0", "commit": world.git.git("acme/templates", "rev-parse", "v1.1.0").strip()},
        "behind": True,
        "ahead": False,
        "between": ["1.1.0"],
        "drift": None,
        "rivals": [],
        "problems": [],
    }


def test_crufts_own_projects_are_understood(world: World) -> None:
    world.set_up(COOKIECUTTER)
    world.peer("cruft", "create", "--no-input", world.git.url_of("acme/templates"))
    assert check(world, "demo").code == 0
    world.set_up({**COOKIECUTTER, "b.txt": "two\n"}, "v1.1.0")
    assert "behind, has 1.0.0, newest is 1.1.0 (1 release)" in check(world, "demo").out


def test_many_projects_ask_each_template_once(world: World) -> None:
    world.set_up(COPIER)
    for name in ("a", "b", "c"):
        assert world.run("render", world.url, name, "--allow-protocol", "http").code == 0
    world.set_up({**COPIER, "a.txt": "two\n"}, "v2.0.0")
    assert world.run("render", world.url, "d", "--allow-protocol", "http").code == 0
    before = len(world.git.requests)
    run = check(world, *"abcd")
    assert run.code == 2
    assert run.out.splitlines()[-1] == "4 projects: 3 behind"
    asked = [request for request in world.git.requests[before:] if "info/refs" in str(request)]
    assert len(asked) == 1


def test_a_project_that_is_named_twice_is_told_once(world: World) -> None:
    world.set_up(COPIER)
    assert world.render().code == 0
    assert check(world, "demo", "./demo/", "demo").out == "demo: up to date, 1.0.0\n"


def test_files_that_a_pattern_brings_beside_folders_are_passed_over(world: World) -> None:
    world.set_up(COPIER)
    assert world.render().code == 0
    write_files(world.root, {"demo.yml": "schema: 1\n", "other.yml": "schema: 1\n"})
    run = check(world, "demo", "demo.yml", "other.yml")
    assert (run.code, run.out) == (0, "demo: up to date, 1.0.0\n"), run.said
    run = check(world, "demo.yml")
    assert (run.code, "is no folder" in run.out) == (65, True), run.said


def test_one_that_fails_does_not_keep_the_others_from_being_told(world: World) -> None:
    world.set_up(COPIER)
    assert world.render().code == 0
    write_files(world.root / "broken", {".copier-answers.yml": "name: x\n"})
    (world.root / "plain").mkdir()
    run = check(world, "broken", "demo", "plain", "nowhere")
    assert run.code == 65
    assert "broken: failed" in run.out
    assert "the key '_src_path' is missing" in run.out
    assert "demo: up to date, 1.0.0" in run.out
    assert "plain follows no template: it has no state file" in run.out
    assert "there is no folder" in run.out
    assert run.out.splitlines()[-1] == "4 projects: 3 failed"


def test_a_template_that_does_not_answer_is_asked_once_and_told_for_each_project(world: World) -> None:
    for name in ("a", "b"):
        write_files(world.root / name, {".copier-answers.yml": "_src_path: git+http://127.0.0.1:1/acme/t\n_commit: v1.0.0\n"})
    run = check(world, "a", "b")
    assert run.code == 69, run.said
    assert run.out.count("failed") == 3


def test_state_files_below_are_found_where_there_is_none_at_the_top(world: World) -> None:
    world.set_up(COPIER)
    mono = world.root / "mono"
    for place in ("services/a", "services/b"):
        assert world.run("render", world.url, f"mono/{place}", "--allow-protocol", "http").code == 0
    write_files(mono, {"README.md": "all\n", ".gitignore": "/ignored/\n", "ignored/.copier-answers.yml": "no: state\n"})
    git(mono, "init", "--quiet", "--initial-branch=main")
    git(mono, "add", "--all")
    git(mono, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "x")
    run = check(world, "mono")
    assert run.out.splitlines()[:2] == ["mono/services/a: up to date, 1.0.0", "mono/services/b: up to date, 1.0.0"], run.said
    inside = ("-c", "import os; os.chdir('mono'); from robot_action.__main__ import main; main()")
    run = check(world, "--drift", program=inside)
    assert (run.code, run.out.splitlines()[0]) == (0, "services/a: up to date, 1.0.0, no drift"), run.said


def test_a_folder_of_clones_is_searched(world: World) -> None:
    world.set_up(COPIER)
    for name in ("a", "acme/b", "acme/mono/services/c", "deep/er/than/that/d"):
        assert world.run("render", world.url, f"fleet/{name}", "--allow-protocol", "http").code == 0
    for name in ("a", "acme/b", "acme/mono", "deep/er/than/that/d", "other"):
        git(write_files(world.root / "fleet" / name, {"README.md": "mine\n"}), "init", "--quiet")
    write_files(world.root / "fleet", {"README.md": "a stray file\n", "notes/x": "in no repository\n"})
    (world.root / "fleet/again").symlink_to(world.root / "fleet/acme")
    run = check(world, "fleet")
    assert run.out.splitlines()[:-2] == [
        "fleet/a: up to date, 1.0.0",
        "fleet/acme/b: up to date, 1.0.0",
        "fleet/acme/mono/services/c: up to date, 1.0.0",
    ], run.said
    assert run.code == 0
    refused = world.run("update", "fleet")
    assert (refused.code, "There are projects below it: a, acme/b, acme/mono/services/c." in refused.said) == (65, True), refused.said


def test_a_clone_that_cannot_be_searched_does_not_keep_the_others_from_being_told(world: World) -> None:
    world.set_up(COPIER)
    assert world.run("render", world.url, "fleet/b", "--allow-protocol", "http").code == 0
    broken = write_files(world.root / "fleet/a", {"x": "x\n"})
    git(broken, "init", "--quiet")
    git(broken, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},lib")
    run = check(world, "fleet")
    assert (run.code, "fleet/b: up to date, 1.0.0" in run.out) == (65, True), run.said
    assert "fleet/a: failed" in run.out


def test_several_templates_of_one_folder_are_told_apart(world: World) -> None:
    world.set_up(COPIER)
    assert world.render().code == 0
    world.set_up({**COPIER, "a.txt": "two\n"}, "v2.0.0")
    assert world.render("--overwrite", "-a", ".copier-answers.two.yml").code == 0
    run = check(world, "demo")
    assert run.out.splitlines()[:2] == [
        "demo (.copier-answers.two.yml): up to date, 2.0.0",
        "demo (.copier-answers.yml): behind, has 1.0.0, newest is 2.0.0 (1 release)",
    ]
    assert check(world, "demo", "-a", ".copier-answers.two.yml").code == 0


def test_the_version_to_compare_with_can_be_said(world: World) -> None:
    world.set_up(COPIER)
    assert world.render().code == 0
    world.set_up({**COPIER, "a.txt": "two\n"}, "v2.0.0rc1")
    assert check(world, "demo").code == 0
    assert "newest is 2.0.0rc1" in check(world, "demo", "--prereleases").out
    assert "asked for is 2.0.0rc1" in check(world, "demo", "--ref", "v2.0.0rc1").out
    moved = world.root / "moved"
    git(world.root, "clone", "--quiet", str(world.git.path_of("acme/templates")), str(moved))
    git(moved, "tag", "v3.0.0")
    assert "newest is 3.0.0" in check(world, "demo", "--source", "./moved").out


def test_what_is_past_the_version_that_was_asked_for_is_not_behind(world: World) -> None:
    world.set_up(COPIER)
    world.set_up({**COPIER, "a.txt": "two\n"}, "v2.0.0")
    assert world.render().code == 0
    run = check(world, "demo", "--ref", "v1.0.0")
    assert (run.code, run.out) == (0, "demo: ahead, has 2.0.0, asked for is 1.0.0\n"), run.said


def test_a_folder_without_versions_has_one_as_it_stands(world: World) -> None:
    write_files(world.root / "template", NATIVE)
    assert world.run("render", "./template", "demo").code == 0
    run = check(world, "demo")
    assert (run.code, run.out) == (0, "demo: up to date, as its template stands\n"), run.said


@pytest.mark.parametrize("files", [NATIVE, COPIER], ids=["native", "copier"])
def test_a_project_made_of_a_folder_in_git_as_it_stood_has_no_version_for_check_nor_for_update(world: World, files: dict[str, str]) -> None:
    template = write_files(world.root / "template", files)
    git(template, "init", "--quiet", "--initial-branch=main")
    git(template, "add", "--all")
    git(template, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "One")
    git(template, "tag", "v1.0.0")
    assert world.run("render", "./template", "demo").code == 0
    world.commit()
    hint = f"robot-action adopt {template} {world.project} --ref v1.0.0\n"
    for run in (check(world, "demo"), world.update(), world.update("--ref", "v1.0.0")):
        assert (run.code, hint in run.said) == (65, True), run.said
        assert "as it stood, so that nobody knows its version" in run.said
    found = document(check(world, "demo", "--json"))["projects"][0]
    assert (found["state"], found["newest"]["version"]) == ("failed", "1.0.0")


@pytest.mark.parametrize(
    "state",
    [
        {".copier-answers.yml": "_src_path: {folder}\n_commit: v1.0.0\n"},
        {".copier-answers.yml": "_src_path: {folder}\n_commit: v1.0.0-3-gabcdef1\n"},
        {".cruft.json": '{{"template": "{folder}", "commit": "1234567890123456789012345678901234567890", "context": {{}}}}'},
    ],
    ids=["version", "described", "commit"],
)
@pytest.mark.parametrize("options", [(), ("--drift",)], ids=["versions", "drift"])
def test_a_version_that_a_folder_cannot_have_is_not_known(world: World, state: dict[str, str], options: tuple[str, ...]) -> None:
    folder = write_files(world.root / "template", {**COPIER, **COOKIECUTTER})
    write_files(world.project, {name: text.format(folder=folder) for name, text in state.items()})
    world.commit()
    run = check(world, "demo", *options)
    assert (run.code, "demo: failed" in run.out) == (65, True), run.said


def test_a_folder_of_this_machine_is_followed_by_its_tags(world: World) -> None:
    template = write_files(world.root / "template", COPIER)
    git(template, "init", "--quiet", "--initial-branch=main")
    git(template, "add", "--all")
    git(template, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "x")
    git(template, "-c", "user.name=a", "-c", "user.email=a@b", "tag", "-a", "v1.0.0", "-m", "x")
    assert world.run("render", "./template", "demo", "-r", "v1.0.0").code == 0
    assert check(world, "demo").code == 0
    git(template, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--allow-empty", "-m", "y")
    git(template, "tag", "v1.1.0")
    assert check(world, "demo").code == 2


def test_a_look_at_versions_loads_nothing_that_it_does_not_need(world: World) -> None:
    world.set_up(COPIER)
    assert world.render().code == 0
    ours = ("ports", "exchange", "reporting.views", "clients.git.errors", "clients.git.fetch", "parsing.git_objects", "sources.fetch")
    unwanted = ("pydantic", "jinja2", "github", "git", "requests", "rich", "pathspec", *(f"robot_action.{name}" for name in ours))
    program = (
        "import atexit, sys; from robot_action.__main__ import main\n"
        f"atexit.register(lambda: print([name for name in {unwanted} if name in sys.modules]))\n"
        "main()"
    )
    run = world.run("check", "demo", "--allow-protocol", "http", program=("-c", program))
    assert run.out.endswith("[]\n"), run.said


def test_what_else_updates_the_project_is_named(world: World) -> None:
    world.set_up(COPIER)
    assert world.render().code == 0
    write_files(world.project, {"renovate.json": '{"extends": ["config:recommended"]}', ".github/workflows/u.yml": "run: copier update\n"})
    world.commit()
    run = check(world, "demo")
    assert run.code == 0
    assert "also updated by renovate.json: Renovate is configured, and its Copier manager is on by default unless a preset" in run.out
    assert "also updated by .github/workflows/u.yml: the workflow runs Copier to update" in run.out


@pytest.mark.parametrize("options", [(), ("--drift",)], ids=["versions", "drift"])
def test_credentials_in_a_state_file_are_not_told(world: World, options: tuple[str, ...]) -> None:
    world.set_up(COPIER)
    assert world.render().code == 0
    state = world.root / "demo/.copier-answers.yml"
    state.write_text(state.read_text().replace("http://", "http://bob:hunter2hunter2@", 1))
    for run in (check(world, "demo", "--json", *options), check(world, "demo", *options)):
        assert run.code == 65, run.said
        assert "hunter2" not in run.said
    assert document(check(world, "demo", "--json", *options))["projects"][0]["template"].endswith(world.url.partition("://")[2])


def test_a_pre_release_that_is_the_newest_lies_on_the_way_to_itself(world: World) -> None:
    world.set_up(COPIER)
    assert world.render().code == 0
    for tag in ("v1.1.0rc1", "v1.1.0", "v1.2.0rc1", "v1.2.0rc2"):
        world.set_up({**COPIER, "a.txt": tag}, tag)
    found = document(check(world, "demo", "--prereleases", "--json"))["projects"][0]
    assert (found["newest"]["version"], found["between"]) == ("1.2.0rc2", ["1.1.0", "1.2.0rc2"])


def test_a_created_project_that_copier_updated_by_itself_is_told(world: World) -> None:
    world.set_up(COPIER)
    write_files(world.root, {"demo.yml": f"schema: 1\nname: demo\ntemplate: {world.url}\ndestination: ./demo\n"})
    run = world.run("create", "demo.yml", "--stages", "prepare,fetch,render", "--allow-protocol", "http")
    assert run.code == 0, run.said
    world.commit()
    assert check(world, "demo").out == "demo: up to date, 1.0.0\n"
    world.set_up({**COPIER, "a.txt": "two\n"}, "v1.1.0")
    answers = world.read(".copier-answers.yml").replace("v1.0.0", "v1.1.0")
    world.commit(files={".copier-answers.yml": answers, "a.txt": "two\n"})
    told = "also updated by .copier-answers.yml: it has 1.1.0, and .robot-action.yml has 1.0.0;"
    assert f"{told} robot-action update --ref v1.1.0 goes on from there" in " ".join(check(world, "demo").out.split())
    run = world.update("--ref", "v1.1.0")
    assert run.code == 0, run.said
    told = ".copier-answers.yml has v1.1.0, and .robot-action.yml has v1.0.0: what the template has changed since that is merged"
    assert told in " ".join(run.out.split())
    assert [line.split() for line in world.status()] == [["M", ".robot-action.yml"]]
    world.commit()
    assert check(world, "demo").out == "demo: up to date, 1.1.0\n"
