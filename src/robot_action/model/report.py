"""What steps did, and all of it together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from robot_action.errors import BUG_EXIT_CODE, INTERRUPTED, Problem
from robot_action.model.manifest import Manifest
from robot_action.model.plan import Plan, Status
from robot_action.model.update_summary import UpdateSummary

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one step did.

    Attributes:
        summary: one line; for a skipped step the reason.
        result: what later steps and the report need, such as `robot_action.model.plan.Committed`.
        seconds: how long it took.
        problems: why it failed.
    """

    stage: str
    status: Status
    summary: str = ""
    details: tuple[str, ...] = ()
    result: object = None
    seconds: float = 0.0
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The outcomes so far, handed on from step to step."""

    items: tuple[Outcome, ...] = ()

    def plus(self, outcome: Outcome) -> Outcomes:
        """Return these outcomes and one more."""
        return replace(self, items=(*self.items, outcome))

    def find(self, kind: type[Result]) -> Result | None:
        """Return the newest result of a kind, or None."""
        return next((item.result for item in reversed(self.items) if isinstance(item.result, kind)), None)


@dataclass(frozen=True, slots=True)
class ProjectReport:
    """One project: the manifest, the plan that was made, what was done, and why it ended.

    Attributes:
        manifest: with what the template adds to it, where that is known.
        file: the manifest's file where it has no manifest that could be read.
        problems: what went wrong, before the plan or in a step.
        exit_code: of this project alone.
        resume: the exact command that goes on, or ``""``.
        masked: the answers that are hidden in that command, or left out of it.
        bug: the exception that was none of ours to expect, for the boundary.
        update: what an update brings.
        template: its source, and destination: the project's folder, where there is no manifest and they are known.
        seconds: how long all of it took, looking included.
    """

    project: str
    manifest: Manifest | None = None
    plan: Plan | None = None
    outcomes: Outcomes = Outcomes()
    problems: tuple[Problem, ...] = ()
    exit_code: int = 0
    resume: str = ""
    masked: tuple[str, ...] = ()
    file: str = ""
    bug: Exception | None = None
    update: UpdateSummary | None = None
    template: str = ""
    destination: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """All projects of one run."""

    projects: tuple[ProjectReport, ...] = ()
    dry_run: bool = False

    @property
    def exit_code(self) -> int:
        """0 when all went well; else an interruption or a bug before all, the code that failures share, or 1."""
        codes = {project.exit_code for project in self.projects} - {0}
        for first in (INTERRUPTED, BUG_EXIT_CODE):
            if first in codes:
                return first
        return codes.pop() if len(codes) == 1 else int(bool(codes))

    @property
    def bug(self) -> Exception | None:
        """The first bug that a project met, or None."""
        return next((project.bug for project in self.projects if project.bug), None)
