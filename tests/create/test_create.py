"""create for real: real git over HTTP, a real package index, GitHub's API by its own description."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from robot_action.model.state import STATE_FILE
from robot_action.parsing.state_file import parse_state
from tests.create.world import PROJECT, TEMPLATE, World

WHEEL, SDIST = "demo-0.1.0-py3-none-any.whl", "demo-0.1.0.tar.gz"


def test_a_manifest_becomes_a_pushed_and_published_project(world: World) -> None:
    run = world.create()
    assert run.code == 0, run.said
    git = world.github.git
    assert git.git(PROJECT, "log", "--format=%an <%ae> %at %s", "main") == "Robot <robot@acme.example> 1700000000 Create acme/demo"
    files = git.git(PROJECT, "ls-tree", "-r", "--name-only", "main").splitlines()
    assert files == [".gitignore", STATE_FILE, "Makefile", "backend.py", "bin/tool", "demo.py", "generated.txt", "pyproject.toml"]
    assert git.git(PROJECT, "tag") == "v0.1.0"
    assert world.index.files == [WHEEL, SDIST]
    record = world.github.fake.repositories[PROJECT.casefold()]
    assert (record.visibility, record.description, list(record.topics)) == ("private", "A demo", ["demo"])


def test_the_report_shows_each_stage_and_where_everything_is(world: World) -> None:
    run = world.create()
    for stage in ("prepare", "fetch", "render", "install", "start", "commit", "repository", "push", "publish"):
        assert stage in run.said
    assert str(world.project) in run.said
    assert PROJECT in run.said


def test_the_state_file_pins_the_template(world: World) -> None:
    assert world.create().code == 0
    state = parse_state((world.project / STATE_FILE).read_bytes(), STATE_FILE)
    commit = world.github.git.git("acme/templates", "rev-parse", "v1.0.0^{commit}")
    assert state.project == PROJECT
    assert (state.templates[0].version, state.templates[0].commit) == ("1.0.0", commit)
    assert state.templates[0].answers == {"greeting": "hello"}


def test_the_project_can_be_installed_from_the_index(world: World, tmp_path: Path) -> None:
    assert world.create().code == 0
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--index-url",
        world.index.simple,
        "--target",
        str(tmp_path / "x"),
        "demo",
    ]
    subprocess.run(command, check=True, timeout=60)
    assert (tmp_path / "x/demo.py").read_text() == "GREETING = 'hello'\n"


def test_running_it_again_changes_nothing(world: World) -> None:
    assert world.create().code == 0
    before, pushes = world.state(), len(world.github.git.pushes)
    again = world.create()
    assert again.code == 0, again.said
    assert world.state() == before
    assert len(world.github.git.pushes) == pushes
    assert world.github.fake.calls("POST") == ["/orgs/acme/repos"]


def test_an_install_that_was_left_out_is_made_up_for_before_the_push(world: World) -> None:
    assert world.create("--stages", "prepare,fetch,render,commit", "demo.yml").code == 0
    log = subprocess.run(["git", "-C", world.project, "log", "--format=%B"], check=True, capture_output=True, text=True).stdout
    assert "Robot-Action-Without: install" in log
    run = world.create()
    assert run.code == 0, run.said
    git = world.github.git
    assert "generated.txt" in git.git(PROJECT, "ls-tree", "-r", "--name-only", "main").splitlines()
    assert git.git(PROJECT, "log", "--format=%s", "main") == "Create acme/demo"
    assert git.git(PROJECT, "rev-parse", "v0.1.0^{commit}") == git.git(PROJECT, "rev-parse", "main")
    assert "Robot-Action-Without" not in git.git(PROJECT, "log", "--format=%B", "main")


def test_a_project_that_was_pushed_without_its_install_says_so(world: World) -> None:
    assert world.create("--stages", "prepare,fetch,render,commit,repository,push", "demo.yml").code == 0
    before = world.state()
    run = world.create("--stages", "prepare,install", "demo.yml")
    assert run.code == 0, run.said
    assert "by a run without install: run its commands in the folder" in run.said
    assert world.state() == before


def test_an_edited_manifest_is_reported_and_changes_nothing(world: World) -> None:
    assert world.create().code == 0
    before = world.state()
    world.write(world.manifest(repository={"name": PROJECT, "visibility": "public"}, data={"greeting": "bye"}))
    again = world.create()
    assert again.code == 0, again.said
    assert "public" in again.said
    assert "greeting" in again.said
    assert world.state() == before


def test_a_project_that_exists_on_its_host_only_is_left_there(world: World, tmp_path: Path) -> None:
    assert world.create().code == 0
    world.project.rename(tmp_path / "away")
    again = world.create()
    assert again.code == 0, again.said
    assert not world.project.exists()


def test_a_folder_of_manifests_is_the_list_of_projects_that_shall_exist(world: World) -> None:
    two = world.manifest(repository="acme/two", publish=None, destination="../two")
    world.write(two, name="projects/two.yml")
    world.write(
        world.manifest(repository="acme/one", publish=None, template=world.template_url + "-missing", destination="../one"),
        name="projects/one.yml",
    )
    (world.root / "projects/broken.yml").write_text("schema: 1\nnmae: x\n")
    run = world.create("projects")
    assert run.code == 1, run.said
    assert "did you mean" in run.said.lower()
    assert "broken.yml:2:1" in run.said
    assert (world.root / "two" / STATE_FILE).exists()
    assert not (world.root / "one").exists()


def test_the_exit_code_is_the_failures_when_they_are_of_one_kind(world: World) -> None:
    (world.root / "demo.yml").write_text("schema: 1\n")
    assert world.create().code == 65


def test_a_project_can_be_made_from_flags_alone(world: World) -> None:
    run = world.run(
        "create", "--template", world.template_url, "--destination", "made", "-d", "greeting=bye", "--trust", "--allow-protocol", "http"
    )
    assert run.code == 0, run.said
    assert (world.root / "made/demo.py").read_text() == "GREETING = 'bye'\n"
    assert (world.root / "made/.git").is_dir()


@pytest.mark.parametrize("stages", [(), ("--stages", "prepare,fetch,render")])
def test_what_was_in_the_folder_before_is_neither_pushed_nor_shown_to_the_template(world: World, stages: tuple[str, ...]) -> None:
    nosy = {**TEMPLATE, "template/Makefile": "setup:\n\t@cat .env > generated.txt; echo mine > .env\nrun:\n\t@echo hello\n"}
    world.set_up_template(nosy, "v1.1.0")
    world.project.mkdir()
    (world.project / ".env").write_text("PASSWORD=sesame\n")
    if stages:
        assert world.create("demo.yml", *stages).code == 0
    run = world.create()
    if os.geteuid() == 0:
        assert run.code == 0, run.said
        assert ".env was there before" in run.said
        assert (world.project / ".env").read_text() == "PASSWORD=sesame\n"
        assert "sesame" not in (world.project / "generated.txt").read_text()
    assert ".env" not in world.github.git.git(PROJECT, "ls-tree", "--name-only", "main").splitlines()


def test_stages_can_run_one_after_the_other(world: World) -> None:
    for stages in ("prepare,fetch,render", "install,start,commit", "repository,push", "publish"):
        run = world.create("demo.yml", "--stages", stages)
        assert run.code == 0, run.said
    assert world.state()["same commit"]
    assert world.index.files == [WHEEL, SDIST]


def test_an_unknown_stage_is_a_usage_error_with_the_list(world: World) -> None:
    run = world.create("demo.yml", "--stages", "rendre")
    assert run.code == 64
    assert "render" in run.said


def test_an_untrusted_http_server_is_not_asked(world: World) -> None:
    run = world.run("create", "demo.yml", "--trust")
    assert run.code == 77
    assert "--allow-protocol http" in run.said
    assert not world.project.exists()


def test_the_highest_release_is_taken_and_a_flag_can_name_another(world: World) -> None:
    world.set_up_template({**TEMPLATE, "template/new": "new"}, "v2.0.0")
    world.set_up_template({**TEMPLATE, "template/newest": "newest"}, "v3.0.0rc1")
    assert world.create("demo.yml", "--stages", "render").code == 0
    assert (world.project / "new").exists()
    world.write(world.manifest(destination="older", repository=None, publish=None, name="older"))
    assert world.create("demo.yml", "--stages", "render", "--ref", "v1.0.0").code == 0
    assert not (world.root / "older/new").exists()


def test_a_secret_answer_is_used_and_never_written(world: World) -> None:
    run = world.create("demo.yml", "-d", "password=correct-horse", "--debug")
    assert run.code == 0, run.said
    assert "correct-horse" not in run.said
    assert b"correct-horse" not in (world.project / STATE_FILE).read_bytes()


@pytest.mark.parametrize("flags", [("--json",), ("--json", "--dry-run")])
def test_json_is_one_document_on_standard_output(world: World, flags: tuple[str, ...]) -> None:
    run = world.create("demo.yml", *flags)
    assert run.code == 0, run.said
    assert run.document["projects"][0]["project"] == PROJECT


def test_a_failing_install_ends_with_what_exists_what_is_missing_and_how_to_go_on(world: World) -> None:
    broken = {**TEMPLATE, "template/Makefile": "setup:\n\t@echo the disk is on fire; exit 3\n"}
    world.set_up_template(broken, "v1.1.0")
    run = world.create()
    assert run.code == 1
    assert "the disk is on fire" in run.said
    assert "robot-action create" in run.said
    assert (world.project / STATE_FILE).exists()
    assert not (world.project / ".git").exists()
    assert not world.github.fake.calls("POST")


def test_the_named_command_goes_on_after_a_failure(world: World) -> None:
    failing = world.create(GITHUB_TOKEN="wrong")
    assert failing.code == 77, failing.said
    named = next(line.strip() for line in failing.said.splitlines() if line.strip().startswith("robot-action create"))
    going_on = world.run(*shlex.split(named)[1:])
    assert going_on.code == 0, going_on.said
    assert world.state()["remote commits"] == 1


def test_stages_alone_touch_no_folder_of_somebody_else(world: World) -> None:
    world.project.mkdir()
    (world.project / "Makefile").write_text("setup:\n\t@touch owned\n")
    (world.project / "holiday.jpg").write_text("x")
    for stages in ("install,commit,repository,push", "commit", "push", "publish", "install"):
        assert world.create("demo.yml", "--stages", stages).code == 77
    assert sorted(path.name for path in world.project.iterdir()) == ["Makefile", "holiday.jpg"]
    assert not world.github.fake.calls("POST")
