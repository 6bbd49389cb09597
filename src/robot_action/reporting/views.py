"""What a report says, whatever form it is then written in: texts, numbers, and tuples of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from robot_action.model.values import Value

if TYPE_CHECKING:
    from robot_action.model.plan import Status
    from robot_action.model.update_summary import UpdateSummary

LOOKING = frozenset({"prepare", "fetch"})
"""The stages that make nothing of the project itself."""


class Result(StrEnum):
    """How a project ended.

    ``partial`` is as far as the run was asked to go, ``conflicts`` an update that left some, ``proposed`` whatever became of a
    pull request, ``prepared`` one that another job delivers, and ``adopted`` a project that is linked to its template.
    """

    CREATED = "created"
    PARTIAL = "partial"
    UNCHANGED = "unchanged"
    EXISTS = "exists"
    UPDATED = "updated"
    CONFLICTS = "conflicts"
    PROPOSED = "proposed"
    PREPARED = "prepared"
    ADOPTED = "adopted"
    PLANNED = "planned"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class FileView:
    """A file of a planned tree: ``kind`` is ``file``, ``executable``, ``link`` or ``folder``; the size is in bytes."""

    path: str
    kind: str
    size: int
    target: str = ""


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of a plan.

    Attributes:
        skip: why nothing is done, or ``""``.
        notes: sentences for whoever reviews the plan.
        commands: what runs, each as its arguments.
        files: what is written.
    """

    number: int
    stage: str
    title: str
    skip: str = ""
    notes: tuple[str, ...] = ()
    commands: tuple[tuple[str, ...], ...] = ()
    files: tuple[FileView, ...] = ()


@dataclass(frozen=True, slots=True)
class ProblemView:
    """What is wrong; line and column are 0 where they are not known.

    Attributes:
        file: as people know it.
        path: the same file's full path, where that is something else.
    """

    message: str
    file: str = ""
    line: int = 0
    column: int = 0
    hint: str = ""
    path: str = ""

    @property
    def place(self) -> str:
        """``file:line:column``, as compilers write it, without the unknown parts."""
        return ":".join([self.file, *(str(number) for number in (self.line, self.column) if number)])


@dataclass(frozen=True, slots=True)
class PlaceView:
    """Where a manifest stands: the file, the line, and which of the file's documents it is; 0 where it could not be read."""

    file: str
    line: int = 0
    column: int = 0
    document: int = 0

    def __str__(self) -> str:
        """Return ``file:line:column``."""
        return ":".join([self.file, *(str(number) for number in (self.line, self.column) if number)])


@dataclass(frozen=True, slots=True)
class StageView:
    """How one stage ended, and in how many seconds."""

    stage: str
    status: Status
    summary: str = ""
    seconds: float = 0.0
    details: tuple[str, ...] = ()
    problems: tuple[ProblemView, ...] = ()


@dataclass(frozen=True, slots=True)
class CommitView:
    """The project's commit; ``tag`` is ``""`` without one."""

    id: str
    branch: str
    tag: str = ""


@dataclass(frozen=True, slots=True)
class RepositoryView:
    """The project's repository; ``created`` by this run or found."""

    name: str
    url: str
    clone_url: str
    created: bool


@dataclass(frozen=True, slots=True)
class PullRequestView:
    """A project's pull request.

    Attributes:
        operation: what became of it.
        number: 0 where there is none; url: its address.
        branch: what is proposed; commit: where that is, or ``""``.
        verified: whether the host vouches for who made the commit.
    """

    operation: str
    number: int
    url: str
    branch: str
    commit: str
    verified: bool


@dataclass(frozen=True, slots=True)
class ReleaseView:
    """What an index holds now, and what of it this run uploaded."""

    where: str
    project: str
    version: str
    files: tuple[str, ...]
    uploaded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ValueView:
    """A value of the resolved manifest, and where it comes from."""

    value: Value
    origin: str


@dataclass(frozen=True, slots=True)
class ProjectView:
    """One project.

    Attributes:
        written_in: where its manifest stands.
        template: the template's source as it was written.
        folder: the destination, ``""`` where it is not known to exist; ``destination`` is where it shall be.
        problems: every problem once, those of stages included.
        packed: the digest of what was packed for another job, or ``""``.
        pull_request: what became of it, where it was asked for one.
        bundle: the file that an update was left in for another job, or ``""``.
        conflicts: the paths that an update leaves to people.
        update: what an update brings.
        in_part: whether writing to the destination, which stood there before, was broken off.
        resume: the command that goes on, or ``""``.
        masked: the answers that are hidden in it, or left out of it.
        message: what the template wants to be shown when the project is there.
        values: the resolved manifest by dotted key.
        seconds: how long all of it took.
    """

    project: str
    result: Result
    exit_code: int
    written_in: PlaceView | None = None
    template: str = ""
    version: str = ""
    destination: str = ""
    folder: str = ""
    in_part: bool = False
    differences: tuple[str, ...] = ()
    steps: tuple[StepView, ...] = ()
    stages: tuple[StageView, ...] = ()
    problems: tuple[ProblemView, ...] = ()
    commit: CommitView | None = None
    repository: RepositoryView | None = None
    releases: tuple[ReleaseView, ...] = ()
    packed: str = ""
    pull_request: PullRequestView | None = None
    bundle: str = ""
    conflicts: tuple[str, ...] = ()
    update: UpdateSummary | None = None
    resume: str = ""
    masked: tuple[str, ...] = ()
    message: str = ""
    values: Mapping[str, ValueView] | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ReportView:
    """All projects of one run."""

    projects: tuple[ProjectView, ...]
    exit_code: int
    dry_run: bool
