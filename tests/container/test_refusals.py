"""What goes wrong in a workflow is told where people look, and leaves nothing half done."""

from __future__ import annotations

from tests.container.helpers import assert_clean, assert_created, assert_untouched, create, given, workflow
from tests.create.world import World
from tests.testbed.container.act import Runner


def test_a_wrong_token_is_told_and_never_shown(runner: Runner, world: World) -> None:
    options = given(world)
    options["secret"]["ROBOT"] = "a-wrong-token-4711"
    run = runner.run("push", workflow(create(log_level="debug")), **options)
    assert run.code == 1
    assert run.result() == "failure"
    assert run.outputs()["result"] == "failed"
    assert run.outputs()["exit-code"] == "77"
    assert "token" in "".join(event["arg"] for event in run.commands("error"))
    assert "token" in run.summary()
    assert "4711" not in run.said
    assert_untouched(world)
    assert_clean(run, world, runner)


def test_a_wrong_manifest_is_annotated_where_it_is_wrong(runner: Runner, world: World) -> None:
    text = "schema: 1\ntemplate: nowhere\nrepositry: acme/demo\nversion: one point oh\n"
    runner.write({"projects/demo.yml": text})
    run = runner.run("push", workflow(create()), **given(world))
    assert run.code == 1
    assert run.outputs()["exit-code"] == "65"
    places = {(event["kvPairs"].get("file"), event["kvPairs"].get("line")) for event in run.commands("error")}
    assert ("projects/demo.yml", "3") in places, run.said
    assert ("projects/demo.yml", "4") in places
    assert "projects/demo.yml" in run.summary()
    assert_untouched(world)
    assert_clean(run, world, runner)


def test_a_refused_push_fails_the_step_and_the_next_run_goes_on(runner: Runner, world: World) -> None:
    world.write(world.manifest(publish=None), name="projects/demo.yml")
    world.github.fake.add_repository("acme/demo")
    world.github.git.refuse_pushes("acme/demo", "GH013: Repository rule violations found\n::set-output name=result::created")
    accept = world.github.git.path_of("acme/demo") / "hooks/pre-receive"
    run = runner.run("push", workflow(create()), **given(world))
    assert run.code == 1
    assert run.outputs()["result"] in {"failed", "partial"}
    assert run.outputs()["exit-code"] not in {"0", ""}
    assert "GH013" in run.said
    assert_clean(run, world, runner)
    accept.unlink()
    again = runner.run("push", workflow(create()), **given(world))
    assert again.code == 0, again.said
    assert again.outputs()["commit"] == assert_created(world)
    assert_clean(again, world, runner)
