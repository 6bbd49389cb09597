"""What was found by looking; nothing here was changed by looking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from robot_action.errors import Problem
from robot_action.model.manifest import OWN_IDENTITY, Author, MergeSettings, PublishTarget
from robot_action.model.state import State
from robot_action.model.template import Rendering, Template
from robot_action.model.tree import Tree


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine that we run on.

    Attributes:
        home, cache: the writable folders of robot-action.
        home_note: why a temporary home is used, or ``""``.
        isolated: whether template code runs as a second user.
        isolation_note: what that means here, in one sentence.
        newer: a newer released version of robot-action, or None.
    """

    version: str
    python: str
    home: Path
    cache: Path
    home_note: str = ""
    is_root: bool = False
    isolated: bool = False
    isolation_note: str = ""
    newer: str | None = None


class DestinationKind(StrEnum):
    """What stands at the destination."""

    NEW = "new"
    FREE = "free"
    """A folder with nothing but dot files, ignorable folders and files of our own tree."""
    OURS = "ours"
    """Its state file names this project."""
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Destination:
    """The folder of the project.

    Attributes:
        state: what its state file says, or None.
        foreign: files there that are none of ours (a few of them).
        replaced: paths of our tree that hold something else there.
        earlier: files that were there before the project and are none of it: they are neither committed nor shown to
            template code.
    """

    path: Path
    kind: DestinationKind
    state: State | None = None
    foreign: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    earlier: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LocalRepository:
    """The git repository at the destination.

    Attributes:
        head: the commit that is checked out, or ``""`` before the first one.
        branch: the branch that is checked out, or ``""`` when detached.
        state: the state file in that commit, or None.
        dirty: paths that differ from the commit and are not ignored.
        staged: paths of which the index has what neither the commit nor the work tree has.
        tags: tag names and the commits they name.
        message: that commit's message; tells whether an earlier run made it, and what it left out.
        date: when it was committed, seconds since 1970, UTC.
        origin: the URL of its remote ``origin``, or ``""``; a relative folder is told whole.
    """

    head: str = ""
    branch: str = ""
    state: State | None = None
    dirty: tuple[str, ...] = ()
    staged: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    date: int = 0
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository on a host, as it is.

    Attributes:
        name: ``owner/name``.
        url: for people; ``clone_url``: for git, without credentials.
        heads, tags: names and commits.
        state: the state file on the default branch, or None.
        head_message: the message of the default branch's newest commit; tells whether it is still the one that we made.
        teams, collaborators: slug or login, and role; None where the token may not read them.
    """

    name: str
    url: str
    clone_url: str
    visibility: str = "private"
    description: str = ""
    homepage: str = ""
    topics: tuple[str, ...] = ()
    default_branch: str = "main"
    merge: MergeSettings = field(default_factory=MergeSettings)
    teams: Mapping[str, str] | None = None
    collaborators: Mapping[str, str] | None = None
    heads: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    state: State | None = None
    head_message: str = ""
    archived: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever pushed."""
        return not self.heads and not self.tags


def is_whole(files: Iterable[str]) -> bool:
    """Tell whether these file names are a wheel and a source distribution at least."""
    names = tuple(files)
    return any(name.endswith(".whl") for name in names) and any(name.endswith((".tar.gz", ".zip")) for name in names)


@dataclass(frozen=True, slots=True)
class Release:
    """What an index holds of one version of a project.

    Attributes:
        files: file names and ``sha256`` hex digests (``""`` where the index gives none).
    """

    target: PublishTarget
    project: str
    version: str
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether both a source distribution and a wheel are there."""
        return is_whole(self.files)


@dataclass(frozen=True, slots=True)
class Pack:
    """A project that an earlier job committed, and handed on in a folder.

    Attributes:
        bundle: the file that holds the commit.
        local: what the bundle says of it, as of a repository.
        tree: the commit's files.
        files: what was built from it: names and contents.
        unpacked: whether the destination holds that very commit already.
    """

    bundle: Path
    local: LocalRepository
    tree: Tree
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    unpacked: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that planning a create needs; each stage's inspection adds its part.

    Attributes:
        as_it_stands: whether the template is what a git work tree holds, and no commit of it.
        wanted: the rendered tree with the state file.
        state: the value of that state file.
        committer: who commits when neither the manifest nor the event names somebody.
        forbidden: why the repository cannot be made, set up or pushed to.
    """

    machine: Machine | None = None
    template: Template | None = None
    as_it_stands: bool = False
    rendering: Rendering | None = None
    wanted: Tree | None = None
    state: State | None = None
    destination: Destination | None = None
    local: LocalRepository | None = None
    repository: Repository | None = None
    committer: Author = OWN_IDENTITY
    forbidden: tuple[Problem, ...] = ()
    releases: tuple[Release, ...] = ()
    pack: Pack | None = None
