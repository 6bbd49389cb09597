"""Unpack: go on with a project that another job committed and packed; nothing of its template runs here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from robot_action.errors import FailedError, InputError, NotPermittedError
from robot_action.exchange import Bundled
from robot_action.model.facts import DestinationKind, Facts, LocalRepository, Pack
from robot_action.model.paths import check_tree
from robot_action.model.plan import Status, UnpackStep, Written
from robot_action.model.report import Outcome, Outcomes
from robot_action.model.request import CreateRequest
from robot_action.parsing.archives import MAX_PACKED_BYTES
from robot_action.parsing.handover import BUNDLE, HANDOVER, MAX_BYTES, Handover, digest_of, parse_handover
from robot_action.ports import Ports

MAX_FILES_BYTES = 2 * MAX_PACKED_BYTES
"""What the built files may be together: a wheel and a source distribution."""


def inspect(ports: Ports, request: CreateRequest, facts: Facts) -> Facts:
    """Verify what was packed, and take it for the project's folder where that is not there yet.

    Raises:
        InputError: when it is not what its handover says, or another project's.
        FailedError: when the folder holds another commit.
        NotPermittedError: when something else stands at the destination.
    """
    if request.unpack is None:
        return facts
    folder = request.unpack / request.manifest.project
    handover = _read_handover(ports, request, folder)
    bundled = ports.git.read_bundle(folder / BUNDLE)
    _check(request, facts, handover, bundled, folder)
    pack = Pack(folder / BUNDLE, bundled.local, bundled.tree, dict(_read_files(ports, handover, folder)))
    destination = facts.destination
    if destination is None or destination.kind is DestinationKind.NEW:
        there = replace(destination, kind=DestinationKind.OURS, state=bundled.local.state) if destination else None
        return replace(facts, pack=pack, destination=there, local=bundled.local)
    if destination.kind is not DestinationKind.OURS:
        raise NotPermittedError(
            f"{destination.path} is there already, so nothing can be unpacked to it", hint="Name another destination, or move it away."
        )
    if facts.local is None or facts.local.head != handover.commit:
        raise FailedError(
            f"{destination.path} holds another commit than the packed one ({handover.commit[:12]})",
            hint="Move the folder away, and run the same command again.",
        )
    return replace(facts, pack=replace(pack, unpacked=True))


def apply(ports: Ports, step: UnpackStep, outcomes: Outcomes) -> Outcome:
    """Put the commit at its destination, in one rename."""
    del outcomes
    ports.git.unbundle(step.bundle, step.commit, step.branch, step.destination)
    return Outcome(
        step.stage, Status.DONE, f"{step.commit[:12]} on {step.branch} is in {step.destination}", result=Written(step.destination)
    )


def _read_handover(ports: Ports, request: CreateRequest, folder: Path) -> Handover:
    text = ports.files.read(folder / HANDOVER, MAX_BYTES)
    if text is None:
        raise InputError(
            f"there is no packed project {request.manifest.project} in {request.unpack}: {folder / HANDOVER} is missing",
            position=request.manifest.position,
            hint="--unpack names the folder that --pack named in the job before.",
        )
    digest = digest_of(text)
    if request.digests and digest not in request.digests:
        raise InputError(
            f"{folder} is not what was packed: its digest is {digest}, and {' or '.join(request.digests)} is wanted",
            hint="Either it comes from another run, or somebody changed it on the way. Pack the project again.",
        )
    return parse_handover(text, str(folder / HANDOVER))


def _check(request: CreateRequest, facts: Facts, handover: Handover, bundled: Bundled, folder: Path) -> None:
    """Hold handover, bundle and manifest to each other."""
    local = bundled.local
    told, held = (handover.project, handover.commit, handover.branch, handover.bundle), (local.head, local.branch, bundled.sha256)
    if told != (request.manifest.project, *held):
        raise InputError(f"{folder / HANDOVER} and {BUNDLE} do not tell the same project and commit", hint="Pack the project again.")
    if local.state is None or facts.state is None or not local.state.is_same_project(facts.state):
        raise InputError(
            f"{folder} holds another project than the manifest's, or one from another template",
            position=request.manifest.position,
            hint="Pack and unpack with the same manifest.",
        )
    _check_refs(request, local, folder)
    check_tree(bundled.tree)


def _check_refs(request: CreateRequest, local: LocalRepository, folder: Path) -> None:
    """Hold the branch and the tags of what was packed to the manifest, since both are pushed."""
    wanted, tag = request.manifest.repository, request.manifest.tag
    branch = wanted.default_branch if wanted else local.branch
    strange = [name for name, commit in local.tags.items() if (name, commit) != (tag, local.head)]
    if local.branch != branch or strange:
        what = f"the branch {local.branch!r}" if local.branch != branch else f"the tag {strange[0]!r}"
        raise InputError(
            f"{folder} holds {what}, which is not the manifest's",
            position=request.manifest.position,
            hint="Pack and unpack with the same manifest.",
        )


def _read_files(ports: Ports, handover: Handover, folder: Path) -> Iterator[tuple[str, bytes]]:
    room = MAX_FILES_BYTES
    for name, digest in handover.files.items():
        content = ports.files.read(folder / name, min(room, MAX_PACKED_BYTES))
        if content is None or hashlib.sha256(content).hexdigest() != digest:
            state = "missing" if content is None else "not the one that was packed"
            raise InputError(f"{folder / name} is {state}", hint="Pack the project again.")
        room -= len(content)
        yield name, content
