"""The project as Cookiecutter makes it, step by step: a later step finds what earlier ones made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from robot_action.model.paths import MAX_PATH_BYTES
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.rendering.names import MAX_PATHS

_SHOWN = 60


class StepError(Exception):
    """A step that cannot be made, and why."""


@dataclass(slots=True)
class Project:
    """A project that grows; its top is ``""``.

    Attributes:
        entries: its files.
        folders: its folders.
        sources: what in the template makes each path.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    folders: dict[str, None] = field(default_factory=lambda: {"": None})
    sources: dict[str, str] = field(default_factory=dict)

    def place(self, text: str) -> str:
        """Return the path that a rendered text names, from the project's top.

        Raises:
            StepError: when it leads out of the project.
        """
        if text.startswith("/"):
            raise StepError(f"it would be {text!r}, outside of the project")
        parts: list[str] = []
        for part in text.split("/"):
            if part == "..":
                if not parts or "/".join(parts) not in self.folders:
                    raise StepError(f"it would be {text!r}, which leads out with '..'")
                parts.pop()
            elif part not in {"", "."}:
                parts.append(part)
        return "/".join(parts)

    def add_folder(self, path: str, source: str) -> None:
        """Make a folder, and those around it.

        Raises:
            StepError: when it is there already, or a file is in its way.
        """
        if path in self.folders:
            raise StepError(f"the folder {path!r} exists twice" if path else "its name is empty")
        if len(path) > MAX_PATH_BYTES:  # links can lead round and round
            raise StepError(f"the path {path[:_SHOWN]!r}... is longer than {MAX_PATH_BYTES} bytes")
        for folder in (*_parents(path), path):
            if folder in self.entries:
                raise StepError(f"{folder!r} is a file already")
            self.folders[folder] = None
            self.sources.setdefault(folder, source)
        self._count()

    def add_file(self, path: str, entry: Entry, source: str) -> None:
        """Make a file, or make it anew.

        Raises:
            StepError: when its folder is not there, or a folder is in its place.
        """
        folder = path.rpartition("/")[0]
        if folder not in self.folders:
            raise StepError(f"the folder {folder!r} of {path!r} is not there")
        if path in self.folders:
            raise StepError(f"{path!r} is a folder already" if path else "its name is empty")
        self.entries[path] = entry
        self.sources[path] = source
        self._count()

    def remove_folder(self, path: str) -> None:
        """Remove a folder with all that is in it."""
        inside = [name for name in (*self.entries, *self.folders) if _is_inside(name, path)]
        for name in inside:
            self.entries.pop(name, None)
            self.folders.pop(name, None)
            self.sources.pop(name, None)
        self.folders[""] = None

    def _count(self) -> None:
        if len(self.entries) + len(self.folders) > MAX_PATHS:
            raise TooManyPathsError(f"the template makes more than {MAX_PATHS} paths")

    def tree(self) -> Tree:
        """Return the files, and the folders that are empty."""
        filled = {parent for path in (*self.entries, *self.folders) for parent in _parents(path)}
        empty = {path: Entry(Mode.DIRECTORY) for path in self.folders if path and path not in filled}
        return Tree({**self.entries, **empty})


class TooManyPathsError(Exception):
    """The project grows too large."""


def _is_inside(path: str, folder: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")


def _parents(path: str) -> Iterator[str]:
    """Yield the folders that a path lies in, the outermost first."""
    at = path.find("/")
    while at >= 0:
        yield path[:at]
        at = path.find("/", at + 1)
