"""What a generated project remembers of its making: the file ``.robot-action.yml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from robot_action.model.template import Value

STATE_FILE = ".robot-action.yml"


@dataclass(frozen=True, slots=True)
class TemplateState:
    """One template of a project.

    Attributes:
        source: the source's identity; a directory is written relative to the project's folder.
        digest: of the rendered tree, without the state file.
        answers: the recorded answers; never a secret.
    """

    source: str
    version: str = ""
    commit: str = ""
    digest: str = ""
    answers: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class State:
    """A whole state file."""

    project: str
    templates: tuple[TemplateState, ...]

    def is_same_project(self, other: State) -> bool:
        """Tell whether both name one project: the same repository made from the same template sources."""
        return self.project == other.project and [t.source for t in self.templates] == [t.source for t in other.templates]
