"""A workflow on push makes the project: in a consumer's repository, with the action's image as a release has it."""

from __future__ import annotations

from tests.container.helpers import create_workflow
from tests.create.world import PROJECT, World
from tests.testbed.container.act import Runner


def test_a_push_makes_the_project(runner: Runner, world: World) -> None:
    run = runner.run("push", create_workflow(), secret={"ROBOT": world.github.token, "INDEX": f"{world.index.user}:{world.index.password}"}, variables={"INDEX_URL": world.index.url})
    print(run.raw)
    assert run.code == 0
