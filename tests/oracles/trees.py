"""Trees of the differential tests: written for the peers, and read from what they made."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from robot_action.model.tree import Entry, Mode, Tree

Content = str | bytes | Entry
DIRECTORY = Entry(Mode.DIRECTORY)


def link(target: str) -> Entry:
    return Entry(Mode.LINK, target.encode())


def program(content: str) -> Entry:
    return Entry(Mode.EXECUTABLE, content.encode())


def make_tree(files: Mapping[str, Content]) -> Tree:
    entries = {path: content if isinstance(content, Entry) else Entry(Mode.FILE, _bytes(content)) for path, content in files.items()}
    return Tree(entries)


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def write(tree: Mapping[str, Entry], folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for path, entry in tree.items():
        place = folder / path
        if entry.mode is Mode.DIRECTORY:
            place.mkdir(parents=True, exist_ok=True)
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        if entry.mode is Mode.LINK:
            place.symlink_to(entry.content.decode())
        else:
            place.write_bytes(entry.content)
            place.chmod(0o755 if entry.mode is Mode.EXECUTABLE else 0o644)


def read(folder: Path) -> dict[str, Entry]:
    """Return what a folder holds, without git's."""
    found: dict[str, Entry] = {}
    for top, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != ".git"]
        for name in (*folders, *files):
            place = Path(top, name)
            path = str(place.relative_to(folder))
            if place.is_symlink():
                found[path] = Entry(Mode.LINK, str(place.readlink()).encode())
            elif place.is_file():
                found[path] = Entry(Mode.EXECUTABLE if place.stat().st_mode & 0o100 else Mode.FILE, place.read_bytes())
            elif not any(place.iterdir()):
                found[path] = DIRECTORY
    return found
