from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

MANIFEST = """\
schema: 1
name: demo
template: ./template
repository: {host: local, path: ./forge, name: acme/demo}
"""
TOKEN = "ghs_0123456789abcdef"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    (folder / "template" / "template").mkdir(parents=True)
    (folder / "template" / "template.yml").write_text("name: t\nquestions:\n  greeting: {type: str, default: hello}\n")
    (folder / "template" / "template" / "hello.txt.jinja").write_text("{{ greeting }}\n")
    (folder / "demo.yml").write_text(MANIFEST)
    return folder


class Step:
    """A step of a workflow: what the runner gives to a container action, and what it reads afterwards."""

    def __init__(self, workspace: Path, environment: Mapping[str, str] = {}, /, **inputs: str) -> None:
        files = workspace.parent
        self.summary, self.output = files / "summary", files / "output"
        for file in (self.summary, self.output):
            file.touch()
        given = {f"INPUT_{name.replace('_', '-').upper()}": value for name, value in inputs.items()}
        runner = {
            "PATH": os.environ["PATH"],
            "HOME": str(files / "home"),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(workspace),
            "GITHUB_EVENT_NAME": "push",
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_OUTPUT": str(self.output),
        }
        done = subprocess.run(
            [sys.executable, "-m", "robot_action", "action"],
            env={**runner, **given, **environment},
            cwd=workspace,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        self.code, self.stdout, self.stderr = done.returncode, done.stdout, done.stderr

    @property
    def outputs(self) -> dict[str, str]:
        """The outputs by name, read as the runner does."""
        lines = self.output.read_text().splitlines()
        found = {}
        while lines:
            name, _, delimiter = lines.pop(0).partition("<<")
            end = lines.index(delimiter)
            found[name], lines = "\n".join(lines[:end]), lines[end + 1 :]
        return found


def test_a_project_is_made_from_inputs_alone(workspace: Path) -> None:
    step = Step(workspace, command="create", manifest="demo.yml", data=json.dumps({"greeting": "bonjour"}))
    assert step.code == 0, step.stderr
    assert (workspace / "demo" / "hello.txt").read_text() == "bonjour\n"
    assert step.outputs["repository"] == "acme/demo"
    assert step.outputs["result"] == "created"
    assert json.loads(step.outputs["report"])["projects"][0]["project"] == "acme/demo"
    assert "acme/demo" in step.summary.read_text()


def test_nothing_is_done_without_a_command(workspace: Path) -> None:
    step = Step(workspace, manifest="demo.yml")
    assert step.code == 64
    assert "::error title=robot-action::the input 'command' is missing" in step.stderr
    assert not (workspace / "forge").exists()


@pytest.mark.parametrize("event", ["pull_request", "pull_request_target"])
def test_a_pull_request_shows_the_plan_and_writes_nothing(workspace: Path, event: str) -> None:
    before = sorted(workspace.rglob("*"))
    step = Step(workspace, {"GITHUB_EVENT_NAME": event}, command="create", manifest="demo.yml", dry_run="false")
    assert step.code == 0, step.stderr
    assert step.outputs["result"] == "planned"
    assert "acme/demo" in step.summary.read_text()
    assert f"::notice title=robot-action::On {event}" in step.stderr
    assert sorted(workspace.rglob("*")) == before


def test_tokens_are_masked_before_anything_else(workspace: Path) -> None:
    step = Step(workspace, command="create", manifest="demo.yml", token=TOKEN, repository_token="other-secret", log_level="debug")
    first, second, *rest = step.stderr.splitlines()
    assert {first, second} == {f"::add-mask::{TOKEN}", "::add-mask::other-secret"}
    others = [line for line in rest if not line.startswith("::add-mask::")]
    assert TOKEN not in "\n".join([*others, step.stdout, step.summary.read_text(), step.output.read_text()])


def test_tokens_are_masked_when_the_inputs_are_wrong(workspace: Path) -> None:
    step = Step(workspace, command="creat", token=TOKEN)
    assert step.stderr.splitlines()[0] == f"::add-mask::{TOKEN}"
    assert step.code == 64


def test_what_failed_is_gone_on_with_by_the_workflow_and_not_by_a_command_line(workspace: Path) -> None:
    (workspace / "demo").mkdir()
    (workspace / "demo" / "theirs").write_text("x")
    step = Step(workspace, command="create", manifest="demo.yml")
    assert step.code == 77
    assert "Run this job again" in step.summary.read_text()
    assert "robot-action create" not in step.summary.read_text()


def test_a_manifests_errors_are_annotations_at_their_place(workspace: Path) -> None:
    (workspace / "demo.yml").write_text(MANIFEST.replace("name: demo", "name: -demo"))
    step = Step(workspace, command="validate", manifest="demo.yml")
    assert step.code == 65
    assert "::error file=demo.yml,line=2,col=7,title=robot-action::" in step.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_is_made_belongs_to_the_workspaces_owner(workspace: Path) -> None:
    os.chown(workspace, 4711, 4711)
    step = Step(workspace, command="create", manifest="demo.yml")
    assert step.code == 0, step.stderr
    assert {path.lstat().st_uid for path in workspace.rglob("*")} == {4711}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_the_post_step_gives_back_what_a_killed_run_left(workspace: Path) -> None:
    os.chown(workspace, 4711, 4711)
    (workspace / "left").touch()
    environment = {"PATH": os.environ["PATH"], "GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(workspace)}
    code = "from robot_action.__main__ import post; post()"
    subprocess.run([sys.executable, "-c", code, "action"], env=environment, timeout=30, check=True)
    assert (workspace / "left").stat().st_uid == 4711
