r"""Git's objects -> a tree, each held to the id that names it.

An object's id is the hash of ``<kind> <size>\0<content>`` (gitformat-pack(5), "Object types"); a commit names its
tree, a tree its files. Whoever knows a commit's id can so tell whether every byte below it is the true one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from robot_action.errors import InputError
from robot_action.model.paths import path_problem
from robot_action.model.tree import Entry, Mode, Tree

_ALGORITHMS = {40: "sha1", 64: "sha256"}
_COMMITTER = re.compile(rb"^committer [^\n]*> (-?\d+) [+-]\d{4}$", re.MULTILINE)
_MAX_DEPTH = 256

FOLDER = 0o040000
LINK = 0o120000
SUBMODULE = 0o160000


class BrokenObjectError(Exception):
    """An object is missing, or not what its id says; caught by whoever can fetch it again."""


@dataclass(frozen=True, slots=True)
class GitObject:
    """One object: ``commit``, ``tree`` or ``blob``, and its bytes."""

    kind: str
    content: bytes

    def name(self, algorithm: str) -> str:
        """Return the id, in hex, for ``sha1`` or ``sha256``."""
        state = hashlib.new(algorithm, b"%s %d\0" % (self.kind.encode(), len(self.content)), usedforsecurity=False)
        state.update(self.content)
        return state.hexdigest()


@dataclass(frozen=True, slots=True)
class TreeItem:
    """One line of a tree object: mode bits, name, and the id of what it names."""

    mode: int
    name: bytes
    target: str


def algorithm_of(identifier: str) -> str:
    """Return the name of the hash that an id of this length comes from."""
    return _ALGORITHMS[len(identifier)]


def read_commit(content: bytes) -> tuple[str, int]:
    """Return a commit's tree, and its committer's date in seconds since 1970.

    Raises:
        BrokenObjectError: when it is none.
    """
    header = content.partition(b"\n\n")[0]
    first = header.partition(b"\n")[0]
    dated = _COMMITTER.search(header)
    if not first.startswith(b"tree ") or dated is None:
        raise BrokenObjectError("a commit without tree or committer")
    return first.removeprefix(b"tree ").decode("ascii", "replace"), int(dated[1])


def read_tree(content: bytes, algorithm: str) -> Iterator[TreeItem]:
    r"""Yield the lines of a tree object: ``<octal mode> <name>\0<id>``.

    Raises:
        BrokenObjectError: when it is none.
    """
    size = hashlib.new(algorithm, usedforsecurity=False).digest_size
    at = 0
    while at < len(content):
        space = content.find(b" ", at)
        end = content.find(b"\0", space)
        target = content[end + 1 : end + 1 + size]
        if space < 0 or end < 0 or len(target) < size or not re.fullmatch(rb"[0-7]{5,7}", content[at:space]):
            raise BrokenObjectError("a malformed tree")
        yield TreeItem(int(content[at:space], 8), content[space + 1 : end], target.hex())
        at = end + 1 + size


@dataclass(frozen=True, slots=True)
class Objects:
    """Objects by their true ids."""

    by_id: Mapping[str, GitObject]

    @classmethod
    def index(cls, objects: Iterable[GitObject], algorithm: str) -> Objects:
        """Hash every object; ids that somebody claimed count for nothing."""
        return cls({item.name(algorithm): item for item in objects})

    def get(self, identifier: str, kind: str) -> bytes:
        """Return an object's content.

        Raises:
            BrokenObjectError: when it is missing, or of another kind.
        """
        found = self.by_id.get(identifier)
        if found is None or found.kind != kind:
            raise BrokenObjectError(f"the {kind} {identifier} is missing")
        return found.content

    def commit_tree(self, commit: str) -> Tree:
        """Return all files of a commit, those of its submodules included.

        Raises:
            BrokenObjectError: when an object is missing.
            InputError: when a path is none that may ever be written.
        """
        root, _ = read_commit(self.get(commit, "commit"))
        return self.tree(root)

    def tree(self, identifier: str) -> Tree:
        """Return all files below a tree object; raises as `commit_tree`."""
        return Tree(dict(self._entries(identifier, "", 0)))

    def _entries(self, identifier: str, prefix: str, depth: int) -> Iterator[tuple[str, Entry]]:
        if depth > _MAX_DEPTH:
            raise InputError(f"folders are nested more than {_MAX_DEPTH} deep: {prefix[:80]}...")
        for item in read_tree(self.get(identifier, "tree"), algorithm_of(identifier)):
            path = prefix + _decode(item.name, prefix)
            if item.mode == FOLDER:
                yield from self._entries(item.target, f"{path}/", depth + 1)
            elif item.mode == SUBMODULE:
                root, _ = read_commit(self.get(item.target, "commit"))
                yield from self._entries(root, f"{path}/", depth + 1)
            else:
                yield path, Entry(_mode_of(item.mode), self.get(item.target, "blob"))


def _mode_of(bits: int) -> Mode:
    """Return the mode as git canonicalises it (``canon_mode``): of a file's permissions only the owner's x counts."""
    if bits == LINK:
        return Mode.LINK
    return Mode.EXECUTABLE if bits & 0o100 else Mode.FILE


def _decode(name: bytes, prefix: str) -> str:
    try:
        text = name.decode()
    except UnicodeDecodeError:
        raise InputError(
            f"the name of {prefix}{name.decode(errors='backslashreplace')} is not UTF-8", hint="Rename the file in the repository."
        ) from None
    reason = "has a slash in a name" if "/" in text else path_problem(text)
    if reason is not None:
        raise InputError(f"the path {prefix + text!r} {reason}", hint="Such a path is never written.")
    return text
