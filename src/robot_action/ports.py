"""The doors to the world: what stages and commands may do, without saying how.

The clients in `robot_action.clients` stand behind them; entry points build those and pass them in.
Every method raises a `robot_action.errors.RobotActionError` when it fails, never a library's own error.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from robot_action.model.credentials import Use

if TYPE_CHECKING:
    from robot_action.errors import RobotActionError
    from robot_action.exchange import Snapshot
    from robot_action.hosting import Branches, Host, PullRequests
    from robot_action.isolation import Renderer, Sandbox
    from robot_action.model.credentials import Credential
    from robot_action.model.facts import Machine, Release
    from robot_action.model.manifest import HostKind, IndexKind, PublishTarget
    from robot_action.model.plan import Artifact
    from robot_action.model.report import Outcome, Report
    from robot_action.model.tree import Tree
    from robot_action.repositories import Git


class Keys(Protocol):
    """What to show to whom; asked at each use, for a token may be minted, renewed, or another one for each repository."""

    def find(self, url: str, use: Use = Use.LOOK, about: str = "") -> Credential | None:
        """Return what is shown to a URL for a use of ``about`` (``owner/name``, or an owner); None: nothing is known.

        Raises:
            NotPermittedError: when it could be had, but somebody does not grant it.
        """


class Keyring(Keys, Protocol):
    """Keys that are known beforehand, at least in part."""

    @property
    def secrets(self) -> frozenset[str]:
        """Everything that must not be seen, as far as it is known by now."""


Advance = Callable[[str, int, int], None]
"""How far something is: what it is and its unit, how much is done, how much there is."""


class Index(Protocol):
    """A place where packages are published."""

    def find(self, target: PublishTarget, project: str, version: str) -> Release:
        """Return what the index holds of that version; an unknown project is an empty release."""

    def fetch(self, target: PublishTarget, project: str, name: str, limit: int) -> bytes:
        """Return one published file, held to the digest that the index lists.

        Raises:
            FailedError: when it is gone, larger than ``limit`` bytes, or not what its digest says.
        """

    def authorise(self, target: PublishTarget) -> None:
        """See whether an upload can be tried at all.

        Raises:
            NotPermittedError: there is no credential for it; the hint names the variable to set.
        """

    def upload(self, target: PublishTarget, project: str, version: str, artifacts: Sequence[Artifact], advance: Advance) -> Release:
        """Bring these files to the index, and return what it lists afterwards; a slow index may not list them all yet.

        A file that is there already with the same bytes is no error, one with other bytes is.
        """

    def describe(self, target: PublishTarget) -> str:
        """Return the index for people: its address or folder."""


class Files(Protocol):
    """Folders and files of the project and of robot-action itself."""

    def exists(self, path: Path) -> bool:
        """Tell whether anything stands at ``path``, a broken link included."""

    def read(self, path: Path, limit: int) -> bytes | None:
        """Return a regular file's bytes, not following a link; None when there is none.

        Raises:
            InputError: when it is larger than ``limit`` bytes, or is no regular file.
        """

    def listing(self, folder: Path) -> tuple[str, ...] | None:
        """Return the names in a folder, or None when there is none."""

    def folders(self, folder: Path) -> tuple[str, ...]:
        """Return the folders' names in a folder, sorted, without links and hidden ones; none where it cannot be listed."""

    def read_tree(self, folder: Path, paths: Iterable[str] | None = None, *, empty_folders: bool = True) -> Tree:
        """Return a folder's contents, or only ``paths`` of it, without ``.git``; sockets, pipes and devices are refused."""

    def changed_at(self, folder: Path) -> Mapping[str, int]:
        """Return when each file and link of a folder was last changed (nanoseconds, nobody can set it), without ``.git``."""

    def write_new(self, tree: Tree, folder: Path) -> None:
        """Write a tree to a folder that does not exist: staged beside it, then renamed."""

    def write_into(self, tree: Tree, folder: Path, *, last: str = "", there: Collection[str] = ()) -> None:
        """Write a tree into a folder file by file, each by rename; links there are never followed.

        Args:
            tree: the files.
            folder: made where it is missing.
            last: the path that is written at the end.
            there: what is in the folder, as far as it stays, for names that are one file somewhere: what stands side by side may.
        """

    def remove(self, folder: Path, paths: Iterable[str]) -> None:
        """Remove files and links of a folder, and folders that are empty then; links on the way are never followed.

        What is not there is no error, whatever stands there, or on the way to it, instead.
        """

    def discard(self, folder: Path) -> None:
        """Remove a folder that this run has made, with all that is in it."""

    def lock(self, key: str, what: str) -> AbstractContextManager[None]:
        """Hold a lock between processes; raise `TryAgainError` at once when another process holds it."""

    def scratch(self, purpose: str) -> AbstractContextManager[Path]:
        """Give a private temporary folder that is removed at the end."""


class Http(Protocol):
    """Plain HTTP."""

    def newest_version(self, project: str, timeout: float) -> str | None:
        """Return the newest released version of a Python project on the user's index, or None, never an error."""

    def answers(self, url: str, timeout: float) -> bool:
        """Tell whether a program on this machine answers a GET with success within ``timeout`` seconds, never an error."""


class Clock(Protocol):
    """Time."""

    def now(self) -> datetime:
        """Return the present time in UTC."""

    def seconds(self) -> float:
        """Return a clock that only goes forward, in seconds."""


class Progress(Protocol):
    """Where work is shown while it goes on; called from one thread at a time."""

    def hide(self, secrets: Iterable[str]) -> None:
        """Show none of these texts from now on, such as the secret answers of a template."""

    def begin_project(self, name: str, number: int, total: int) -> None:
        """Say which project is being worked on."""

    def begin(self, stage: str, title: str) -> None:
        """Say that a stage begins; what is said until `end` belongs to it."""

    def line(self, text: str) -> None:
        """Show a line of another program's output: hostile text."""

    def advance(self, text: str, done: int, total: int) -> None:
        """Show how far the present stage is; ``text`` says what is counted: ``bytes of demo-0.1.0.tar.gz``, ``files``."""

    def end(self, outcome: Outcome) -> None:
        """Say how a stage ended; a skipped one need not have begun."""

    def fail(self, error: RobotActionError) -> None:
        """Show why a run comes to no report: a wrong command line, a manifest that cannot be read."""

    def finish(self, report: Report) -> None:
        """Show the whole report."""


class Store(Protocol):
    """The content-addressed cache of fetched templates."""

    def obtain(self, commit: str, fetch: Callable[[], Snapshot]) -> Tree:
        """Return a commit's files, verified against the commit's id while they are read.

        What is not there, or is damaged, is fetched and kept; of several processes that want it one fetches.
        """


class ReadPorts(Protocol):
    """What it takes to look at projects and at the versions of their templates; `Ports` has it, too."""

    @property
    def git(self) -> Git:
        """The ``git`` program."""

    @property
    def files(self) -> Files:
        """Folders and files."""


@dataclass(frozen=True, slots=True)
class Ports:
    """All doors of one run.

    Attributes:
        scope: closes what a step leaves open for later ones when the project's last step is over.
    """

    machine: Machine
    git: Git
    hosts: Mapping[HostKind, Host]
    indexes: Mapping[IndexKind, Index]
    files: Files
    store: Store
    sandbox: Sandbox
    renderer: Renderer
    http: Http
    clock: Clock
    progress: Progress
    pulls: Mapping[HostKind, PullRequests] = field(default_factory=dict)
    branches: Mapping[HostKind, Branches] = field(default_factory=dict)
    scope: ExitStack = field(default_factory=ExitStack)
