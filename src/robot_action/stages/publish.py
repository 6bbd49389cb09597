"""Publish: what does the index have, and build, check and upload the rest.

What is published is the commit, not what happens to stand in the work tree. It is built where other template code
runs, as a second user where there is one; only copies of the finished files come out, and those are uploaded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from robot_action.errors import FailedError
from robot_action.exchange import Snapshot
from robot_action.model.facts import DestinationKind, Facts, Release
from robot_action.model.manifest import PublishTarget
from robot_action.model.plan import Artifact, Committed, Published, PublishStep, Status
from robot_action.model.report import Outcome, Outcomes
from robot_action.model.request import CreateRequest
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.parsing.archives import MAX_PACKED_BYTES, archive_contents
from robot_action.parsing.pyproject import MAX_BYTES, PYPROJECT, PythonProject, parse_pyproject
from robot_action.planning.releases import check_artifacts, check_origin, check_version, compare, package_name, package_version
from robot_action.ports import Index, Ports
from robot_action.stages.building import build, project_of


def inspect(ports: Ports, request: CreateRequest, facts: Facts) -> Facts:
    """Ask each index of the manifest what it has of this version.

    Raises:
        InputError: the project and the manifest name different versions, and something is still to be published.
        FailedError: what another job built is not this release.
        UnavailableError: an index does not answer.
    """
    manifest = request.manifest
    if "publish" not in request.stages or not manifest.publish:
        return facts
    place = manifest.positions.get("version", manifest.position)
    version = package_version(manifest.version, place)
    project = _read_project(ports, facts)
    name = package_name(project, manifest.name, manifest.positions.get("name", manifest.position))
    releases = tuple(ports.indexes[target.to].find(target, name, version) for target in manifest.publish)
    if facts.pack is not None and facts.pack.files:
        check_artifacts(_artifacts(facts.pack.files, facts.pack.bundle.parent), name, version)
    if facts.wanted is not None and not all(release.is_complete for release in releases):
        check_version(project, version, place)
    return replace(facts, releases=releases)


def apply(ports: Ports, step: PublishStep, outcomes: Outcomes) -> Outcome:
    """Build the commit and upload what the index lacks of it.

    Raises:
        InputError: the commit is no Python project, or one of another version.
        FailedError: the build or the check fails, the files are not those of this project, or the release is not ours.
        NotPermittedError: there is no credential, or it does not do.
        UnavailableError: the index does not answer.
    """
    index, version = ports.indexes[step.target.to], package_version(step.version)
    release = index.find(step.target, step.project, version)
    if release.is_complete:
        return _done(step, index.describe(step.target), release, ())
    index.authorise(step.target)
    with ports.files.scratch("publish") as scratch:
        snapshot = _read_commit(ports, step, outcomes, scratch)
        check_version(project_of(snapshot), version)
        artifacts = _place(ports, step, scratch) if step.built else build(ports, step.environment, snapshot, scratch)
        check_artifacts(artifacts, step.project, version)
        comparison = compare(artifacts, release)
        for artifact in comparison.differing:
            _check_same(index, step.target, artifact, release)
        uploaded = tuple(artifact.name for artifact in comparison.missing)
        release = index.upload(step.target, step.project, version, comparison.missing, ports.progress.advance)
    notes = [f"{artifact.name} was there, built from the same files and packed differently: it stays" for artifact in comparison.differing]
    if late := [name for name in uploaded if name not in release.files]:
        notes.append(f"uploaded, but the index is slow and does not list it yet: {', '.join(late)}")
    return _done(step, index.describe(step.target), release, uploaded, notes)


def _read_project(ports: Ports, facts: Facts) -> PythonProject | None:
    """Return what is known before the build: from the tree that will be written or unpacked, or else from the project's folder."""
    tree = facts.wanted if facts.pack is None else facts.pack.tree
    if tree is not None:
        entry = tree.get(PYPROJECT)
        return parse_pyproject(entry.content) if entry else None
    if facts.destination is None or facts.destination.kind is not DestinationKind.OURS:
        return None
    path = facts.destination.path / PYPROJECT
    content = ports.files.read(path, MAX_BYTES)
    return parse_pyproject(content, str(path)) if content is not None else None


def _read_commit(ports: Ports, step: PublishStep, outcomes: Outcomes, scratch: Path) -> Snapshot:
    """Return what is to be published: the commit on the host, from the folder where that has it; else this run's commit."""
    local, committed, pushed = ports.git.inspect(step.destination), outcomes.find(Committed), step.pushed
    if pushed is not None and (local is None or local.head != pushed.commit):
        ports.git.restore(pushed.clone_url, pushed.commit, pushed.branch, scratch / "clone")
        return ports.git.read_folder(scratch / "clone", pushed.commit)
    commit = committed.commit if committed else local.head if local else ""
    if not commit:
        raise FailedError(f"{step.destination} holds no commit, and only a commit is published", hint="Let the stage commit run as well.")
    return ports.git.read_folder(step.destination, commit)


def _place(ports: Ports, step: PublishStep, scratch: Path) -> tuple[Artifact, ...]:
    """Return private copies of what another job built."""
    folder = scratch / "artifacts"
    ports.files.write_new(Tree({name: Entry(Mode.FILE, content) for name, content in step.built.items()}), folder)
    return _artifacts(step.built, folder)


def _artifacts(files: Mapping[str, bytes], folder: Path) -> tuple[Artifact, ...]:
    return tuple(Artifact(folder / name, hashlib.sha256(content).hexdigest(), len(content)) for name, content in files.items())


def _check_same(index: Index, target: PublishTarget, ours: Artifact, release: Release) -> None:
    """Hold a file that is there with other bytes than ours to what ours holds."""
    theirs = index.fetch(target, release.project, ours.name, MAX_PACKED_BYTES)
    check_origin(ours.name, archive_contents(ours.path.read_bytes(), ours.name), archive_contents(theirs, ours.name), release)


def _done(step: PublishStep, where: str, release: Release, uploaded: tuple[str, ...], notes: Sequence[str] = ()) -> Outcome:
    files = tuple(sorted({*release.files, *uploaded}))
    what = f"{step.project} {release.version}"
    summary = f"published {what} to {where}" if uploaded else f"{what} was on {where} already"
    return Outcome(step.stage, Status.DONE, summary, tuple(notes), Published(where, step.project, release.version, files, uploaded))
