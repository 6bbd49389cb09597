"""The door to the ``git`` program."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from robot_action.exchange import (
        Bundled,
        BundleWanted,
        CommitWanted,
        Compared,
        CompareWanted,
        MergeWanted,
        PushWanted,
        Snapshot,
    )
    from robot_action.hosting import Drafts
    from robot_action.model.facts import LocalRepository
    from robot_action.model.kept import KeepWanted, Kept
    from robot_action.model.manifest import Author
    from robot_action.model.merge import Attributes, RawMerge, Stored, StoreWanted
    from robot_action.model.tree import Tree
    from robot_action.model.update_summary import History


class Git(Protocol):
    """The ``git`` program. Credentials are the client's own, by host; none ever passes through here."""

    @property
    def drafts(self) -> Drafts:
        """Commits for branches of ours."""

    def version(self) -> str:
        """Return git's version, such as ``2.39.5``."""

    def list_refs(self, url: str) -> Mapping[str, str]:
        """Return a remote repository's references (``HEAD``, ``refs/...``; tags peeled) and their commits, as this run first saw them."""

    def folder_refs(self, folder: Path) -> Mapping[str, str]:
        """Return the same of the repository around a folder of this machine; none where there is none."""

    def fetch_snapshot(self, url: str, commit: str) -> Snapshot:
        """Fetch one commit with its submodules, under the transport rules."""

    def attributes(self, tree: Tree) -> Mapping[str, Attributes]:
        """Return what the ``.gitattributes`` files of a tree say about its paths; nothing of paths that none names."""

    def describe(self, where: str | Path, commit: str) -> str:
        """Return what ``git describe --tags --always`` says of a commit of a URL's repository, or of the work tree around a folder."""

    def find_commit(self, where: str | Path, short: str) -> str:
        """Return the commit that an abbreviated id means in the history of a URL's repository, or the one around a folder; or ``""``."""

    def history(self, where: str | Path, commits: tuple[str, str], limit: int) -> History:
        """Return what leads from the first commit to the second, in a URL's repository, or in the one around a folder.

        Nothing, where one of both is not there any more.
        """

    def read_folder(self, folder: Path, ref: str) -> Snapshot:
        """Return what the git work tree around ``folder`` holds at ``ref``, below ``folder``."""

    def find_files(self, folder: Path) -> tuple[str, ...] | None:
        """Return the files below ``folder`` that git would not ignore, tracked or not, if it lies in a work tree."""

    def unignored(self, folder: Path) -> tuple[str, ...]:
        """Return the paths below ``folder`` that its ``.gitignore`` files do not exclude, work tree or not."""

    def inspect(self, folder: Path) -> LocalRepository | None:
        """Return the facts of the repository whose top is ``folder``, or None when there is none."""

    def identity(self, top: Path) -> Author | None:
        """Return whom the user's environment (``GIT_AUTHOR_NAME``), the configuration of the repository at ``top``, or the user's names.

        None: nobody. Where there is no repository, one around it does not count.
        """

    def commit(self, wanted: CommitWanted) -> str:
        """Make one commit, in a new repository or on top of the existing one; return its id.

        A new repository appears at once and whole, or not at all. No hook and no fsmonitor runs.
        """

    def push(self, wanted: PushWanted) -> None:
        """Push a commit to a branch, and a tag with it, from a scratch repository; never forced.

        A project without a remote ``origin`` gets this one, without credentials. What is there already is no error.
        """

    def restore(self, url: str, commit: str, branch: str, folder: Path) -> None:
        """Make ``folder`` (new) a clone of ``url`` with ``branch`` checked out at ``commit``."""

    def bundle(self, wanted: BundleWanted) -> bytes:
        """Return a commit with all that it needs as one bundle (``git help bundle``)."""

    def read_bundle(self, file: Path) -> Bundled:
        """Return what a bundle of one branch holds; hostile: every object and path is checked."""

    def unbundle(self, file: Path, commit: str, branch: str, folder: Path) -> None:
        """Make ``folder`` (new) a repository with a bundle's branch checked out at ``commit``, and its tags."""

    def compare(self, wanted: CompareWanted) -> Compared:
        """Compare what a project has committed with a tree, by object ids; what the project ignores does not count."""

    def committed_at(self, folder: Path, path: str) -> int:
        """Return when a path of the repository at ``folder`` was last changed, in seconds since 1970, UTC; 0: nobody can tell."""

    def committed_files(self, folder: Path, commit: str, prefix: str) -> Tree:
        """Return what a project's commit holds below a prefix, as git stores it, without submodules.

        Args:
            folder: the top of the repository.
            commit: of it.
            prefix: ``""``, or a path with ``/`` behind it.
        """

    def kept(self, wanted: KeepWanted) -> Kept | None:
        """Return the rendering that a project's repository keeps under a name; None where there is none, or it cannot be read.

        Raises:
            RobotActionError: when the host does not answer, where one is meant.
        """

    def keep(self, wanted: KeepWanted, what: Kept) -> str:
        """Keep a rendering under a name, and remove what else was kept for the same project.

        Returns:
            Why some of that stays on a host, for people, or ``""``.

        Raises:
            RobotActionError: when it cannot be kept.
        """

    def left_out(self, folder: Path, paths: Collection[str]) -> tuple[str, ...]:
        """Return those of some paths that the work tree at ``folder``, a sparse checkout, leaves out: ``git add`` passes over them."""

    def merge(self, wanted: MergeWanted) -> RawMerge:
        """Merge a template's change into a project, as it is committed; nothing of the project is touched."""

    def stored(self, wanted: StoreWanted) -> Stored:
        """Return a project's changes as git would store them; nothing of the project is touched."""
