"""Releases: which package a project is, what an index lacks of it, and whether what it has is ours.

An index keeps file names and digests, and no commit. So "the release carries our commit" is decided by what its files
hold: a file carries our commit when its contents are those of the file that was just built from the commit, apart from
what tells only of the packing (see `robot_action.parsing.archives`). Builds that are not reproducible to the byte, as
those of setuptools, differ in times and order alone, and so are recognised; a package of somebody else's, or one built
from another commit, is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from packaging.utils import InvalidName, canonicalize_name
from packaging.version import InvalidVersion, Version

from robot_action.errors import FailedError, InputError, Position
from robot_action.model.facts import Release, is_whole
from robot_action.model.plan import Artifact
from robot_action.parsing.pyproject import PythonProject
from robot_action.parsing.simple_index import release_of
from robot_action.parsing.wording import listed


@dataclass(frozen=True, slots=True)
class Comparison:
    """Built files beside what an index holds of the release.

    Attributes:
        missing: what is to be uploaded.
        differing: what is there under the same name with other bytes, or with bytes that the index gives no digest of.
    """

    missing: tuple[Artifact, ...] = ()
    differing: tuple[Artifact, ...] = ()


def package_name(project: PythonProject | None, manifest_name: str, position: Position | None = None) -> str:
    """Return the package's normalised name: what its files say, or else the manifest's name.

    Raises:
        InputError: the manifest's name is none that an index takes.
    """
    if project is not None and project.name is not None:
        return project.name
    try:
        return canonicalize_name(manifest_name, validate=True)
    except InvalidName as error:
        raise InputError(
            f"{manifest_name!r} is no name that a package index takes",
            position=position,
            hint="Give the package a name in pyproject.toml: letters, digits, '.', '-' and '_', a letter or digit at both ends.",
        ) from error


def package_version(version: str, position: Position | None = None) -> str:
    """Return a manifest's version as indexes write it.

    Raises:
        InputError: it is a version, but none that Python's packages can have.
    """
    try:
        return str(Version(version))
    except InvalidVersion as error:
        raise InputError(
            f"the version {version!r} is none that a Python package can have", position=position, hint="PEP 440 says which ones there are."
        ) from error


def check_version(project: PythonProject | None, version: str, position: Position | None = None) -> None:
    """Hold the version that a project's files give to the manifest's; one that only the build knows is checked after it.

    Args:
        project: what the project's files say.
        version: the manifest's, normalised.
        position: where the manifest gives it.

    Raises:
        InputError: they differ; both places are named.
    """
    if project is not None and project.version not in {None, version}:
        raise InputError(
            f"the manifest wants version {version}, but {project.file} says {project.version}",
            position=position,
            hint=f"Make them one: change `version` in the manifest, or in {project.file} (templates use {{{{ project.version }}}}).",
        )


def check_artifacts(artifacts: Sequence[Artifact], project: str, version: str) -> None:
    """Hold what a build left to the package that was to be built: its wheel, its source distribution, nothing else.

    Raises:
        FailedError: naming the files that are not of this release, or what is missing.
    """
    wanted = (project, Version(version))
    strange = [artifact.name for artifact in artifacts if release_of(artifact.name) != wanted]
    if strange:
        raise FailedError(
            f"the build made {_names(strange)}, which {'is' if len(strange) == 1 else 'are'} not of {project} {version}",
            hint="Nothing was uploaded. A build may only leave the wheel and the source distribution of the project and version "
            "that the manifest names.",
        )
    release = {artifact.name: artifact.sha256 for artifact in artifacts}
    if not is_whole(release):
        raise FailedError(f"the build made {_names(release) or 'nothing'}; a wheel and a source distribution were wanted")


def compare(artifacts: Sequence[Artifact], release: Release) -> Comparison:
    """Compare what was built with what an index holds."""
    missing = tuple(artifact for artifact in artifacts if artifact.name not in release.files)
    differing = tuple(artifact for artifact in artifacts if release.files.get(artifact.name, artifact.sha256) != artifact.sha256)
    return Comparison(missing, differing)


def check_origin(name: str, ours: Mapping[str, str], theirs: Mapping[str, str], release: Release) -> None:
    """Hold a published file that differs from ours to what ours holds.

    Args:
        name: the file's name.
        ours: the contents of the file that was built, by `robot_action.parsing.archives.archive_contents`.
        theirs: those of the file on the index.
        release: where it is.

    Raises:
        FailedError: the release does not carry our commit.
    """
    paths = sorted(path for path in {*ours, *theirs} if ours.get(path) != theirs.get(path))
    if paths:
        raise FailedError(
            f"{name} is published already, and it was built from something else: {_names(paths)} differ",
            hint=f"Nothing was uploaded. If {release.project} is yours, raise the version in the manifest and in the project; "
            "if it is not, choose another name.",
        )


def _names(names: Iterable[str], shown: int = 5) -> str:
    """Return names that others chose, for people: quoted, and only the first few."""
    return listed([repr(name) for name in names], shown)
