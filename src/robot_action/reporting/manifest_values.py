"""A resolved manifest -> its values by dotted key, each with its origin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from robot_action.model.manifest import Manifest, Origin, PublishTarget, RepositoryWanted
from robot_action.model.template import Commands
from robot_action.model.values import Value
from robot_action.reporting.views import ValueView


def resolved_values(manifest: Manifest) -> Mapping[str, ValueView]:
    """Return every value of a manifest by its dotted key (``repository.visibility``)."""
    return {key: ValueView(value, _origin(manifest.origins, key).value) for key, value in _values(manifest)}


def _origin(origins: Mapping[str, Origin], key: str) -> Origin:
    """Return the origin of a key, or else that of the nearest key above it."""
    while key not in origins and "." in key:
        key = key.rpartition(".")[0]
    return origins.get(key, Origin.DEFAULT)


def _values(manifest: Manifest) -> Iterator[tuple[str, Value]]:
    yield "name", manifest.name
    yield "kind", manifest.kind
    yield "version", manifest.version
    yield "description", manifest.description
    yield "template", manifest.template.text
    yield "destination", str(manifest.destination)
    for name, value in manifest.data.items():
        yield f"data.{name}", value
    if manifest.install is not None:
        yield from _install(manifest.install)
    if manifest.author is not None:
        yield "author.name", manifest.author.name
        yield "author.email", manifest.author.email
    if manifest.repository is not None:
        yield from _repository(manifest.repository)
    yield "publish", [_target(target) for target in manifest.publish]
    yield "tag", manifest.tag
    yield "requires", manifest.requires


def _install(install: Commands) -> Iterator[tuple[str, Value]]:
    yield "install.commands", [list[Value](command.arguments) for command in install.commands]
    yield "install.timeout", install.timeout


def _repository(wanted: RepositoryWanted) -> Iterator[tuple[str, Value]]:
    yield "repository.host", wanted.host.value
    if wanted.path is not None:
        yield "repository.path", str(wanted.path)
    yield "repository.name", wanted.name
    yield "repository.visibility", wanted.visibility
    yield "repository.description", wanted.description
    yield "repository.homepage", wanted.homepage
    yield "repository.topics", list(wanted.topics)
    yield "repository.default-branch", wanted.default_branch
    merge = wanted.merge
    for name in ("squash", "merge_commit", "rebase", "auto_merge", "delete_branch"):
        if (value := getattr(merge, name)) is not None:
            yield f"repository.merge.{name.replace('_', '-')}", value
    yield "repository.teams", dict(wanted.teams)
    yield "repository.collaborators", dict(wanted.collaborators)


def _target(target: PublishTarget) -> Value:
    values: dict[str, Value] = {"to": target.to.value}
    values |= {name: text for name, text in (("url", target.url), ("index", target.index)) if text}
    return values | {"path": str(target.path)} if target.path is not None else values
