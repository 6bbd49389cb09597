"""Cancelled in the middle, as a runner does it: SIGINT, after 7.5 s SIGTERM, after 2.5 s SIGKILL, all to the container.

The first process is in the middle of something that another one holds up: a command of the template, or a push.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.container.helpers import assert_clean, assert_created, assert_untouched, create, given, workflow
from tests.create.world import TEMPLATE, World
from tests.testbed.container.act import ActRun, Runner, RunningWorkflow
from tests.testbed.container.podman import Podman

PATIENCE = 7.5
"""Seconds from SIGINT to SIGTERM on a runner; whoever ends before gets no other signal."""


def processes(sign: str) -> list[str]:
    """Return the processes of this machine, in whatever container, whose command line holds a sign."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if sign in line:
            found.append(line)
    return found


def is_gone(engine: Podman, container: str) -> bool:
    return engine("ps", "--quiet", "--filter", f"name=^{container}$") == ""


def cancel(running: RunningWorkflow, engine: Podman) -> float:
    """End the action's container with SIGINT alone; return the seconds that it took."""
    container = running.container()
    engine("kill", "--signal", "INT", container)
    start = time.monotonic()
    running.wait_until(lambda: is_gone(engine, container), "the end of the container")
    return time.monotonic() - start


@contextmanager
def in_the_middle_of_a_command(runner: Runner, world: World, *, deaf: bool = False) -> Iterator[tuple[RunningWorkflow, str]]:
    """Give a workflow whose template's command sleeps, and what its processes are known by."""
    seconds = f"300.{secrets.randbelow(10**9):09}"
    ignore = "trap '' INT TERM; " if deaf else ""
    wait = f'setup:\n\techo begun > generated.txt\n\tsh -c "{ignore}sleep $${{SECONDS:-0}}; true"\nrun:\n\t@echo hello\n'
    world.set_up_template({**TEMPLATE, "template/Makefile": wait}, "v1.1.0")
    world.write(world.manifest(publish=None), name="projects/demo.yml")
    with runner.start("push", workflow(create(env={"SECONDS": seconds}, env_="SECONDS")), **given(world)) as running:
        running.wait_until(lambda: [line for line in processes(seconds) if line.startswith("sleep")], "the template's command")
        yield running, seconds


def assert_told(run: ActRun) -> None:
    assert run.code == 1
    assert run.result() == "failure"
    assert run.outputs()["result"] in {"failed", "partial"}
    assert run.outputs()["exit-code"] not in {"0", ""}
    assert "install" in run.summary()
    assert "To go on" in run.summary()
    assert "Traceback" not in run.said


@pytest.mark.parametrize("deaf", [False, True], ids=["obedient", "deaf to signals"])
def test_a_cancelled_install_is_undone_and_told_in_time(runner: Runner, world: World, engine: Podman, deaf: bool) -> None:
    with in_the_middle_of_a_command(runner, world, deaf=deaf) as (running, seconds):
        took = cancel(running, engine)
        run = running.finish()
    assert took < PATIENCE
    assert_told(run)
    assert processes(seconds) == []
    assert not (runner.checkout / "projects/demo/generated.txt").exists()
    assert_untouched(world)
    assert_clean(run, world, runner)


def test_after_a_kill_the_post_step_gives_the_workspace_back_and_the_next_run_finishes(
    runner: Runner, world: World, engine: Podman
) -> None:
    with in_the_middle_of_a_command(runner, world) as (running, seconds):
        engine("kill", "--signal", "KILL", running.container())
        run = running.finish()
    assert run.code == 1
    assert run.result(stage="Post") == "success"
    assert processes(seconds) == []
    assert (runner.checkout / "projects").is_dir()
    assert_untouched(world)
    assert_clean(run, world, runner)
    again = runner.run("push", workflow(create()), **given(world))
    assert again.code == 0, again.said
    assert again.outputs()["commit"] == assert_created(world)
    assert_clean(again, world, runner)


def test_a_cancelled_push_is_finished_or_undone_and_the_next_run_goes_on(
    runner: Runner, world: World, engine: Podman, tmp_path: Path
) -> None:
    world.write(world.manifest(publish=None), name="projects/demo.yml")
    world.github.fake.add_repository("acme/demo")
    begun, go = tmp_path / "begun", tmp_path / "go"
    hook = world.github.git.path_of("acme/demo") / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {begun}\nwhile [ ! -e {go} ]; do sleep 0.05; done\n")
    hook.chmod(0o755)
    with runner.start("push", workflow(create()), **given(world)) as running:
        running.wait_until(begun.exists, "the push")
        container = running.container()
        engine("kill", "--signal", "INT", container)
        engine("kill", "--signal", "TERM", container, check=False)  # it may have ended already
        go.touch()
        running.wait_until(lambda: is_gone(engine, container), "the end of the container")
        run = running.finish()
    assert run.code == 1
    assert run.outputs()["result"] in {"failed", "partial"}
    assert "push" in run.summary()
    assert_clean(run, world, runner)
    hook.unlink()
    again = runner.run("push", workflow(create()), **given(world))
    assert again.code == 0, again.said
    assert again.outputs()["commit"] == assert_created(world)
    assert_clean(again, world, runner)
