"""What else updates a project from its template."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from robot_action.errors import InputError

if TYPE_CHECKING:
    from robot_action.model.check import Rival
    from robot_action.model.link import Tool
    from robot_action.ports import Files

_LIMIT = 1 << 20
_HIDDEN = frozenset({".github", ".gitlab"})


def look_for_rivals(files: Files, top: Path, tool: Tool) -> tuple[Rival, ...]:
    """Return what in a repository updates its projects besides robot-action.

    Args:
        files: to look.
        top: of the repository.
        tool: whose state file the project has.
    """
    names = set(files.listing(top) or ())
    if not any(name in _HIDDEN or "renovate" in name or name == "package.json" for name in names):
        return ()  # most projects: nothing is loaded, and nothing read
    from robot_action.parsing.rivals import RENOVATE, WORKFLOWS, find_rivals

    workflows = [f"{WORKFLOWS}/{name}" for name in _listing(files, top / WORKFLOWS) if name.endswith((".yml", ".yaml"))]
    wanted = [path for path in (*RENOVATE, *workflows) if path.partition("/")[0] in names]
    found = {path: text for path in wanted if (text := _read(files, top / path)) is not None}
    return tuple(find_rivals(found, tool))


def _listing(files: Files, folder: Path) -> tuple[str, ...]:
    try:
        return files.listing(folder) or ()
    except InputError:  # no folder: no workflow either
        return ()


def _read(files: Files, file: Path) -> bytes | None:
    """Return a file's text; one that is too long or a link is none that somebody else would go by for certain."""
    try:
        return files.read(file, _LIMIT)
    except InputError:
        return None
