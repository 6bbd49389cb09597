from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from robot_action.model.outputs import OUTPUTS
from tests.reporting.runner import COMMANDS, Runner, read_outputs
from tests.testbed import nursery
from tests.testbed.bare import git

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


OUTPUT_NAMES = {output.name for output in OUTPUTS}
MEASURED = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
"""What makes a child's coverage count, where it is measured: not where signals come, since coverage takes a lock that it may hold then."""
MERGED = "import os; os.dup2(1, 2); from robot_action.__main__ import main; main()"
"""Runs the program with one stream for everything that it writes, as the runner reads it: in the order in which it came."""


class Step:
    """A step of a workflow: what the runner gives to a container action, and what it reads afterwards."""

    def __init__(
        self,
        workspace: Path,
        environment: Mapping[str, str] = {},
        /,
        *,
        signals: tuple[signal.Signals, ...] = (),
        merged: bool = False,
        **inputs: str,
    ) -> None:
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
        whole = {**runner, **given, **environment}
        if signals:
            self._begin(whole, workspace, signals)
            return
        self.code, out, err = nursery.run(("action",), workspace, whole, code=MERGED if merged else "")
        self.stdout, self.stderr = out.decode(), err.decode()

    def _begin(self, environment: Mapping[str, str], workspace: Path, signals: tuple[signal.Signals, ...]) -> None:
        """Run it as a program that signals come to from outside."""
        process = subprocess.Popen(
            [sys.executable, "-m", "robot_action", "action"],
            env=environment,
            cwd=workspace,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        for line in process.stderr:
            if "begun" in line:
                break
        for number in signals:
            process.send_signal(number)
        self.stdout, self.stderr = process.communicate(timeout=60)
        self.code = process.returncode

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


def test_a_template_is_rendered_from_inputs(workspace: Path) -> None:
    inputs = {"template": "./template", "destination": "rendered", "data": "greeting: ciao"}
    plan = Step(workspace, {"GITHUB_EVENT_NAME": "pull_request"}, command="render", **inputs)
    assert plan.code == 0, plan.stderr
    assert not (workspace / "rendered").exists()
    step = Step(workspace, command="render", **inputs)
    assert step.code == 0, step.stderr
    assert (workspace / "rendered/hello.txt").read_text() == "ciao\n"
    assert (step.outputs["result"], step.outputs["folder"]) == ("created", "rendered")


def test_a_project_is_updated_from_inputs(workspace: Path) -> None:
    assert Step(workspace, command="render", template="./template", destination="rendered").code == 0
    project = workspace / "rendered"
    git(project, "init", "--quiet", "--initial-branch=main")
    git(project, "add", "--all")
    git(project, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "x")
    inputs = {"project": "rendered", "data": "greeting: ciao"}
    assert Step(workspace, {"GITHUB_EVENT_NAME": "pull_request"}, command="update", **inputs).code == 0
    assert git(project, "status", "--porcelain") == ""
    step = Step(workspace, command="update", **inputs)
    assert step.code == 0, step.stderr
    assert (project / "hello.txt").read_text() == "ciao\n"


def test_a_project_is_made_from_inputs_alone(workspace: Path) -> None:
    step = Step(workspace, command="create", manifest="demo.yml", data=json.dumps({"greeting": "bonjour"}))
    assert step.code == 0, step.stderr
    assert (workspace / "demo" / "hello.txt").read_text() == "bonjour\n"
    assert step.outputs["repository"] == "acme/demo"
    assert step.outputs["result"] == "created"
    assert step.outputs["folder"] == "demo"
    assert json.loads(step.outputs["report"])["projects"][0]["project"] == "acme/demo"
    assert "acme/demo" in step.summary.read_text()
    shown = step.summary.read_text() + step.output.read_text() + step.stdout
    assert f"{workspace}/" not in shown, "a path that means nothing outside of the container"


def test_nothing_is_done_without_a_command(workspace: Path) -> None:
    step = Step(workspace, manifest="demo.yml")
    assert step.code == 64
    assert "::error title=robot-action::the input 'command' is missing" in step.stderr
    assert (step.outputs["result"], step.outputs["exit-code"]) == ("failed", "64")
    assert (
        "the input &#x27;command&#x27; is missing" in step.summary.read_text()
        or "the input 'command' is missing" in step.summary.read_text()
    )
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
    assert (step.outputs["result"], step.outputs["exit-code"]) == ("failed", "65")
    assert "demo.yml:2:7" in step.summary.read_text()


def test_a_manifest_that_is_fine_is_said_to_be(workspace: Path) -> None:
    step = Step(workspace, command="validate", manifest="demo.yml")
    assert step.code == 0
    assert (step.outputs["result"], step.outputs["exit-code"]) == ("unchanged", "0")
    assert "found nothing wrong" in step.summary.read_text()


def test_a_setting_that_makes_no_sense_is_an_annotation(workspace: Path) -> None:
    step = Step(workspace, {"SOURCE_DATE_EPOCH": "yesterday"}, command="create", manifest="demo.yml")
    assert step.code == 78
    assert "::error title=robot-action::SOURCE_DATE_EPOCH is 'yesterday'" in step.stderr
    assert (step.outputs["result"], step.outputs["exit-code"]) == ("failed", "78")
    assert "yesterday" in step.summary.read_text()


def test_a_key_that_is_none_is_told_by_its_inputs_name_and_never_shown(workspace: Path) -> None:
    step = Step(workspace, command="create", manifest="demo.yml", app_client_id="Iv23", private_key="no-key-at-all")
    assert step.code == 78
    assert "::error title=robot-action::the input 'private-key' is no private key" in step.stderr
    assert (step.outputs["result"], step.outputs["exit-code"]) == ("failed", "78")
    shown = [line for line in step.stderr.splitlines() if not line.startswith("::add-mask::")]
    assert "no-key-at-all" not in "\n".join([*shown, step.stdout, step.summary.read_text(), step.output.read_text()])


def test_hints_name_inputs_and_not_flags(workspace: Path) -> None:
    with_install(workspace, "setup:\n\t@true\n")
    (workspace / "template/template.yml").write_text("name: t\ninstall: [strange]\n")
    step = Step(workspace, command="create", manifest="demo.yml", trust="true")
    assert step.code != 0
    assert "allow-program: strange" in step.stderr
    assert "allow-program: strange" in step.summary.read_text()
    assert "--allow-program" not in step.stderr + step.stdout + step.summary.read_text() + step.output.read_text()


def test_what_is_wrong_in_a_template_of_the_checkout_is_annotated_there(workspace: Path) -> None:
    (workspace / "template/template.yml").write_text("name: t\nquestion: 1\n")
    step = Step(workspace, command="create", manifest="demo.yml")
    assert step.code == 65
    assert "::error file=template/template.yml,line=2," in step.stderr


def test_what_another_job_packed_is_not_taken_without_its_digest(workspace: Path) -> None:
    step = Step(workspace, command="create", manifest="demo.yml", unpack="handover")
    assert step.code == 64
    assert "::error title=robot-action::the input 'unpack' is given without 'digest'" in step.stderr


def with_install(workspace: Path, makefile: str, specification: str = "name: t\n") -> None:
    """Give the template an install command."""
    template = workspace / "template"
    (template / "template.yml").write_text(f"{specification}install: [make setup]\n")
    (template / "template/hello.txt.jinja").unlink()
    (template / "template/Makefile").write_text(makefile)


INT, TERM = signal.SIGINT, signal.SIGTERM


@pytest.mark.parametrize(  # one signal and several, each to a command that heeds them and to one that does not
    ("signals", "deaf"),
    [((INT,), False), ((TERM,), True), ((INT, TERM), True), ((INT, INT, TERM), False)],
    ids=["2-obedient", "15-deaf", "2+15-deaf", "2+2+15-obedient"],
)
def test_a_cancelled_run_tells_its_report_however_often_it_is_cancelled(
    workspace: Path, signals: tuple[signal.Signals, ...], deaf: bool
) -> None:
    with_install(workspace, f"setup:\n\t@{'trap true INT TERM; ' if deaf else ''}echo begun; sleep 60; sleep 60\n")
    if os.geteuid() == 0:
        os.chown(workspace, 4711, 4711)
    step = Step(workspace, signals=signals, command="create", manifest="demo.yml", trust="true")
    assert step.code == 130, step.stderr
    assert step.outputs["exit-code"] == "130"
    assert step.outputs["result"] == "failed"
    assert "interrupted" in step.summary.read_text()
    assert "Run this job again" in step.summary.read_text()
    assert "Traceback" not in step.stderr + step.stdout
    assert {path.lstat().st_uid for path in workspace.rglob("*") if "demo" in path.parts} <= {workspace.stat().st_uid}


INTERRUPTED = (
    "import robot_action.entrypoints.create as entry\n"
    "def stop(environ, *_, **__):\n"
    "    open(environ['GITHUB_OUTPUT'], 'a').write(environ['TOLD'])\n"
    "    raise KeyboardInterrupt\n"
    "entry.run_create = stop\n"
    "from robot_action.__main__ import main; import sys; sys.argv[1:] = ['action']; main()"
)


@pytest.mark.parametrize("told", ["", "result<<E\ncreated\nE\n"], ids=["before the report", "after the report"])
def test_a_run_that_is_cancelled_before_its_report_tells_that(tmp_path: Path, told: str) -> None:
    output, summary = tmp_path / "output", tmp_path / "summary"
    output.touch()
    files = {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary), "HOME": str(tmp_path / "home"), "TOLD": told}
    environment = {**MEASURED, "PATH": os.environ["PATH"], "GITHUB_ACTIONS": "true", "CI": "true", "INPUT_COMMAND": "create", **files}
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 130, done.stderr
    assert "Traceback" not in done.stderr
    outputs = read_outputs(output.read_text())
    assert (outputs["result"], outputs.get("exit-code")) == (("created", None) if told else ("failed", "130"))
    assert summary.exists() != bool(told)


