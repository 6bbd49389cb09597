"""Manifests: YAML text -> `robot_action.model.manifest.Manifest`, with every error of a file at once.

Nothing is interpolated: values are data. Paths to write to stay below the root that the caller names; a template's
folder may stand anywhere, since it is only read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from robot_action.errors import InputError, Position, Problem
from robot_action.model.manifest import HostKind, Manifest
from robot_action.parsing import manifest_schema
from robot_action.parsing.fields import in_order
from robot_action.parsing.manifest_build import build_manifest
from robot_action.parsing.manifest_problems import check_document
from robot_action.parsing.manifest_schema import Place
from robot_action.parsing.wording import RuleError
from robot_action.parsing.yaml_text import Document, read_documents


def parse_manifests(
    text: bytes, file: str, folder: Path, root: Path | None = None, *, has_destination: bool = True
) -> tuple[Manifest, ...]:
    """Return the manifests of a file, one a document.

    Args:
        text: what the file holds.
        file: its name for messages.
        folder: the manifest's folder, absolute: relative paths start there.
        root: the folder below which the manifest may write, absolute; default: ``folder``.
        has_destination: whether its destination counts; else the operator names another one, and this one is not checked.

    Raises:
        InputError: with everything that is wrong with any document of the file.
    """
    documents, found = read_documents(text, file)
    problems = list(found)
    manifests: list[Manifest] = []
    place = Place(folder, root or folder, has_destination)
    for number, document in enumerate(documents, start=1):
        manifest, wrong = _parse(document, place)
        problems.extend(wrong)
        manifests.extend([replace(manifest, document=number)] if manifest else [])
    if not documents and not problems:
        problems.append(Problem("the file has no manifest", Position(file), "Write one, beginning with schema: 1."))
    problems.extend(check_together(manifests))
    if problems:
        raise InputError(problems=in_order(problems))
    return tuple(manifests)


def _parse(document: Document, place: Place) -> tuple[Manifest | None, tuple[Problem, ...]]:
    model, problems = check_document(document, place)
    if model is None or problems:
        return None, problems
    try:
        return build_manifest(document, model, place), ()
    except RuleError as error:
        return None, (Problem(f"destination: {error.message}", document.position, error.hint),)


def check_together(manifests: Iterable[Manifest]) -> tuple[Problem, ...]:
    """Return the problems of manifests that want one destination, or one repository, with others before them."""
    seen: dict[tuple[object, ...], Manifest] = {}
    problems: list[Problem] = []
    for manifest in manifests:
        for key, identity, what in _identities(manifest):
            first = seen.setdefault(identity, manifest)
            if first is not manifest:
                position = manifest.positions.get(key, manifest.position)
                problems.append(Problem(f"{what} is another manifest's too", position, f"The other one is at {first.position}."))
    return tuple(problems)


def _identities(manifest: Manifest) -> Iterator[tuple[str, tuple[object, ...], str]]:
    """Yield the key, the identity and a description of what only one manifest can have; hosts and some disks fold case."""
    folder = str(manifest.destination)
    yield "destination", ("destination", folder.casefold()), f"the destination {folder!r}"
    if wanted := manifest.repository:
        where = str(wanted.path).casefold() if wanted.host is HostKind.LOCAL else ""
        yield "repository", ("repository", wanted.host, where, wanted.name.casefold()), f"the repository {wanted.name!r}"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of one manifest document, for editors."""
    return manifest_schema.json_schema()
