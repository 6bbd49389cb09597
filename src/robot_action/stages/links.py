"""What ties a folder to its template, and to the repository in which it lies."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from robot_action.errors import FailedError, InputError, NoLinkError, Position, SeveralLinksError
from robot_action.model.link import Link, Tool
from robot_action.model.state import STATE_FILE
from robot_action.parsing.links import parse_links, tool_of
from robot_action.parsing.wording import listed

if TYPE_CHECKING:
    from robot_action.model.facts import LocalRepository
    from robot_action.ports import Ports, ReadPorts

Surroundings: TypeAlias = "tuple[Path, str, LocalRepository]"
"""The top of the repository around a folder, where in it the folder lies, and the repository's facts."""
_STATE_LIMIT = 1 << 20
_DEPTH = 3
"""Folders down in which clones are looked for: they may be sorted by server and owner."""


def find_link(ports: Ports, folder: Path, file: str) -> Link:
    """Return what ties a folder to its template.

    Args:
        ports: to look.
        folder: the project's.
        file: the state file that is meant, or ``""``.

    Raises:
        InputError: when there is none, several, or one that cannot be read.
    """
    names = (file,) if file else state_files(ports, folder)
    if not names:
        places = ((top, below) for top in find_tops(ports, folder) for below, _name in find_places(ports, folder / top))
        raise unlinked(ports, folder, dict.fromkeys((Path(top) / below).as_posix() for top, below in places))
    links = [link for name in names for link in read_links(ports, folder, name)]
    if len(links) > 1:
        raise SeveralLinksError(f"{folder} follows {len(links)} templates: {', '.join(names)}", hint="Name one, with --answers-file.")
    return links[0]


def find_tops(ports: ReadPorts, folder: Path, depth: int = _DEPTH) -> Iterator[str]:
    """Yield where below a folder projects are to be looked for, ``""`` for the folder itself.

    That is where it is a project, or lies in a repository; otherwise it may be one of clones, and its folders are looked at alike.

    Args:
        ports: to look; links are not followed.
        folder: a project, a repository with several, or a folder of such.
        depth: how many folders further down.
    """
    if not ports.files.exists(folder):
        return
    try:
        is_one = bool(state_files(ports, folder) or top_of(ports, folder))
    except InputError:  # it cannot be listed, which is told when it is looked into
        is_one = True
    if is_one:
        yield ""
    elif depth:
        for name in ports.files.folders(folder):
            yield from ((Path(name) / below).as_posix() for below in find_tops(ports, folder / name, depth - 1))


def find_places(ports: ReadPorts, folder: Path) -> tuple[tuple[str, str], ...]:
    """Return the state files of a folder, or, where it has none at its top, those that git would not ignore below it.

    Args:
        ports: to look.
        folder: a project, or a repository with several.

    Returns:
        The folder of each below ``folder``, and its name in that.
    """
    if names := state_files(ports, folder):
        return tuple(("", name) for name in names)
    below = sorted({posixpath.dirname(path) for path in ports.git.find_files(folder) or () if tool_of(path)})
    return tuple((where, name) for where in below for name in state_files(ports, folder / where))


def state_files(ports: ReadPorts, folder: Path) -> tuple[str, ...]:
    """Return the names of the state files in a folder; our own stands for Copier's beside it, which the same template makes."""
    found = tuple(name for name in ports.files.listing(folder) or () if tool_of(name))
    return (STATE_FILE,) if STATE_FILE in found else found


def find_twin(ports: ReadPorts, folder: Path, link: Link) -> Link | None:
    """Return what the answers file beside our own state file says, which the same template makes; None: nobody knows, or there is none."""
    names = [name for name in ports.files.listing(folder) or () if tool_of(name) is Tool.COPIER] if link.tool is Tool.OWN else []
    try:
        return read_links(ports, folder, names[0])[0] if len(names) == 1 else None
    except InputError:
        return None


def unlinked(ports: ReadPorts, folder: Path, below: Iterable[str] = ()) -> InputError:
    """Return what is said where no state file is found, and which projects are below it instead."""
    if ports.files.listing(folder) is None:
        return NoLinkError(f"there is no folder {folder}", hint="Name the project's folder; to make a new one there is create.")
    names = tuple(below)
    hint = (
        f"There are projects below it: {listed(names)}. Name the folder of one."
        if names
        else "Name the folder of a project that robot-action, Copier or Cruft made, or link one to its template: robot-action adopt.\n"
        "A state file of another name has to be named, too: --answers-file."
    )
    return NoLinkError(f"{folder} follows no template: it has no state file", hint=hint)


def read_links(ports: ReadPorts, folder: Path, name: str) -> tuple[Link, ...]:
    """Return the templates that a state file of a folder names.

    Raises:
        InputError: when there is no such file, or it cannot be read.
    """
    text = ports.files.read(folder / name, _STATE_LIMIT)
    if text is None:
        raise InputError(f"{folder} has no file {name}")
    tool = tool_of(name) or Tool.COPIER
    pyproject = ports.files.read(folder / "pyproject.toml", _STATE_LIMIT) if tool is Tool.CRUFT else None
    links = parse_links(text, name, tool, pyproject)
    if not links:
        raise InputError("the state file names no template", position=Position(name))
    return links


def find_repository(ports: Ports, folder: Path) -> Surroundings:
    """Return the repository around a folder.

    Raises:
        FailedError: when there is none, or it has no commit.
    """
    hint = "Commit the project first: its changes are merged."
    top, prefix = find_top(ports, folder, hint)
    local = ports.git.inspect(top)
    if local is None or not local.head:
        raise _uncommitted(folder, hint)
    return top, prefix, local


def find_top(ports: ReadPorts, folder: Path, hint: str) -> tuple[Path, str]:
    """Return the top of the repository around a folder, and where in it the folder lies: ``""``, or a path with ``/`` behind it.

    Raises:
        FailedError: when there is none; with the hint.
        InputError: when the folder's name is not UTF-8: commits, branches and pull requests could not say it.
    """
    from robot_action.rendering.frames import is_utf8  # versions alone are told without it

    top = top_of(ports, folder)
    if top is None:
        raise _uncommitted(folder, hint)
    prefix = folder.relative_to(top).as_posix()
    if not is_utf8(prefix):
        raise InputError(f"{folder} is not UTF-8", hint="Rename the folder.")
    return top, "" if prefix == "." else f"{prefix}/"


def top_of(ports: ReadPorts, folder: Path) -> Path | None:
    """Return the top of the repository around a folder, or None."""
    return next((path for path in chain((folder,), folder.parents) if ports.files.exists(path / ".git")), None)


def _uncommitted(folder: Path, hint: str) -> FailedError:
    return FailedError(f"{folder} is not committed in a git repository", hint=hint)
