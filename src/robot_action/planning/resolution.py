"""The manifest with what the template and the surroundings add to it, each value with its origin. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from robot_action.model.facts import Facts
from robot_action.model.manifest import OWN_IDENTITY, Manifest, Origin
from robot_action.model.request import CreateRequest


def resolve(request: CreateRequest, facts: Facts) -> Manifest:
    """Return what the request's manifest comes to; where no template was looked at, only what is known without it."""
    manifest = _with_author(request, facts)
    if facts.template is None or facts.rendering is None:
        return manifest
    origins: dict[str, Origin] = {}
    if manifest.kind is None:
        origins["kind"] = Origin.TEMPLATE
        manifest = replace(manifest, kind=facts.template.specification.default_kind)
    if manifest.install is None:
        origins["install"] = Origin.TEMPLATE
        manifest = replace(manifest, install=facts.rendering.install)
    origins |= {f"data.{name}": Origin.TEMPLATE for name in facts.rendering.answers if name not in manifest.data}
    return _with(replace(manifest, data={**manifest.data, **facts.rendering.answers}), origins)


def _with_author(request: CreateRequest, facts: Facts) -> Manifest:
    manifest = request.manifest
    if manifest.author is not None:
        return manifest
    author = request.actor or facts.committer
    return _with(replace(manifest, author=author), {"author": Origin.DEFAULT if author == OWN_IDENTITY else Origin.DERIVED})


def _with(manifest: Manifest, origins: Mapping[str, Origin]) -> Manifest:
    return replace(manifest, origins={**manifest.origins, **origins})
