"""Which token does what on a runner: the workflow's own never makes or changes another repository, and an App's are gone at the end."""

from __future__ import annotations

import os
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.create.world import PROGRAM, PROJECT, TEMPLATE, TEMPLATES, World
from tests.testbed.github_apps import App, add_app

OWN = "acme/platform"
ON_A_RUNNER = {"GITHUB_ACTIONS": "true", "CI": "true", "GITHUB_REPOSITORY": OWN}


@pytest.fixture
def app(world: World) -> App:
    made = add_app(world.github.fake)
    made.install(world.github.fake.accounts["acme"])
    return made


def given(app: App, *, one_line: bool = False) -> dict[str, str]:
    """Return what a runner is given for an App, and no other token for GitHub."""
    key = app.private_key.replace("\n", "\\n") if one_line else app.private_key
    return {**ON_A_RUNNER, "GITHUB_TOKEN": "", "ROBOT_ACTION_APP_CLIENT_ID": app.client_id, "ROBOT_ACTION_APP_PRIVATE_KEY": key}


def minted(world: World) -> set[str]:
    """Return every token of an App that was shown to one of the servers."""
    shown = {request.token for request in (*world.github.fake.requests, *world.github.git.requests) if request.token}
    return {token for token in shown if token.startswith("ghs_")}


def written(world: World) -> list[str]:
    fake = world.github.fake
    return [path for method in ("POST", "PUT", "PATCH", "DELETE") for path in fake.calls(method) if "/app/" not in path]


# The workflow's own token


def test_the_workflow_s_token_makes_no_other_repository(world: World) -> None:
    world.github.fake.repositories[TEMPLATES].visibility = "public"
    run = world.create(**ON_A_RUNNER, GITHUB_TOKEN=world.github.workflow_token)
    assert run.code == 77, run.said
    for word in (
        "no token that may make the repository acme/demo",
        "fine-grained personal token",
        "ROBOT_ACTION_REPOSITORY_TOKEN",
        "Administration",
    ):
        assert word in run.said
    assert written(world) == []
    assert not world.project.exists(), "it was refused before anything was written"


def test_not_even_one_that_could(world: World) -> None:
    run = world.create(**ON_A_RUNNER)
    assert run.code == 77, run.said
    assert written(world) == []


def test_it_pushes_to_no_empty_repository_that_is_there(world: World) -> None:
    world.github.fake.add_repository(PROJECT)
    run = world.create(**ON_A_RUNNER)
    assert run.code == 77, run.said
    assert "set up and push to the repository acme/demo" in run.said
    assert written(world) == []
    assert world.github.git.pushes == []


def test_a_dry_run_shows_the_plan_and_what_is_missing(world: World) -> None:
    run = world.create("demo.yml", "--dry-run", **ON_A_RUNNER)
    assert run.code == 0, run.said
    assert "not permitted as it is: there is no token that may make the repository acme/demo" in " ".join(run.out.split())
    assert "create the repository acme/demo" in run.out


def test_stages_that_write_nothing_there_need_no_other_token(world: World) -> None:
    run = world.create("demo.yml", "--stages", "prepare,fetch,render", **ON_A_RUNNER)
    assert run.code == 0, run.said


def test_with_a_token_for_repositories_each_does_its_own(world: World) -> None:
    world.github.fake.repositories[TEMPLATES].visibility = "public"
    both = {"GITHUB_TOKEN": world.github.workflow_token, "ROBOT_ACTION_REPOSITORY_TOKEN": world.github.token}
    run = world.create(**{**ON_A_RUNNER, "GITHUB_REPOSITORY": TEMPLATES}, **both)
    assert run.code == 0, run.said
    used = {request.target.split("/")[2].removesuffix(".git"): request.token for request in world.github.git.requests}
    assert used == {"templates": world.github.workflow_token, "demo": world.github.token}


def test_at_a_terminal_one_token_serves_everything(world: World) -> None:
    assert world.create(GITHUB_REPOSITORY=OWN).code == 0


# An App's


@pytest.mark.parametrize("one_line", [False, True])
def test_an_app_makes_a_project_and_nothing_of_it_lives_on(world: World, app: App, one_line: bool) -> None:
    run = world.create(**given(app, one_line=one_line))
    assert run.code == 0, run.said
    assert world.state()["same commit"]
    assert len(minted(world)) >= 4
    assert minted(world).isdisjoint(world.github.fake.tokens)
    assert world.github.fake.repositories[PROJECT].teams == {"platform": "push"}


