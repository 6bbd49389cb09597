"""The action in workflows: on a push, on a pull request, by hand; in a consumer's repository."""

from __future__ import annotations

import json
import shutil

from tests.container.helpers import RELEASE, USUAL, assert_clean, assert_created, assert_untouched, create, given, workflow
from tests.create.world import World
from tests.testbed.container import podman
from tests.testbed.container.act import REPOSITORY, Runner, robot


def test_a_push_makes_and_publishes_the_project(runner: Runner, world: World) -> None:
    show = 'echo "$URL at $COMMIT"'
    then = {
        "run": show,
        "id": "then",
        "env": {"URL": "${{ steps.robot.outputs.repository-url }}", "COMMIT": "${{ steps.robot.outputs.commit }}"},
    }
    run = runner.run("push", workflow(create(), then), **given(world))
    assert run.code == 0, run.said
    commit = assert_created(world)
    assert world.index.files == RELEASE
    outputs = run.outputs()
    assert outputs["result"] == "created"
    assert outputs["exit-code"] == "0"
    assert outputs["project"] == outputs["repository"] == "acme/demo"
    assert outputs["commit"] == commit
    assert (outputs["branch"], outputs["version"]) == ("main", "0.1.0")
    assert json.loads(outputs["artifacts"]) == RELEASE
    assert outputs["folder"] == "projects/demo"
    assert run.report()["projects"][0]["result"] == "created"
    assert run.printed("then") == [f"{outputs['repository-url']} at {commit}"]
    summary = run.summary()
    assert "acme/demo" in summary
    assert all(stage in summary for stage in ("fetch", "render", "install", "start", "commit", "repository", "push", "publish"))
    assert run.result(stage="Post") == "success"
    assert_clean(run, world, runner)


def test_the_same_push_again_changes_nothing(runner: Runner, world: World) -> None:
    world.write(world.manifest(publish=None), name="projects/demo.yml")
    again = create("again")
    run = runner.run("push", workflow(create(), again), **given(world))
    assert run.code == 0, run.said
    assert run.outputs()["result"] == "created"
    assert run.outputs("again")["result"] in {"exists", "unchanged"}
    assert run.outputs("again")["commit"] == assert_created(world)
    assert len(world.github.git.pushes) == 1
    assert_clean(run, world, runner)


def test_a_pull_request_without_secrets_sees_the_plan_and_writes_nothing(runner: Runner, world: World) -> None:
    world.github.git.anonymous_read = True  # a public template
    payload = {
        "action": "opened",
        "number": 7,
        "pull_request": {"number": 7, "head": {"ref": "topic", "sha": "0" * 40}, "base": {"ref": "main", "sha": "0" * 40}},
    }
    secret = {"GITHUB_TOKEN": world.github.workflow_token}
    step = create(token="${{ github.token }}")
    run = runner.run("pull_request", workflow(step, on="pull_request"), payload=payload, secret=secret, variables=given(world)["variables"])
    assert run.code == 0, run.said
    assert run.outputs()["result"] == "planned"
    assert run.outputs().get("commit", "") == ""
    assert "acme/demo" in run.summary()
    assert "push" in run.summary()
    assert_untouched(world)
    assert not (runner.checkout / "projects/demo").exists()
    assert_clean(run, world, runner)


def test_a_form_that_somebody_fills_in_answers_the_template(runner: Runner, world: World) -> None:
    hostile = "hi\n::set-output name=result::owned'; touch /tmp/owned; $(touch /tmp/owned)"
    inputs = {"greeting": {"type": "string"}, "password": {"type": "string"}}
    step = create(
        manifest=None,
        template=world.template_url,
        destination="made",
        data="${{ toJSON(inputs) }}",
        stages="prepare,fetch,render,install,start,commit",
    )
    run = runner.run(
        "workflow_dispatch",
        workflow(step, on={"workflow_dispatch": {"inputs": inputs}}),
        payload={"inputs": {"greeting": hostile, "password": "a-typed-secret-6673"}},
        **given(world),
    )
    assert run.code == 0, run.said
    assert (runner.checkout / "made/demo.py").read_text() == f"GREETING = '{hostile}'\n"
    assert run.outputs()["result"] != "owned"
    assert_untouched(world)
    assert "a-typed-secret-6673" not in (runner.checkout / "made/.robot-action.yml").read_text()
    assert "a-typed-secret-6673" not in run.said
    assert_clean(run, world, runner)


def test_a_consumer_builds_the_action_from_its_dockerfile(runner: Runner, world: World) -> None:
    released = runner.folder / "released"  # the repository acme/robot-action at v1
    for path in podman.sources():
        target = released / path.relative_to(podman.PROJECT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    shutil.copy2(podman.PROJECT / "action.yml", released)
    world.write(world.manifest(publish=None), name="projects/demo.yml")
    run = runner.run("push", workflow(create()), action=released, **given(world))
    assert run.code == 0, run.said
    assert "docker build" in run.said
    assert run.outputs()["commit"] == assert_created(world)
    assert_clean(run, world, runner)


def test_the_workflows_own_token_is_refused_where_it_must_create(runner: Runner, world: World) -> None:
    world.github.fake.add_repository(REPOSITORY)
    world.github.git.anonymous_read = True
    secret = {"GITHUB_TOKEN": world.github.workflow_token}
    step = robot(**{**{name: text for name, text in USUAL.items() if "token" not in name}, "token": "${{ github.token }}"})
    run = runner.run("push", workflow(step), secret=secret, variables=given(world)["variables"])
    assert run.code == 1
    assert run.outputs()["exit-code"] in {"77", "78"}
    assert "repository-token" in run.said
    assert_untouched(world)
    assert_clean(run, world, runner)


def test_nothing_is_done_by_default(runner: Runner, world: World) -> None:
    step = robot(manifest="projects/")
    run = runner.run("push", workflow(step), **given(world))
    assert run.code == 1
    assert run.result() == "failure"
    assert any("command" in event["arg"] for event in run.commands("error"))
    assert_untouched(world)
    assert_clean(run, world, runner)
