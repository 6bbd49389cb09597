"""A checked manifest's model -> `robot_action.model.manifest.Manifest`, with defaults, origins and places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from robot_action.model.manifest import (
    Author,
    HostKind,
    IndexKind,
    Manifest,
    MergeSettings,
    Origin,
    PublishTarget,
    RepositoryWanted,
)
from robot_action.model.template import Command, Commands
from robot_action.parsing.fields import dotted
from robot_action.parsing.manifest_flags import digest_of
from robot_action.parsing.manifest_schema import InstallModel, ManifestModel, MergeModel, Place, RepositoryModel
from robot_action.parsing.rules import python_version
from robot_action.parsing.yaml_text import Document

_DERIVED = {"name", "destination", "repository.description"}
_FROM_TEMPLATE = {"kind", "install"}


def build_manifest(document: Document, model: ManifestModel, place: Place) -> Manifest:
    """Return the manifest that a document's model describes.

    Raises:
        RuleError: when the destination that follows from the name is not allowed.
    """
    name = model.name or (model.repository.name.rpartition("/")[2] if model.repository else "")
    version = python_version(model.version) if model.publish else model.version
    return Manifest(
        name=name,
        template=model.template,
        destination=model.destination or place.destination(f"./{name}"),
        kind=model.kind,
        version=version,
        description=model.description,
        data=model.data,
        install=_install(document, model.install) if model.install else None,
        author=Author(model.author.name, model.author.email) if model.author else None,
        repository=_repository(model.repository, model.description) if model.repository else None,
        publish=tuple(
            PublishTarget(IndexKind(target.to), target.url, target.index, target.path, document.find(("publish", index)))
            for index, target in enumerate(model.publish)
        ),
        tag=model.tag.replace("{version}", version) if model.tag else None,
        requires=model.requires,
        origins=_origins(document, model),
        position=document.position,
        positions={dotted(path): document.find_key(path) for path in document.values if path},
        digest=digest_of(document.value),
    )


def _install(document: Document, model: InstallModel) -> Commands:
    at = ("install", "commands") if ("install", "commands") in document.values else ("install",)
    commands = (Command(arguments, document.find((*at, index))) for index, arguments in enumerate(model.commands))
    return Commands(tuple(commands), model.timeout)


def _repository(model: RepositoryModel, description: str) -> RepositoryWanted:
    return RepositoryWanted(
        name=model.name,
        host=HostKind(model.host),
        path=model.path,
        visibility=model.visibility,
        description=description if model.description is None else model.description,
        homepage=model.homepage,
        topics=tuple(dict.fromkeys(model.topics)),
        default_branch=model.default_branch,
        merge=MergeSettings(**model.merge.model_dump()),
        teams=model.teams,
        collaborators=model.collaborators,
    )


def _origins(document: Document, model: ManifestModel) -> Mapping[str, Origin]:
    return {key: _origin(document, key, model) for key in _keys(model)}


def _origin(document: Document, key: str, model: ManifestModel) -> Origin:
    path = tuple(key.split("."))
    short = key == "repository.name" and isinstance(document.value, dict) and isinstance(document.value.get("repository"), str)
    if short or path in document.values or path[0] == "data":
        return Origin.MANIFEST
    if key in _FROM_TEMPLATE:
        return Origin.TEMPLATE
    derived = key in _DERIVED and (key != "repository.description" or model.description)
    return Origin.DERIVED if derived else Origin.DEFAULT


def _keys(model: ManifestModel) -> Iterator[str]:
    """Yield every dotted key that has a value in the end."""
    inner = {"data": tuple(model.data)}
    if model.author:
        inner["author"] = ("name", "email")
    if model.repository:
        absent = {"merge"} if model.repository.path else {"merge", "path"}
        merge = (f"merge.{key}" for key in _names(MergeModel))
        inner["repository"] = (*(key for key in _names(RepositoryModel) if key not in absent), *merge)
    for name in _names(ManifestModel):
        if name != "schema":
            yield from (f"{name}.{key}" for key in inner[name]) if name in inner else (name,)


def _names(model: type[BaseModel]) -> Iterator[str]:
    """Yield a model's keys as a manifest writes them."""
    return (field.alias or name for name, field in model.model_fields.items())