def test_an_app_s_tokens_are_revoked_after_a_failure(world: World, app: App) -> None:
    world.set_up_template({**TEMPLATE, "template/Makefile": "setup:\n\tfalse\n"}, "v1.1.0")
    assert world.create(**given(app)).code == 1
    assert minted(world)
    assert minted(world).isdisjoint(world.github.fake.tokens)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_app_s_tokens_are_revoked_after_a_signal(world: World, app: App, number: int) -> None:
    world.set_up_template({**TEMPLATE, "template/Makefile": "setup:\n\t@echo begun; sleep 60\n"}, "v1.1.0")
    command = world.command("create", "demo.yml", "--trust", "--allow-protocol", "http")
    # Without coverage, which takes a lock that it may hold when the signal comes.
    environment = {name: value for name, value in world.environment(**given(app)).items() if "COV" not in name}
    with subprocess.Popen(command, cwd=world.root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if b"begun" in line and b"echo" not in line:
                break
        process.send_signal(number)
        rest = process.stdout.read()
        assert process.wait(timeout=50) == 130, rest
    assert minted(world)
    assert minted(world).isdisjoint(world.github.fake.tokens)


def test_an_app_that_lacks_a_permission_is_told_before_anything_is_written(world: World, app: App) -> None:
    app.installations["acme"].permissions = {"administration": "read", "contents": "write", "metadata": "read"}
    run = world.create(**given(app))
    assert run.code == 77, run.said
    assert "administration: write" in run.said
    assert not world.project.exists()
    assert PROJECT not in world.github.fake.repositories


def test_workflow_files_take_an_app_that_may_write_them(world: World, app: App) -> None:
    world.set_up_template({**TEMPLATE, "template/.github/workflows/ci.yml": "on: push\n"}, "v1.1.0")
    permissions = app.installations["acme"].permissions
    app.installations["acme"].permissions = {name: level for name, level in permissions.items() if name != "workflows"}
    refused = world.create(**given(app))
    assert refused.code == 77, refused.said
    assert "Workflows, write" in refused.said
    assert world.github.git.heads(PROJECT) == {}
    app.installations["acme"].permissions = permissions
    again = world.create(**given(app))
    assert again.code == 0, again.said
    assert "ci.yml" in world.github.git.git(PROJECT, "ls-tree", "-r", "main")


def test_neither_key_nor_token_is_seen_anywhere(world: World, app: App) -> None:
    world = replace(world, program=PROGRAM)  # from nothing: what the system tells of its process is looked at
    key = app.private_key.splitlines()[3]
    look = "env; cat /proc/*/environ; cat /proc/*/cmdline; cat ../../.git/config"
    spy = f"setup:\n\t@({look}) > seen.txt 2>/dev/null; true\nrun:\n\t@echo hello\n"
    world.set_up_template({**TEMPLATE, "template/Makefile": spy}, "v1.1.0")
    run = world.create("demo.yml", "--debug", "--log-file", "log.txt", **given(app))
    assert run.code == 0, run.said
    secrets = {key, *minted(world)}
    seen = (world.project / "seen.txt").read_text(errors="replace")
    assert "PATH=" in seen
    assert not [secret for secret in secrets if secret in seen]
    shown = "\n".join(line for line in run.said.splitlines() if not line.startswith("::add-mask::"))
    assert not [secret for secret in secrets if secret in shown]
    for folder in (world.root, world.home):
        for path in (path for path in folder.rglob("*") if path.is_file()):
            assert not [secret for secret in secrets if secret.encode() in path.read_bytes()], path


def test_every_minted_token_is_masked_on_a_runner_when_it_is_minted(world: World, app: App) -> None:
    run = world.create(**given(app))
    masked = {line.removeprefix("::add-mask::") for line in run.err.splitlines() if line.startswith("::add-mask::")}
    assert minted(world) <= masked
    assert app.private_key.splitlines()[3] in masked


def test_children_never_get_the_key(world: World, app: App, tmp_path: Path) -> None:
    """Every git that is started writes its environment down."""
    folder, real = tmp_path / "bin", world.environment()["PATH"]
    folder.mkdir()
    (folder / "git").write_text(f'#!/bin/sh\nenv >> {tmp_path}/environments\nPATH={real} exec git "$@"\n')
    (folder / "git").chmod(0o755)
    run = world.create(**given(app), PATH=f"{folder}{os.pathsep}{real}")
    assert run.code == 0, run.said
    written_down = (tmp_path / "environments").read_text()
    assert "GIT_CONFIG_COUNT" in written_down
    assert "PRIVATE_KEY" not in written_down
    assert app.private_key.splitlines()[3] not in written_down
