"""What ``git describe`` says of a commit: its nearest tag, and how far it is from that."""

from __future__ import annotations

from pathlib import Path

from robot_action.clients.git.environment import Invocation, Place
from robot_action.clients.git.fetch import EVERYTHING, make_scratch
from robot_action.clients.git.references import UPLOAD_PACK, is_folder, list_refs
from robot_action.clients.git.runner import GitRunner
from robot_action.errors import FailedError, InputError
from robot_action.parsing.commit_ids import is_commit_id
from robot_action.parsing.git_objects import algorithm_of

_DESCRIBE = ("describe", "--tags", "--always")
_TAGS = "+refs/tags/*:refs/tags/*"


def describe(runner: GitRunner, url: str, commit: str) -> str:
    """Return the description of a remote repository's commit; its history is fetched, commits and tags alone.

    The number of digits in ``v1.0-2-g4ac36cb`` is git's choice by the number of objects: with all files of a repository
    of more than about sixteen thousand objects it would take one more.

    Raises:
        InputError: when it is no commit id.
    """
    if not is_commit_id(commit):
        raise InputError(f"{commit!r} is no whole commit id")
    with runner.scratch("describe") as folder:
        place = make_scratch(runner, folder / "git", algorithm_of(commit))
        common = ("fetch", "--progress", "--no-write-fetch-head", *((f"--upload-pack={UPLOAD_PACK}",) if is_folder(url) else ()))
        try:
            runner.remote(place, url, *common, "--filter=tree:0", "--", url, commit, _TAGS)
        except FailedError:  # the server gives no single commits
            runner.remote(place, url, *common, "--", url, *EVERYTHING)
        return runner.run(place, *_DESCRIBE, commit).text


def find_commit(runner: GitRunner, where: str | Path, short: str) -> str:
    """Return the commit that an abbreviated id means; see `robot_action.repositories.Git.find_commit`."""
    if isinstance(where, Path):
        return _whole(runner, Place(where, discover=True), short)
    refs = list_refs(runner, where)
    if not refs:
        return ""
    with runner.scratch("find") as folder:
        place = make_scratch(runner, folder / "git", algorithm_of(next(iter(refs.values()))))
        common = ("fetch", "--progress", "--no-write-fetch-head", *((f"--upload-pack={UPLOAD_PACK}",) if is_folder(where) else ()))
        runner.remote(place, where, *common, "--filter=tree:0", "--", where, *EVERYTHING)
        return _whole(runner, place, short)


def _whole(runner: GitRunner, place: Place, short: str) -> str:
    how = Invocation(accept=(0, 1, 128))
    return runner.run(place, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{short}^{{commit}}", how=how).text


def describe_folder(runner: GitRunner, folder: Path, commit: str) -> str:
    """Return the description of a commit of the work tree around a folder."""
    return runner.run(Place(folder, discover=True), *_DESCRIBE, commit).text
