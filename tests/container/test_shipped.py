"""The files in ``workflows/`` as a user copies them: in a consumer's repository, with an App, and a template beside the manifests.

Two things are not as users have them: where the action comes from, and ``allow-protocol``, since the test bed has no certificate.
The index is not the default one, and is named as the comment in ``publish.yml`` says.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.container.artifacts import artifact_actions
from tests.container.helpers import FILES, RELEASE, assert_clean, assert_created, assert_untouched, shipped
from tests.create.world import TEMPLATE, World, dedented
from tests.testbed.container.act import ActRun, Runner
from tests.testbed.github_apps import App, add_app

MANIFEST = "projects/payments-api.yml"
PULL_REQUEST = {"action": "opened", "number": 7, "pull_request": {"number": 7, "head": {"ref": "topic"}, "base": {"ref": "main"}}}


@pytest.fixture
def app(world: World) -> App:
    made = add_app(world.github.fake)
    made.install(world.github.fake.accounts["acme"])
    return made


@pytest.fixture
def runner(runner: Runner) -> Runner:
    runner.write({f"templates/tiny/{path}": text for path, text in dedented(TEMPLATE).items()})
    return runner


@pytest.fixture
def world(world: World) -> World:
    (world.root / "projects/demo.yml").unlink()
    world.write(world.manifest(template="../templates/tiny", publish=None), name=MANIFEST)
    return world


def keys(world: World, app: App | None) -> dict[str, Any]:
    secret = {"GITHUB_TOKEN": world.github.workflow_token}
    if app is None:
        return {"secret": secret}
    password = f"{world.index.user}:{world.index.password}"
    return {
        "secret": {**secret, "ROBOT_PRIVATE_KEY": app.private_key, "INDEX_TOKEN": password},
        "variables": {"ROBOT_CLIENT_ID": app.client_id},
    }


def assert_shown_nothing(run: ActRun, world: World, runner: Runner, app: App) -> None:
    assert_clean(run, world, runner)
    assert app.private_key.splitlines()[3] not in run.said
    assert app.minted
    assert not [token for token in app.minted if token in world.github.fake.tokens.values()], "they are revoked"


def test_projects_plans_on_a_pull_request_and_creates_after_the_merge(runner: Runner, world: World, app: App) -> None:
    plan = runner.run("pull_request", shipped("projects.yml"), payload=PULL_REQUEST, **keys(world, None))
    assert plan.code == 0, plan.said
    assert [event for event in plan.events if event.get("summary") or "create the repository acme/demo" in str(event.get("content"))]
    assert_untouched(world)
    done = runner.run("push", shipped("projects.yml"), **keys(world, app))
    assert done.code == 0, done.said
    assert_created(world)
    assert_shown_nothing(done, world, runner, app)


def test_bootstrap_is_a_form(runner: Runner, world: World, app: App) -> None:
    form = {"manifest": MANIFEST, "data": "{greeting: bonjour}", "plan-only": "false"}
    run = runner.run("workflow_dispatch", shipped("bootstrap.yml"), payload={"inputs": form}, **keys(world, app))
    assert run.code == 0, run.said
    assert run.outputs("create")["result"] == "created"
    assert "bonjour" in world.github.git.git("acme/demo", "show", "main:demo.py")
    assert any(event["arg"].endswith("/acme/demo") for event in run.events if event.get("command") == "notice")
    assert_shown_nothing(run, world, runner, app)


def test_publish_goes_from_job_to_job(runner: Runner, world: World, app: App) -> None:
    world.write(world.manifest(template="../templates/tiny"), name=MANIFEST)
    text = re.sub(r"(?m)^( +)index-token: .*$", rf"\g<0>\n\1index-url: {world.index.url}", shipped("publish.yml"))
    local = artifact_actions(runner.folder, text, "handover", "projects/demo")
    run = runner.run("release", text, payload={"action": "published", "release": {"tag_name": "v1"}}, arguments=local, **keys(world, app))
    assert run.code == 0, run.said
    commit = assert_created(world)
    assert world.index.files == RELEASE
    assert run.outputs("create")["commit"] == commit
    assert run.outputs("create")["result"] == "partial"
    assert not (runner.checkout / "projects/demo/cache").exists(), "no code of the template ran in the second job"
    assert {path.name for path in (runner.checkout / "projects/demo").iterdir()} >= {name.partition("/")[0] for name in FILES}
    assert_shown_nothing(run, world, runner, app)
