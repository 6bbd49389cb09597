"""Killed anywhere, run again: the same final state."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

from robot_action.model.state import STATE_FILE
from tests.create.world import PROJECT, TEMPLATE, Run, World

REPOSITORY = Path(__file__).parents[2]
STAGES = ("prepare", "fetch", "render", "install", "start", "commit", "repository", "push", "publish")
MOMENTS = [
    *(f"{when}:{stage}" for stage in STAGES for when in ("before", "after")),
    "write:1",
    "write:4",
    *(f"{when}:{number}" for number in range(1, 6) for when in ("sent", "answered")),
]


PROGRAM = (
    f"import runpy, sys; sys.path.insert(0, {str(REPOSITORY)!r}); sys.argv[1:1] = [{{moment!r}}]; "
    "runpy.run_module('tests.create.killed', run_name='__main__')"
)


def killed(world: World, moment: str) -> Run:
    return world.create(program=("-c", PROGRAM.format(moment=moment)))


def assert_finished(world: World) -> None:
    state = world.state()
    assert state["remote commits"] == state["commits"] == 1
    assert state["remote tree"] == state["tree"]
    assert state["same commit"]
    assert state["remote heads"] == ["main"]
    assert state["remote tags"] == "v0.1.0"
    assert state["status"] == ""
    assert state["files beside"] == ["demo", "demo.yml"]
    assert state["releases"] == ["demo-0.1.0-py3-none-any.whl", "demo-0.1.0.tar.gz"]
    names = [line.rpartition("\t")[2] for line in state["tree"].splitlines()]
    assert names == [".gitignore", STATE_FILE, "Makefile", "backend.py", "bin/tool", "demo.py", "generated.txt", "pyproject.toml"]
    record = world.github.fake.repositories[PROJECT.casefold()]
    assert list(record.topics) == ["demo"]


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_next_run_finishes_what_a_killed_one_began(world: World, moment: str) -> None:
    assert killed(world, moment).code == -signal.SIGKILL
    again = world.create()
    assert again.code == 0, again.said
    assert_finished(world)


@pytest.mark.parametrize("moment", ["answered:1", "after:push", "answered:4"])
def test_a_new_machine_finishes_it_too(world: World, moment: str) -> None:
    assert killed(world, moment).code == -signal.SIGKILL
    shutil.rmtree(world.project)
    shutil.rmtree(world.home)
    world.home.mkdir()
    again = world.create()
    assert again.code == 0, again.said
    if world.project.exists():
        assert_finished(world)
    else:  # it was pushed already: the release is made of what is on the host, and nothing is written here
        assert world.github.git.git(PROJECT, "rev-list", "--count", "--all") == "1"
        assert world.index.files == ["demo-0.1.0-py3-none-any.whl", "demo-0.1.0.tar.gz"]


def test_what_is_published_is_what_was_pushed(world: World) -> None:
    assert killed(world, "after:push").code == -signal.SIGKILL
    (world.project / "demo.py").write_text("GREETING = 'unpushed'\n")
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qam", "later"], cwd=world.project, check=True)
    again = world.create()
    assert again.code == 0, again.said
    assert "the folder is at commit" in again.said
    with tarfile.open(world.index.folder / "demo-0.1.0.tar.gz") as sdist:
        content = sdist.extractfile("demo-0.1.0/demo.py")
        assert content is not None
        assert content.read() == b"GREETING = 'hello'\n"


def test_an_edited_destination_or_version_between_the_runs_does_not_stop_it(world: World) -> None:
    assert killed(world, "after:commit").code == -signal.SIGKILL
    world.write(world.manifest(version="0.2.0"))
    assert world.create("demo.yml", "--stages", "repository,push").code == 0
    assert world.github.git.git(PROJECT, "tag") == ""
    world.write(world.manifest(destination="elsewhere"))
    again = world.create()
    assert again.code == 0, again.said


def test_killed_twice_it_still_gets_there(world: World) -> None:
    for moment in ("write:3", "sent:2"):
        assert killed(world, moment).code == -signal.SIGKILL
    assert world.create().code == 0
    assert_finished(world)


def test_killed_in_the_middle_of_the_push(world: World) -> None:
    process = subprocess.Popen(
        [*world.command("create", "demo.yml", "--trust", "--allow-protocol", "http")],
        cwd=world.root,
        env=world.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline and not world.github.git.pushes:
        time.sleep(0.001)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    again = world.create()
    assert again.code == 0, again.said
    assert_finished(world)


def test_an_edited_manifest_between_the_runs_changes_no_identity(world: World) -> None:
    assert killed(world, "after:repository").code == -signal.SIGKILL
    world.write(world.manifest(description="Another text", data={"greeting": "bye"}))
    again = world.create()
    assert again.code == 0, again.said
    assert_finished(world)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_step_and_writes_the_report(world: World, number: int) -> None:
    slow = {**TEMPLATE, "template/Makefile": "setup:\n\t@echo begun; sleep 60\n"}
    world.set_up_template(slow, "v1.1.0")
    process = subprocess.Popen(
        [sys.executable, "-m", "robot_action", "create", "demo.yml", "--trust", "--allow-protocol", "http"],
        cwd=world.root,
        env=world.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    seen = b""
    assert process.stdout
    while b"begun" not in seen:
        line = process.stdout.readline()
        assert line, seen
        seen += line
    process.send_signal(number)
    rest, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"interrupted" in rest
    assert b"robot-action create" in rest
