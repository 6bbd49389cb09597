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
    if files.listing(folder.parent) is None:
        return f"There is no {folder.parent} either."
    is_top = folder.parent == folder.parent.parent  # a machine's own folders are no templates
    shown = difflib.get_close_matches(folder.name, beside, n=_SHOWN, cutoff=0.6) or beside[: 0 if is_top else _SHOWN]
    return f"Folders beside it: {', '.join(shown)}." if shown else "There is no other folder beside it."
