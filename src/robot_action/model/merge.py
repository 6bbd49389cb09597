"""Three trees become one: what a template was, what the project is, what the template has become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from robot_action.model.tree import Entry

PROJECT_LABEL = "your-project"
"""What conflict markers call the project; the template's side is named by its version."""


class Policy(StrEnum):
    """What a file becomes in which project and template changed the same lines."""

    MARKERS = "markers"
    PROJECT = "project"
    TEMPLATE = "template"
    FAIL = "fail"


class Clash(StrEnum):
    """Why two changes do not go together."""

    CONTENTS = "contents"
    BINARY = "binary"
    DELETED = "deleted by the template, changed in the project"
    ADDED = "added on both sides"
    PLACE = "a file where the other side has a folder"
    NAME = "a name that differs in case or Unicode form alone from one in the project"
    MODE = "a link on one side, a file on the other"
    LINK = "a link to another place on each side"
    UNFIT = "a link that would lead out of the project, or a path that is never written"


class Obstacle(StrEnum):
    """Why a project's own file does not go along to a place with a folder that the template moved."""

    TAKEN = "is for something else"
    IGNORED = "is ignored in the project"
    ASTRAY = "is no place for this link, which would lead to something else from there"


@dataclass(frozen=True, slots=True)
class Conflict:
    """One path that somebody has to look at.

    Attributes:
        marked: whether the file holds conflict markers.
        note: what was done with it, in one sentence.
    """

    path: str
    clash: Clash
    marked: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sides:
    """A path that git could not merge, as each side has it; None: it has none.

    Attributes:
        merged: what git left in its place, markers included.
        favoured: the same with one side's lines wherever both changed, by side; none where that cannot be.
    """

    base: Entry | None = None
    project: Entry | None = None
    template: Entry | None = None
    merged: Entry | None = None
    favoured: Mapping[Policy, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attributes:
    """What a project says about how one path is stored: attributes' values as ``git check-attr`` tells them."""

    text: str = "unspecified"
    eol: str = "unspecified"
    filter: str = "unspecified"
    merge: str = "unspecified"


@dataclass(frozen=True, slots=True)
class Remark:
    """What git says about a merge: its own word for it (``CONFLICT (rename/rename)``), and the paths that it concerns."""

    kind: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RawMerge:
    """What git makes of three trees, before anything is decided.

    Attributes:
        changes: what differs from the project, by path; None: it goes away.
        unmerged: the paths that it could not merge.
        remarks: about renames and conflicts.
        project: for every path of a remark, and others that were asked for, what the project has there, or None.
        present: every path of the project; submodules: those of them that are commits of other repositories, which no merge touches.
        edited: those of them that are not as the base has them.
        attributes: the project's for the paths that change or could not be merged, where it has any; contents here are as git stores them.
        with_crlf: the paths that the project has stored with CRLF line ends; none where that makes no difference.
        ignored: what the template changed and the project's ``.gitignore`` leaves out.
        kept_from: what the template moved to a place of those: it stays where it is, with the template's changes; and that place.
        absent: what the template only moved, and where to, and the project has nowhere.
        elsewhere: what the template moved, and the project has moved to another place: that one, and the template's.
        moved: the template's files that the project has and the template moved, and where to: those that were edited, or are known by
            the template's own paths; ``""``: nobody knows.
        along: the project's own files that go along with a folder which the template moved, and where to.
        crowded: those that do not, where they would go to, and what is in the way.
    """

    changes: Mapping[str, Entry | None]
    unmerged: Mapping[str, Sides] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    project: Mapping[str, Entry | None] = field(default_factory=dict)
    present: frozenset[str] = frozenset()
    submodules: frozenset[str] = frozenset()
    edited: frozenset[str] = frozenset()
    attributes: Mapping[str, Attributes] = field(default_factory=dict)
    with_crlf: frozenset[str] = frozenset()
    ignored: tuple[str, ...] = ()
    kept_from: Mapping[str, str] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)
    elsewhere: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    along: Mapping[str, str] = field(default_factory=dict)
    crowded: Mapping[str, tuple[str, Obstacle]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Merged:
    """The template's changes, fit for the project.

    Attributes:
        changes: what differs from the project, by path; None: it goes away.
        conflicts: what somebody has to look at.
        notes: what else is worth knowing, such as files that stay deleted.
        moved: the project's files that are in another place with the template's, and where: they go away there, and come here.
    """

    changes: Mapping[str, Entry | None]
    conflicts: tuple[Conflict, ...] = ()
    notes: tuple[str, ...] = ()
    moved: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoreWanted:
    """Changes of a project, to be had as git would store them.

    Attributes:
        folder: the top of the project's repository; commit: its commit that is changed.
        prefix: where in the repository the project lies; ``""`` is the top.
        changes: by path below that; None: the file goes away.
        present: every path of the project below that.
        with_crlf: the paths that the project has stored with CRLF line ends.
    """

    folder: Path
    commit: str
    prefix: str
    changes: Mapping[str, Entry | None]
    present: frozenset[str]
    with_crlf: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Stored:
    """Changes as git stores them, by the ``.gitattributes`` that there are with them.

    Attributes:
        changes: by path.
        attributes: for their paths, where there are any.
        stale: what does not change and is stored otherwise than the changed ``.gitattributes`` say.
        ignored: what is new, and the changed ``.gitignore`` leave out.
    """

    changes: Mapping[str, Entry | None]
    attributes: Mapping[str, Attributes] = field(default_factory=dict)
    stale: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
