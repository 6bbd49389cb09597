"""Render: the wanted tree, and how it fits what stands at the destination."""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from robot_action.errors import FailedError, InputError, Position
from robot_action.model.copier import ANSWERS_FILE, CopierSettings
from robot_action.model.extensions import extensions_of, needs_machine
from robot_action.model.facts import Destination, DestinationKind, Facts
from robot_action.model.names import name_forms
from robot_action.model.plan import RenderStep, Status, Written
from robot_action.model.report import Outcome, Outcomes
from robot_action.model.request import CreateRequest
from robot_action.model.source import SourceKind
from robot_action.model.state import STATE_FILE
from robot_action.model.surroundings import Surroundings
from robot_action.model.task_step import Worked
from robot_action.model.tasks import TEMPLATE_FOLDER
from robot_action.model.template import Format, Rendering, RenderRequest, Template
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.model.values import Value
from robot_action.parsing.replay import CRUFT_FILE, CruftState, dump_cruft
from robot_action.parsing.source import as_given
from robot_action.parsing.state_file import dump_state
from robot_action.planning.identity import full_state
from robot_action.planning.permission import is_trusted
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
    _check_options(request, template)
    asked = _request(ports, request, template, facts.destination)
    try:
        rendering = ports.renderer.render(asked)
        state = full_state(request.manifest, template, rendering)
        remembered = _state_files(request, template, rendering, lambda: dump_state(state, asked.places))
    except InputError as error:  # what names no place in the template is about the answers
        place = request.manifest.positions.get("data", request.manifest.position)
        raise InputError(problems=tuple(replace(problem, position=problem.position or place) for problem in error.problems)) from error
    wanted = _without_kept(ports, rendering, facts.destination).with_entries(remembered)
    destination = _classify(ports, facts.destination, wanted, rendered_only=request.render is not None)
    return replace(facts, rendering=rendering, state=state, wanted=wanted, destination=destination)


def apply(ports: Ports, step: RenderStep, outcomes: Outcomes) -> Outcome:
    """Write the tree: a new folder by one rename, an existing one file by file with the state file last."""
    worked = outcomes.find(Worked)
    tree = _with_made(ports, step, worked.tree) if worked else step.tree
    if step.into_existing:
        ports.files.write_into(tree, step.destination, last=STATE_FILE)
    else:
        ports.files.write_new(tree, step.destination)
    if step.replay:
        file, content = step.replay
        ports.files.write_into(Tree({file.name: Entry(Mode.FILE, content)}), file.parent)
    more = len(step.overwrites) - _SHOWN
    details = (*step.details, *(f"overwrote {path}" for path in step.overwrites[:_SHOWN]), *((f"and {more:,} more",) if more > 0 else ()))
    return Outcome(step.stage, Status.DONE, f"{len(tree)} files in {step.destination}", details, Written(step.destination))


def _with_made(ports: Ports, step: RenderStep, tree: Tree) -> Tree:
    """Return what is written of a tree on which tasks worked: what they made does not replace what was there before."""
    if not step.into_existing:
        return tree
    made = {path for path in tree if path not in step.tree and ports.files.exists(step.destination / path)}
    return Tree({path: entry for path, entry in tree.items() if path not in made})


def _state_files(request: CreateRequest, template: Template, rendering: Rendering, own: Callable[[], bytes]) -> Mapping[str, Entry]:
    """Return the state files that the project is to have besides those that its template makes.

    Raises:
        InputError: when Cruft's is wanted, and it could not go on.
    """
    if request.render is None or template.specification.format is Format.NATIVE:
        return {STATE_FILE: Entry(Mode.FILE, own())}
    if not request.render.cruft:
        return {}
    source = template.source
    if not template.commit or template.specification.format is not Format.COOKIECUTTER:
        raise InputError(
            f"Cruft cannot go on with a project of {source.text}: it needs a commit of a Cookiecutter template",
            position=Position("--cruft"),
            hint="Name a git repository, or a folder of one with --ref.",
        )
    directory = posixpath.join(source.subdirectory, template.specification.directory)
    state = CruftState(source.location, template.commit, source.ref or "", directory.rstrip("/"))
    return {CRUFT_FILE: Entry(Mode.FILE, dump_cruft(state, rendering.replay))}


def _check_options(request: CreateRequest, template: Template) -> None:
    """Refuse what only templates of another format could be asked for.

    Raises:
        InputError: naming the option.
    """
    wanted, found = request.render, template.specification.format
    if wanted and wanted.answers_file and found is not Format.COPIER:
        raise InputError(f"only Copier's templates make an answers file, and this one is {found}", position=Position("--answers-file"))
    if wanted and wanted.replay and found is not Format.COOKIECUTTER:
        raise InputError(f"only Cookiecutter's templates have replay files, and this one is {found}", position=Position("--save-replay"))


