"""What a merge reads: the base and, on top of it, the new rendering and the project's tree, as commits in a scratch repository."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping

from robot_action.clients.git import fast_import
from robot_action.clients.git.listing import Named
from robot_action.merging.moves import says_little
from robot_action.model.merge import PROJECT_LABEL
from robot_action.model.paths import parents_of
from robot_action.model.tree import Entry, Mode, Tree

HEADS = "refs/heads/"
BASE = f"{HEADS}base"


class ProjectSide:
    """The project's side of a merge: its tree with what moves at its new place, and without submodules.

    Attributes:
        tree: as it stands; present: what is in it.
        files: what of it is no submodule.
        gone: what goes from its place; made: what comes to one.
        renamed: what is in it then.
    """

    def __init__(self, tree: str, present: Mapping[str, Named], moves: Mapping[str, str], submodules: Collection[str]) -> None:
        moving = {old: new for old, new in moves.items() if old in present and old not in submodules}
        self.tree, self.present = tree, present
        self.files = {path: named for path, named in present.items() if path not in submodules}
        self.gone = {*moving, *submodules}
        self.made = {new: present[old] for old, new in moving.items()}
        self.renamed = {**{path: named for path, named in present.items() if path not in self.gone}, **self.made}


def stream(
    base: Mapping[str, Entry],
    here: Mapping[str, Named],
    theirs: Mapping[str, Entry],
    project: ProjectSide,
    name: str,
    rivals: Collection[str] = (),
) -> Iterator[bytes]:
    """Yield what ``git fast-import`` makes all three commits of.

    The base is made of the project's tree, too, with which it has most in common.

    Args:
        base: all of it; here: what of it the project has, too.
        theirs: the new rendering.
        project: the project's tree.
        name: of the new rendering's reference.
        rivals: the places of files of the project's own to which the template moved others: the base has something there, too, or else
            git would merge what moved with them.
    """
    little = {path: entry for path, entry in base.items() if path not in theirs and says_little(entry.content)}
    masks = {path: _mask(path, entry.mode) for path, entry in (*little.items(), *((path, theirs[path]) for path in rivals))}
    before = {**base, **masks}
    same = {path: named for path, named in here.items() if path not in masks}
    folders = {folder for path in before for folder in parents_of(path)}
    yield from fast_import.commit(BASE, "")
    yield from fast_import.whole(project.tree)
    yield from fast_import.removed(dict.fromkeys(_outermost(path, folders) for path in project.present if path not in before))
    yield from fast_import.known({path: (named.mode, named.name) for path, named in same.items() if project.present.get(path) != named})
    yield from fast_import.files({path: entry for path, entry in before.items() if path not in same})
    yield from fast_import.commit(name, BASE)
    yield from fast_import.removed(path for path in before if path not in theirs)
    yield from fast_import.files({path: entry for path, entry in theirs.items() if before.get(path) != entry})
    yield from fast_import.commit(f"{HEADS}{PROJECT_LABEL}", BASE)
    yield from fast_import.whole(project.tree)
    yield from fast_import.removed(project.gone)
    yield from fast_import.known({path: (named.mode, named.name) for path, named in project.made.items()})
    yield from fast_import.files({path: entry for path, entry in masks.items() if path in here})
    yield b"done\n"


def files_of(tree: Tree) -> Iterator[tuple[str, Entry]]:
    """Yield what git keeps of a tree; it knows no empty folders."""
    return ((path, entry) for path, entry in tree.items() if entry.mode is not Mode.DIRECTORY)


def _mask(path: str, mode: Mode) -> Entry:
    """Return what resembles nothing, to stand in for a file that has next to nothing in it.

    git takes any two files of equal contents for one that moved, and its folder along with it, however little is in them.
    """
    return Entry(mode, hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest().encode())


def _outermost(path: str, kept: Collection[str]) -> str:
    """Return the outermost folder of a path that is none of some folders, or the path where there is none."""
    return next((folder for folder in reversed(list(parents_of(path))) if folder not in kept), path)
