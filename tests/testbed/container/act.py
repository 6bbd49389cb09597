"""A runner for workflows: nektos/act, with jobs and actions in podman's containers, and the test bed's servers in reach.

act hides secrets as GitHub does, which would hide our own mistakes too: here it is told not to.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.testbed.bare import git
from tests.testbed.container.podman import BASE, PROJECT, Podman

RUNNER = 1001
"""The user and group id of GitHub's runner, to whom the workspace belongs."""
REPOSITORY = "acme/platform"
ACTION_NAME = "acme/robot-action@v1"
WORKFLOW = ".github/workflows/test.yml"
_PATIENCE = 240.0


@dataclass(frozen=True)
class ActRun:
    """What a run of a workflow left behind.

    Attributes:
        code: act's exit code: 0 where every job succeeded.
        raw: act's own output: one JSON document a line, and its own complaints.
    """

    code: int
    raw: str = field(repr=False)

    @cached_property
    def events(self) -> list[dict[str, Any]]:
        """What act told, in order."""
        return [json.loads(line) for line in self.raw.splitlines() if line.startswith("{")]

    @cached_property
    def said(self) -> str:
        """The log as people see it, but for commands that name a secret to be masked."""
        shown = [event for event in self.events if event.get("command") != "add-mask"]
        other = [line for line in self.raw.splitlines() if not line.startswith("{")]
        return "\n".join([*(str(event.get("msg", "")).rstrip("\n") for event in shown), *other])

    def printed(self, step: str = "robot") -> list[str]:
        """Return the lines that a step itself printed, without those that the runner took for commands."""
        return [event["msg"].rstrip("\n") for event in self._of(step) if event.get("raw_output")]

    def commands(self, name: str, step: str = "robot") -> list[dict[str, Any]]:
        """Return the log commands of one name that the runner obeyed, each with ``arg`` and ``kvPairs``."""
        return [event for event in self._of(step) if event.get("command") == name]

    def outputs(self, step: str = "robot") -> dict[str, str]:
        """Return a step's outputs."""
        return {event["name"]: event["arg"] for event in self.commands("set-output", step)}

    def report(self, step: str = "robot") -> Any:
        """Return the report among the outputs, parsed."""
        return json.loads(self.outputs(step)["report"])

    def summary(self, step: str = "robot") -> str:
        """Return a step's summary."""
        return "".join(event["content"] for event in self.commands("summary", step))

    def result(self, step: str = "robot", stage: str = "Main") -> str:
        """Return how a step ended: ``success`` or ``failure``; empty where it did not run."""
        return next((str(event["stepResult"]) for event in self._of(step) if "stepResult" in event and event.get("stage") == stage), "")

    def _of(self, step: str) -> list[dict[str, Any]]:
        return [event for event in self.events if step in event.get("stepID", ())]


