"""Pack: leave the commit, and what is built from it, in a folder for another job."""

from __future__ import annotations

import hashlib

from robot_action.errors import FailedError
from robot_action.exchange import BundleWanted
from robot_action.model.facts import Facts
from robot_action.model.plan import Committed, Packed, PackStep, Status
from robot_action.model.report import Outcome, Outcomes
from robot_action.model.request import CreateRequest
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.parsing.handover import BUNDLE, HANDOVER, MAX_BYTES, Handover, digest_of, dump_handover, parse_handover
from robot_action.planning.releases import check_artifacts, check_version, package_name, package_version
from robot_action.ports import Ports
from robot_action.stages.building import build, project_of


def inspect(ports: Ports, request: CreateRequest, facts: Facts) -> Facts:
    """Find out nothing: what is packed already is looked at when it is to be packed again."""
    del ports, request
    return facts


def apply(ports: Ports, step: PackStep, outcomes: Outcomes) -> Outcome:
    """Build the packages, and write them and the bundle to a new folder, in one rename.

    Raises:
        FailedError: when there is no commit on a branch, the build fails, or something else is packed there.
    """
    committed = outcomes.find(Committed)
    if committed is None:
        raise FailedError("there is no commit to pack", hint="Let the stage commit run as well.")
    if not committed.branch:
        raise FailedError(f"{step.destination} has no branch checked out, and a branch is packed", hint="Run: git switch (in that folder)")
    if (text := ports.files.read(step.folder / HANDOVER, MAX_BYTES)) is not None:
        packed = parse_handover(text, str(step.folder / HANDOVER))
        if packed.commit != committed.commit or bool(packed.files) != bool(step.name):
            what = "another commit" if packed.commit != committed.commit else "the same commit with other packages"
            raise FailedError(f"{step.folder} holds {what}, {packed.commit[:12]}", hint="Move it away, or name another folder.")
        return Outcome(step.stage, Status.DONE, f"{committed.commit[:12]} is in {step.folder} already", *_told(text))
    return _pack(ports, step, committed)


def _pack(ports: Ports, step: PackStep, committed: Committed) -> Outcome:
    built = _build(ports, step, committed.commit)
    bundle = ports.git.bundle(BundleWanted(step.destination, committed.commit, committed.branch, committed.tag))
    digests = {name: digest for name, (digest, _) in built.items()}
    handover = Handover(step.identity, committed.commit, committed.branch, hashlib.sha256(bundle).hexdigest(), digests)
    text = dump_handover(handover)
    contents = {HANDOVER: text, BUNDLE: bundle, **{name: content for name, (_, content) in built.items()}}
    ports.files.write_new(Tree({name: Entry(Mode.FILE, content) for name, content in contents.items()}), step.folder)
    return Outcome(step.stage, Status.DONE, f"{committed.commit[:12]} is in {step.folder}", *_told(text, *sorted(contents)))


def _told(text: bytes, *files: str) -> tuple[tuple[str, ...], Packed]:
    """Return an outcome's details and result, which tell a handover's digest."""
    digest = digest_of(text)
    return (*files, f"its digest is {digest}"), Packed(digest)


def _build(ports: Ports, step: PackStep, commit: str) -> dict[str, tuple[str, bytes]]:
    """Return the names, digests and contents of the built packages; none where nothing is to be published."""
    if not step.name:
        return {}
    version = package_version(step.version)
    snapshot = ports.git.read_folder(step.destination, commit)
    project = project_of(snapshot)
    check_version(project, version)
    with ports.files.scratch("pack") as scratch:
        artifacts = build(ports, step.environment, snapshot, scratch)
        check_artifacts(artifacts, package_name(project, step.name), version)
        return {artifact.name: (artifact.sha256, artifact.path.read_bytes()) for artifact in artifacts}
