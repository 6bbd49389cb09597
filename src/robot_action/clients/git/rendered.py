"""Renderings that a project's repository keeps under references of ours, so that an old version need not be rendered again."""

from __future__ import annotations

import json
from collections.abc import Iterator

from robot_action.clients.git import fast_import
from robot_action.clients.git.environment import Invocation, Place
from robot_action.clients.git.missing import Promised
from robot_action.clients.git.project import borrowed, locate
from robot_action.clients.git.read import ObjectReader
from robot_action.clients.git.runner import GitRunner
from robot_action.errors import RobotActionError
from robot_action.model.kept import KeepWanted, Kept
from robot_action.model.paths import check_tree, path_problem
from robot_action.model.tree import Entry, Mode, Tree

KEPT = "refs/robot-action/rendered/"
"""What stands before a rendering's name."""

_NOTES = "rendering.json"
_FILES = "files/"
_SCRATCH = "refs/heads/rendered"
_LOOK = Invocation(accept=(0, 1, 128))


def kept(runner: GitRunner, wanted: KeepWanted) -> Kept | None:
    """Return what is kept under a name; see `robot_action.repositories.Git.kept`."""
    found = locate(runner, wanted.folder)
    if found is None:
        return None
    commit = runner.run(found.place, "rev-parse", "--verify", "--quiet", f"{KEPT}{wanted.name}^{{commit}}", how=_LOOK).text
    if not commit:
        return None
    with borrowed(runner, found) as project:
        place = project.bare
        try:
            Promised(runner, found, place).complete(commit, "")
        except RobotActionError:
            return None
        return read(runner, place, commit)


def read(runner: GitRunner, place: Place, commit: str) -> Kept | None:
    """Return the rendering that a commit holds; None: it is damaged, or made by somebody else."""
    try:
        items = runner.run(place, "ls-tree", "-r", "-z", "--full-tree", commit).items
        listed = {path.decode(): head.split() for head, _, path in (item.partition(b"\t") for item in items)}
        names = sorted({head[2].decode() for head in listed.values()})
        contents = dict(zip(names, ObjectReader(runner, place).read(names), strict=True))
        return _read({path: Entry(Mode(head[0].decode()), contents[head[2].decode()].content) for path, head in listed.items()})
    except (RobotActionError, ValueError, RecursionError):  # the last: notes that are nested too deeply
        return None


def _read(entries: dict[str, Entry]) -> Kept | None:
    """Return what the files of a commit say; they are anybody's who may write to the repository.

    Raises:
        ValueError: when they are not what we write; it has many subclasses.
        InputError: when a path is none that may be written.
    """
    notes = json.loads(entries.pop(_NOTES, Entry(Mode.FILE)).content)
    if not isinstance(notes, dict) or set(notes) != {"folders", "kept", "sources"} or not all(path.startswith(_FILES) for path in entries):
        return None
    folders, left, sources = notes["folders"], notes["kept"], notes["sources"]
    if not isinstance(sources, dict) or not isinstance(folders, list) or not isinstance(left, list):
        return None
    if not all(isinstance(text, str) for text in (*folders, *left, *sources.values())) or any(map(path_problem, folders)):
        return None
    empty = {path: Entry(Mode.DIRECTORY) for path in folders}
    tree = Tree({**empty, **{path.removeprefix(_FILES): entry for path, entry in entries.items()}})
    return Kept(check_tree(tree, "the kept rendering"), frozenset(left), sources)


def keep(runner: GitRunner, wanted: KeepWanted, what: Kept) -> None:
    """Keep a rendering under a name, and those of the same project alone that are named; see `robot_action.repositories.Git.keep`."""
    found = locate(runner, wanted.folder)
    if found is None:
        return
    with borrowed(runner, found, writing=True) as place:
        commit = made(runner, place, wanted, what)
    runner.run(found.place, "update-ref", f"{KEPT}{wanted.name}", commit)
    listed = runner.run(found.place, "for-each-ref", "--format=%(refname)%00%(contents:subject)", KEPT).text.splitlines()
    for name, _, subject in (line.partition("\0") for line in listed):
        if subject == subject_of(wanted) and name.removeprefix(KEPT) not in {wanted.name, wanted.beside}:
            runner.run(found.place, "update-ref", "-d", name)


def made(runner: GitRunner, place: Place, wanted: KeepWanted, what: Kept) -> str:
    """Make a commit of a rendering in a repository of ours, always the same one; return its id."""
    runner.run(place, "fast-import", "--quiet", "--date-format=raw", how=Invocation(stdin=b"".join(_stream(wanted, what))))
    return runner.run(place, "rev-parse", "--verify", _SCRATCH).text


def subject_of(wanted: KeepWanted) -> str:
    """Return the title of the commits that hold a project's renderings, by which they are known."""
    return f"Rendering for {json.dumps(wanted.state)}"


def _stream(wanted: KeepWanted, what: Kept) -> Iterator[bytes]:
    subject = subject_of(wanted).encode()
    folders = [path for path, entry in what.tree.items() if entry.mode is Mode.DIRECTORY]
    notes = {"folders": folders, "kept": sorted(what.kept), "sources": dict(what.sources)}
    yield from fast_import.commit(_SCRATCH, "", subject)
    yield from fast_import.files({f"{_FILES}{path}": entry for path, entry in what.tree.items()})
    yield from fast_import.files({_NOTES: Entry(Mode.FILE, json.dumps(notes, sort_keys=True).encode())})
    yield b"done\n"
