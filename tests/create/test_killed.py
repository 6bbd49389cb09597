"""Killed anywhere, run again: the same final state."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tarfile
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from robot_action.model.state import STATE_FILE
from tests.create.world import PROJECT, TEMPLATE, Run, World, dying

REPOSITORY = Path(__file__).parents[2]
STAGES = ("prepare", "fetch", "render", "install", "start", "commit", "repository", "push", "publish")
MOMENTS = [
    *(f"before:{stage}" for stage in STAGES),  # nothing lies between one stage's end and the next one's beginning
    "after:publish",
    "write:1",
    "write:4",
    *(f"{when}:{number}" for number in range(1, 6) for when in ("sent", "answered")),
]


def killed(world: World, moment: str, *arguments: str) -> Run:
    return world.create("demo.yml", *arguments, program=dying(moment))


@contextmanager
def begin(world: World, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a run and let it run; it is killed in the end, if need be."""
    command = world.command("create", "demo.yml", "--trust", "--allow-protocol", "http")
    environ = world.environment(**environment)
    with subprocess.Popen(command, cwd=world.root, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            yield process
        finally:
            process.kill()


def read_until(process: subprocess.Popen[bytes], sign: bytes) -> None:
    """Read what a run says until it says something."""
    assert process.stdout
    seen = b""
    while sign not in seen:
        line = process.stdout.readline()
        assert line, seen
        seen += line


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


@pytest.mark.parametrize("arrives", [True, False], ids=["the pack arrives", "the pack is lost"])
def test_killed_in_the_middle_of_the_push(world: World, arrives: bool) -> None:
    running: list[subprocess.Popen[bytes]] = []
    begun = threading.Event()

    def kill() -> bool:
        begun.wait()
        running[0].kill()
        running[0].wait()
        return arrives

    world.github.git.on_push = kill
    with begin(world) as process:
        running.append(process)
        begun.set()
        assert process.wait(timeout=60) == -signal.SIGKILL
    world.github.git.on_push = lambda: True
    again = world.create()
    assert again.code == 0, again.said
    assert_finished(world)


def test_killed_at_any_git_command_on_top_of_what_is_in_a_repository(world: World) -> None:
    world.write(world.manifest(repository=None, publish=None, name="demo"))
    ends: list[int] = []
    while not ends or ends[-1] == -signal.SIGKILL:
        number = len(ends) + 1
        before = begin_repository(world.project)
        last = killed(world, f"git:{number}", "--overwrite", "--skip-tasks")
        ends.append(last.code)
        again = world.create("demo.yml", "--skip-tasks")
        assert again.code == 0, (number, again.said)
        assert git(world.project, "rev-parse", "HEAD^") == before, number
        assert git(world.project, "rev-list", "--count", "--all") == "2"
        assert git(world.project, "tag", "--points-at", "HEAD") == "v0.1.0"
        assert git(world.project, "status", "--porcelain") == "", number
        assert {"README", "demo.py", STATE_FILE} < set(git(world.project, "ls-tree", "--name-only", "HEAD").splitlines())
        shutil.rmtree(world.project)
    assert ends[-1] == 0, last.said
    assert len(ends) > 5


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", folder, *arguments], check=True, capture_output=True, text=True).stdout.strip()


def begin_repository(folder: Path) -> str:
    """Make a repository with a commit, and return that."""
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "README").write_text("Ours\n")
    git(folder, "add", "README")
    git(folder, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--message=Begin")
    return git(folder, "rev-parse", "HEAD")


def test_an_edited_manifest_between_the_runs_changes_no_identity(world: World) -> None:
    assert killed(world, "after:repository").code == -signal.SIGKILL
    world.write(world.manifest(description="Another text", data={"greeting": "bye"}))
    again = world.create()
    assert again.code == 0, again.said
    assert_finished(world)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_step_and_writes_the_report(world: World, number: int) -> None:
    slow = {**TEMPLATE, "template/Makefile": "setup:\n\t@echo begun; sleep 60\n"}
    world.set_up_template(slow, "v1.1.0")
    with begin(world) as process:
        read_until(process, b"begun")
        process.send_signal(number)
        rest, _ = process.communicate(timeout=50)
    assert process.returncode == 130
    assert b"interrupted" in rest
    assert b"robot-action create" in rest


def test_the_temporary_folders_of_a_killed_run_go_with_a_later_one(world: World) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        temporary = Path(name)
        temporary.chmod(0o755)  # template code's user must come through, and pytest's folders are closed
        world.variables["TMPDIR"] = name
        assert killed(world, "after:install").code == -signal.SIGKILL
        left = [path for path in temporary.iterdir() if path.name.startswith("robot-action-")]
        assert left
        for path in left:
            os.utime(path, (0, 0))
        assert world.create().code == 0
        assert [path for path in temporary.iterdir() if path.name.startswith("robot-action-")] == []
