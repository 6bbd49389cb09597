"""A rendering that is killed anywhere: it is there whole or not at all, and the same command goes on."""

from __future__ import annotations

import os
import signal

import pytest

from tests.create.world import dying
from tests.render.world import COOKIECUTTER, COPIER, World, in_place

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can start programs as another user")


@needs_root
@pytest.mark.parametrize("moment", ["before:tasks", "after:tasks", "write:1", "write:9"])
@pytest.mark.parametrize("files", [COPIER, COOKIECUTTER], ids=["copier", "cookiecutter"])
def test_a_project_whose_tasks_run_apart_appears_when_they_are_done(world: World, files: dict[str, str], moment: str) -> None:
    world.set_up(files)
    assert world.render(program=dying(moment)).code == -signal.SIGKILL
    assert not world.project.exists()
    again = world.render()
    assert again.code == 0, again.said
    assert {"README.md": "# demo\n"}.items() <= world.files().items()
    assert {"made.txt", "after.txt*"} & set(world.files())
    assert "surplus.txt" not in world.files()
    assert [path.name for path in world.root.iterdir()] == ["demo"]


@needs_root
def test_what_is_killed_afterwards_is_whole(world: World) -> None:
    world.set_up(COPIER)
    assert world.render(program=dying("after:render")).code == -signal.SIGKILL
    killed = world.files()
    assert world.render("--overwrite").code == 0
    assert world.files() == killed


def test_in_place_the_same_command_runs_the_tasks_that_were_not_begun(world: World) -> None:
    world.set_up(COPIER)
    assert world.render(program=in_place("after:render")).code == -signal.SIGKILL
    assert "surplus.txt" in world.files()
    again = world.render(program=in_place())
    assert again.code == 0, again.said
    assert "made.txt" in world.files()
    assert "surplus.txt" not in world.files()


def test_in_place_a_failure_removes_what_this_run_made(world: World) -> None:
    world.set_up({**COPIER, "copier.yml": "_tasks: [touch half, exit 3]\nname: demo\n"})
    run = world.render(program=in_place())
    assert run.code == 1, run.said
    assert list(world.root.iterdir()) == []


def test_in_place_hooks_run_before_and_after_the_files(world: World) -> None:
    world.set_up(COOKIECUTTER)
    run = world.render(program=in_place())
    assert run.code == 0, run.said
    assert world.files() == {"README.md": "# demo\n", "after.txt*": "demo\n", "before.txt": "made before\n", "raw.txt": "{{ raw }}\n"}


def test_in_place_a_folder_that_was_there_keeps_its_files(world: World) -> None:
    world.set_up(COOKIECUTTER)
    world.project.mkdir()
    (world.project / "before.txt").write_text("mine\n")
    run = world.render("--overwrite", program=in_place())
    assert run.code == 0, run.said
    assert world.files()["before.txt"] == "mine\n"
    assert world.files()["README.md"] == "# demo\n"
