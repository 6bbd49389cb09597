"""Where a source is that is a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from robot_action.errors import InputError

if TYPE_CHECKING:
    from robot_action.model.source import Source
    from robot_action.ports import Files

_SHOWN = 8


def find_folder(files: Files, source: Source) -> Path:
    """Return the folder of a source that is one.

    Raises:
        InputError: when it does not exist, or cannot be listed.
    """
    folder = Path(source.location)
    if files.listing(folder) is None:
        raise InputError(f"the template's folder {folder} does not exist", hint=_hint(files, folder))
    return folder


def _hint(files: Files, folder: Path) -> str:
    import difflib

    name, at, ref = folder.name.partition("@")
    beside = files.folders(folder.parent)
    if at and name in beside:
        return f"A folder's version is named apart: --ref {ref}."
    shown = difflib.get_close_matches(folder.name, beside, n=_SHOWN, cutoff=0.6) or beside[:_SHOWN]
    there = f"Folders beside it: {', '.join(shown)}. " if shown else ""
    return f"{there}Relative folders start at the manifest's folder."
