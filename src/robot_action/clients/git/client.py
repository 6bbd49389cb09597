"""`robot_action.repositories.Git`: what stages may do with git, by the modules beside this one; each is loaded when it is needed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from robot_action.clients.git.environment import Place
from robot_action.errors import FailedError

if TYPE_CHECKING:
    from robot_action.clients.git.runner import GitRunner
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
    from robot_action.parsing.git_objects import GitObject


class GitClient:
    """Git, with the credentials and the transport rules of its runner.

    What it has read of a template, it does not ask for again: a run may be about many projects of the same one.
    """

    def __init__(self, runner: GitRunner) -> None:
        self._runner = runner
        self._objects: dict[str, GitObject] = {}
        self._references: dict[str, Mapping[str, str]] = {}
        self._descriptions: dict[tuple[str | Path, str], str] = {}
        self._snapshots: dict[tuple[Path, str], Snapshot] = {}

    @property
    def drafts(self) -> Drafts:
        """Commits for branches of ours; see `robot_action.hosting.Drafts`."""
        from robot_action.clients.git.drafts import GitDrafts

        return GitDrafts(self._runner)

    def version(self) -> str:
        """Return git's version, such as ``2.39.5``."""
        with self._runner.scratch("version") as folder:
            text = self._runner.run(Place(folder), "version").text
        _, _, rest = text.partition("git version ")
        if not rest:
            raise FailedError(f"git does not tell its version, but {text!r}")
        return rest.split()[0]

    def list_refs(self, url: str) -> Mapping[str, str]:
        """Return a remote repository's references; see `robot_action.repositories.Git.list_refs`."""
        from robot_action.clients.git import references

        if url not in self._references:
            self._references[url] = references.list_refs(self._runner, self._runner.check(url))
        return self._references[url]

    def folder_refs(self, folder: Path) -> Mapping[str, str]:
        """Return the references of the repository around a folder; see `robot_action.repositories.Git.folder_refs`."""
        from robot_action.clients.git import references

        return references.folder_refs(self._runner, folder)

    def fetch_snapshot(self, url: str, commit: str) -> Snapshot:
        """Fetch one commit with its submodules; see `robot_action.repositories.Git.fetch_snapshot`."""
        from robot_action.clients.git import fetch as git_fetch

        return git_fetch.fetch_snapshot(self._runner, url, commit)

    def attributes(self, tree: Tree) -> Mapping[str, Attributes]:
        """Return what a tree's own ``.gitattributes`` say; see `robot_action.repositories.Git.attributes`."""
        from robot_action.clients.git import work_tree

        return work_tree.attributes_of(self._runner, tree)

    def describe(self, where: str | Path, commit: str) -> str:
        """Return what ``git describe`` says of a commit; see `robot_action.repositories.Git.describe`."""
        from robot_action.clients.git import describe as git_describe

        key = (where, commit)
        if key not in self._descriptions:
            self._descriptions[key] = (
                git_describe.describe_folder(self._runner, where, commit)
                if isinstance(where, Path)
                else git_describe.describe(self._runner, self._runner.check(where), commit)
            )
        return self._descriptions[key]

    def find_commit(self, where: str | Path, short: str) -> str:
        """Return the commit that an abbreviated id means; see `robot_action.repositories.Git.find_commit`."""
        from robot_action.clients.git import describe as git_describe

        return git_describe.find_commit(self._runner, where if isinstance(where, Path) else self._runner.check(where), short)

    def history(self, where: str | Path, commits: tuple[str, str], limit: int) -> History:
        """Return the commits between two; see `robot_action.repositories.Git.history`."""
        from robot_action.clients.git import history as git_history

        return git_history.history(self._runner, where if isinstance(where, Path) else self._runner.check(where), commits, limit)

    def read_folder(self, folder: Path, ref: str) -> Snapshot:
        """Return what a work tree holds at a ref; see `robot_action.repositories.Git.read_folder`."""
        from robot_action.clients.git import folder as git_folder

        key = (folder, ref)
        if key not in self._snapshots:
            snapshot = git_folder.read_folder(self._runner, folder, ref, self._objects)
            if snapshot.commit != ref:  # a name may mean something else the next time
                return snapshot
            self._snapshots[key] = snapshot
        return self._snapshots[key]

    def find_files(self, folder: Path) -> tuple[str, ...] | None:
        """Return what git would not ignore, in a work tree; see `robot_action.repositories.Git.find_files`."""
        from robot_action.clients.git import folder as git_folder

        return git_folder.find_files(self._runner, folder)

    def unignored(self, folder: Path) -> tuple[str, ...]:
        """Return what no ``.gitignore`` excludes; see `robot_action.repositories.Git.unignored`."""
        from robot_action.clients.git import project as git_project

        return git_project.unignored(self._runner, folder)

    def inspect(self, folder: Path) -> LocalRepository | None:
        """Return the facts of a project's repository; see `robot_action.repositories.Git.inspect`."""
        from robot_action.clients.git import project as git_project

        return git_project.inspect(self._runner, folder)

    def identity(self, top: Path) -> Author | None:
        """Return who commits in a repository; see `robot_action.repositories.Git.identity`."""
        from robot_action.clients.git import identity as git_identity

        return git_identity.identity(self._runner, top)

    def commit(self, wanted: CommitWanted) -> str:
        """Make one commit; see `robot_action.repositories.Git.commit`."""
        from robot_action.clients.git import commit as git_commit

        return git_commit.commit(self._runner, wanted)

    def push(self, wanted: PushWanted) -> None:
        """Push a commit; see `robot_action.repositories.Git.push`."""
        from robot_action.clients.git import push as git_push

        git_push.push(self._runner, wanted)

    def restore(self, url: str, commit: str, branch: str, folder: Path) -> None:
        """Make ``folder`` a clone; see `robot_action.repositories.Git.restore`."""
        from robot_action.clients.git import push as git_push

        git_push.restore(self._runner, (url, commit), branch, folder)

    def bundle(self, wanted: BundleWanted) -> bytes:
        """Return a commit as a bundle; see `robot_action.repositories.Git.bundle`."""
        from robot_action.clients.git import bundle as git_bundle

        return git_bundle.bundle(self._runner, wanted)

    def read_bundle(self, file: Path) -> Bundled:
        """Return what a bundle holds; see `robot_action.repositories.Git.read_bundle`."""
        from robot_action.clients.git import bundle as git_bundle

        return git_bundle.read_bundle(self._runner, file)

    def unbundle(self, file: Path, commit: str, branch: str, folder: Path) -> None:
        """Make ``folder`` a repository of a bundle; see `robot_action.repositories.Git.unbundle`."""
        from robot_action.clients.git import bundle as git_bundle

        git_bundle.unbundle(self._runner, file, (branch, commit), folder)

    def compare(self, wanted: CompareWanted) -> Compared:
        """Compare what a project has committed with a tree; see `robot_action.repositories.Git.compare`."""
        from robot_action.clients.git import compare as git_compare

        return git_compare.compare(self._runner, wanted)

    def committed_at(self, folder: Path, path: str) -> int:
        """Return when a path was last changed; see `robot_action.repositories.Git.committed_at`."""
        from robot_action.clients.git import compare as git_compare

        return git_compare.committed_at(self._runner, folder, path)

    def committed_files(self, folder: Path, commit: str, prefix: str) -> Tree:
        """Return what a project's commit holds; see `robot_action.repositories.Git.committed_files`."""
        from robot_action.clients.git import compare as git_compare

        return git_compare.committed_files(self._runner, folder, commit, prefix)

    def kept(self, wanted: KeepWanted) -> Kept | None:
        """Return a rendering that is kept; see `robot_action.repositories.Git.kept`."""
        if wanted.url:
            from robot_action.clients.git import rendered_there

            return rendered_there.kept(self._runner, wanted)
        from robot_action.clients.git import rendered as git_rendered

        return git_rendered.kept(self._runner, wanted)

    def keep(self, wanted: KeepWanted, what: Kept) -> str:
        """Keep a rendering; see `robot_action.repositories.Git.keep`."""
        if wanted.url:
            from robot_action.clients.git import rendered_there

            return rendered_there.keep(self._runner, wanted, what)
        from robot_action.clients.git import rendered as git_rendered

        git_rendered.keep(self._runner, wanted, what)
        return ""

    def left_out(self, folder: Path, paths: Collection[str]) -> tuple[str, ...]:
        """Return what a sparse checkout leaves out; see `robot_action.repositories.Git.left_out`."""
        from robot_action.clients.git import sparse

        return sparse.left_out(self._runner, folder, paths)

    def merge(self, wanted: MergeWanted) -> RawMerge:
        """Merge a template's change into a project; see `robot_action.repositories.Git.merge`."""
        from robot_action.clients.git import merge as git_merge

        return git_merge.merge(self._runner, wanted)

    def stored(self, wanted: StoreWanted) -> Stored:
        """Return a project's changes as git would store them; see `robot_action.repositories.Git.stored`."""
        from robot_action.clients.git import storing

        return storing.stored(self._runner, wanted)
