"""Reading commits out of a repository's object store: raw bytes, in two commands, within bounds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from robot_action.clients.git.environment import Invocation, Place
from robot_action.clients.git.runner import GitRunner
from robot_action.errors import InputError
from robot_action.parsing.git_objects import SUBMODULE, GitObject

MAX_FILES = 200_000
MAX_BYTES = 512 * 2**20
_LINE_BYTES = 400  # a generous average of a listing's line, or a tree's: paths are bounded as a whole, not one by one
_TOO_LARGE = f"the repository's files are larger than {MAX_BYTES} bytes together"


@dataclass(slots=True)
class Budget:
    """What may still be read, by one fetch with all its submodules."""

    files: int = MAX_FILES
    size: int = MAX_BYTES

    def take(self, files: int = 0, size: int = 0) -> None:
        """Use some of it.

        Raises:
            InputError: when there is not so much left.
        """
        self.files -= files
        self.size -= size
        if self.files < 0:
            raise InputError(f"the repository has more than {MAX_FILES} files")
        if self.size < 0:
            raise InputError(_TOO_LARGE)


@dataclass(frozen=True, slots=True)
class Listing:
    """What a tree holds, before any object is read.

    Attributes:
        objects: ids of the trees and blobs below it.
        submodules: raw paths and the commits that stand there.
        gitmodules: mode and id of ``.gitmodules`` at the top, or None.
    """

    objects: frozenset[str] = frozenset()
    submodules: tuple[tuple[bytes, str], ...] = ()
    gitmodules: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class ObjectReader:
    """Reads from one repository."""

    runner: GitRunner
    place: Place
    budget: Budget = field(default_factory=Budget)

    def list_tree(self, tree: str) -> Listing:
        """List a tree or a commit's tree, and take what it needs from the budget."""
        arguments = ("ls-tree", "-r", "-t", "-z", "--full-tree", tree)
        done = self.runner.run(self.place, *arguments, how=Invocation(limit=(max(self.budget.files, 0) + 100) * _LINE_BYTES))
        objects: set[str] = set()
        submodules: list[tuple[bytes, str]] = []
        gitmodules = None
        items = done.items
        for item in items:
            head, _, path = item.partition(b"\t")
            bits, _, name = head.split()
            mode, target = int(bits, 8), name.decode()
            if mode == SUBMODULE:
                submodules.append((path, target))
                continue
            objects.add(target)
            if path == b".gitmodules":
                gitmodules = mode, target
        self.budget.take(files=len(items))
        return Listing(frozenset(objects), tuple(submodules), gitmodules)

    def read(self, names: Iterable[str]) -> tuple[GitObject, ...]:
        """Return objects in the order of their ids, unconverted, and take the files among them from the budget.

        Raises:
            InputError: when one is missing, or they are too large; then no more than that is read.
        """
        ordered = sorted(set(names))
        if not ordered:
            return ()
        stdin = "".join(f"{name}\n" for name in ordered).encode()
        how = Invocation(stdin=stdin, limit=self.budget.size + MAX_FILES * _LINE_BYTES, too_much=_TOO_LARGE)
        # --buffer: all is asked for at once, so that git need not write each object by itself
        objects = tuple(_batch(self.runner.run(self.place, "cat-file", "--batch", "--buffer", how=how).stdout))
        self.budget.take(size=sum(len(item.content) for item in objects if item.kind == "blob"))
        return objects


def _batch(output: bytes) -> Iterator[GitObject]:
    """Yield the objects of ``cat-file --batch``: ``<id> <kind> <size>`` on a line, the bytes, a line break."""
    at = 0
    while at < len(output):
        end = output.index(b"\n", at)
        head = output[at:end].split()
        if head[-1] == b"missing":
            raise InputError(f"the object {head[0].decode(errors='replace')} is missing from the repository")
        size = int(head[2])
        yield GitObject(head[1].decode(), output[end + 1 : end + 1 + size])
        at = end + size + 2
