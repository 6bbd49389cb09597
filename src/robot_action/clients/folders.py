"""The folders of robot-action itself: where it keeps what it fetched, its locks and its logs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from robot_action.clients.temporary import temporary_folder
from robot_action.errors import ConfigurationError

NAME = "robot-action"


@dataclass(frozen=True, slots=True)
class Folders:
    """Writable folders, and why they are temporary ones, or ``""``."""

    home: Path
    cache: Path
    note: str = ""

    @property
    def locks(self) -> Path:
        """The folder of the locks between processes."""
        return self.home / "locks"

    @property
    def logs(self) -> Path:
        """The folder of the logs that a bug leaves."""
        return self.home / "logs"


def default_folders(home: Path | None) -> Folders:
    """Return the folders as they should be: below ``home`` where it is given, else the platform's own."""
    if home is not None:
        return Folders(home, home / "cache")
    from platformdirs import user_cache_path, user_state_path

    return Folders(user_state_path(NAME), user_cache_path(NAME))


@contextmanager
def open_folders(home: Path | None) -> Iterator[Folders]:
    """Make the folders, or temporary ones where the user's own home cannot be written.

    Raises:
        ConfigurationError: when a home that was asked for by name cannot be written.
    """
    folders = default_folders(home)
    refused = _first_refusal(folders)
    if refused is None:
        yield folders
        return
    if home is not None:
        raise ConfigurationError(
            f"ROBOT_ACTION_HOME is {home}, and it cannot be written: {refused}",
            hint="Name a folder that this user may write, or unset the variable.",
        )
    with temporary_folder("home") as spare:
        note = f"a temporary home is used, and nothing is kept for later runs, because {folders.home} cannot be written: {refused}"
        yield Folders(spare, spare / "cache", note)


def _first_refusal(folders: Folders) -> str | None:
    for folder in (folders.home, folders.cache):
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            return error.strerror or str(error)
        if not os.access(folder, os.W_OK | os.X_OK):
            return "permission denied"
    return None
