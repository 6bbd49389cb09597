"""From a project's state file to its template: the source, its references, and the template at one commit."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from robot_action.errors import InputError, Position, RobotActionError
from robot_action.model.link import Link, Tool
from robot_action.model.source import Source, SourceKind
from robot_action.parsing.source import parse_source
from robot_action.planning.standing import short_commit
from robot_action.sources.folder import find_folder

if TYPE_CHECKING:
    from robot_action.model.fetched import FetchedTree
    from robot_action.planning.versions import Chosen
    from robot_action.ports import Ports, ReadPorts


def source_of(ports: ReadPorts, link: Link, project: Path) -> Source:
    """Return the source that a state file names, without a version.

    Args:
        ports: to see whether a folder is there.
        link: the project's.
        project: its folder; where relative folders of our own state files start. Copier's start where Copier was run, which
            nobody knows: the current folder and the one above the project are tried, too.

    Raises:
        InputError: when it names none.
    """
    place = Position(link.file)
    text = link.source
    if link.tool is not Tool.OWN and not text.startswith("/"):
        folder = next((start / text for start in (project, Path.cwd(), project.parent) if ports.files.exists(start / text)), None)
        text = str(folder) if folder else text
    source = parse_source(text, project, place)
    return replace(source, text=link.source, subdirectory=link.subdirectory or source.subdirectory)


def refs_followed(ports: ReadPorts, source: Source) -> Mapping[str, str]:
    """Return the references of the repository that a state file names, which may have moved.

    Raises:
        RobotActionError: when it does not answer; the hint says how to name another place.
    """
    try:
        return refs_of(ports, source)
    except RobotActionError as error:
        moved = "If the template is somewhere else by now, say where: --source NEW"
        hinted = (replace(one, hint=f"{one.hint}\n{moved}" if one.hint else moved) for one in error.problems)
        raise type(error)(problems=tuple(hinted)) from error


def refs_of(ports: ReadPorts, source: Source) -> Mapping[str, str]:
    """Return the references of a source's repository; none for a folder that is in no repository.

    Raises:
        RobotActionError: when the repository does not answer.
    """
    if source.kind is SourceKind.GIT:
        return ports.git.list_refs(source.location)
    return ports.git.folder_refs(find_folder(ports.files, source))


def present_version(ports: ReadPorts, source: Source, link: Link, current: Chosen) -> Chosen:
    """Return the version that a project has with its commit, also where that is only abbreviated, and no reference names it.

    Raises:
        InputError: when it has a version, and the template has none of that name: as a folder stands now is no substitute.
        RobotActionError: when the repository does not answer.
    """
    if current.commit:
        return current
    commit = ""
    if short := short_commit(link):
        where = source.location if source.kind is SourceKind.GIT else find_folder(ports.files, source)
        commit = ports.git.find_commit(where, short)
    if link.version and not commit:
        raise unknown_version(source, link.version)
    return replace(current, commit=commit)


def template_at(ports: Ports, source: Source, commit: str) -> FetchedTree:
    """Return a source's files at a commit; at ``""``, a folder's files as they stand.

    Raises:
        InputError: when there is no such commit.
    """
    if not commit and source.kind is SourceKind.GIT:
        raise unknown_version(source, "")
    from robot_action.sources.fetch import fetch  # versions alone are told without it

    return fetch(ports, replace(source, ref=commit or None, versions=None))


def unknown_version(source: Source, version: str) -> InputError:
    """Return what is said of a project whose version its template does not have; ``""``: it has none."""
    return InputError(
        f"{source.text}: the version that the project has is not known{f': {version}' if version else ''}",
        hint="Write the commit or tag that it was made from into its state file.",
    )


def unversioned(source: Source, link: Link, project: Path, ref: str) -> InputError:
    """Return what is said of a project that was made from a folder as it stood, although that is in git.

    Args:
        source: the template's, without a version.
        link: the project's, without one; project: its folder.
        ref: how ``--ref`` names the newest version.
    """
    adopt = shlex.join(("robot-action", "adopt", source.normalised, str(project), "--ref", ref))
    return InputError(
        f"{project} was made from {source.text} as it stood, so that nobody knows its version",
        position=Position(link.file),
        hint=f"Remove {link.file}, and link the project to the version that comes nearest to it. Of the newest that is:\n{adopt}",
    )
