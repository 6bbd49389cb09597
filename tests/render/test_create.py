"""`create` from templates of other formats: their tasks run after the files and before the commit."""

from __future__ import annotations

import json
import signal
import subprocess
from typing import Any

import pytest

from robot_action.model.state import STATE_FILE
from robot_action.parsing.state_file import parse_state
from tests.create.world import dying
from tests.render.world import COOKIECUTTER, COPIER, Run, World, in_place

STAGES = "prepare,fetch,render,tasks,install,commit"
COMMITTED = [".copier-answers.yml", STATE_FILE, "README.md", "kept.txt", "made.txt", "sub/in-sub", "sub/x"]


def create(world: World, *arguments: str, trust: bool = True, **options: Any) -> Run:
    wanted = ("--template", world.url, "--destination", "demo", "--allow-protocol", "http", "--stages", STAGES)
    return world.run("create", *wanted, *(("--trust",) if trust else ()), *arguments, **options)


def git(world: World, *arguments: str) -> str:
    return subprocess.run(["git", "-C", world.project, *arguments], check=True, capture_output=True, text=True).stdout.strip()


def committed(world: World) -> list[str]:
    return git(world, "ls-tree", "-r", "--name-only", "HEAD").splitlines()


def test_a_copier_template_becomes_a_committed_project_with_both_state_files(world: World) -> None:
    commit = world.set_up(COPIER)
    run = create(world, "-d", "name=other", "-d", "password=hunter2hunter2")
    assert run.code == 0, run.said
    assert committed(world) == sorted([*COMMITTED, "never"])
    (made,) = parse_state((world.project / STATE_FILE).read_bytes(), STATE_FILE).templates
    assert (made.version, made.commit, dict(made.answers)) == ("1.0.0", commit, {"name": "other", "target": "all"})
    assert "_commit: v1.0.0" in world.files()[".copier-answers.yml"]
    assert "make all" in run.out
    assert "hunter2hunter2" not in run.said


def test_a_cookiecutter_template_becomes_a_committed_project(world: World) -> None:
    world.set_up(COOKIECUTTER)
    run = create(world)
    assert run.code == 0, run.said
    assert committed(world) == [STATE_FILE, "README.md", "after.txt", "before.txt", "raw.txt"]
    (made,) = parse_state((world.project / STATE_FILE).read_bytes(), STATE_FILE).templates
    assert {"name": "demo", "slug": "demo", "kind": "lib"}.items() <= dict(made.answers).items()


def test_it_is_done_once(world: World) -> None:
    world.set_up(COPIER)
    assert create(world).code == 0
    head = git(world, "rev-parse", "HEAD")
    again = create(world)
    assert again.code == 0, again.said
    assert "exists already" in again.out
    assert git(world, "rev-parse", "HEAD") == head


@pytest.mark.parametrize("files", [COPIER, COOKIECUTTER], ids=["copier", "cookiecutter"])
@pytest.mark.parametrize("moment", ["after:render", "after:tasks", "after:commit"])
def test_the_next_run_finishes_what_a_killed_one_began(world: World, files: dict[str, str], moment: str) -> None:
    world.set_up(files)
    assert create(world, program=dying(moment)).code == -signal.SIGKILL
    again = create(world)
    assert again.code == 0, again.said
    assert git(world, "status", "--porcelain") == ""
    assert git(world, "rev-list", "--count", "HEAD") == "1"
    assert "surplus.txt" not in committed(world)
    assert {"made.txt", "after.txt"} & set(committed(world))


def test_killed_in_place_and_twice_it_still_gets_there(world: World) -> None:
    world.set_up(COOKIECUTTER)
    for _ in range(2):
        assert create(world, program=in_place("before:commit")).code == -signal.SIGKILL
    assert create(world, program=in_place()).code == 0
    assert committed(world) == [STATE_FILE, "README.md", "after.txt", "before.txt", "raw.txt"]


def test_a_task_that_fails_can_be_mended_and_gone_on_with(world: World) -> None:
    world.set_up({**COPIER, "copier.yml": '_tasks: ["test -n \\"$MINE\\"", "rm surplus.txt"]\nname: demo\n'})
    failed = create(world)
    assert failed.code == 1, failed.said
    assert "tasks   run the template's tasks" in failed.out
    assert create(world, "--env", "MINE", MINE="1").code == 0
    assert "surplus.txt" not in committed(world)


def test_without_trust_nothing_is_written(world: World) -> None:
    world.set_up(COPIER)
    refused = create(world, trust=False)
    assert refused.code == 77, refused.said
    assert "it would run the task rm surplus.txt" in refused.said
    assert list(world.root.iterdir()) == []


def test_tasks_that_were_left_out_are_told_in_the_commit(world: World) -> None:
    world.set_up(COPIER)
    assert create(world, "--skip-tasks", trust=False).code == 0
    assert "Robot-Action-Without: install" in git(world, "log", "-1", "--format=%B")
    assert "surplus.txt" in committed(world)


def test_a_plan_has_the_tasks_as_a_step_of_their_own(world: World) -> None:
    world.set_up(COOKIECUTTER)
    plan = json.loads(create(world, "--dry-run", "--json").out)["projects"][0]["plan"]
    steps = [step["stage"] for step in plan if not step["skip"]]
    assert steps == ["prepare", "fetch", "tasks", "render", "tasks", "commit"]
    assert [step["commands"] for step in plan if step["stage"] == "tasks"] == [
        [["python", "hooks/pre_gen_project.py"]],
        [["hooks/post_gen_project.sh"]],
    ]
    assert list(world.root.iterdir()) == []
