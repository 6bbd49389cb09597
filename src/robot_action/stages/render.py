"""Render: the wanted tree, and how it fits what stands at the destination."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from robot_action.errors import FailedError, InputError
from robot_action.model.facts import Destination, DestinationKind, Facts
from robot_action.model.names import name_forms
from robot_action.model.plan import RenderStep, Status, Written
from robot_action.model.report import Outcome, Outcomes
from robot_action.model.request import CreateRequest
from robot_action.model.state import STATE_FILE
from robot_action.model.template import RenderRequest, Template
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.model.values import Value
from robot_action.parsing.state_file import dump_state
from robot_action.planning.identity import full_state
from robot_action.ports import Ports

IGNORABLE = frozenset({"__pycache__", "node_modules", "lost+found"})
"""Folders that do not count when a destination is asked to be empty; dot files do not either."""

_SHOWN = 10


def inspect(ports: Ports, request: CreateRequest, facts: Facts) -> Facts:
    """Resolve the answers, render in the worker, and compare with the destination.

    Raises:
        InputError: with every problem of the answers or the template.
    """
    template = facts.template
    if template is None or facts.destination is None:
        raise FailedError("there is no template to render")
    asked = _request(request, template)
    try:
        rendering = ports.renderer.render(asked)
        state = full_state(request.manifest, template, rendering)
        remembered = dump_state(state, asked.places)
    except InputError as error:  # what names no place in the template is about the answers
        place = request.manifest.positions.get("data", request.manifest.position)
        raise InputError(problems=tuple(replace(problem, position=problem.position or place) for problem in error.problems)) from error
    wanted = rendering.tree.with_entries({STATE_FILE: Entry(Mode.FILE, remembered)})
    destination = _classify(ports, facts.destination, wanted)
    return replace(facts, rendering=rendering, state=state, wanted=wanted, destination=destination)


def apply(ports: Ports, step: RenderStep, outcomes: Outcomes) -> Outcome:
    """Write the tree: a new folder by one rename, an existing one file by file with the state file last."""
    del outcomes
    if step.into_existing:
        ports.files.write_into(step.tree, step.destination, last=STATE_FILE)
    else:
        ports.files.write_new(step.tree, step.destination)
    more = len(step.overwrites) - _SHOWN
    details = (*(f"overwrote {path}" for path in step.overwrites[:_SHOWN]), *((f"and {more:,} more",) if more > 0 else ()))
    return Outcome(step.stage, Status.DONE, f"{len(step.tree)} files in {step.destination}", details, Written(step.destination))


def _request(request: CreateRequest, template: Template) -> RenderRequest:
    manifest = request.manifest
    project: dict[str, Value] = {
        "name": manifest.name,
        "repository": manifest.repository.name if manifest.repository else "",
        "kind": manifest.kind or template.specification.default_kind,
        "version": manifest.version,
        "description": manifest.description,
        **name_forms(manifest.name),
    }
    return RenderRequest(
        specification=template.specification,
        tree=template.tree,
        data=manifest.data,
        project=project,
        template_version=template.version,
        year=datetime.fromtimestamp(request.epoch, UTC).year,
        file=f"{template.source.text}: {template.specification.file}",
        places={name: manifest.positions[f"data.{name}"] for name in manifest.data if f"data.{name}" in manifest.positions},
    )


def _classify(ports: Ports, destination: Destination, wanted: Tree) -> Destination:
    """Return the destination with what of it is ours, foreign or to be replaced."""
    if destination.kind is DestinationKind.NEW:
        return destination
    earlier = _earlier(ports, destination, wanted)
    if destination.kind is DestinationKind.OURS:
        return replace(destination, earlier=earlier)
    present = ports.files.read_tree(destination.path, sorted(_present(ports, destination.path, wanted)), empty_folders=False)
    replaced = tuple(path for path, entry in present.items() if wanted.get(path) not in {entry, None} and entry.mode is not Mode.DIRECTORY)
    foreign = tuple(_foreign(ports, destination.path, wanted))
    kind = DestinationKind.FOREIGN if foreign or replaced or destination.state else DestinationKind.FREE
    return replace(destination, kind=kind, replaced=replaced, foreign=foreign[:_SHOWN], earlier=earlier)


def _earlier(ports: Ports, destination: Destination, wanted: Tree) -> frozenset[str]:
    """Return the files that were there before the project: where it is written already, those older than its state file."""
    changed = ports.files.changed_at(destination.path)
    written = changed.get(STATE_FILE, 0) if destination.kind is DestinationKind.OURS else None
    return frozenset(path for path, at in changed.items() if path not in wanted and (written is None or at < written))


def _present(ports: Ports, folder: Path, wanted: Tree) -> Iterator[str]:
    return (path for path in wanted if ports.files.exists(folder / path))


def _foreign(ports: Ports, folder: Path, wanted: Tree) -> Iterator[str]:
    """Yield the files that are none of ours; dot files at the top and ignorable folders do not count."""
    ours = {parent for path in wanted for parent in _and_parents(path)}
    pending = [""]
    while pending:
        prefix = pending.pop()
        for name in ports.files.listing(folder / prefix) or ():
            path = f"{prefix}{name}"
            if name in IGNORABLE or (not prefix and name.startswith(".")) or path in wanted:
                continue
            if path in ours:
                pending.append(f"{path}/")
            else:
                yield path


def _and_parents(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition("/")[0]
