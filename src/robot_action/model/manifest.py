"""A manifest's values: which project is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from robot_action.errors import Position
from robot_action.model.source import Source
from robot_action.model.template import Commands
from robot_action.model.values import Value


class Origin(StrEnum):
    """Where a resolved value comes from."""

    MANIFEST = "manifest"
    FLAG = "flag"
    CONFIGURATION = "configuration"
    TEMPLATE = "template"
    DERIVED = "derived"
    DEFAULT = "default"


class HostKind(StrEnum):
    """The Git providers."""

    GITHUB = "github"
    LOCAL = "local"


class IndexKind(StrEnum):
    """Where packages are published."""

    PYPI = "pypi"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Author:
    """Who commits; also a person that a template may name."""

    name: str
    email: str


OWN_IDENTITY = Author("robot-action", "robot-action@users.noreply.invalid")
"""Who commits when nobody else is known; ``.invalid`` is nobody's address (RFC 2606)."""


@dataclass(frozen=True, slots=True)
class MergeSettings:
    """How pull requests may be merged; None leaves the host's own default."""

    squash: bool | None = None
    merge_commit: bool | None = None
    rebase: bool | None = None
    auto_merge: bool | None = None
    delete_branch: bool | None = None


@dataclass(frozen=True, slots=True)
class RepositoryWanted:
    """The repository that a project shall have.

    Attributes:
        name: ``owner/name``.
        path: for the host ``local``, the folder that holds the bare repositories.
        teams, collaborators: slug or login, and role (``pull``, ``triage``, ``push``, ``maintain``, ``admin``
            or a custom role's name).
    """

    name: str
    host: HostKind = HostKind.GITHUB
    path: Path | None = None
    visibility: str = "private"
    description: str = ""
    homepage: str = ""
    topics: tuple[str, ...] = ()
    default_branch: str = "main"
    merge: MergeSettings = field(default_factory=MergeSettings)
    teams: Mapping[str, str] = field(default_factory=dict)
    collaborators: Mapping[str, str] = field(default_factory=dict)

    @property
    def owner(self) -> str:
        """The organisation or user."""
        return self.name.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class PublishTarget:
    """One index that the package shall be on.

    Attributes:
        url: the upload URL of a PyPI-like index; empty means the library's default.
        index: the simple index's URL to ask what is there; empty means: derived from ``url``.
        path: for the index ``local``, its folder.
    """

    to: IndexKind
    url: str = ""
    index: str = ""
    path: Path | None = None
    position: Position | None = None

    @property
    def place(self) -> str:
        """How people are told of it: its folder, its URL, or else its kind."""
        return str(self.path or self.url or self.to.value)


@dataclass(frozen=True, slots=True)
class Manifest:
    """One wanted project, fully resolved: paths absolute, names and version checked and normalised.

    Attributes:
        data: the given answers.
        install: replaces the template's install commands when not None.
        tag: the version tag to push, or None.
        requires: a PEP 440 range of robot-action versions, or None.
        origins: for each dotted key of the manifest (``repository.visibility``), where its value comes from.
        position: where the document begins.
        document: which one of its file it is, from 1; 0 where there is no file.
        positions: where each dotted key that was written stands.
        digest: ``sha256:`` over the document's values, for the commit's trailer.
    """

    name: str
    template: Source
    destination: Path
    kind: str | None = None
    version: str = "0.1.0"
    description: str = ""
    data: Mapping[str, Value] = field(default_factory=dict)
    install: Commands | None = None
    author: Author | None = None
    repository: RepositoryWanted | None = None
    publish: tuple[PublishTarget, ...] = ()
    tag: str | None = None
    requires: str | None = None
    origins: Mapping[str, Origin] = field(default_factory=dict)
    position: Position | None = None
    document: int = 0
    positions: Mapping[str, Position] = field(default_factory=dict)
    digest: str = ""

    @property
    def project(self) -> str:
        """The project's identity: its repository's name, or else its own."""
        return self.repository.name if self.repository else self.name
