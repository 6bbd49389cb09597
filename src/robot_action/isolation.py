"""The doors to where other people's code runs: the worker that renders, and the sandbox of a template's commands.

They are among the `robot_action.ports.Ports`; why they are as they are: ``docs/decisions/0003-template-code-runs-as-a-second-user.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from robot_action.model.plan import Artifact
from robot_action.model.template import Rendering, RenderRequest, Start
from robot_action.model.tree import Tree


class Workspace(Protocol):
    """A folder in which template code runs."""

    folder: Path

    def run(
        self, arguments: Sequence[str], *, timeout: float, environment: Mapping[str, str], stdin: bytes = b"", cwd: Path | None = None
    ) -> None:
        """Run one command and stream its output; raise `FailedError` with its end when it fails or takes too long.

        Afterwards nothing that it started is left running.
        """

    def start(self, start: Start, *, environment: Mapping[str, str]) -> str:
        """Start a program, wait until it is ready, stop it; return how it was seen to be ready."""

    def place(self, tree: Tree, name: str) -> Path:
        """Write a tree into a new folder beside the workspace, readable for template code; return it."""

    def make_folder(self, name: str) -> Path:
        """Make a folder beside the workspace that template code may write to."""

    def take(self, folder: Path, into: Path) -> tuple[Artifact, ...]:
        """Copy the regular files of ``folder`` out, without following links."""

    def collect(self) -> None:
        """Bring what git would not ignore back into the project: regular files and inward links only."""


class Sandbox(Protocol):
    """Where template code runs: isolated as a second user where one can be had, else in place."""

    @property
    def isolated(self) -> bool:
        """Whether template code runs as a user of its own."""

    @property
    def note(self) -> str:
        """What that means on this machine, in one sentence."""

    def open(self, project: Path, earlier: frozenset[str] = frozenset(), *, whole: bool = False) -> AbstractContextManager[Workspace]:
        """Open a workspace on a project: a private copy without ``.git`` when isolated, else the project itself.

        The copy lacks the ``earlier`` files, and nothing that comes back replaces them. A ``whole`` one has the files that git
        would ignore, too, and they come back, but for those in new folders of which git ignores everything (``node_modules``).
        """

    def environment(self, names: Sequence[str]) -> Mapping[str, str]:
        """Return the environment that template code gets: the allow-list, and these variables."""


class Renderer(Protocol):
    """The worker process that renders templates."""

    def render(self, request: RenderRequest) -> Rendering:
        """Resolve answers and render a template; raise `InputError` with every problem of it."""
