"""Where a template comes from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SourceKind(StrEnum):
    """How a source is fetched."""

    DIRECTORY = "directory"
    GIT = "git"


@dataclass(frozen=True, slots=True)
class Source:
    """A template's place, without anything that was fetched.

    Attributes:
        kind: which module of `robot_action.sources` fetches it.
        location: an absolute folder, or the URL of a git repository, never with credentials.
        text: the source as it was written.
        ref: an exact branch, tag or commit, or None.
        versions: a PEP 440 range such as ``>=2,<3``, or None. Ref and range exclude each other;
            with neither, git sources give the highest released PEP 440 tag, or else the default branch.
        subdirectory: the folder inside that holds the template; ``""`` is the top.
        prereleases: whether pre-releases count among the versions to choose from.
    """

    kind: SourceKind
    location: str
    text: str
    ref: str | None = None
    versions: str | None = None
    subdirectory: str = ""
    prereleases: bool = False

    @property
    def normalised(self) -> str:
        """Identity of the source: location and subdirectory, without any version; trust patterns match this."""
        return f"{self.location}#subdirectory={self.subdirectory}" if self.subdirectory else self.location
