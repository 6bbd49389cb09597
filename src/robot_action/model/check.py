"""How projects stand to their templates: what is asked for, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from robot_action.errors import BEHIND, DRIFTED, Problem

if TYPE_CHECKING:
    from robot_action.model.request import Trust
    from robot_action.model.source import Source


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """Projects to look at.

    Attributes:
        projects: each folder as it was named, and where it is.
        file: the state file, where that is not found by its name; ``""``: all that are there.
        source: where the template is now, or None: where the state files say.
        ref: the version to compare with: a branch, tag, commit or range; ``""``: the newest release, or the branch followed.
        prereleases: whether pre-releases count.
        drift: whether the projects' files are compared with what their templates give, too.
        heal: files, or folders of them, that are given back what the template gives; relative to each project.
        trust: of whose template code may run; None: nobody's.
        environment: names of variables handed to template code.
        epoch: what a rendering takes for now, where no commit tells; seconds since 1970, UTC.
        seed: what random values come from.
        dry_run: nothing is healed, only told.
    """

    projects: tuple[tuple[str, Path], ...]
    epoch: int = 0
    file: str = ""
    source: Source | None = None
    ref: str = ""
    prereleases: bool = False
    drift: bool = False
    heal: tuple[str, ...] = ()
    trust: Trust | None = None
    skip_tasks: bool = False
    environment: tuple[str, ...] = ()
    seed: str = ""
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class TemplateVersion:
    """A version of a template: its commit, ``""`` where it is not known, and what people call it."""

    commit: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Drift:
    """The files of a project that are not as its template gives them, as they are committed.

    Attributes:
        changed: with other contents, or of another kind.
        deleted: which the template gives, and the project has not.
        left_alone: changed or deleted ones that updates leave to the project: Cruft's ``skip``, Copier's ``_skip_if_exists``, and those
            that are made of secret answers.
        healed: changed or deleted ones that have in the work tree again what the template gives.
        to_heal: those that would have it, were this no dry run.
    """

    changed: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    left_alone: tuple[str, ...] = ()
    healed: tuple[str, ...] = ()
    to_heal: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether anything is not healed."""
        return bool({*self.changed, *self.deleted} - {*self.healed})


@dataclass(frozen=True, slots=True)
class Rival:
    """Something else that updates a project from its template: the file that says so, and what it says."""

    file: str
    note: str


@dataclass(frozen=True, slots=True)
class Checked:
    """One project and one template that it follows.

    Attributes:
        project: the folder, as it was named.
        file: the state file's name in it, or ``""`` where none was found.
        tool: whose state file that is.
        template: the source, as the state file names it.
        current: what the project has; newest: what it could have.
        between: the releases after the present one, up to the newest, in order.
        is_behind: whether there is anything to bring in; is_ahead: whether what it could have is older.
        is_asked: whether what it could have is what was asked for, which need not be the newest.
        drift: None where nobody asked.
        rivals: what else updates the project.
        problems: why it could not be told; exit_code: of them, or 0.
    """

    project: str
    file: str = ""
    tool: str = ""
    template: str = ""
    current: TemplateVersion = TemplateVersion()
    newest: TemplateVersion = TemplateVersion()
    between: tuple[str, ...] = ()
    is_behind: bool = False
    is_ahead: bool = False
    is_asked: bool = False
    drift: Drift | None = None
    rivals: tuple[Rival, ...] = ()
    problems: tuple[Problem, ...] = ()
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class CheckReport:
    """All projects of one run."""

    projects: tuple[Checked, ...] = ()
    dry_run: bool = False

    @property
    def exit_code(self) -> int:
        """0: all is well. A failure outweighs drift, and drift outweighs being behind, which an update cures."""
        failures = {project.exit_code for project in self.projects} - {0}
        if failures:
            return failures.pop() if len(failures) == 1 else 1
        if any(project.drift and project.drift.is_open for project in self.projects):
            return DRIFTED
        return BEHIND if any(project.is_behind for project in self.projects) else 0
