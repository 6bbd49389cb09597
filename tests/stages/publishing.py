"""What the tests of publishing share: a committed package, real sandboxes, and back ends in one file that download nothing."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from robot_action.clients.files import LocalFiles
from robot_action.clients.index.local_index import LocalIndex
from robot_action.clients.index.python_index import PythonIndex
from robot_action.clients.isolation.sandbox import LocalSandbox
from robot_action.clients.isolation.workspace import Doors
from robot_action.model.credentials import Credential, Credentials, host_of
from robot_action.model.manifest import IndexKind, PublishTarget
from robot_action.model.plan import Artifact, Committed, PublishStep, Status
from robot_action.model.report import Outcome, Outcomes
from robot_action.ports import Index, Ports
from robot_action.stages import publish
from tests.testbed import programs
from tests.testbed.git_bed import make_client, make_ports, wanted, write_files

BACKEND = (Path(__file__).parents[1] / "create" / "backend.txt").read_text(encoding="utf-8")
PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "demo"
version = "0.1.0"
description = "A demo"
"""
FILES = {"pyproject.toml": PYPROJECT, "backend.py": BACKEND, "demo.py": "GREETING = 'hello'\n"}
WHEEL, SDIST = "demo-0.1.0-py3-none-any.whl", "demo-0.1.0.tar.gz"


@dataclass
class Said:
    """A progress that remembers."""

    lines: list[str] = field(default_factory=list)
    advances: list[tuple[str, int, int]] = field(default_factory=list)

    def line(self, text: str) -> None:
        self.lines.append(text)

    def advance(self, text: str, done: int, total: int) -> None:
        self.advances.append((text, done, total))


@dataclass
class Bench:
    """A package in a repository, and the ports that the stage sees."""

    folder: Path
    said: Said = field(default_factory=Said)
    indexes: dict[IndexKind, Index] = field(default_factory=lambda: {IndexKind.LOCAL: LocalIndex()})
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def project(self) -> Path:
        return self.folder / "project"

    @property
    def target(self) -> PublishTarget:
        return PublishTarget(IndexKind.LOCAL, path=self.folder / "index")

    @property
    def ports(self) -> Ports:
        git = make_client()
        kept = {name: value for name, value in os.environ.items() if name == "PATH" or "CERT" in name or name.startswith("PIP_")}
        doors = Doors(LocalFiles(self.folder / "locks"), git.unignored, lambda *_: False, self.said.line)
        sandbox = LocalSandbox({**kept, "HOME": str(self.folder), **self.environment}, doors, locks=self.folder / "users")
        return make_ports(self.folder, git, sandbox=sandbox, progress=self.said, indexes=self.indexes)

    def commit(self, files: Mapping[str, str] = FILES) -> str:
        git = make_client()
        write_files(self.project, dict(files))
        return git.commit(wanted(self.project, git))

    def published(self, name: str) -> Path:
        return self.folder / "index" / "demo" / name

    def built(self, commit: str) -> dict[str, bytes]:
        """Build the commit as the stage does, and return the files."""
        target = PublishTarget(IndexKind.LOCAL, path=self.folder / "built")
        index, self.indexes[IndexKind.LOCAL] = self.indexes.get(IndexKind.LOCAL), LocalIndex()
        self.publish(commit, target=target)
        if index:
            self.indexes[IndexKind.LOCAL] = index
        return {name: (self.folder / "built" / "demo" / name).read_bytes() for name in (WHEEL, SDIST)}

    def put(self, name: str, content: bytes) -> None:
        """Publish a file by hand, as somebody else would."""
        (self.folder / name).write_bytes(content)
        artifact = Artifact(self.folder / name, hashlib.sha256(content).hexdigest(), len(content))
        LocalIndex().upload(self.target, "demo", "0.1.0", [artifact], lambda *_: None)

    def step(self, **changes: Any) -> PublishStep:
        usual: dict[str, Any] = {"target": self.target, "project": "demo", "version": "0.1.0"}
        return PublishStep(stage="publish", title="publish", destination=self.project, **{**usual, **changes})

    def publish(self, commit: str = "", **changes: Any) -> Outcome:
        """Carry out the step, as after a commit of the same run."""
        done = Outcome("commit", Status.DONE, result=Committed(commit, "main"))
        outcomes = Outcomes((done,)) if commit else Outcomes()
        return publish.apply(self.ports, self.step(**changes), outcomes)


def credentials_for(index: programs.PythonIndex, password: str = "") -> Credentials:
    return Credentials({host_of(index.url): Credential(index.user, password or index.password)})


def remote(bench: Bench, index: programs.PythonIndex, **options: Any) -> PublishTarget:
    """Let the bench publish to a real index; return the target."""
    bench.indexes[IndexKind.PYPI] = PythonIndex(options.pop("credentials", credentials_for(index)), **options)
    return PublishTarget(IndexKind.PYPI, url=index.url)
