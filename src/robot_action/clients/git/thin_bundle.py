"""A bundle of one commit on a known parent, as another job left it: hostile, and taken apart by hand (gitformat-bundle(5))."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from robot_action.clients.git.draft_repository import hold, lay
from robot_action.clients.git.environment import Invocation, Place
from robot_action.clients.git.listing import text_of
from robot_action.clients.git.read import ObjectReader
from robot_action.clients.git.references import UPLOAD_PACK, is_folder
from robot_action.clients.git.runner import GitRunner
from robot_action.clients.git.tree_changes import tree_changes
from robot_action.errors import FailedError, InputError, Problem, RobotActionError, StaleError
from robot_action.exchange import Received, ReceiveWanted
from robot_action.model.paths import tree_problems
from robot_action.model.proposal import BUNDLE_LIMIT, Change
from robot_action.model.pull_request import BranchCommit, Signature
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.parsing.git_objects import algorithm_of

_HEADER = re.compile(
    rb"# v(?P<version>[23]) git bundle\n(?P<format>@object-format=(?:sha1|sha256)\n)?"
    rb"-(?P<parent>[0-9a-f]{40,64})(?: [^\n]*)?\n(?P<commit>[0-9a-f]{40,64}) (?P<ref>[^\n]+)\n\n"
)
_FORM = "%T%x00%P%x00%an%x00%ae%x00%ad%x00%cn%x00%ce%x00%cd%x00%ct%x00%B"
_SUBMODULE = "160000"
_TOGETHER = "Bundle and result belong together: prepare them again."


@dataclass(frozen=True, slots=True)
class _Told:
    """A commit, as git tells it."""

    tree: str
    parents: str
    people: Sequence[str]
    date: int
    message: str


def receive(runner: GitRunner, place: Path, wanted: ReceiveWanted) -> Received:
    """Take in a bundle; see `robot_action.hosting.Drafts.receive`.

    Raises:
        InputError: when it is anything else than one sound commit on the parent.
        StaleError: when the repository does not have the parent any more.
    """
    pack = _pack(wanted)
    inside = lay(place, algorithm_of(wanted.parent), wanted.parent)
    _fetch_parent(runner, inside, wanted)
    hold(runner, inside, wanted.parent)
    try:
        runner.run(inside, "index-pack", "--strict", "--fix-thin", "--stdin", how=Invocation(stdin=pack))
        told, before = _tell(runner, inside, wanted.commit), _tell(runner, inside, wanted.parent)
        changes = tree_changes(runner, inside, wanted.parent, wanted.commit)
    except RobotActionError as error:
        raise InputError(f"{wanted.file} is damaged, or lacks objects", problems=error.problems) from error
    if told.parents != wanted.parent:
        raise InputError(f"{wanted.file}: its commit is not one on {wanted.parent}, and on nothing else")
    _check(runner, inside, wanted, changes)
    own = BranchCommit(wanted.commit, told.message, Signature(*told.people[:3]), Signature(*told.people[3:]), told.tree)
    return Received(own, changes, before.date)


def _pack(wanted: ReceiveWanted) -> bytes:
    """Return what follows the bundle's header, which names the branch, the commit and its parent, and nothing else."""
    try:
        if wanted.file.is_symlink() or not wanted.file.is_file():
            raise InputError(f"there is no bundle {wanted.file}", hint="Name the file that update --bundle wrote.")
        with wanted.file.open("rb") as stream:
            content = stream.read(BUNDLE_LIMIT + 1)
    except OSError as error:
        raise InputError(f"{wanted.file} cannot be read: {error.strerror}", hint="Look at its permissions.") from error
    if len(content) > BUNDLE_LIMIT:
        raise InputError(f"{wanted.file} is larger than {BUNDLE_LIMIT} bytes")
    if hashlib.sha256(content).hexdigest() != wanted.sha256:
        raise InputError(f"{wanted.file} is not the bundle that its result was written for", hint=_TOGETHER)
    header = _HEADER.match(content)
    if header is None:
        raise InputError(f"{wanted.file} is no bundle of one commit on another", hint="Let update --bundle write it.")
    told = tuple(header[name].decode(errors="replace") for name in ("ref", "commit", "parent"))
    if told != (f"refs/heads/{wanted.branch}", wanted.commit, wanted.parent):
        raise InputError(f"{wanted.file} does not hold what its result says", hint=_TOGETHER)
    return content[header.end() :]


def _fetch_parent(runner: GitRunner, inside: Place, wanted: ReceiveWanted) -> None:
    local = (f"--upload-pack={UPLOAD_PACK}",) if is_folder(wanted.url) else ()
    options = ("--progress", "--no-tags", "--no-write-fetch-head", "--depth=1", *local)
    try:
        runner.remote(inside, wanted.url, "fetch", *options, "--", wanted.url, wanted.parent)
    except FailedError as error:
        raise StaleError(
            f"the repository does not have the commit {wanted.parent[:12]} that the bundle was made on",
            hint="Its base branch was rewritten, or this is another repository than the bundle was made for. Prepare the update again.",
            problems=error.problems,
        ) from error


def _tell(runner: GitRunner, inside: Place, commit: str) -> _Told:
    options = ("--no-patch", "--no-show-signature", "--date=iso-strict", f"--format={_FORM}")
    text = runner.run(inside, "show", *options, "--end-of-options", f"{commit}^{{commit}}").text
    tree, parents, *people, date, message = text.split("\0", 9)
    return _Told(tree, parents, people, int(date), message)


def _check(runner: GitRunner, inside: Place, wanted: ReceiveWanted, changes: Sequence[Change]) -> None:
    """Refuse what no project may hold: every path that changes, and what of that collides only now with those that stay."""
    problems = [
        Problem(f"the path {change.path!r} is a submodule, and those are not updated")
        for change in changes
        if _SUBMODULE in {change.before_mode, change.after_mode}
    ]
    new = {change.path: change for change in changes if change.after}
    added = {change.path for change in changes if not change.before}
    there = [path for path in _paths(runner, inside, wanted.commit) if path not in added]
    problems += tree_problems(Tree(dict(_entries(runner, inside, new))), there=there)
    if problems:
        raise InputError(f"{wanted.file} brings what cannot be delivered", problems=tuple(dict.fromkeys(problems)))


def _entries(runner: GitRunner, inside: Place, new: Mapping[str, Change]) -> Iterator[tuple[str, Entry]]:
    links = sorted({change.after for change in new.values() if change.after_mode == Mode.LINK})
    targets = dict(zip(links, ObjectReader(runner, inside).read(links), strict=True))
    for path, change in new.items():
        if change.after_mode != _SUBMODULE:
            yield path, Entry(Mode(change.after_mode), targets[change.after].content if change.after in targets else b"")


def _paths(runner: GitRunner, inside: Place, commit: str) -> Iterator[str]:
    items = runner.run(inside, "ls-tree", "-r", "-z", "--name-only", "--full-tree", commit).items
    return map(text_of, items)
