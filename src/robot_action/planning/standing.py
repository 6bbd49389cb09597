"""How a project stands to its template: what it has, what it could have, and what lies between; from references alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

from packaging.version import Version

from robot_action.model.link import Link, Tool
from robot_action.model.source import Source
from robot_action.parsing.commit_ids import is_commit_id
from robot_action.planning.versions import Chosen, as_version, choose, version_of

_TAGS = "refs/tags/"
_HEADS = "refs/heads/"
_DEFAULT = "HEAD"
_SHOWN = 12  # digits of a commit's id that people are shown
_DESCRIBED = re.compile(r"(?P<tag>.+)-(?P<count>\d+)-g(?P<commit>[0-9a-f]{4,64})")
_SHORT = re.compile(r"[0-9a-f]{4,64}")


class _Way(Enum):
    """Where a project is on the way to a version."""

    DONE = "there"
    BEFORE = "before it, or nobody knows"
    PAST = "past it"
    BETWEEN = "past the newest release, on the way to the next"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a project is on its template's way.

    Attributes:
        current: what the project has; its commit is ``""`` where the references do not tell it, its version where it has none.
        newest: what it could have.
        between: the released versions after the present one, up to the newest, in order; that itself may be a pre-release.
        is_behind: whether there is anything newer to bring in, or something of which nobody knows whether it is.
        is_ahead: whether what it could have is older than what it has.
        is_asked: whether the version is one that was asked for, not the newest: an update goes back to no other.
    """

    current: Chosen
    newest: Chosen
    between: tuple[str, ...] = ()
    is_behind: bool = False
    is_ahead: bool = False
    is_asked: bool = False


def stand(link: Link, source: Source, refs: Mapping[str, str]) -> Standing:
    """Compare what a project has with what its source gives now.

    Args:
        link: what the project says.
        source: the template, with the version that is wanted; where it names none, the branch that the project follows counts, which
            is the default branch for Cruft, or else the highest release.
        refs: the source's references and their commits.

    Raises:
        InputError: when the wanted version does not exist.
    """
    is_asked = source.ref is not None or source.versions is not None
    branch = _followed(link, refs) if link.tool is Tool.CRUFT and not source.prereleases else link.branch
    wanted = source if is_asked or not branch else replace(source, ref=branch)
    newest, current = choose(wanted, refs), _current(link, refs)
    past = None if current.version else _DESCRIBED.fullmatch(link.version)  # a commit after a version, which is none itself
    mine, other = as_version(past["tag"] if past else current.version), as_version(newest.version)
    between = _between(mine, other, refs) if mine and other else ()
    is_same = mine == other if mine and not past and not current.commit else current.commit == newest.commit
    way = _Way.DONE if is_same else _way(mine, other, is_past=past is not None, is_asked=is_asked)
    return Standing(current, newest, between, is_behind=way is _Way.BEFORE, is_ahead=way is _Way.PAST, is_asked=is_asked)


def _way(mine: Version | None, other: Version | None, *, is_past: bool, is_asked: bool) -> _Way:
    """Return where a project with another commit is on the way to the version that it could have.

    Args:
        mine: its own version; other: the one that it could have.
        is_past: whether it has a commit after its version.
        is_asked: whether the other version was asked for.
    """
    if mine is None or other is None or mine < other:
        return _Way.BEFORE
    if mine == other and not is_past:  # the tag was moved
        return _Way.BEFORE
    return _Way.PAST if is_asked or not is_past else _Way.BETWEEN


def _followed(link: Link, refs: Mapping[str, str]) -> str:
    """Return the branch that a project of Cruft follows.

    Its ``checkout`` is what the project was made from: a branch goes on, a release has later ones, and a commit stands still, so that
    the default branch counts, as it does for Cruft.
    """
    if link.branch and f"{_HEADS}{link.branch}" in refs:
        return link.branch
    is_release = f"{_TAGS}{link.branch}" in refs and as_version(link.branch) is not None
    return _DEFAULT if _DEFAULT in refs and not is_release else ""


def short_commit(link: Link) -> str:
    """Return the abbreviated commit by which a state file names a version, as ``git describe --always`` writes it, or ``""``."""
    described = _DESCRIBED.fullmatch(link.version)
    if described:
        return described["commit"]
    return link.version if _SHORT.fullmatch(link.version) and not is_commit_id(link.version) else ""


def name_of(chosen: Chosen, recorded: str = "") -> str:
    """Return what people call a commit of a template: its version, what ``git describe`` said of it, or its id.

    Args:
        chosen: the commit.
        recorded: what a state file calls it.
    """
    described = recorded if _DESCRIBED.fullmatch(recorded) else ""
    return chosen.version or described or chosen.commit[:_SHOWN] or recorded


def _current(link: Link, refs: Mapping[str, str]) -> Chosen:
    """Return what a project has: a commit, a tag, a version, or what ``git describe`` says."""
    described = _DESCRIBED.fullmatch(link.version)
    version = None if is_commit_id(link.version) else as_version(link.version)
    name = str(version) if version else ""
    if link.commit:
        return Chosen(link.commit, name or version_of(link.commit, refs))
    commit = _named_commit(link, version, refs)
    is_tags = link.tool is Tool.COPIER and not described  # any tag of the commit, as git describe chose
    return Chosen(commit, (version_of(commit, refs) if is_tags else "") or name)


def _between(mine: Version, other: Version, refs: Mapping[str, str]) -> tuple[str, ...]:
    """Return the releases after one version, up to another, in order."""
    versions = {as_version(ref.removeprefix(_TAGS)) for ref in refs if ref.startswith(_TAGS)}
    return tuple(
        str(one) for one in sorted(one for one in versions if one and mine < one <= other and (one == other or not one.is_prerelease))
    )


def _named_commit(link: Link, version: Version | None, refs: Mapping[str, str]) -> str:
    """Return the commit that a project's version names: by its tag, by another spelling of it, or abbreviated; ``""``: none, or several."""
    same = (target for ref, target in refs.items() if version and as_version(ref.removeprefix(_TAGS)) == version)
    if commit := refs.get(f"{_TAGS}{link.version}") or next(same, ""):
        return commit
    short = short_commit(link)
    found = {target for target in refs.values() if short and target.startswith(short)}
    return found.pop() if len(found) == 1 else ""
