"""No token is ever seen: in arguments, output, configuration, state files, or by template code."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from robot_action.parsing.settings import token_variable
from tests.create.world import PROGRAM, PROJECT, TEMPLATE, World

pytestmark = pytest.mark.usefixtures("real_workers")


@pytest.fixture
def world(world: World) -> World:
    """Return a world whose program begins from nothing: what the system tells of its process is looked at."""
    return replace(world, program=PROGRAM)


@contextmanager
def watched_arguments() -> Iterator[set[str]]:
    """Collect the command line of every process that runs meanwhile."""
    seen: set[str] = set()
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    seen.add(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
                except OSError:
                    continue

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()


def test_no_token_in_any_argument(world: World) -> None:
    with watched_arguments() as seen:
        assert world.create().code == 0
    assert any("push" in line for line in seen), "the watch saw no push: it proves nothing"
    assert not [line for line in seen for secret in world.secrets if secret in line]


@pytest.mark.parametrize("flags", [("--debug",), ("-v",), ("--json",), ("--dry-run", "--json", "--debug")])
def test_no_token_in_what_is_printed(world: World, flags: tuple[str, ...]) -> None:
    run = world.create("demo.yml", *flags)
    assert run.code == 0, run.said
    assert not [secret for secret in world.secrets if secret in run.said]


def test_no_token_in_what_is_printed_in_github_actions(world: World, tmp_path: Path) -> None:
    summary, output = tmp_path / "summary", tmp_path / "output"
    summary.touch()
    output.touch()
    run = world.create(GITHUB_ACTIONS="true", CI="true", GITHUB_STEP_SUMMARY=str(summary), GITHUB_OUTPUT=str(output))
    assert run.code == 0, run.said
    shown = "\n".join(line for line in run.said.splitlines() if not line.startswith("::add-mask::"))
    for text in (shown, summary.read_text(), output.read_text()):
        assert not [secret for secret in world.secrets if secret in text]
    assert PROJECT in summary.read_text()


def test_no_token_on_disk(world: World) -> None:
    assert world.create("demo.yml", "--log-file", "log.txt", "--debug").code == 0
    for folder in (world.root, world.home):
        for path in folder.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                assert not [secret for secret in world.secrets if secret.encode() in content], path


def test_no_token_in_a_failure(world: World) -> None:
    wrong = world.create("demo.yml", "--debug", GITHUB_TOKEN="a-wrong-token-4711")
    assert wrong.code == 77
    assert "4711" not in wrong.said
    world.github.git.create("acme/demo")
    world.github.fake.add_repository("acme/demo") if "acme/demo" not in world.github.fake.repositories else None
    world.github.git.refuse_pushes("acme/demo", "GH013: no")
    refused = world.create("demo.yml", "--debug")
    assert refused.code == 77, refused.said
    world.github.git.accept_pushes("acme/demo")
    index = {token_variable(world.index.url): "robot:a-wrong-password-4711"}
    unpublished = world.create("demo.yml", "--debug", **index)
    assert unpublished.code == 77, unpublished.said
    assert "4711" not in unpublished.said
    for run in (refused, unpublished):
        assert not [secret for secret in world.secrets if secret in run.said]


def test_template_code_sees_no_token(world: World) -> None:
    look = "env; cat /proc/*/environ; cat /proc/*/cmdline; cat ../../.git/config"
    spy = f"setup:\n\t@({look}) > seen.txt 2>/dev/null; true\nrun:\n\t@echo hello\n"
    world.set_up_template({**TEMPLATE, "template/Makefile": spy}, "v1.1.0")
    run = world.create("demo.yml", "--stages", "prepare,fetch,render,install")
    assert run.code == 0, run.said
    seen = (world.project / "seen.txt").read_bytes()
    assert b"PATH=" in seen
    assert not [secret for secret in world.secrets if secret.encode() in seen]


def test_only_named_variables_reach_template_code(world: World) -> None:
    spy = "setup:\n\t@echo [$$MINE] [$$OTHER] > seen.txt\nrun:\n\t@echo hello\n"
    world.set_up_template({**TEMPLATE, "template/Makefile": spy}, "v1.1.0")
    run = world.create("demo.yml", "--stages", "prepare,fetch,render,install", "--env", "MINE", MINE="mine", OTHER="other")
    assert run.code == 0, run.said
    assert (world.project / "seen.txt").read_text() == "[mine] []\n"