class RunningWorkflow:
    """A workflow that is under way."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, engine: Podman, token: str) -> None:
        self._process, self._log, self._engine, self._token = process, log, engine, token

    @property
    def so_far(self) -> str:
        """What act has told."""
        return self._log.read_text(errors="replace")

    def wait_until(self, is_so: Callable[[], object], what: str) -> None:
        """Wait until something is so.

        Raises:
            AssertionError: it does not come, or the workflow ends before.
        """
        until = time.monotonic() + _PATIENCE
        while not is_so():
            if self._process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"waited in vain for {what}:\n{ActRun(0, self.so_far).said[-6000:]}")
            time.sleep(0.05)  # between polls; there is nothing to wait on

    def container(self) -> str:
        """Return the name of the container in which the action runs now; waits until there is one."""
        found: list[str] = []

        def look() -> bool:
            rows = self._engine("ps", "--format", "{{.Names}} {{.Image}}", "--filter", f"name={self._token}").splitlines()
            found[:] = [name for name, image in map(str.split, rows) if image != BASE]  # jobs run in the base image
            return bool(found)

        self.wait_until(look, "the action's container")
        return found[0]

    def finish(self) -> ActRun:
        """Wait for the end."""
        run = ActRun(self._process.wait(timeout=_PATIENCE), self.so_far)
        print(run.said)  # noqa: T201 - pytest shows it where a test fails
        return run


@dataclass(frozen=True)
class Runner:
    """A checkout of `REPOSITORY`, and the means to run workflows in it.

    Attributes:
        folder: for what the runner keeps beside the checkout.
        image: the action's image; `ACTION_NAME` is an action that uses it.
        variables: in the environment of every step.
        token: part of the names of everything that is made for this runner, here and nowhere else.
    """

    engine: Podman
    service: str
    folder: Path
    image: str
    variables: Mapping[str, str] = field(default_factory=dict)
    token: str = field(default_factory=lambda: f"t{secrets.token_hex(5)}")

    @property
    def checkout(self) -> Path:
        """The workspace, which belongs to `RUNNER`."""
        return self.folder / "platform"

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Write files into the checkout."""
        for name, content in files.items():
            path = self.checkout / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def run(self, event: str, workflow: Mapping[str, Any] | str, **options: Any) -> ActRun:
        """Run a workflow from start to end; see `start`."""
        with self.start(event, workflow, **options) as running:
            return running.finish()

    @contextlib.contextmanager
    def start(
        self,
        event: str,
        workflow: Mapping[str, Any] | str,
        *,
        payload: Mapping[str, Any] | None = None,
        secret: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
        arguments: Sequence[str] = (),
        docker_socket: str = "-",
        action: Path | None = None,
    ) -> Iterator[RunningWorkflow]:
        """Start a workflow; whatever it leaves running is removed at the end.

        Args:
            event: its name, such as ``push``.
            workflow: the file's contents; its name becomes our own, by which containers are told apart.
            payload: of the event, beside what every event has.
            secret: what ``secrets.NAME`` gives.
            variables: what ``vars.NAME`` gives.
            arguments: more of act's own.
            docker_socket: the socket that jobs see as Docker's (``unix:///...``); ``-`` for none.
            action: the folder behind `ACTION_NAME`; default: one whose ``action.yml`` names `image`.
        """
        self.prepare(workflow)
        event_file = self.folder / "event.json"
        event_file.write_text(json.dumps({"repository": {"full_name": REPOSITORY, "default_branch": "main"}, **(payload or {})}))
        command = [program(), event, "--eventpath", str(event_file), "--workflows", WORKFLOW, "--bind", "--json", "--insecure-secrets"]
        command += ["--actor", "mona"]
        command += ["--platform", f"ubuntu-latest={BASE}", "--pull=false", "--no-cache-server", "--rm"]
        command += ["--secret-file", str(self._keep(secret or {}))]  # other tests look for tokens in the arguments of processes
        command += ["--container-daemon-socket", docker_socket, "--local-repository", f"{ACTION_NAME}={action or self.make_action()}"]
        for flag, values in (("--env", self.variables), ("--var", variables or {})):
            command += [part for name, value in values.items() for part in (flag, f"{name}={value}")]
        environment = {**self.engine.environment, "DOCKER_HOST": self.service, "HOME": str(self.folder / "act-home")}
        log = self.folder / "act.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*command, *arguments],
                cwd=self.checkout,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            yield RunningWorkflow(process, log, self.engine, self.token)
        finally:
            process.kill()
            process.wait()
            self.engine.remove(self.token)

    def _keep(self, secret: Mapping[str, str]) -> Path:
        file = self.folder / "secrets.yml"
        file.touch(mode=0o600)
        file.write_text(json.dumps(dict(secret)), encoding="utf-8")
        return file

    def make_action(self, image: str = "") -> Path:
        """Make a folder with our ``action.yml``, whose image is the one that is there already; return it."""
        folder = self.folder / "action"
        folder.mkdir(exist_ok=True)
        text = (PROJECT / "action.yml").read_text(encoding="utf-8")
        named, count = re.subn(r"(?m)^  image: Dockerfile$", f"  image: docker://{image or self.image}", text)
        if count != 1:
            raise AssertionError("action.yml does not say where its image comes from as we know it")
        (folder / "action.yml").write_text(named, encoding="utf-8")
        return folder

    def start_repository(self) -> None:
        """Make the checkout a repository whose origin is `REPOSITORY` on GitHub, if it is none yet."""
        if not (self.checkout / ".git").exists():
            git(self.checkout, "init", "--quiet", "--initial-branch=main")
            git(self.checkout, "remote", "add", "origin", f"https://github.com/{REPOSITORY}")

    def owners(self) -> dict[str, int]:
        """Return what in the checkout is not the runner's, and whose it is."""
        found = {}
        for path in self.checkout.rglob("*"):
            owner = path.lstat()
            if (owner.st_uid, owner.st_gid) != (RUNNER, RUNNER):
                found[str(path.relative_to(self.checkout))] = owner.st_uid
        return found

    def prepare(self, workflow: Mapping[str, Any] | str) -> None:
        """Write the workflow, commit what is new as a push would have brought it, and give it to the runner's user."""
        if isinstance(workflow, str):
            text = f"name: {self.token}\n" + re.sub(r"(?m)^name:.*\n", "", workflow)
        else:
            text = json.dumps({"name": self.token, **workflow})
        self.write({WORKFLOW: text})
        self.start_repository()
        mona = ("-c", "safe.directory=*", "-c", "user.name=Mona", "-c", "user.email=mona@acme.example")
        git(self.checkout, *mona, "add", "--all", ".")
        if git(self.checkout, *mona, "status", "--porcelain") or not (self.checkout / ".git/refs/heads/main").exists():
            git(self.checkout, *mona, "commit", "--quiet", "--allow-empty", "--message", "A push")
        for path in (self.checkout, *self.checkout.rglob("*")):
            os.lchown(path, RUNNER, RUNNER)


def program() -> str:
    """Return the path of act, which the environment of the tests brings."""
    beside = Path(sys.executable).with_name("act")
    found = str(beside) if beside.exists() else shutil.which("act")
    if found is None:
        raise RuntimeError("act is not installed: run 'make setup'")
    return found


def job(*steps: Mapping[str, Any] | str, **more: Any) -> dict[str, Any]:
    """Return a job that checks out and then takes these steps; a text is a shell's command."""
    taken = [{"run": step} if isinstance(step, str) else dict(step) for step in steps]
    return {"runs-on": "ubuntu-latest", "steps": [{"uses": "actions/checkout@v4"}, *taken], **more}


def robot(identifier: str = "robot", *, env: Mapping[str, str] | None = None, **inputs: str) -> dict[str, Any]:
    """Return a step that uses the action; inputs are named with ``_`` for ``-``, and ``env_`` for ``env``."""
    named = {name.rstrip("_").replace("_", "-"): text for name, text in inputs.items()}
    step: dict[str, Any] = {"id": identifier, "uses": ACTION_NAME, "with": named}
    return {**step, "env": dict(env)} if env else step
