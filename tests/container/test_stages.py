"""Stages as separate steps, and as jobs on separate machines: what was begun is gone on with, from facts alone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tests.container.helpers import RELEASE, assert_clean, assert_created, create, given, workflow
from tests.create.world import World
from tests.testbed.container.act import ActRun, Runner

WITHOUT_SECRETS = {"repository_token": None, "index_token": None}


def test_stages_are_steps_of_one_job(runner: Runner, world: World) -> None:
    world.write(world.manifest(publish=None), name="projects/demo.yml")
    world.github.git.anonymous_read = True
    steps = [
        create("render", stages="prepare,fetch,render", **WITHOUT_SECRETS),
        create("install", stages="install", **WITHOUT_SECRETS),
        {"id": "between", "run": "cat projects/demo/generated.txt"},
        create("commit", stages="commit", **WITHOUT_SECRETS),
        create("push", stages="repository,push"),
    ]
    run = runner.run("push", workflow(*steps), **given(world))
    assert run.code == 0, run.said
    assert run.printed("between") == ["installed"]
    assert run.outputs("push")["commit"] == run.outputs("commit")["commit"] == assert_created(world)
    assert run.outputs("render").get("commit", "") == ""
    assert "not asked for" in run.summary("install")
    assert_clean(run, world, runner)


def move(runner: Runner, other: Runner) -> None:
    """Carry the handover from one machine to another as artefacts travel: no modes, no hidden files, all of the runner's."""
    for path in (runner.checkout / "handover").rglob("*"):
        assert not path.name.startswith(".")
        if not path.is_dir():
            assert not path.is_symlink()
            other.write({str(path.relative_to(runner.checkout)): path.read_bytes()})


def test_a_job_without_secrets_builds_and_another_one_publishes(runner: Runner, another: Runner, world: World) -> None:
    world.github.git.anonymous_read = True
    build = create("build", stages="prepare,fetch,render,install,start,commit", pack="handover", **WITHOUT_SECRETS)
    built = runner.run("push", workflow(build), variables=given(world)["variables"])
    assert built.code == 0, built.said
    assert world.github.git.pushes == []
    assert built.result("build") == "success"
    assert_clean(built, world, runner)
    commit, digest = (built.outputs("build")[name] for name in ("commit", "digest"))
    assert len(commit) == 40
    assert digest.startswith("sha256:")

    manifest = "projects/demo.yml"
    another.write({manifest: (runner.checkout / manifest).read_bytes()})
    move(runner, another)
    publish = create("publish", unpack="handover", digest=digest)
    published = another.run("push", workflow(publish), **given(world))
    assert published.code == 0, published.said
    assert published.outputs("publish")["commit"] == commit == assert_created(world)
    assert world.index.files == RELEASE
    assert "make setup" not in "\n".join(published.printed("publish"))
    assert_clean(published, world, another)


def refused(runner: Runner, world: World, files: dict[str, bytes], **inputs: str) -> ActRun:
    """Run the publishing job on a handover; nothing may come of it."""
    world_manifest = {"projects/demo.yml": (world.root / "projects/demo.yml").read_bytes()}
    runner.write({**world_manifest, **{f"handover/{name}": content for name, content in files.items()}})
    run = runner.run("push", workflow(create(unpack="handover", **inputs)), **given(world))
    assert run.code == 1
    assert world.github.git.pushes == []
    assert world.index.files == []
    assert_clean(run, world, runner)
    return run


def test_a_handover_that_is_not_what_the_other_job_told_is_refused(runner: Runner, world: World) -> None:
    handover: dict[str, Any] = {"handover.json": b'{"schema": 1}', "project.bundle": b"# v2 git bundle\n"}
    run = refused(runner, world, handover, digest=f"sha256:{'0' * 64}")
    assert run.outputs()["exit-code"] == "65"
    assert "handover" in run.said


def test_a_handover_that_nobody_vouches_for_is_refused(runner: Runner, world: World) -> None:
    run = refused(runner, world, {})
    assert run.outputs()["exit-code"] == "64"
    assert any("'unpack' is given without 'digest'" in event["arg"] for event in run.commands("error"))


def test_what_the_workflow_left_in_the_users_configuration_stays_as_it_was(runner: Runner, world: World) -> None:
    world.write(world.manifest(publish=None), name="projects/demo.yml")
    home = runner.checkout / "home"
    runner.write({"home/.gitconfig": "[user]\n\tname = Somebody\n[safe]\n\tdirectory = /elsewhere\n"})
    before = (home / ".gitconfig").read_bytes()
    run = runner.run("push", workflow(create(env={"HOME": str(home)})), **given(world))
    assert run.code == 0, run.said
    assert_created(world)
    assert (home / ".gitconfig").read_bytes() == before
    left = [Path(folder, name) for folder, _, names in os.walk(home) for name in names]
    assert not [path for path in left if "config" in path.name and path.name != ".gitconfig"]
    assert_clean(run, world, runner)
