"""Bundles: a commit with all that it needs in one file, from job to job.

Artifact stores lose modes and hidden files, and a ``.git`` folder is a program; a bundle is neither. One that comes in is
hostile all the same: it is taken apart in a repository of ours, and every object and path in it is checked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from itertools import takewhile
from pathlib import Path

from robot_action.clients.files import staging
from robot_action.clients.git.environment import Invocation, Place
from robot_action.clients.git.fetch import make_scratch
from robot_action.clients.git.project import borrowed, head_state, locate, peeled_tags
from robot_action.clients.git.read import ObjectReader
from robot_action.clients.git.runner import GitRunner
from robot_action.errors import FailedError, InputError, RobotActionError
from robot_action.exchange import Bundled, BundleWanted
from robot_action.model.facts import LocalRepository
from robot_action.parsing.commit_ids import is_commit_id
from robot_action.parsing.git_objects import BrokenObjectError, Objects, algorithm_of

MAX_BYTES = 512 * 2**20

_HEADER_BYTES = 1 << 10
_SHOWN = 3
_FORMATS = {b"@object-format=sha1": "sha1", b"@object-format=sha256": "sha256"}
_HEADS = "refs/heads/"
_TAGS = "refs/tags/"


def bundle(runner: GitRunner, wanted: BundleWanted) -> bytes:
    """Return a project's commit as a bundle; see `robot_action.repositories.Git.bundle`.

    Raises:
        FailedError: when the folder is no repository, lacks the tag, or is a shallow clone.
    """
    found = locate(runner, wanted.folder)
    if found is None:
        raise FailedError(f"{wanted.folder} is no git repository, so there is nothing to pack")
    if (found.common_dir / "shallow").is_file():
        raise FailedError(
            f"{wanted.folder} is a shallow clone, and a bundle needs the whole history", hint="Run: git fetch --unshallow (in that folder)"
        )
    refs = {f"{_HEADS}{wanted.branch}": wanted.commit}
    if wanted.tag:
        tag = f"{_TAGS}{wanted.tag}"
        if tag not in found.refs:
            raise FailedError(f"the project has no tag {wanted.tag!r}")
        refs[tag] = found.refs[tag]
    with borrowed(runner, found) as project, runner.scratch("bundle") as folder:
        place = project.bare
        for name, target in refs.items():
            runner.run(place, "update-ref", name, target)
        file = folder / "bundle"
        runner.run(place, "bundle", "create", "--quiet", str(file), *refs)
        return file.read_bytes()


def read_bundle(runner: GitRunner, file: Path) -> Bundled:
    """Return what a bundle of one branch holds; see `robot_action.repositories.Git.read_bundle`.

    Raises:
        InputError: when it is no such bundle, lacks objects, or holds what no project may hold.
    """
    with runner.scratch("bundle") as folder:
        place = make_scratch(runner, folder / "git", algorithm_in(file))
        refs = _take(runner, place, file)
        (branch, commit), *others = [(name.removeprefix(_HEADS), target) for name, target in refs.items() if name.startswith(_HEADS)] or [
            ("", "")
        ]
        if not branch or others:
            raise InputError(f"{file} is a bundle of {len(others) + bool(branch)} branches, and one is wanted")
        try:
            reader = ObjectReader(runner, place)
            listing = reader.list_tree(commit)
            root = runner.run(place, "rev-parse", "--verify", f"{commit}^{{tree}}").text
            tree = Objects.index(reader.read({commit, root, *listing.objects}), algorithm_of(commit)).commit_tree(commit)
            _check_history(runner, place)
        except (BrokenObjectError, FailedError) as error:
            raise InputError(f"{file} is damaged: {error}") from error
        tags = peeled_tags(runner, place, refs)
        if len(tags) + 1 < len(refs):
            raise InputError(f"{file} has a tag that names no commit")
        local = LocalRepository(head=commit, branch=branch, state=head_state(runner, place, commit), tags=tags)
        with file.open("rb") as stream:
            return Bundled(local, tree, hashlib.file_digest(stream, "sha256").hexdigest())


def unbundle(runner: GitRunner, file: Path, source: tuple[str, str], folder: Path) -> None:
    """Make ``folder`` a repository of a bundle; see `robot_action.repositories.Git.unbundle`.

    Args:
        runner: runs git.
        file: the bundle, which `read_bundle` has found sound.
        source: branch and commit.
        folder: must not exist.

    Raises:
        InputError: when the bundle does not hold that commit.
        FailedError: when the folder cannot be made.
    """
    branch, commit = source
    with staging(folder) as stage:
        chosen = (f"--initial-branch={branch}", f"--object-format={algorithm_in(file)}")
        runner.run(Place(stage), "init", "--quiet", "--template=", *chosen, str(stage))
        place = Place(stage, git_dir=stage / ".git", work_tree=stage)
        refs = _take(runner, place, file)
        if refs.get(f"{_HEADS}{branch}") != commit:
            raise InputError(f"{file} does not hold the commit {commit} on {branch!r}")
        runner.run(place, "read-tree", "--reset", "-u", commit)
        try:
            stage.rename(folder)
        except OSError as error:
            raise FailedError(f"{folder} cannot be made: {error.strerror}") from error


def _check_history(runner: GitRunner, place: Place) -> None:
    """Hold every object of a scratch repository to git's rules, and see that none is missing: all of them are pushed.

    Raises:
        FailedError: saying what is wrong.
    """
    done = runner.run(place, "fsck", "--no-dangling", "--no-progress", how=Invocation(accept=range(1 << 8)))
    if done.code:
        lines = [line for line in (*done.errors.splitlines(), *done.text.splitlines()) if not line.startswith("notice:")]
        raise FailedError("; ".join(lines[:_SHOWN]))


def algorithm_in(file: Path) -> str:
    """Return the hash algorithm that a bundle's header names (gitformat-bundle(5)).

    Raises:
        InputError: when it is no bundle, too large, or one that leaves objects out.
    """
    try:
        if not file.is_file() or file.is_symlink():
            raise InputError(f"{file} is no bundle")
        with file.open("rb") as stream:
            size, lines = file.stat().st_size, stream.read(_HEADER_BYTES).split(b"\n")[1:]
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}", hint="Look at its permissions.") from error
    if size > MAX_BYTES:
        raise InputError(f"{file} is larger than {MAX_BYTES} bytes")
    capabilities = tuple(takewhile(lambda line: line.startswith(b"@"), lines))
    if unknown := [line for line in capabilities if line not in _FORMATS]:
        raise InputError(f"{file} is a bundle with {unknown[0].decode(errors='backslashreplace')!r}, and a whole one is wanted")
    return _FORMATS[capabilities[-1]] if capabilities else "sha1"


def _take(runner: GitRunner, place: Place, file: Path) -> Mapping[str, str]:
    """Bring a bundle's objects and references into a repository; return the references."""
    try:
        listed = runner.run(place, "bundle", "unbundle", str(file.absolute())).text
        refs = {name: target for target, _, name in (line.partition(" ") for line in listed.split("\n"))}
        taken = {name: target for name, target in refs.items() if name.startswith((_HEADS, _TAGS)) and is_commit_id(target)}
        for name, target in taken.items():
            runner.run(place, "update-ref", "--no-deref", name, target)
    except RobotActionError as error:
        raise InputError(f"{file} is no bundle that git can read, or it lacks commits", problems=error.problems) from error
    return taken
