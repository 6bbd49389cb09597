"""A command line's part of a manifest, or all of one; pydantic, which reads manifest files, is not loaded for it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from robot_action.errors import InputError, Position, UsageError
from robot_action.model.manifest import IndexKind, Manifest, Origin, PublishTarget
from robot_action.model.source import Source
from robot_action.model.values import Value
from robot_action.parsing.answers_data import GivenAnswers
from robot_action.parsing.rules import check_name, check_url
from robot_action.parsing.source import with_ref
from robot_action.parsing.wording import RuleError


def digest_of(value: Value) -> str:
    """Return ``sha256:`` and the hash over a value's canonical JSON; comments, order and style of its text do not count."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogateescape')).hexdigest()}"  # a folder's name may be no UTF-8


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
    if template is not None:
        places["template"], changed["template"] = Position("--template"), template
    if ref is not None:
        places["ref"], changed["template"] = Position("--ref"), with_ref(template or manifest.template, ref)
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
