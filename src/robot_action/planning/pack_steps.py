"""The steps that hand a project from job to job."""

from __future__ import annotations

from collections.abc import Iterator

from robot_action.errors import Problem
from robot_action.model.plan import PackStep, Step, UnpackStep
from robot_action.planning.situation import Situation
from robot_action.planning.steps import EXISTS, as_whom, skipped


def plan_unpack(situation: Situation) -> Iterator[Step]:
    """Yield the unpacking of what another job left, where this run is asked for it."""
    pack, manifest = situation.facts.pack, situation.request.manifest
    if pack is None:
        return
    title = f"unpack the commit {pack.local.head[:12]} to {manifest.destination}"
    if pack.unpacked or situation.exists:
        yield skipped("unpack", title, "it is there already" if pack.unpacked else EXISTS)
        return
    yield UnpackStep(
        stage="unpack",
        title=title,
        details=(f"from {pack.bundle}", *(f"with {name}" for name in sorted(pack.files))),
        bundle=pack.bundle,
        commit=pack.local.head,
        branch=pack.local.branch,
        destination=manifest.destination,
    )


def plan_pack(situation: Situation) -> Iterator[Step]:
    """Yield the packing for another job, where this run is asked for it."""
    request = situation.request
    if request.pack is None:
        return
    manifest = request.manifest
    folder = request.pack / manifest.project
    title = f"pack the commit into {folder}"
    if situation.exists and not situation.committed:
        yield skipped("pack", title, EXISTS)
        return
    untrusted = Problem(
        f"packing builds the package, which runs the project's build back end, and {manifest.template.text} is not trusted",
        manifest.position,
        f"Trust it with --trust-source '{manifest.template.normalised}'.",
    )
    yield PackStep(
        stage="pack",
        title=title,
        details=("builds a wheel and a source distribution, and checks them", as_whom(situation)) if manifest.publish else (),
        destination=manifest.destination,
        folder=folder,
        identity=manifest.project,
        name=manifest.name if manifest.publish else "",
        version=manifest.version,
        environment=request.environment,
        objections=(untrusted,) if manifest.publish and not situation.may_run else (),
    )
