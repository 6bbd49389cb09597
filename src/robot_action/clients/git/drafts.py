"""Commits for branches of ours, in a repository of ours; a `robot_action.hosting.Drafts`."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection
from pathlib import Path

from robot_action.clients.git import fast_import
from robot_action.clients.git.draft_repository import hold, inside_of, lay, read_files
from robot_action.clients.git.environment import Invocation
from robot_action.clients.git.project import locate
from robot_action.clients.git.runner import GitRunner
from robot_action.clients.git.tree_changes import tree_changes
from robot_action.errors import FailedError
from robot_action.exchange import Draft, DraftWanted, JoinedTree, JoinWanted, Received, ReceiveWanted, SealWanted

_DRAFT = "refs/robot-action/draft"
_MARKER = re.compile(rb"^(?:<{7}|>{7}) ", re.MULTILINE)


class GitDrafts:
    """Makes such commits.

    Args:
        runner: runs git, with credentials that may read.
    """

    def __init__(self, runner: GitRunner) -> None:
        self._runner = runner

    def draft(self, place: Path, wanted: DraftWanted) -> Draft:
        """Make a tree of changes; see `robot_action.hosting.Drafts.draft`."""
        found = locate(self._runner, wanted.folder)
        if found is None:
            raise FailedError(f"{wanted.folder} is no git repository", hint="Run git init there, and commit the project.")
        inside = lay(place, found.algorithm, wanted.commit)
        (place / ".git/objects/info/alternates").write_text(f"{found.common_dir / 'objects'}\n")
        if (found.common_dir / "shallow").is_file():
            shutil.copyfile(found.common_dir / "shallow", place / ".git/shallow")
        hold(self._runner, inside, wanted.commit)
        new = {f"{wanted.prefix}{path}": entry for path, entry in wanted.changes.items() if entry is not None}
        gone = [f"{wanted.prefix}{path}" for path, entry in wanted.changes.items() if entry is None]
        stream = (*fast_import.commit(_DRAFT, wanted.commit), *fast_import.removed(gone), *fast_import.files(new), b"done\n")
        self._runner.run(inside, "fast-import", "--quiet", "--date-format=raw", how=Invocation(stdin=b"".join(stream)))
        tree = self._runner.run(inside, "rev-parse", "--verify", f"{_DRAFT}^{{tree}}").text
        return Draft(tree, tree_changes(self._runner, inside, wanted.commit, tree))

    def seal(self, place: Path, wanted: SealWanted) -> str:
        """Make a commit; see `robot_action.hosting.Drafts.seal`."""
        parents = (part for parent in wanted.parents for part in ("-p", parent))
        how = Invocation(stdin=wanted.message.encode(), variables=_identity(wanted))
        return self._runner.run(inside_of(place), "commit-tree", *parents, "-F", "-", wanted.tree, how=how).text

    def pack(self, place: Path, commit: str, branch: str) -> bytes:
        """Return a commit as a bundle; see `robot_action.hosting.Drafts.pack`."""
        inside = inside_of(place)
        name = f"refs/heads/{branch}"
        self._runner.run(inside, "update-ref", name, commit)
        with self._runner.scratch("bundle") as folder:
            self._runner.run(inside, "bundle", "create", "--quiet", str(folder / "bundle"), name, "--not", f"{commit}^1")
            return (folder / "bundle").read_bytes()

    def receive(self, place: Path, wanted: ReceiveWanted) -> Received:
        """Take in a bundle; see `robot_action.hosting.Drafts.receive`."""
        from robot_action.clients.git.thin_bundle import receive

        return receive(self._runner, place, wanted)

    def fetch(self, place: Path, url: str, branch: str, head: str, *, whole: bool = False) -> None:
        """Fetch a branch; see `robot_action.hosting.Drafts.fetch`."""
        from robot_action.clients.git.join import fetch

        fetch(self._runner, inside_of(place), (url, branch), head, whole=whole)

    def blob(self, place: Path, commit: str, path: str) -> str:
        """Return what tells a file's contents; see `robot_action.hosting.Drafts.blob`."""
        from robot_action.clients.git.join import blob_of

        return blob_of(self._runner, inside_of(place), commit, path)

    def join(self, place: Path, wanted: JoinWanted) -> JoinedTree:
        """Merge people's commits; see `robot_action.hosting.Drafts.join`."""
        from robot_action.clients.git.join import join

        return join(self._runner, inside_of(place), wanted)

    def marked(self, place: Path, tree: str, paths: Collection[str]) -> tuple[str, ...]:
        """Return the paths with conflict markers; see `robot_action.hosting.Drafts.marked`."""
        files = read_files(self._runner, inside_of(place), tree, paths)
        return tuple(path for path in paths if path in files and _MARKER.search(files[path].content))


def _identity(wanted: SealWanted) -> dict[str, str]:
    return {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in (("NAME", wanted.author.name), ("EMAIL", wanted.author.email), ("DATE", f"@{wanted.date} +0000"))
    }
