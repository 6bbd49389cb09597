"""Fetching commits from other repositories into memory: always by a scratch repository of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from robot_action.clients.git.environment import Invocation, Place
from robot_action.clients.git.read import Budget, Listing, ObjectReader
from robot_action.clients.git.references import UPLOAD_PACK, is_folder
from robot_action.clients.git.runner import GitRunner
from robot_action.errors import FailedError, InputError, Problem, RobotActionError
from robot_action.exchange import Snapshot
from robot_action.parsing.commit_ids import is_commit_id
from robot_action.parsing.git_objects import (
    LINK,
    BrokenObjectError,
    GitObject,
    Objects,
    algorithm_of,
    read_commit,
)
from robot_action.parsing.git_urls import resolve

MAX_SUBMODULES = 100
MAX_SUBMODULE_DEPTH = 8
EVERYTHING = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")


def make_scratch(runner: GitRunner, folder: Path, algorithm: str) -> Place:
    """Make an empty bare repository without hooks in a new folder."""
    folder.mkdir()
    runner.run(Place(folder), "init", "--quiet", "--bare", "--template=", f"--object-format={algorithm}", str(folder))
    return Place(folder, git_dir=folder)


def fetch_snapshot(runner: GitRunner, url: str, commit: str) -> Snapshot:
    """Fetch one commit with its submodules; see `robot_action.repositories.Git.fetch_snapshot`.

    Raises:
        InputError: when the commit does not exist, is too large, or holds what may not be there.
    """
    if not is_commit_id(commit):
        raise InputError(f"{commit!r} is no whole commit id")
    with runner.scratch("fetch") as folder:
        collection = _Collection(runner, folder)
        collection.collect(runner.check(url), commit, 0)
    try:
        objects = Objects.index(collection.objects, algorithm_of(commit))
        return Snapshot(commit, objects.commit_tree(commit), read_commit(objects.get(commit, "commit"))[1], tuple(collection.objects))
    except BrokenObjectError as error:
        raise FailedError(f"{url} gave something else than the commit {commit}: {error}") from error


@dataclass(slots=True)
class _Collection:
    """The objects of a commit and its submodules, each commit fetched once."""

    runner: GitRunner
    folder: Path
    budget: Budget = field(default_factory=Budget)
    objects: list[GitObject] = field(default_factory=list)
    commits: set[str] = field(default_factory=set)

    def collect(self, url: str, commit: str, depth: int) -> None:
        """Fetch a commit, read it, and go on with its submodules."""
        if commit in self.commits:
            return
        self.commits.add(commit)
        if len(self.commits) > MAX_SUBMODULES or depth > MAX_SUBMODULE_DEPTH:
            raise InputError(f"more than {MAX_SUBMODULES} submodules, or more than {MAX_SUBMODULE_DEPTH} below each other")
        place = make_scratch(self.runner, self.folder / str(len(self.commits)), algorithm_of(commit))
        _fetch(self.runner, place, url, commit)
        reader = ObjectReader(self.runner, place, self.budget)
        listing = reader.list_tree(commit)
        self.objects += reader.read({commit, self._root(place, commit), *listing.objects})
        urls = _submodule_urls(self.runner, place, listing)
        for path, target in listing.submodules:
            self._submodule(url, urls, path, target, depth)

    def _root(self, place: Place, commit: str) -> str:
        return self.runner.run(place, "rev-parse", "--verify", f"{commit}^{{tree}}").text

    def _submodule(self, parent: str, urls: Mapping[bytes, str], path: bytes, commit: str, depth: int) -> None:
        name = path.decode(errors="backslashreplace")
        if path not in urls:
            raise InputError(f"{parent} has a submodule at {name!r} whose URL .gitmodules does not tell")
        url = self.runner.check(resolve(parent, urls[path]), f"the submodule {name!r} of {parent}")
        try:
            self.collect(url, commit, depth + 1)
        except RobotActionError as error:
            raise type(error)(problems=(Problem(f"the submodule {name!r} of {parent} cannot be fetched"), *error.problems)) from error


def _fetch(runner: GitRunner, place: Place, url: str, commit: str) -> None:
    """Fetch a commit alone, or everything where the server gives no single commits."""
    common = ("fetch", "--progress", "--no-tags", "--no-write-fetch-head", *((f"--upload-pack={UPLOAD_PACK}",) if is_folder(url) else ()))
    try:
        runner.remote(place, url, *common, "--depth=1", "--", url, commit)
    except FailedError:
        runner.remote(place, url, *common, "--", url, *EVERYTHING)
    kind = runner.run(place, "cat-file", "-t", commit, how=Invocation(accept=(0, 1, 128))).text
    if kind != "commit":
        reason = f"is a {kind}, no commit" if kind else "has no branch or tag that leads to it"
        raise InputError(f"{url}: {commit} {reason}", hint="Name a branch, a tag, or a commit that one of them holds.")


def _submodule_urls(runner: GitRunner, place: Place, listing: Listing) -> dict[bytes, str]:
    """Return the URLs that ``.gitmodules`` gives for paths; names and every other key of it count for nothing.

    Raises:
        InputError: when it is a link, or cannot be parsed.
    """
    if not listing.submodules or listing.gitmodules is None:
        return {}
    mode, blob = listing.gitmodules
    if mode == LINK:
        raise InputError(".gitmodules is a link")
    how = Invocation(accept=(0, 1))
    done = runner.run(place, "config", "-z", f"--blob={blob}", "--get-regexp", r"^submodule\..*\.(path|url)$", how=how)
    values: dict[bytes, dict[bytes, bytes]] = {}
    for item in done.items:
        key, _, value = item.partition(b"\n")
        name, _, variable = key.removeprefix(b"submodule.").rpartition(b".")
        values.setdefault(name, {})[variable] = value
    try:
        return {found[b"path"]: found[b"url"].decode() for found in values.values() if b"path" in found and b"url" in found}
    except UnicodeDecodeError:
        raise InputError(".gitmodules has a URL that is not UTF-8") from None
