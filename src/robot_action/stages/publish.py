"""Publish: what does the index have, and build, check and upload the rest.

What is published is the commit, not what happens to stand in the work tree. It is built where other template code
runs, as a second user where there is one; only copies of the finished files come out, and those are uploaded.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from robot_action.errors import ConfigurationError, FailedError, InputError, KilledError, RobotActionError
from robot_action.exchange import Snapshot
from robot_action.model.facts import DestinationKind, Facts, Release
from robot_action.model.manifest import PublishTarget
from robot_action.model.plan import Artifact, Committed, Published, PublishStep, Status
from robot_action.model.report import Outcome, Outcomes
from robot_action.model.request import CreateRequest
from robot_action.parsing.archives import MAX_PACKED_BYTES, archive_contents
from robot_action.parsing.pyproject import MAX_BYTES, PYPROJECT, SETUP_FILES, PythonProject, parse_pyproject
from robot_action.planning.releases import check_artifacts, check_origin, check_version, compare, package_name, package_version
from robot_action.ports import Index, Ports, Workspace

BUILD_SECONDS = 1800.0
CHECK_SECONDS = 300.0
_EARLIEST = 315_619_200  # 1980-01-02: what a zip file's time can hold, in every time zone
_BUILD_HINT = (
    "Nothing was uploaded. If the build requirements could not be installed, pip's reason stands above: the network, the index, a name."
)
_CHECK_HINT = "Nothing was uploaded. Indexes show the description, which is mostly the README: give the package one that renders."


def inspect(ports: Ports, request: CreateRequest, facts: Facts) -> Facts:
    """Ask each index of the manifest what it has of this version.

    Raises:
        InputError: the project and the manifest name different versions, and something is still to be published.
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
        check_version(_project_of(snapshot), version)
        artifacts = _build(ports, step, snapshot, scratch)
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
    """Return what is known before the build: from the tree that will be written, or else from the project's folder."""
    if facts.wanted is not None:
        entry = facts.wanted.get(PYPROJECT)
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


def _project_of(snapshot: Snapshot) -> PythonProject | None:
    entry = snapshot.tree.get(PYPROJECT)
    if entry is None and not any(name in snapshot.tree for name in SETUP_FILES):
        raise InputError(
            f"the commit {snapshot.commit[:12]} holds neither {PYPROJECT} nor setup.py, so there is no Python package to publish",
            hint="Take publish out of the manifest, or use a template that makes a Python package.",
        )
    return parse_pyproject(entry.content) if entry else None


def _build(ports: Ports, step: PublishStep, snapshot: Snapshot, scratch: Path) -> tuple[Artifact, ...]:
    """Build and check in a workspace on a copy of the commit; return private copies of what was built."""
    source = scratch / "source"
    ports.files.write_new(snapshot.tree, source)
    environment = {
        **ports.sandbox.environment(step.environment),
        "SOURCE_DATE_EPOCH": str(max(snapshot.date, _EARLIEST)),
        "PYTHONHASHSEED": "0",  # the order of sets must not show in what is built
    }
    with ports.sandbox.open(source) as workspace:
        dist = workspace.make_folder("dist")
        _check_tools(workspace, environment)
        with _explained("the package cannot be built", _BUILD_HINT):
            workspace.run(_python("build", "--outdir", str(dist)), timeout=BUILD_SECONDS, environment=environment)
        with _explained("the package was built, but an index would not show it well", _CHECK_HINT):
            workspace.run(_python("twine", "check", "--strict", f"{dist}/*"), timeout=CHECK_SECONDS, environment=environment)
        return workspace.take(dist, scratch / "artifacts")


def _python(module: str, *arguments: str) -> Sequence[str]:
    """Return a command for a module of ours; isolated, so that the project's folder holds none of its imports."""
    return (sys.executable, "-I", "-m", module, *arguments)


def _check_tools(workspace: Workspace, environment: Mapping[str, str]) -> None:
    """See whether template code's user can run our interpreter with the tools in it.

    Raises:
        ConfigurationError: it cannot.
        KilledError: it was killed or took too long, so nobody knows.
    """
    command = (sys.executable, "-I", "-c", "import build, twine")
    try:
        workspace.run(command, timeout=CHECK_SECONDS, environment=environment)
    except KilledError:
        raise
    except RobotActionError as error:
        raise ConfigurationError(
            f"the package cannot be built: the user that runs template code cannot use {sys.executable} with build and twine",
            hint="Install robot-action where every user may read it, not below a private home folder: "
            f"for instance python3 -m venv /opt/robot-action (now it is in {sys.prefix}).",
            problems=error.problems,
        ) from error


@contextmanager
def _explained(message: str, hint: str) -> Iterator[None]:
    try:
        yield
    except KilledError as error:
        raise KilledError(message, hint="Nothing was uploaded.", problems=error.problems) from error
    except FailedError as error:
        raise FailedError(message, hint=hint, problems=error.problems) from error


def _check_same(index: Index, target: PublishTarget, ours: Artifact, release: Release) -> None:
    """Hold a file that is there with other bytes than ours to what ours holds."""
    theirs = index.fetch(target, release.project, ours.name, MAX_PACKED_BYTES)
    check_origin(ours.name, archive_contents(ours.path.read_bytes(), ours.name), archive_contents(theirs, ours.name), release)


def _done(step: PublishStep, where: str, release: Release, uploaded: tuple[str, ...], notes: Sequence[str] = ()) -> Outcome:
    files = tuple(sorted({*release.files, *uploaded}))
    what = f"{step.project} {release.version}"
    summary = f"published {what} to {where}" if uploaded else f"{what} was on {where} already"
    return Outcome(step.stage, Status.DONE, summary, tuple(notes), Published(where, step.project, release.version, files, uploaded))
