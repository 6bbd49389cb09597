"""What runs on GitHub: our own workflows, and those in ``workflows/`` that users copy."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from robot_action.model.outputs import OUTPUTS
from robot_action.model.request import STAGES
from robot_action.parsing.inputs import parse_inputs

TOP = Path(__file__).resolve().parent.parent
COPIED = sorted((TOP / "workflows").iterdir())
OURS = sorted((TOP / ".github" / "workflows").iterdir())
ACTION = "org/robot-action@v1"
PIN = re.compile(r"uses: ([\w./-]+)@([0-9a-f]{40}) # (v[\d.]+)$", re.MULTILINE)
BROKEN = {
    "a template injection": "steps:\n      - run: echo ${{ github.event.release.name }}",
    "an action by its tag": "steps:\n      - uses: actions/setup-node@v4",
    "an output of no step": "steps:\n      - {if: steps.none.outputs.one, run: 'true'}",
    "a key that nobody knows": "stepz: []",
}

Job = Mapping[str, Any]


def jobs(path: Path) -> Mapping[str, Job]:
    found: Mapping[str, Job] = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    return found


def uses_of_our_action(path: Path) -> Iterator[tuple[Job, Mapping[str, str]]]:
    """Yield the inputs of each step that uses our own action, and its job."""
    for job in jobs(path).values():
        for step in job["steps"]:
            if step.get("uses") == ACTION:
                yield job, as_texts(step["with"])


def as_texts(inputs: Mapping[str, Any]) -> Mapping[str, str]:
    """Return inputs as the runner hands them over, who has no other type than text."""
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in inputs.items()}


def lint(top: Path) -> subprocess.CompletedProcess[str]:
    tools = {"PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"}
    return subprocess.run(["make", "lint-workflows"], cwd=top, env=tools, capture_output=True, text=True, timeout=100, check=False)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a copy of what the workflows' lint looks at."""
    for name in (".github", "workflows"):
        shutil.copytree(TOP / name, tmp_path / name)
    (tmp_path / "tools").mkdir()
    for name in ("Makefile", "Dockerfile", "action.yml", "tools/make-venv"):
        shutil.copy(TOP / name, tmp_path / name)
    return tmp_path


def test_what_is_there_is_clean(clone: Path) -> None:
    assert lint(clone).returncode == 0


@pytest.mark.parametrize("folder", ["workflows", ".github/workflows"])
@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_workflow_fails_the_lint(clone: Path, folder: str, fault: str) -> None:
    text = f"name: Broken\non: [release]\npermissions: {{}}\njobs:\n  one:\n    runs-on: ubuntu-latest\n    {BROKEN[fault]}\n"
    (clone / folder / "broken.yml").write_text(text)
    done = lint(clone)
    assert done.returncode != 0
    assert "broken.yml" in done.stdout + done.stderr


def test_make_lint_looks_at_the_workflows() -> None:
    done = subprocess.run(["make", "--dry-run", "lint"], cwd=TOP, capture_output=True, text=True, timeout=60, check=True)
    assert "lint-workflows" in done.stdout


def test_a_version_of_an_action_is_one_commit_everywhere() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in (*COPIED, *OURS))
    pins = set(PIN.findall(text))
    assert pins
    assert len(pins) == len({name for name, _, _ in pins})


@pytest.mark.parametrize("path", COPIED, ids=lambda path: path.name)
def test_a_copied_workflow_gives_the_action_what_it_takes(path: Path) -> None:
    given = [inputs for _, inputs in uses_of_our_action(path)]
    assert given
    for inputs in given:
        values = {name: "true" if name in {"dry-run", "again"} else value for name, value in inputs.items()}  # an expression there
        parse_inputs({f"INPUT_{name.upper()}": value for name, value in values.items()})