def _without_kept(ports: Ports, rendering: Rendering, destination: Destination) -> Tree:
    """Return the rendered tree without the files that stay as somebody else has them."""
    if destination.kind in {DestinationKind.NEW, DestinationKind.OURS} or not rendering.kept:
        return rendering.tree
    present = ports.files.read_tree(destination.path, sorted(rendering.kept), empty_folders=False)
    return Tree({path: entry for path, entry in rendering.tree.items() if path not in rendering.kept or present.get(path) in {entry, None}})


def _surroundings(ports: Ports, request: CreateRequest, template: Template, destination: Destination) -> Surroundings:
    """Return what the foreign formats' contexts tell a template."""
    return Surroundings(
        source=as_given(template.source),
        commit=template.commit,
        described=template.described,
        ref=template.source.ref or "",
        destination=str(destination.path),
        answers_file=request.render.answers_file if request.render else "",
        files=_data_files(ports, template, destination),
        python=sys.executable,
        folder=TEMPLATE_FOLDER,
        answered=_answered(ports, request, template, destination),
        local=as_given(template.source) if template.source.kind is SourceKind.DIRECTORY else "",
        is_crufts=request.render is not None and request.render.cruft,
    )


def _answered(ports: Ports, request: CreateRequest, template: Template, destination: Destination) -> bytes:
    """Return the project's answers file, which a rendering over a project goes by as in Copier; a manifest has all its answers."""
    settings = template.specification.settings
    if request.render is None or destination.kind is DestinationKind.NEW or not isinstance(settings, CopierSettings):
        return b""
    name = request.render.answers_file or ANSWERS_FILE
    entry = ports.files.read_tree(destination.path, [name], empty_folders=False).get(name)
    return entry.content if entry and entry.mode in {Mode.FILE, Mode.EXECUTABLE} else b""


def _data_files(ports: Ports, template: Template, destination: Destination) -> Mapping[str, bytes]:
    """Return the project's YAML files, for a Copier template that reads some of them."""
    settings = template.specification.settings
    if destination.kind is DestinationKind.NEW or not isinstance(settings, CopierSettings) or not settings.external_data:
        return {}
    paths = [path for path in ports.files.changed_at(destination.path) if path.endswith((".yml", ".yaml"))]
    found = ports.files.read_tree(destination.path, paths)
    return {path: entry.content for path, entry in found.items() if entry.mode in {Mode.FILE, Mode.EXECUTABLE}}


def _request(ports: Ports, request: CreateRequest, template: Template, destination: Destination) -> RenderRequest:
    manifest = request.manifest
    project: dict[str, Value] = {
        "name": manifest.name,
        "repository": manifest.repository.name if manifest.repository else "",
        "kind": manifest.kind or template.specification.default_kind,
        "version": manifest.version,
        "description": manifest.description,
        **name_forms(manifest.name),
    }
    is_native = template.specification.format is Format.NATIVE
    trusted = is_trusted(template.source, request.trust)
    sees_machine = trusted and needs_machine(extensions_of(template.specification))
    return RenderRequest(
        specification=template.specification,
        tree=template.tree,
        data=manifest.data,
        project=project,
        template_version=template.version,
        year=datetime.fromtimestamp(request.epoch, UTC).year,
        file=f"{template.source.text}: {template.specification.file}",
        places={name: manifest.positions[f"data.{name}"] for name in manifest.data if f"data.{name}" in manifest.positions},
        surroundings=Surroundings() if is_native else _surroundings(ports, request, template, destination),
        moment=float(request.epoch),
        seed=request.seed,
        trusted=trusted,
        environment=ports.sandbox.environment(request.environment) if sees_machine else {},
        skip_tasks=request.skip_tasks,
    )


def _classify(ports: Ports, destination: Destination, wanted: Tree, *, rendered_only: bool) -> Destination:
    """Return the destination with what of it is ours, foreign or to be replaced.

    A rendering alone is no project that would be ours to finish: only what stands there counts.
    """
    if destination.kind is DestinationKind.NEW:
        return destination
    earlier = _earlier(ports, destination, wanted)
    if destination.kind is DestinationKind.OURS and not rendered_only:
        return replace(destination, earlier=earlier)
    others = destination.state is not None and destination.kind is DestinationKind.FOREIGN
    present = ports.files.read_tree(destination.path, sorted(_present(ports, destination.path, wanted)), empty_folders=False)
    replaced = tuple(path for path, entry in present.items() if wanted.get(path) not in {entry, None} and entry.mode is not Mode.DIRECTORY)
    foreign = tuple(_foreign(ports, destination.path, wanted))
    kind = DestinationKind.FOREIGN if foreign or replaced or others else DestinationKind.FREE
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
