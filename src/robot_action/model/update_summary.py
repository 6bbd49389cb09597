"""What a pull request tells about an update: values, the template's own words among them, which are hostile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from robot_action.model.merge import Conflict


class FileOutcome(StrEnum):
    """What an update did with a file."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    KEPT = "left as it was"


@dataclass(frozen=True, slots=True)
class TemplateCommit:
    """One commit of the template, between the two versions."""

    commit: str
    title: str


@dataclass(frozen=True, slots=True)
class History:
    """Commits between two versions, merges left out.

    Attributes:
        commits: the newest first; as many as were asked for.
        total: how many there are.
    """

    commits: tuple[TemplateCommit, ...] = ()
    total: int = 0


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """A question that the template did not ask before, or that the project had no answer to.

    Attributes:
        value: the answer that was taken, for people; ``""`` for one that must not be seen.
        help: the question, in the template's words.
        given: whether somebody gave that answer; else it is the default.
    """

    name: str
    value: str
    help: str = ""
    given: bool = False


@dataclass(frozen=True, slots=True)
class ChangedAnswer:
    """An answer that is another one from now on; both are for people, and never secret."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class UpdateSummary:
    """One update of one project.

    Attributes:
        template: its source, without a version.
        before, after: the versions, for people; ``""`` where there is none.
        revision: what marks the pull request; see `robot_action.parsing.pull_request`.
        branch: the branch that is proposed.
        url: of the template, or of the comparison of both versions, for browsers.
        changelog: what the template's own one says of the versions passed: Markdown.
        commits: the newest first.
        files: paths by what was done with them.
        moved: files that went to other places with the template's, and these; they count neither as removed nor as added.
        dropped: answers that were dropped or converted, and why.
        notes: what else is worth knowing, in one sentence each.
    """

    template: str
    before: str
    after: str
    revision: str
    branch: str
    url: str = ""
    conflicts: tuple[Conflict, ...] = ()
    questions: tuple[NewQuestion, ...] = ()
    answers: tuple[ChangedAnswer, ...] = ()
    dropped: tuple[str, ...] = ()
    changelog: str = ""
    commits: tuple[TemplateCommit, ...] = ()
    files: Mapping[FileOutcome, tuple[str, ...]] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def has_same_version(self) -> bool:
        """Whether the version stays: other answers are what is brought, or another place of the template."""
        return bool(self.after) and self.before == self.after

    @property
    def is_answered(self) -> bool:
        """Whether answers are known to be others."""
        return bool(self.answers) or any(question.given for question in self.questions)
