"""The files in ``workflows/``, step by step: each step that uses the action is run with the inputs that its file gives it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.create.world import PROJECT, TEMPLATES, Run, World
from tests.testbed.github_apps import App, add_app

FILES = Path(__file__).resolve().parent.parent.parent / "workflows"
ANSWERS = '{"greeting": "bonjour"}'


@pytest.fixture
def world(world: World) -> World:
    world.github.fake.repositories[TEMPLATES].visibility = "public"
    (world.root / "demo.yml").unlink()
    world.write(world.manifest(), name="projects/payments-api.yml")
    return world


@pytest.fixture
def app(world: World) -> App:
    made = add_app(world.github.fake)
    made.install(world.github.fake.accounts["acme"])
    return made


class Job:
    """A job of a file, on a runner of its own.

    Args:
        world: where it runs; its checkout is the job's.
        values: what the expressions are, by their text.
    """

    def __init__(self, world: World, file: str, name: str, values: Mapping[str, str], *, event: str = "push") -> None:
        document: Any = yaml.safe_load((FILES / file).read_text(encoding="utf-8"))
        steps = document["jobs"][name]["steps"]
        (given,) = (step["with"] for step in steps if step["uses" if "uses" in step else "run"].startswith("org/robot-action@"))
        known = {
            **{f"env.{key}": value for key, value in document.get("env", {}).items()},
            "github.token": world.github.workflow_token,
            **values,
        }
        inputs = {key: re.sub(r"\$\{\{ (.*?) }}", lambda found: known[found[1]], str(value)) for key, value in given.items()}
        self.output = world.home / f"output-{name}"
        self.summary = world.home / f"summary-{name}"
        self.output.write_text("")
        self.summary.write_text("")
        self.run: Run = world.run(
            "action",
            **{f"INPUT_{key.upper()}": value for key, value in inputs.items()},
            **{
                "INPUT_ALLOW-PROTOCOL": "http",
                "INPUT_TRUST": "true" if os.geteuid() else "",
            },  # in the container it is root, and needs none
            GITHUB_ACTIONS="true",
            CI="true",
            GITHUB_EVENT_NAME=event,
            GITHUB_REPOSITORY="acme/platform",
            GITHUB_WORKSPACE=str(world.root),
            GITHUB_OUTPUT=str(self.output),
            GITHUB_STEP_SUMMARY=str(self.summary),
            GITHUB_TOKEN="",
            ROBOT_ACTION_REPOSITORY_TOKEN="",
        )

    def __getitem__(self, name: str) -> str:
        """Return one output."""
        found = re.search(rf"^{name}<<(\S+)\n(.*?)\n?\1$", self.output.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        return found[2] if found else ""


def key_of(app: App) -> dict[str, str]:
    return {"vars.ROBOT_CLIENT_ID": app.client_id, "secrets.ROBOT_PRIVATE_KEY": app.private_key, "secrets.INDEX_TOKEN": "unused"}


def next_runner(world: World) -> World:
    """Return another runner with the same checkout."""
    root = world.root.parent / "next" / "platform"
    shutil.copytree(world.root / "projects", root / "projects", ignore=shutil.ignore_patterns("demo"))
    return replace(world, root=root)


def writes(world: World) -> list[str]:
    """Return what was written on GitHub; an App's tokens come and go."""
    paths = (path for method in ("POST", "PUT", "PATCH", "DELETE") for path in world.github.fake.calls(method))
    return [path for path in paths if not path.startswith(("/app/", "/installation/"))]


def test_bootstrap_makes_the_project_with_the_answers_of_the_form(world: World, app: App) -> None:
    form = {"inputs.manifest": "projects/payments-api.yml", "inputs.data": ANSWERS, "inputs.plan-only": "false"}
    job = Job(world, "bootstrap.yml", "create", {**form, **key_of(app)}, event="workflow_dispatch")
    assert job.run.code == 0, job.run.said
    assert job["result"] == "created"
    assert job["repository"] == PROJECT
    assert "bonjour" in world.github.git.git(PROJECT, "show", "main:demo.py")


def test_bootstrap_shows_the_plan_first(world: World, app: App) -> None:
    form = {"inputs.manifest": "projects/payments-api.yml", "inputs.data": "", "inputs.plan-only": "true"}
    job = Job(world, "bootstrap.yml", "create", {**form, **key_of(app)}, event="workflow_dispatch")
    assert job.run.code == 0, job.run.said
    assert job["result"] == "planned"
    assert writes(world) == []


def test_projects_shows_the_plan_on_a_pull_request_without_a_secret(world: World) -> None:
    job = Job(world, "projects.yml", "plan", {}, event="pull_request")
    assert job.run.code == 0, job.run.said
    assert job["result"] == "planned"
    assert "create the repository acme/demo" in job.summary.read_text(encoding="utf-8")
    assert writes(world) == []


def test_projects_makes_what_is_missing_and_then_nothing(world: World, app: App) -> None:
    first = Job(world, "projects.yml", "create", key_of(app))
    assert first.run.code == 0, first.run.said
    assert first["result"] == "created"
    again = next_runner(world)
    second = Job(again, "projects.yml", "create", key_of(app))
    assert second.run.code == 0, second.run.said
    assert second["result"] == "exists"
    assert len(world.github.git.pushes) == 1


def test_publish_builds_in_one_job_and_delivers_in_the_other(world: World, app: App) -> None:
    build = Job(world, "publish.yml", "build", {}, event="release")
    assert build.run.code == 0, build.run.said
    assert build["result"] == "partial"
    assert writes(world) == []
    assert world.github.git.pushes == []
    second = next_runner(world)
    shutil.copytree(world.root / "handover", second.root / "handover")
    digest = {"needs.build.outputs.digest": build["digest"]}
    publish = Job(second, "publish.yml", "publish", {**digest, **key_of(app)}, event="release")
    assert publish.run.code == 0, publish.run.said
    assert publish["result"] == "created"
    assert world.github.git.git(PROJECT, "rev-parse", "main") == build["commit"]
    assert publish["artifacts"].count("demo-0.1.0") == 2
    assert not (second.root / "projects" / "demo" / "cache").exists(), "no command of the template ran"


def test_publish_delivers_nothing_but_what_the_first_job_packed(world: World, app: App) -> None:
    build = Job(world, "publish.yml", "build", {}, event="release")
    assert build.run.code == 0, build.run.said
    digest = {"needs.build.outputs.digest": f"sha256:{'0' * 64}"}
    second = next_runner(world)
    shutil.copytree(world.root / "handover", second.root / "handover")
    publish = Job(second, "publish.yml", "publish", {**digest, **key_of(app)}, event="release")
    assert publish.run.code == 65, publish.run.said
    assert writes(world) == []


def test_publish_hands_nothing_over_for_a_project_that_exists(world: World, app: App) -> None:
    assert Job(world, "projects.yml", "create", key_of(app)).run.code == 0
    world.github.fake.repositories[PROJECT].visibility = "public"
    second = next_runner(world)
    build = Job(second, "publish.yml", "build", {}, event="release")
    assert build.run.code == 0, build.run.said
    assert build["result"] == "exists"
    assert not (second.root / "handover").exists()
