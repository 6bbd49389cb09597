"""Comparing a project's commit with what a template gives: by object ids, so that no content of the project is read."""

from __future__ import annotations

import hashlib
from pathlib import Path

from robot_action.clients.git.attributes import habits, in_folder, stored_with_crlf
from robot_action.clients.git.environment import Invocation, Place
from robot_action.clients.git.listing import entries_of
from robot_action.clients.git.missing import Promised
from robot_action.clients.git.project import borrowed, line_ends, locate
from robot_action.clients.git.read import ObjectReader
from robot_action.clients.git.runner import GitRunner
from robot_action.errors import FailedError, InputError
from robot_action.exchange import Compared, CompareWanted, MergeWanted
from robot_action.model.tree import Entry, Mode, Tree

_LOOK = Invocation(accept=(0, 1, 128))


def compare(runner: GitRunner, wanted: CompareWanted) -> Compared:
    """Compare what is committed with a tree; see `robot_action.repositories.Git.compare`.

    Raises:
        FailedError: when the folder is no repository, or has no commit.
    """
    found = locate(runner, wanted.folder)
    if found is None or not found.head:
        raise FailedError(f"{wanted.folder} has no commit to compare with", hint="Commit the project first.")
    with borrowed(runner, found) as place:
        below = f"{found.head}:{wanted.prefix.strip('/')}"
        done = runner.run(place.bare, "ls-tree", "-r", "-z", below, how=_LOOK)
        if done.code:
            hint = "Commit the project first; in a clone without all trees, fetch them."
            raise FailedError(f"{wanted.folder / wanted.prefix} is not in the commit {found.head[:12]}", hint=hint)
        committed = dict(entries_of(done.items))
        asked = MergeWanted(wanted.folder, found.head, wanted.prefix, wanted.tree, Tree(), label="")
        known = habits(runner, place, asked, committed)
        if line_ends(runner, found):
            known = known.with_automatic_text(wanted.tree, stored_with_crlf(runner, place, in_folder(wanted.prefix)))
    differing = {
        path: path in committed
        for path, entry in known.stored(wanted.tree).items()
        if entry.mode is not Mode.DIRECTORY and committed.get(path) != (entry.mode.value, blob_id(entry, found.algorithm))
    }
    return Compared(
        changed=tuple(path for path, is_there in differing.items() if is_there),
        missing=tuple(path for path, is_there in differing.items() if not is_there),
        attributes=known.attributes,
    )


def committed_files(runner: GitRunner, folder: Path, commit: str, prefix: str) -> Tree:
    """Return what a commit holds below a prefix; see `robot_action.repositories.Git.committed_files`.

    Raises:
        FailedError: when the folder is no repository, or lacks the commit or a file of it.
    """
    found = locate(runner, folder)
    if found is None:
        raise FailedError(f"{folder} is no git repository", hint="Run git init there, and commit the project.")
    modes = set(Mode)
    with borrowed(runner, found) as project:
        place = project.bare
        Promised(runner, found, place).complete(commit, prefix)
        committed = dict(entries_of(runner.run(place, "ls-tree", "-r", "-z", f"{commit}:{prefix.strip('/')}").items))
        files = {path: named for path, named in committed.items() if named.mode in modes}
        names = sorted({named.name for named in files.values()})
        try:
            objects = dict(zip(names, ObjectReader(runner, place).read(names), strict=True))
        except InputError as error:
            hint = "In a clone without all files, fetch them first."
            raise FailedError(f"{folder} does not have every file of the commit {commit[:12]}", hint=hint) from error
    return Tree({path: Entry(Mode(mode), objects[name].content) for path, (mode, name) in files.items()})


def blob_id(entry: Entry, algorithm: str) -> str:
    """Return the id that git gives a file's or a link's contents (gitformat-loose(5), "Object ids")."""
    return hashlib.new(algorithm, b"blob %d\0%b" % (len(entry.content), entry.content), usedforsecurity=False).hexdigest()


def committed_at(runner: GitRunner, folder: Path, path: str) -> int:
    """Return when a path was last changed; see `robot_action.repositories.Git.committed_at`."""
    place = Place(folder, git_dir=folder / ".git")
    text = runner.run(place, "rev-list", "-1", "--timestamp", "HEAD", "--", path, how=_LOOK).text
    return int(text.split()[0]) if text else 0
