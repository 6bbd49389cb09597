"""What a generated project remembers of its making: the file ``.robot-action.yml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from robot_action.model.values import Value

STATE_FILE = ".robot-action.yml"


@dataclass(frozen=True, slots=True)
class TemplateState:
    """One template of a project.

    Attributes:
        source: the source's identity; a directory is written relative to the project's folder.
        digest: of the rendered tree, without the state file; ``""`` where secret answers are in it.
        answers: the recorded answers; never a secret.
        context: what else of the manifest the template saw: kind, version and description, without those that are empty.
    """

    source: str
    version: str = ""
    commit: str = ""
    digest: str = ""
    answers: Mapping[str, Value] = field(default_factory=dict)
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class State:
    """A whole state file."""

    project: str
    templates: tuple[TemplateState, ...]

    def is_same_project(self, other: State) -> bool:
        """Tell whether both name one project: the same repository made from the same template sources."""
        pairs = zip(self.templates, other.templates, strict=False)
        return (
            self.project == other.project
            and len(self.templates) == len(other.templates)
            and all(_is_same_source(one.source, another.source) for one, another in pairs)
        )


def _is_same_source(one: str, other: str) -> bool:
    """Tell whether two sources are one; a folder is written relative to the project, so it looks different from elsewhere."""
    if one == other:
        return True
    if not all(source.startswith("../") for source in (one, other)):
        return False
    ends = [source.replace("../", "") for source in (one, other)]
    return f"/{ends[0]}".endswith(f"/{ends[1]}") or f"/{ends[1]}".endswith(f"/{ends[0]}")
