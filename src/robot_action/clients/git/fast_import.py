"""The language of ``git fast-import`` (git-fast-import(1)), as far as trees in memory become commits by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from robot_action.model.tree import Entry, Mode, Tree

_WHO = "robot-action <robot-action@localhost> 0 +0000"


def commit(ref: str, parent: str, message: bytes = b"") -> Iterator[bytes]:
    """Yield the beginning of a commit on a reference; its files follow, and its author and date are nobody's."""
    yield b"commit %s\ncommitter %s\ndata %d\n%s\n" % (ref.encode(), _WHO.encode(), len(message), message)
    if parent:
        yield f"from {parent}\n".encode()


def whole(tree: str) -> Iterator[bytes]:
    """Yield that a commit has all of a tree that the repository has; what else it has comes after that."""
    yield f'M 040000 {tree} ""\n'.encode()


def removed(paths: Iterable[str]) -> Iterator[bytes]:
    """Yield that paths go away; before the files, one of which may stand where a folder was."""
    return (b"D %s\n" % quoted(path) for path in paths)


def files(entries: Mapping[str, Entry] | Tree) -> Iterator[bytes]:
    """Yield files with their contents."""
    for path, entry in entries.items():
        if entry.mode is not Mode.DIRECTORY:  # git knows no empty folders
            yield b"M %s inline %s\ndata %d\n%s\n" % (entry.mode.encode(), quoted(path), len(entry.content), entry.content)


def known(blobs: Mapping[str, tuple[str, str]]) -> Iterator[bytes]:
    """Yield files whose contents the repository has, as mode and id."""
    return (b"M %s %s %s\n" % (mode.encode(), name.encode(), quoted(path)) for path, (mode, name) in blobs.items())


def quoted(path: str) -> bytes:
    r"""Return a path as fast-import takes any: in quotes, with ``"``, ``\`` and line ends escaped."""
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return b'"%s"' % escaped.encode("utf-8", "surrogateescape")
