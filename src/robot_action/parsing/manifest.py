"""Manifests: YAML text -> `robot_action.model.manifest.Manifest`, with every error of a file at once.

Nothing is interpolated: values are data. Paths to write to stay below the root that the caller names; a template's
folder may stand anywhere, since it is only read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from robot_action.errors import InputError, Position, Problem, UsageError
from robot_action.model.manifest import HostKind, IndexKind, Manifest, Origin, PublishTarget
from robot_action.model.source import Source
from robot_action.parsing import manifest_schema
from robot_action.parsing.answers_data import GivenAnswers
from robot_action.parsing.fields import in_order
from robot_action.parsing.manifest_build import build_manifest, digest_of
from robot_action.parsing.manifest_problems import check_document
from robot_action.parsing.manifest_schema import Place
from robot_action.parsing.rules import check_name, check_url
from robot_action.parsing.source import with_ref
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


def manifest_from_flags(*, template: Source, destination: Path, data: GivenAnswers, any_name: bool = False) -> Manifest:
    """Return the manifest of a command line that names no manifest file.

    The digest leaves the answers out: they may be secrets, and a commit shows the digest.

    Args:
        template: where the template comes from.
        destination: the project's folder, absolute; its last part is the project's name.
        data: the given answers.
        any_name: whether the folder may have a name that no project could have, since it is a template's to know.

    Raises:
        InputError: when the folder's name cannot be a project's name.
    """
    name = (destination.name or "project") if any_name else _name_of(destination)
    flags = {"template", "destination", *_keys(data)}
    origins = dict.fromkeys(("version", "description", "publish", "tag", "requires", "author", "repository"), Origin.DEFAULT)
    origins |= dict.fromkeys(("kind", "install"), Origin.TEMPLATE) | dict.fromkeys(flags, Origin.FLAG) | {"name": Origin.DERIVED}
    return Manifest(
        name=name,
        template=template,
        destination=destination,
        data=data.values,
        origins=origins,
        positions={"template": Position("--template"), "destination": Position("--destination"), **_positions(data)},
        digest=digest_of({"template": template.text, "name": name}),
    )


def _name_of(destination: Path) -> str:
    try:
        return check_name(destination.name, dots=False)
    except RuleError as error:
        raise InputError(f"the project is called as its folder, but {error.message}", hint=error.hint) from None


def with_flags(
    manifest: Manifest,
    *,
    data: GivenAnswers = GivenAnswers(),  # noqa: B008 - frozen
    ref: str | None = None,
    destination: Path | None = None,
    template: Source | None = None,
    index: str | None = None,
) -> Manifest:
    """Return a manifest with what the command line says instead; the digest stays that of the manifest's own text.

    Args:
        manifest: what the file says.
        data: answers that are added, or replace the manifest's.
        ref: the template's ref, or a range of versions.
        destination: the project's folder, absolute.
        template: where the template comes from.
        index: where packages go that the manifest sends to ``pypi`` without a URL.

    Raises:
        InputError: when ``ref`` is no name that git accepts.
        UsageError: when ``index`` is no URL of a server.
    """
    changed: dict[str, Any] = {}
    places = dict(_positions(data))
    if data.values:
        changed["data"] = {**manifest.data, **data.values}
    if template is not None or ref is not None:
        places["template"] = Position("--template" if ref is None else "--ref")
        source = template or manifest.template
        changed["template"] = with_ref(source, ref) if ref is not None else source
    if destination is not None:
        places["destination"] = Position("--destination")
        changed["destination"] = destination
    if index is not None:
        changed["publish"] = tuple(map(_to_index(index), manifest.publish))
    flags = {*(changed.keys() - {"data"}), *_keys(data)}
    origins = {**manifest.origins, **dict.fromkeys(flags, Origin.FLAG)}
    return replace(manifest, **changed, origins=origins, positions={**manifest.positions, **places})


def with_prereleases(manifest: Manifest, *, wanted: bool) -> Manifest:
    """Return a manifest whose template is chosen among its pre-releases, too, where that is wanted."""
    return replace(manifest, template=replace(manifest.template, prereleases=True)) if wanted else manifest


def _keys(data: GivenAnswers) -> Iterator[str]:
    return (f"data.{key}" for key in data.values)


def _positions(data: GivenAnswers) -> Mapping[str, Position]:
    return {f"data.{key}": place for key, place in data.places.items()}


def _to_index(url: str) -> Callable[[PublishTarget], PublishTarget]:
    try:
        check_url(url)
    except RuleError as error:
        raise UsageError(f"the index: {error.message}", hint=error.hint) from None

    def redirected(target: PublishTarget) -> PublishTarget:
        return replace(target, url=url) if target.to is IndexKind.PYPI and not target.url else target

    return redirected
