"""Ordered steps, computed from request and facts; only applying them writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from robot_action.errors import Problem
from robot_action.model.manifest import OWN_IDENTITY, Author, PublishTarget, RepositoryWanted
from robot_action.model.template import Commands, Start, Template
from robot_action.model.tree import Tree
from robot_action.model.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a plan.

    Attributes:
        stage: the name of the stage that carries it out.
        title: what it does, in one line.
        details: more lines for whoever reviews the plan; files, commands and limits are not among them,
            because reports take those from the step's own fields.
        skip: why there is nothing to do, or None.
        known: what the stage would have found out, when it is skipped because it was done before.
        objections: why it may not be carried out as things are: the plan is shown, and not begun.
    """

    stage: str
    title: str
    details: tuple[str, ...] = ()
    skip: str | None = None
    known: object = None
    objections: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchStep(Step):
    """Report the template that looking has fetched to the store.

    Attributes:
        message: what the template wants to be shown at first, or ``""``.
    """

    template: Template
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderStep(Step):
    """Write the tree: as a new folder in one rename, or file by file into one that exists.

    Attributes:
        overwrites: files of somebody else that stand there, and are replaced.
        replay: a file besides the project, and what Cookiecutter's replay file holds; or None.
    """

    tree: Tree
    destination: Path
    into_existing: bool = False
    overwrites: tuple[str, ...] = ()
    replay: tuple[Path, bytes] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallStep(Step):
    """Run the install commands, or a custom template's entry.

    Attributes:
        entry: the custom entry (file in the template, or ``-m module``), with the template and the answers for it.
        environment: names of variables that template code may see besides the allow-list.
        earlier: files that were there before the project, which template code does not get to see.
    """

    destination: Path
    commands: Commands = field(default_factory=Commands)
    entry: str | None = None
    template: Tree | None = None
    answers: Mapping[str, Value] = field(default_factory=dict)
    environment: tuple[str, ...] = ()
    earlier: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class StartStep(Step):
    """Start the program, wait until it is ready, stop it.

    Attributes:
        install: the install commands, for a private copy of the project in which they have not run.
        environment: names of variables that template code may see besides the allow-list.
        earlier: files that were there before the project, which template code does not get to see.
    """

    destination: Path
    start: Start
    install: Commands = field(default_factory=Commands)
    environment: tuple[str, ...] = ()
    earlier: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitStep(Step):
    """Commit everything that git would not ignore.

    Attributes:
        date: seconds since 1970, UTC.
        author: who commits.
        earlier: files that were there before the project, and stay uncommitted.
        replaces: whether it takes the place of the commit that an earlier run made without install.
    """

    destination: Path
    branch: str
    message: str
    date: int
    author: Author = OWN_IDENTITY
    tag: str | None = None
    earlier: frozenset[str] = frozenset()
    replaces: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpackStep(Step):
    """Put a project that another job packed at its destination, which is not there yet."""

    bundle: Path
    commit: str
    branch: str
    destination: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class PackStep(Step):
    """Leave the commit, and what is built from it, in a folder for another job.

    Attributes:
        folder: the folder of this project alone.
        identity: what the project is called in the manifest's words.
        name: the name that its package has where its files give none; ``""`` where nothing is to be built.
        environment: names of variables that template code may see besides the allow-list.
    """

    destination: Path
    folder: Path
    identity: str
    name: str
    version: str
    environment: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryStep(Step):
    """Create the repository, or adopt an empty one; then bring its settings to what is wanted."""

    wanted: RepositoryWanted
    create: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PushStep(Step):
    """Push the commit, and the tag, and make the branch the default one."""

    wanted: RepositoryWanted
    destination: Path
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Pushed:
    """A commit on a host."""

    clone_url: str
    commit: str
    branch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishStep(Step):
    """Build, check and upload what the index does not have yet.

    Attributes:
        project: the package's normalised name.
        pushed: for a project that exists, the commit on its host, which alone is published; else this run's own is.
        built: names and contents of the files that another job built of this commit; else they are built.
        environment: names of variables that template code may see besides the allow-list.
    """

    target: PublishTarget
    destination: Path
    project: str
    version: str
    pushed: Pushed | None = None
    built: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    environment: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of one project, and what differs where it already exists.

    Attributes:
        exists: the project was made before; `differences` then say how it departs from the manifest.
        message: what the template wants to be shown in the end, or ``""``.
    """

    project: str
    steps: tuple[Step, ...] = ()
    exists: bool = False
    differences: tuple[str, ...] = ()
    message: str = ""

    @property
    def objections(self) -> tuple[Problem, ...]:
        """Why the plan may not be carried out as things are, each reason once."""
        return tuple(dict.fromkeys(problem for step in self.steps for problem in step.objections))


# What steps find out, for later ones and for the report


@dataclass(frozen=True, slots=True)
class Written:
    """The project's folder, with its files in it."""

    folder: Path


@dataclass(frozen=True, slots=True)
class Committed:
    """The project's commit."""

    commit: str
    branch: str
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Packed:
    """What was packed for another job, which knows it by its digest (``sha256:...``)."""

    digest: str


@dataclass(frozen=True, slots=True)
class Placed:
    """The project's repository on its host."""

    name: str
    url: str
    clone_url: str
    created: bool = False


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file that was built: its private copy, and its ``sha256`` in hex."""

    path: Path
    sha256: str
    size: int

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name


@dataclass(frozen=True, slots=True)
class Published:
    """What is on an index now.

    Attributes:
        where: for people, the index's address or folder.
        files: names of the files of this release; ``uploaded``: those that this run brought.
    """

    where: str
    project: str
    version: str
    files: tuple[str, ...] = ()
    uploaded: tuple[str, ...] = ()


class Status(StrEnum):
    """How a step ended."""

    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    NOT_REACHED = "not reached"
