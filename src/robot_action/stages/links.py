"""What ties a folder to its template, and to the repository in which it lies."""

from __future__ import annotations

from pathlib import Path

from robot_action.errors import FailedError, InputError, Position
from robot_action.model.facts import LocalRepository
from robot_action.model.link import Link, Tool
from robot_action.model.state import STATE_FILE
from robot_action.parsing.links import parse_links, tool_of
from robot_action.ports import Ports

_STATE_LIMIT = 1 << 20


def find_link(ports: Ports, folder: Path, file: str) -> Link:
    """Return what ties a folder to its template.

    Args:
        ports: to look.
        folder: the project's.
        file: the state file that is meant, or ``""``.

    Raises:
        InputError: when there is none, several, or one that cannot be read.
    """
    names = (file,) if file else _found(ports, folder)
    if not names:
        hint = "Name the folder of a project that robot-action, Copier or Cruft made."
        raise InputError(f"{folder} follows no template: it has no state file", hint=hint)
    links = [link for name in names for link in _links(ports, folder, name)]
    if len(links) > 1:
        raise InputError(f"{folder} follows {len(links)} templates: {', '.join(names)}", hint="Name one, with --answers-file.")
    return links[0]


def _found(ports: Ports, folder: Path) -> tuple[str, ...]:
    """Return the state files of a folder; our own stands for Copier's beside it, which the same template makes."""
    names = tuple(name for name in ports.files.listing(folder) or () if tool_of(name))
    return (STATE_FILE,) if STATE_FILE in names else names


def _links(ports: Ports, folder: Path, name: str) -> tuple[Link, ...]:
    text = ports.files.read(folder / name, _STATE_LIMIT)
    if text is None:
        raise InputError(f"{folder} has no file {name}")
    tool = tool_of(name) or Tool.COPIER
    pyproject = ports.files.read(folder / "pyproject.toml", _STATE_LIMIT) if tool is Tool.CRUFT else None
    links = parse_links(text, name, tool, pyproject)
    if not links:
        raise InputError("the state file names no template", position=Position(name))
    return links


def find_repository(ports: Ports, folder: Path) -> tuple[Path, str, LocalRepository]:
    """Return the top of the repository around a folder, where in it the folder lies, and its facts."""
    top = next((path for path in (folder, *folder.parents) if ports.files.exists(path / ".git")), None)
    local = ports.git.inspect(top) if top else None
    if top is None or local is None or not local.head:
        raise FailedError(f"{folder} is not committed in a git repository", hint="Commit the project first: its changes are merged.")
    prefix = folder.relative_to(top).as_posix()
    return top, "" if prefix == "." else f"{prefix}/", local
