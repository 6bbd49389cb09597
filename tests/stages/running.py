"""What tests of install and start share: real sandboxes over a folder."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from robot_action.clients.files import LocalFiles
from robot_action.clients.isolation.sandbox import LocalSandbox
from robot_action.clients.isolation.workspace import Doors
from robot_action.model.template import Command, Commands
from robot_action.ports import Ports
from tests.testbed.git_bed import make_client, make_ports

ENVIRONMENT = {"PATH": os.defpath, "LANG": "C.UTF-8", "GITHUB_TOKEN": "a-secret", "API_URL": "https://api.example"}


@dataclass
class Said:
    """A progress that remembers what was shown of programs."""

    lines: list[str] = field(default_factory=list)

    def line(self, text: str) -> None:
        self.lines.append(text)


@dataclass
class World:
    """A project with a makefile, and the ports that stages see."""

    folder: Path
    said: Said = field(default_factory=Said)
    scope: ExitStack = field(default_factory=ExitStack)

    @property
    def project(self) -> Path:
        return self.folder / "project"

    def write(self, name: str, text: str) -> None:
        (self.project / name).parent.mkdir(parents=True, exist_ok=True)
        (self.project / name).write_text(text)

    @property
    def ports(self) -> Ports:
        git = make_client()
        doors = Doors(LocalFiles(self.folder / "locks"), git.unignored, lambda *_: False, self.said.line)
        sandbox = LocalSandbox(ENVIRONMENT, doors, locks=self.folder / "users")
        return make_ports(self.folder, git, sandbox=sandbox, progress=self.said, scope=self.scope)


def make(*targets: str, timeout: float = 20) -> Commands:
    return Commands(tuple(Command(("make", target)) for target in targets), timeout)


def choose_user(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run template code as a second user of this test process alone, or in place."""
    if request.param == "in place":
        monkeypatch.setattr("robot_action.clients.isolation.sandbox.obstacle", lambda: "this test wants no second user")
    elif os.geteuid() != 0:
        pytest.skip("only root can start programs as another user")
    first = 200_000 + os.getpid() * 4 % 1_000_000
    monkeypatch.setattr("robot_action.clients.isolation.second_user.UIDS", range(first, first + 4))