@pytest.mark.parametrize("name", ["README.md", "docs/action.md"])
def test_an_example_gives_the_action_what_it_takes(name: str) -> None:
    examples = re.findall(r"^```yaml\n(.*?)^```", (TOP / name).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    given = [step["with"] for example in examples for step in steps_in(yaml.safe_load(example)) if step.get("uses") == ACTION]
    assert given
    for inputs in given:
        parse_inputs({f"INPUT_{key.upper()}": value for key, value in as_texts(inputs).items()})


def steps_in(example: Any) -> list[Mapping[str, Any]]:
    """Return the steps of an example: a list of them, or whole jobs."""
    if isinstance(example, list):
        return example
    return [step for job in example.get("jobs", {}).values() for step in job["steps"]]


@pytest.mark.parametrize("path", COPIED, ids=lambda path: path.name)
def test_every_step_has_a_token_to_look_with(path: Path) -> None:
    for _, inputs in uses_of_our_action(path):
        assert {"token", "app-client-id"} & set(inputs)


@pytest.mark.parametrize("path", COPIED, ids=lambda path: path.name)
def test_a_copied_workflow_reads_outputs_that_there_are(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert set(re.findall(r"steps\.\w+\.outputs\.([\w-]+)", text)) <= {output.name for output in OUTPUTS}


@pytest.mark.parametrize("path", COPIED, ids=lambda path: path.name)
def test_a_secret_is_for_jobs_with_an_environment(path: Path) -> None:
    for job in jobs(path).values():
        assert "secrets." not in str(job) or "environment" in job


@pytest.mark.parametrize("path", COPIED, ids=lambda path: path.name)
def test_a_copied_workflow_grants_reading_at_most_where_others_code_runs(path: Path) -> None:
    assert yaml.safe_load(path.read_text(encoding="utf-8"))["permissions"] == {}
    for job in jobs(path).values():
        own = set() if any("uses" in step for step in job["steps"]) else {("actions", "write")}  # to start a workflow, which reading cannot
        assert {level for _, level in {*job["permissions"].items()} - own} <= {"read"}


def test_a_job_without_secrets_leaves_out_no_stage_that_builds_the_project() -> None:
    stages = [inputs["stages"] for _, inputs in uses_of_our_action(TOP / "workflows" / "publish.yml") if "stages" in inputs]
    stages += re.findall(r"^ +stages: (prepare.*)$", (TOP / "docs" / "action.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert stages == [",".join(STAGES[: STAGES.index("repository")])] * 2


def test_template_code_never_runs_beside_a_secret_when_publishing() -> None:
    building, publishing = (inputs for _, inputs in uses_of_our_action(TOP / "workflows" / "publish.yml"))
    assert "secrets." not in str(jobs(TOP / "workflows" / "publish.yml")["build"])
    assert "pack" in building
    assert "unpack" in publishing
    assert publishing["digest"] == "${{ needs.build.outputs.digest }}"


@pytest.mark.parametrize("path", COPIED, ids=lambda path: path.name)
def test_a_pull_request_sees_no_secret(path: Path) -> None:
    triggers = yaml.safe_load(path.read_text(encoding="utf-8"))[True]  # YAML 1.1's idea of `on`
    assert "pull_request_target" not in triggers
    for job in jobs(path).values():
        assert "pull_request" not in triggers or "secrets." not in str(job) or "!= 'pull_request'" in job["if"]


def test_what_builds_a_release_can_write_nothing_and_holds_no_token() -> None:
    release = jobs(TOP / ".github" / "workflows" / "release.yml")
    assert release["build"]["permissions"] == {"contents": "read"}
    assert "github.token" not in str(release["build"])
    assert [name for name, job in release.items() if "write" in job["permissions"].values()] == ["push", "tag"]
    assert all(release[name]["environment"] == "release" for name in ("push", "tag"))


def test_no_checkout_keeps_its_token() -> None:
    for path in (*COPIED, *OURS):
        for job in jobs(path).values():
            checkouts = [step for step in job.get("steps", ()) if step.get("uses", "").startswith("actions/checkout@")]
            assert [step["with"]["persist-credentials"] for step in checkouts] == [False] * len(checkouts)


def test_a_push_to_a_branch_that_is_proposed_starts_the_update_for_the_default_branch(tmp_path: Path) -> None:
    """A run for a push is one of the branch that was pushed: nothing can be delivered from there, and nothing else happens in it."""
    file = TOP / "workflows/update.yml"
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert document[True]["push"] == {"branches": ["robot-action/**"]}
    again, prepare = document["jobs"]["again"], document["jobs"]["prepare"]
    assert again["permissions"] == {"actions": "write"}
    assert "github.event.sender.type != 'Bot'" in again["if"], "what an App pushed for us starts nothing"
    assert prepare["if"] == "github.event_name == 'schedule' || github.ref_name == github.event.repository.default_branch"
    (step,) = again["steps"]
    program = tmp_path / "gh"
    program.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
    program.chmod(0o755)
    variables = {
        "PATH": f"{tmp_path}:/usr/bin:/bin",
        "BRANCH": "main",
        "GITHUB_REPOSITORY": "acme/demo",
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_WORKFLOW_REF": "acme/demo/.github/workflows/update.yml@refs/heads/robot-action/tpl",
    }
    done = subprocess.run(["bash", "-e", "-c", step["run"]], env=variables, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["workflow", "run", "update.yml", "--ref", "main", "--repo", "github.example/acme/demo"]
