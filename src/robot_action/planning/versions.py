"""Which commit of a repository a source means, and which versions fit a range."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from robot_action.errors import InputError, NoVersionError
from robot_action.model.source import Source
from robot_action.parsing.commit_ids import is_commit_id
from robot_action.parsing.wording import listed

TAGS = "refs/tags/"
_HEADS = "refs/heads/"
_SHORT_ID = re.compile(r"[0-9a-f]{4,63}")  # four digits: git's own minimum
# The order of gitrevisions(7) under <refname>: a tag comes before a branch of the same name.
_RULES = ("{}", "refs/{}", "refs/tags/{}", "refs/heads/{}")
_SHOWN = 5

if TYPE_CHECKING:  # most sources have no range of versions
    from packaging.specifiers import SpecifierSet
    from packaging.version import Version


@dataclass(frozen=True, slots=True)
class Chosen:
    """The commit that was chosen, and its version, or ``""``: the one that was asked for, or else what `version_of` says."""

    commit: str
    version: str = ""


@lru_cache(maxsize=4096)  # a fleet asks for the same tags again and again
def as_version(tag: str) -> Version | None:
    """Return a tag's name as PEP 440 reads it, with or without ``v`` before it, or None."""
    from packaging.version import Version

    try:
        return Version(tag)
    except ValueError:  # a number of thousands of digits, too
        return None


def choose(source: Source, refs: Mapping[str, str]) -> Chosen:
    """Choose the commit of a source.

    An exact ref is looked for as git does: a whole commit id, then a tag, then a branch; at last an abbreviated
    id, among the commits that refs name. A range takes the highest tag in it, without pre-releases unless it
    names one. With neither it is the highest released tag, or else the default branch. Where the source wants
    pre-releases, they count as releases.

    Args:
        source: what is wanted.
        refs: names such as ``HEAD`` and ``refs/tags/v1.0``, and the commits that they name (tags peeled).

    Raises:
        InputError: when nothing fits, with the nearest that there is.
    """
    if source.ref is not None:
        return _exact(source, source.ref, refs)
    versions = _versions(refs)
    if source.versions is not None:
        return _in_range(source, source.versions, versions)
    released = [version for version in versions if source.prereleases or not version.is_prerelease]
    if released:
        return Chosen(versions[max(released)], str(max(released)))
    if "HEAD" not in refs:
        raise InputError(
            f"{source.text} has no released version and no default branch",
            hint=f"Name a ref after '@': {_few(_short_names(refs))}." if refs else "The repository is empty.",
        )
    return Chosen(refs["HEAD"])


def _versions(refs: Mapping[str, str]) -> dict[Version, str]:
    """Return the versions that tags name and their commits; of two tags for one version the last name counts."""
    tags = sorted(name.removeprefix(TAGS) for name in refs if name.startswith(TAGS))
    return {version: refs[TAGS + tag] for tag in tags if (version := as_version(tag)) is not None}


def _exact(source: Source, ref: str, refs: Mapping[str, str]) -> Chosen:
    if is_commit_id(ref):
        return Chosen(ref, version_of(ref, refs))
    for name in (rule.format(ref) for rule in _RULES):
        if found := refs.get(name):
            version = as_version(name.removeprefix(TAGS)) if name.startswith(TAGS) else None
            return Chosen(found, str(version) if version else version_of(found, refs))
    commits = {commit for commit in refs.values() if commit.startswith(ref)} if _SHORT_ID.fullmatch(ref) else set()
    if len(commits) == 1:
        commit = commits.pop()
        return Chosen(commit, version_of(commit, refs))
    if commits:
        raise NoVersionError(
            f"{source.text}: {ref!r} begins the ids of {len(commits)} commits", hint=f"Give more of it: {_few(sorted(commits))}."
        )
    raise _unknown(source, ref, refs)


def _unknown(source: Source, ref: str, refs: Mapping[str, str]) -> NoVersionError:
    import difflib

    names = _short_names(refs)
    version = as_version(ref)
    if version and (same := [name for name in names if as_version(name) == version]):
        return NoVersionError(f"{source.text} has no branch, tag or commit {ref!r}", hint=f"Did you mean {_few(same)}?")
    near = difflib.get_close_matches(ref, names, n=_SHOWN, cutoff=0.5) or names[-_SHOWN:][::-1]
    advice = f"There are {_few(near)}." if near else "The repository is empty."
    whole = " A commit that no branch or tag points to needs its whole id." if _SHORT_ID.fullmatch(ref) else ""
    return NoVersionError(f"{source.text} has no branch, tag or commit {ref!r}", hint=advice + whole)


def version_of(commit: str, refs: Mapping[str, str]) -> str:
    """Return the newest release that a PEP 440 tag of a commit names, or else the newest pre-release, or ``""``."""
    named = [version for version, target in _versions(refs).items() if target == commit]
    return str(max(named, key=lambda version: (not version.is_prerelease, version))) if named else ""


def tag_of(chosen: Chosen, refs: Mapping[str, str]) -> str:
    """Return the tag that names a version, or ``""``."""
    tags = (name.removeprefix(TAGS) for name, commit in refs.items() if name.startswith(TAGS) and commit == chosen.commit)
    return next((tag for tag in tags if chosen.version and as_version(tag) == as_version(chosen.version)), "")


def _in_range(source: Source, text: str, versions: Mapping[Version, str]) -> Chosen:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        wanted = SpecifierSet(text)
    except InvalidSpecifier:
        raise NoVersionError(f"{source.text}: {text!r} is no range of versions", hint="A range looks like '>=2,<3' (PEP 440).") from None
    early = source.prereleases or bool(wanted.prereleases)
    fitting = [version for version in versions if wanted.contains(version, prereleases=early)]
    if fitting:
        return Chosen(versions[max(fitting)], str(max(fitting)))
    raise NoVersionError(f"{source.text} has no version in {text}", hint=_nearest(wanted, versions))


def _nearest(wanted: SpecifierSet, versions: Iterable[Version]) -> str:
    """Name the versions next to the range's bounds; the highest ones where it has none that can be compared."""
    ordered = sorted(versions)
    if not ordered:
        return "It has no tag that is a version (PEP 440, such as v1.2.0)."
    bounds = [bound for part in wanted if (bound := as_version(part.version.removesuffix(".*"))) is not None]
    place = sum(version <= min(bounds) for version in ordered) if bounds else len(ordered)
    start = max(0, min(place - _SHOWN // 2 - 1, len(ordered) - _SHOWN))
    return f"The nearest versions are {_few([str(version) for version in ordered[start : start + _SHOWN]])}."


def _short_names(refs: Mapping[str, str]) -> list[str]:
    """Return the names of tags and branches, versions in their order and after the others."""
    names = {name.removeprefix(prefix) for prefix in (TAGS, _HEADS) for name in refs if name.startswith(prefix)}
    from packaging.version import Version

    lowest = Version("0.dev0")
    return sorted(names, key=lambda name: (as_version(name) is not None, as_version(name) or lowest, name))


def _few(names: Iterable[str]) -> str:
    return listed(list(names), _SHOWN)