def test_a_run_that_is_cancelled_while_it_starts_leaves_no_traceback() -> None:
    program = (
        "import sys\n"
        "from robot_action.__main__ import main\n"
        "class Finder:\n"
        "    def find_spec(self, *_):\n"
        "        raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Finder())\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


TRICKS = [
    *(f"::{name}::forged" for name in sorted(COMMANDS)),
    "::set-output name=result::forged",
    "::add-mask::a",
    "::error file=/etc/passwd,line=1::forged",
    "  ::warning::forged",
    "\\t::warning::forged",
    "\\357\\273\\277::warning::forged",
    "\\342\\200\\213::warning::forged",
    "\\033[2K::warning::forged",
    "a\\r::warning::forged",
    "a\\v::warning::forged",
    *(f"{before}##[{name}]forged" for name in ("error", "endgroup", "group", "set-output name=x;") for before in ("", "a ", "#")),
    "#\\342\\200\\215#[error]forged",
]


def commands_of(step: Step) -> list[str]:
    """Return what the runner takes for a command in a step's whole output, in order."""
    return [seen.name for seen in Runner().read(step.stdout)]


def test_no_output_of_a_template_is_a_command(workspace: Path) -> None:
    lines = "".join(f"\t@printf '{trick}\\n'; printf '{trick}\\n' >&2\n" for trick in TRICKS)
    with_install(workspace, f"setup:\n{lines}")
    step = Step(workspace, merged=True, command="create", manifest="demo.yml", trust="true")
    assert step.code == 0, step.stdout
    assert step.stdout.count("forged") >= 2 * (len(TRICKS) - 1)
    assert set(commands_of(step)) == {"group", "endgroup", "stop-commands"}
    assert commands_of(step).count("stop-commands") == 1
    assert read_outputs(step.output.read_text())["result"] == "created"


NAMES = ("::error::forged", "##[error]forged", "::add-mask::e", "::stop-commands::x", "x\n::error::forged", "| --- |<script>")


@pytest.mark.parametrize("name", NAMES)
def test_no_name_that_others_chose_is_a_command(workspace: Path, name: str) -> None:
    quoted, line = json.dumps(name), json.dumps(name.replace("\n", " "))
    with_install(workspace, "setup:\n\t@true\n", f"name: t\ndescription: {line}\nquestions: {{q: {{type: str, help: {line}}}}}\n")
    (workspace / "template/template" / name.translate({ord(one): "-" for one in "\n/|<>"})).write_text("x")
    (workspace / "demo.yml").write_text(MANIFEST + f"description: {line}\ndata: {{q: {quoted}}}\n")
    step = Step(workspace, merged=True, command="create", manifest="demo.yml", trust="true", log_level="debug")
    assert set(commands_of(step)) <= {"group", "endgroup", "stop-commands", "error"}
    assert step.code == 0, step.stdout
    assert set(read_outputs(step.output.read_text())) <= OUTPUT_NAMES
    assert "<script>" not in step.summary.read_text()


@pytest.mark.parametrize("name", NAMES)
def test_a_templates_name_that_is_none_is_refused_and_no_command(workspace: Path, name: str) -> None:
    with_install(workspace, "setup:\n\t@true\n", f"name: {json.dumps(name)}\n")
    step = Step(workspace, merged=True, command="create", manifest="demo.yml", trust="true")
    assert (step.code, commands_of(step)) == (65, ["error"])


def test_what_is_wrong_in_a_manifest_is_told_without_its_commands(workspace: Path) -> None:
    (workspace / "demo.yml").write_text(MANIFEST.replace("name: demo", 'name: "x\\n::add-mask::demo"') + '"##[error]x": 1\n')
    step = Step(workspace, merged=True, command="create", manifest="demo.yml")
    assert step.code == 65
    assert set(commands_of(step)) == {"error"}


def test_files_of_the_runner_that_cannot_be_written_are_told_and_the_work_is_done(workspace: Path) -> None:
    step = Step(workspace, {"GITHUB_STEP_SUMMARY": "/nowhere/summary"}, command="create", manifest="demo.yml")
    assert step.code == 0
    assert "warning: the summary /nowhere/summary cannot be written" in step.stderr
    assert step.outputs["result"] == "created"


@pytest.mark.parametrize("command", ["create", "validate"])
def test_outputs_that_cannot_be_written_are_an_error_for_later_steps_would_miss_them(workspace: Path, command: str) -> None:
    step = Step(workspace, {"GITHUB_OUTPUT": str(workspace)}, command=command, manifest="demo.yml")
    assert step.code == 1
    assert f"::error title=robot-action::the outputs {workspace} cannot be written" in step.stderr
    assert "Traceback" not in step.stderr
    assert (workspace / "demo/hello.txt").exists() is (command == "create")
    assert command == "validate" or "is ready" in step.stdout


def test_many_errors_are_ten_annotations_and_all_of_the_log(workspace: Path) -> None:
    (workspace / "demo.yml").write_text(MANIFEST + "".join(f"wrong{number}: 1\n" for number in range(30)))
    step = Step(workspace, merged=True, command="create", manifest="demo.yml")
    assert commands_of(step) == ["error"] * 10
    assert all(f"wrong{number}" in step.stdout for number in range(30))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a second user for template code")
def test_template_code_cannot_read_what_the_job_has_left(workspace: Path) -> None:
    """Earlier steps' outputs, checkouts' credentials and the event are readable for everybody on a runner."""
    with tempfile.TemporaryDirectory() as shared:  # no private folder of a test is in its way
        Path(shared).chmod(0o755)
        folders = [Path(shared, name) for name in ("workspace", "file_commands", "runner_temp", "workflow", "home")]
        checkout, commands, temporary, workflow, home = folders
        shutil.copytree(workspace, checkout)
        for folder in folders:
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)
            (folder / "secret").write_text("read me")
        (checkout / "template" / "template.yml").write_text(
            "name: t\nquestions: {greeting: {type: str, default: hi}}\ninstall: [make look]\n"
        )
        looks = "\n".join(f"\t@cat {folder}/secret || true; ls {folder} || true" for folder in folders)
        (checkout / "template" / "template" / "Makefile").write_text(f"look:\n{looks}\n")
        environment = {
            "GITHUB_WORKSPACE": str(checkout),
            "HOME": str(home),
            "RUNNER_TEMP": str(temporary),
            "GITHUB_OUTPUT": str(commands / "output"),
            "GITHUB_EVENT_PATH": str(workflow / "event.json"),
        }
        step = Step(checkout, environment, command="create", manifest="demo.yml")
        assert step.code == 0, step.stderr
        assert "read me" not in step.stderr
        assert step.stderr.count("Permission denied") >= 2 * len(folders)
        assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o755}, "afterwards they are as they were"


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
    environment = {**MEASURED, "PATH": os.environ["PATH"], "GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(workspace)}
    code = "from robot_action.__main__ import post; post()"
    subprocess.run([sys.executable, "-c", code, "action"], env=environment, timeout=30, check=True)
    assert (workspace / "left").stat().st_uid == 4711
