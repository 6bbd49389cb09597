"""Which project a manifest, a folder or a repository is, and how an existing one departs from its manifest."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from robot_action.model.link import Link, Tool
from robot_action.model.manifest import Manifest, Origin
from robot_action.model.source import Source, SourceKind
from robot_action.model.state import State, TemplateState
from robot_action.model.template import Rendering, Template
from robot_action.parsing.rules import check_name, check_repository_name
from robot_action.parsing.wording import RuleError

PROJECT_TRAILER = "Robot-Action-Project"
MANIFEST_TRAILER = "Robot-Action-Manifest"
TEMPLATE_TRAILER = "Robot-Action-Template"
WITHOUT_TRAILER = "Robot-Action-Without"
"""Names the stage that the run which made the commit was not asked for, though it has something to do: install."""


def source_identity(manifest: Manifest) -> str:
    """Return the template's source as the state file names it: a folder is relative to the project, so that no machine's path is kept."""
    place, below = place_of(manifest.template, manifest.destination), manifest.template.subdirectory
    return f"{place}#subdirectory={below}" if below else place


def place_of(source: Source, destination: Path) -> str:
    """Return the same without the subdirectory.

    Args:
        source: the template's.
        destination: the project's folder.
    """
    if source.kind is not SourceKind.DIRECTORY:
        return source.location
    return os.path.relpath(source.location, destination).replace(os.sep, "/")


def followed_to(link: Link, source: Source, project: Path) -> Link:
    """Return a link to where its template is now; a folder is written relative to the project where our own file or the former place is.

    Args:
        link: the project's.
        source: the template's new place.
        project: the project's folder.
    """
    is_relative = link.tool is Tool.OWN or not (link.source.startswith("/") or ":" in link.source)  # every URL has one
    place = place_of(source, project) if is_relative else source.location
    return replace(link, source=place, subdirectory=source.subdirectory)


def expected_state(manifest: Manifest) -> State:
    """Return what the state file of a manifest's project names at least: the project and its template's source."""
    return State(manifest.project, (TemplateState(source_identity(manifest)),))


def identity_of(origin: str, folder: Path) -> str:
    """Return which project a folder is that does not say so itself: the one of its repository, or else the one that is called as it is.

    Args:
        origin: the URL of its remote, ``""`` where it has none, or lies in another project's repository.
        folder: the project's.
    """
    path = origin.partition("://")[2].partition("/")[2] if "://" in origin else origin.rpartition(":")[2]
    parts = path.strip("/").removesuffix(".git").split("/")
    is_whole = len(parts) == 2 or origin.startswith(("/", "file:"))  # noqa: PLR2004 - owner/name; folders have others above
    if is_whole:
        with suppress(RuleError):
            return check_repository_name("/".join(parts[-2:]))
    with suppress(RuleError):
        return check_name(parts[-1])
    return folder.name


def full_state(manifest: Manifest, template: Template, rendering: Rendering) -> State:
    """Return the state file's value for a rendering."""
    kind = manifest.kind or template.specification.default_kind
    context = {"kind": kind, "version": manifest.version, "description": manifest.description}
    entry = TemplateState(
        source=source_identity(manifest),
        version=template.version,
        commit=template.commit,
        digest=recorded_digest(rendering),
        answers=dict(rendering.recorded),
        context={key: text for key, text in context.items() if text},
    )
    return State(manifest.project, (entry,))


def recorded_digest(rendering: Rendering) -> str:
    """Return the digest that a state file keeps; none where secret answers were given: whoever guesses one could see that it is right."""
    return "" if rendering.secret else rendering.tree.digest


def commit_message(manifest: Manifest, template: Template, *, installed: bool = True) -> str:
    """Return the first commit's message, with trailers that name the manifest and the exact template.

    Args:
        manifest: the project's.
        template: what it is made from.
        installed: whether what install makes is among the files; else the message says so, for later runs.
    """
    version = f" {template.version}" if template.version else ""
    pinned = f"{source_identity(manifest)}@{template.commit}" if template.commit else source_identity(manifest)
    return (
        f"Create {manifest.project}\n\n"
        f"Made by robot-action from the template {template.specification.name}{version}.\n\n"
        f"{PROJECT_TRAILER}: {manifest.project}\n"
        f"{MANIFEST_TRAILER}: {manifest.digest}\n"
        f"{TEMPLATE_TRAILER}: {pinned} {template.tree.digest}\n"
        f"{'' if installed else f'{WITHOUT_TRAILER}: install{chr(10)}'}"
    )


def is_first_commit(message: str, project: str) -> bool:
    """Tell whether a commit's message is the one that `commit_message` gives for a project."""
    return f"{PROJECT_TRAILER}: {project}" in message.splitlines()


def is_without_install(message: str) -> bool:
    """Tell whether a commit's message says that install was left out."""
    return f"{WITHOUT_TRAILER}: install" in message.splitlines()


def state_differences(manifest: Manifest, state: State) -> Iterator[str]:
    """Yield how an existing project departs from its manifest in template version and answers."""
    made = next(iter(state.templates), None)
    if made is None:
        return
    if not _is_version_wanted(manifest.template, made):
        wanted = manifest.template.ref or manifest.template.versions
        whose = _whose(manifest, "template")
        yield f"it was made from version {made.version or made.commit[:12] or '(none)'} of its template, {whose} wants {wanted}"
    for key, value in manifest.data.items():
        if key in made.answers and made.answers[key] != value:
            yield f"it was made with {key}: {made.answers[key]!r}, {_whose(manifest, f'data.{key}')} says {value!r}"


def _whose(manifest: Manifest, key: str) -> str:
    return "the command line" if manifest.origins.get(key) is Origin.FLAG else "the manifest"


def _is_version_wanted(source: Source, made: TemplateState) -> bool:
    if source.ref:
        return source.ref.removeprefix("v") == made.version.removeprefix("v") or made.commit.startswith(source.ref) or not made.version
    if not source.versions:
        return True
    from packaging.specifiers import SpecifierSet
    from packaging.version import Version

    try:
        return SpecifierSet(source.versions).contains(Version(made.version), prereleases=True)
    except ValueError:  # a number of thousands of digits, too
        return False
