"""Values that pass through the doors to the world, between git, the store and the stages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from robot_action.model.facts import LocalRepository
    from robot_action.model.manifest import Author
    from robot_action.model.merge import Attributes
    from robot_action.model.proposal import Change
    from robot_action.model.pull_request import BranchCommit
    from robot_action.model.tree import Entry, Tree
    from robot_action.parsing.git_objects import GitObject


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A commit and all its files, submodules included.

    Attributes:
        commit: the commit's id.
        tree: every file; nothing is converted (no end-of-line or LFS filters).
        date: when it was committed, seconds since 1970, UTC; 0 where nobody asked.
        objects: the raw objects that prove it, for the store; empty where nothing is to be stored.
    """

    commit: str
    tree: Tree
    date: int = 0
    objects: tuple[GitObject, ...] = ()


@dataclass(frozen=True, slots=True)
class CommitWanted:
    """A commit to make of what stands in ``folder``.

    Attributes:
        paths: what to commit, relative to the folder.
        date: seconds since 1970, UTC; both the author's and the committer's date.
        tag: an annotated tag to make with it, or None.
        replaces: whether it takes the place of the checked-out commit, which nobody has seen yet; the tag moves along.
    """

    folder: Path
    paths: tuple[str, ...]
    branch: str
    message: str
    author: Author
    date: int
    tag: str | None = None
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class PushWanted:
    """A commit to bring to a repository.

    Attributes:
        url: a URL without credentials, or the absolute folder of a bare repository.
        tag: the name of an annotated tag of the project to push with it, or None.
    """

    folder: Path
    url: str
    commit: str
    branch: str
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class BundleWanted:
    """A commit to put into one file: its branch, and its tag where it has one."""

    folder: Path
    commit: str
    branch: str
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Bundled:
    """What a bundle holds: one branch's repository, as it would be, and its files; and the ``sha256`` of the bundle in hex."""

    local: LocalRepository
    tree: Tree
    sha256: str


@dataclass(frozen=True, slots=True)
class MergeWanted:
    """A template's change to bring into a project.

    Attributes:
        folder: the top of the project's repository.
        commit: the project, as it is committed.
        prefix: where in the repository the project lies; ``""`` is the top.
        base: the template as it was when the project last followed it, rendered.
        theirs: the template as it is to be followed now, rendered.
        label: what conflict markers call it, such as ``template-v2.0.0``.
        moves: paths of the base, and where the template has moved what it makes of the same file.
        edits: what is changed in the project before the merge; None: it goes away. The result is told as if it had been so.
        asked: paths of which the result tells what the project has.
        spared: paths that are left alone where the project has them.
        rules: ``.gitattributes`` files of the project as they shall be, by which all sides are compared; None: it goes away.
    """

    folder: Path
    commit: str
    prefix: str
    base: Tree
    theirs: Tree
    label: str
    moves: Mapping[str, str] = field(default_factory=dict)
    edits: Mapping[str, Entry | None] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()
    spared: frozenset[str] = frozenset()
    rules: Mapping[str, Entry | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeliveryWanted:
    """A commit to bring to a branch of ours, which may be rewritten, but only as it was last seen.

    Attributes:
        folder: the top of a repository that has the commit; its first parent is on the host already.
        repository: ``owner/name``; on the host ``local`` the bare repository's folder.
        url: of the repository, for git, without credentials.
        seen: the commit that the branch had when it was looked at; ``""``: there was no such branch.
        along: another parent of the commit, which the host does not have either and which comes along; or ``""``.
    """

    folder: Path
    repository: str
    url: str
    branch: str
    commit: str
    seen: str = ""
    along: str = ""


@dataclass(frozen=True, slots=True)
class DraftWanted:
    """Changes to make a commit of, without touching the project.

    Attributes:
        folder: the top of the project's repository; commit: its commit that is changed.
        prefix: where in the repository the project lies; ``""`` is the top, else it ends with ``/``.
        changes: by path below that, as git stores them; None: the file goes away.
    """

    folder: Path
    commit: str
    prefix: str
    changes: Mapping[str, Entry | None]


@dataclass(frozen=True, slots=True)
class Draft:
    """A tree in a repository of ours, and how it differs from the commit that it was made of."""

    tree: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class SealWanted:
    """A commit to make of a tree.

    Attributes:
        parents: the first one counts as what was changed.
        date: seconds since 1970, UTC; both the author's and the committer's date.
    """

    tree: str
    parents: tuple[str, ...]
    message: str
    author: Author
    date: int


@dataclass(frozen=True, slots=True)
class ReceiveWanted:
    """A bundle of one commit to take in; nothing that it says is believed.

    Attributes:
        sha256: of the file, in hex.
        url: of the repository that has the commit's parent.
        branch, commit, parent: what the bundle shall hold, and on what.
    """

    file: Path
    sha256: str
    url: str
    branch: str
    commit: str
    parent: str


@dataclass(frozen=True, slots=True)
class Received:
    """What a bundle's commit brings.

    Attributes:
        own: the commit, as `robot_action.model.pull_request.BranchCommit` judges whose it is.
        date: when its parent was committed, seconds since 1970, UTC.
    """

    own: BranchCommit
    changes: tuple[Change, ...]
    date: int


@dataclass(frozen=True, slots=True)
class JoinWanted:
    """People's commits on a branch, to be merged with a commit of ours; all of them were fetched.

    Attributes:
        head: the commit that the branch has.
        ours: the newest commit there that we made; ``""``: there is none.
        commit: what is to be brought there.
        state: the state file's path: where it is the same on both sides, the branch has what is brought.
        marked: the files that have conflict markers in the commit.
    """

    head: str
    ours: str
    commit: str
    state: str = ""
    marked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JoinedTree:
    """What comes of it.

    Attributes:
        tree: the merge, or ``""`` where both changed the same.
        conflicts: the paths that both changed.
        is_there: whether the branch has what is brought.
    """

    tree: str = ""
    conflicts: tuple[str, ...] = ()
    is_there: bool = False


@dataclass(frozen=True, slots=True)
class Delivered:
    """A commit on a branch of ours.

    Attributes:
        commit: its id; another one than was wanted where the host made and signed it.
        verified: whether the host vouches for who made it.
    """

    commit: str
    verified: bool = False


@dataclass(frozen=True, slots=True)
class CompareWanted:
    """A tree to compare a project's commit with.

    Attributes:
        folder: the top of the repository; prefix: where in it the project lies, ``""`` for the top.
        tree: what a template gives.
    """

    folder: Path
    prefix: str
    tree: Tree


@dataclass(frozen=True, slots=True)
class Compared:
    """How a project's commit differs from a tree.

    Attributes:
        changed: the paths with other contents or another mode; missing: those that it has not.
        attributes: the project's, of paths that have any.
    """

    changed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    attributes: Mapping[str, Attributes] = field(default_factory=dict)
