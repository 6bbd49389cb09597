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
_LINE_BYTES = 400  # a generous average of a listing's line: paths are bounded as a whole, not one by one


@dataclass(slots=True)
class Budget:
    """What may still be read, by one fetch with all its submodules."""

    files: int = MAX_FILES
    size: int = MAX_BYTES

    def take(self, files: int, size: int) -> None:
        """Use some of it.

        Raises:
            InputError: when there is not so much left.
        """
        self.files -= files
        self.size -= size
        if self.files < 0:
            raise InputError(f"the repository has more than {MAX_FILES} files")
        if self.size < 0:
            raise InputError(f"the repository's files are larger than {MAX_BYTES} bytes together")


@dataclass(frozen=True, slots=True)
class Listing:
    """What a tree holds, before any content is read.

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
        arguments = ("ls-tree", "-r", "-t", "-l", "-z", "--full-tree", tree)
        done = self.runner.run(self.place, *arguments, how=Invocation(limit=(max(self.budget.files, 0) + 100) * _LINE_BYTES))
        sizes: dict[str, int] = {}
        submodules: list[tuple[bytes, str]] = []
        gitmodules = None
        items = done.items
        for item in items:
            head, _, path = item.partition(b"\t")
            mode, _, name, size = head.split()
            if int(mode, 8) == SUBMODULE:
                submodules.append((path, name.decode()))
                continue
            sizes[name.decode()] = int(size) if size.isdigit() else 0  # "-": a tree, "BAD": missing
            if path == b".gitmodules":
                gitmodules = int(mode, 8), name.decode()
        self.budget.take(len(items), sum(sizes.values()))
        return Listing(frozenset(sizes), tuple(submodules), gitmodules)

    def read(self, names: Iterable[str]) -> tuple[GitObject, ...]:
        """Return objects in the order of their ids, unconverted.

        Raises:
            InputError: when one is missing.
        """
        ordered = sorted(set(names))
        if not ordered:
            return ()
        stdin = "".join(f"{name}\n" for name in ordered).encode()
        limit = 2 * MAX_BYTES + 100 * len(ordered)
        how = Invocation(stdin=stdin, limit=limit)
        # --buffer: all is asked for at once, so that git need not write each object by itself
        return tuple(_batch(self.runner.run(self.place, "cat-file", "--batch", "--buffer", how=how).stdout))


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
