"""What ties a project to its template: one state file of one of the tools, as it was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from robot_action.model.values import Value


class Tool(StrEnum):
    """Whose state file it is; what it says is written again so that this tool can go on."""

    OWN = "robot-action"
    COPIER = "Copier"
    CRUFT = "Cruft"


@dataclass(frozen=True, slots=True)
class Link:
    """One template that a folder of a repository follows.

    Attributes:
        file: the state file's path in the repository; what the template made lies in that file's folder.
        source: the template, as the file names it, without a version.
        subdirectory: the template's folder in the source; ``""`` is the top.
        version: what the file calls the version that the project has: a version, a tag, what ``git describe`` says, a commit.
        commit: the same as a whole commit id, where the file has it.
        branch: the branch, tag or commit that is followed instead of releases, or ``""``.
        answers: what was answered.
        skip: gitignore patterns over paths that updates leave alone.
        digest: of the rendered tree, or ``""``.
        project: the project's identity, where the file has one.
        context: what else of the manifest the template saw, where the file has it.
    """

    tool: Tool
    file: str
    source: str
    subdirectory: str = ""
    version: str = ""
    commit: str = ""
    branch: str = ""
    answers: Mapping[str, Value] = field(default_factory=dict)
    skip: tuple[str, ...] = ()
    digest: str = ""
    project: str = ""
    context: Mapping[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> str:
        """The folder of the repository in which the project lies; ``""`` is the top."""
        return self.file.rpartition("/")[0]
