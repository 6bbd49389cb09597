"""What the tests of workflows share: the usual workflow, its secrets, and what is there in the end."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from tests.create.world import PROJECT, World
from tests.testbed.container.act import ACTION_NAME, ActRun, Runner, job, robot
from tests.testbed.container.podman import PROJECT as TOP

FILES = (".gitignore", ".robot-action.yml", "Makefile", "backend.py", "bin/tool", "demo.py", "generated.txt", "pyproject.toml")
RELEASE = ["demo-0.1.0-py3-none-any.whl", "demo-0.1.0.tar.gz"]
USUAL = {
    "command": "create",
    "manifest": "projects/",
    "trust": "true",
    "allow_protocol": "http",
    "repository_token": "${{ secrets.ROBOT }}",
    "index_url": "${{ vars.INDEX_URL }}",
    "index_token": "${{ secrets.INDEX }}",
}


def create(identifier: str = "robot", *, env: Mapping[str, str] | None = None, **inputs: str | None) -> dict[str, Any]:
    """Return the step that creates what the manifests say; None leaves an input out."""
    given = {name: value for name, value in {**USUAL, **inputs}.items() if value is not None}
    return robot(identifier, env=env, **given)


def shipped(name: str) -> str:
    """Return a file of ``workflows/`` as users copy it."""
    text = (TOP / "workflows" / name).read_text(encoding="utf-8").replace("org/robot-action@v1", ACTION_NAME)
    changed, count = re.subn(r"(?m)^( +)command: (?:create|update|deliver)\b", r"\g<0>\n\1allow-protocol: http", text)
    assert count >= 1
    return changed


def workflow(*steps: Mapping[str, Any] | str, on: Any = "push", **more: Any) -> dict[str, Any]:
    """Return a workflow of one job."""
    return {"on": on, "jobs": {"only": job(*steps)}, **more}


def given(world: World) -> dict[str, Any]:
    """Return the secrets and variables that the usual step reads."""
    return {
        "secret": {"ROBOT": world.github.token, "INDEX": f"{world.index.user}:{world.index.password}"},
        "variables": {"INDEX_URL": world.index.url},
    }


def assert_created(world: World, *, branch: str = "main") -> str:
    """Hold the servers to what the usual manifest wants; return the commit."""
    git = world.github.git
    names = git.git(PROJECT, "ls-tree", "-r", "--name-only", branch).split("\n")
    assert tuple(names) == FILES
    assert git.heads(PROJECT).keys() == {branch}
    assert git.git(PROJECT, "tag") == "v0.1.0"
    assert list(world.github.fake.repositories[PROJECT.casefold()].topics) == ["demo"]
    commit = git.heads(PROJECT)[branch]
    assert git.refs(PROJECT, "refs/tags/") == {"v0.1.0": commit}
    return commit


def assert_untouched(world: World) -> None:
    """Hold the servers to nothing having been written."""
    assert PROJECT.casefold() not in world.github.fake.repositories
    assert not world.github.git.pushes
    assert not [request for request in world.github.fake.requests if request.method != "GET"]
    assert world.index.files == []


def assert_clean(run: ActRun, world: World, runner: Runner) -> None:
    """Hold what every run leaves: no secret in anything that is shown, and nothing of root's in the workspace."""
    shown = json.dumps([event for event in run.events if event.get("command") != "add-mask"]) + run.said
    assert not [secret for secret in world.secrets if secret in shown]
    assert runner.owners() == {}
