"""Adopt: the template rendered as the project shall have been made from it, compared with the project; the state file written."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from robot_action.errors import InputError, Position
from robot_action.model.adopt import Adopted, AdoptFacts, AdoptRequest, AdoptStep, Nearness
from robot_action.model.link import Link, Tool
from robot_action.model.plan import Status
from robot_action.model.report import Outcome, Outcomes
from robot_action.model.source import Source, SourceKind
from robot_action.model.state import STATE_FILE
from robot_action.model.template import Format, Specification
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.model.update import Rendered, UpdateRequest
from robot_action.parsing.formats.recognise import read_specification
from robot_action.parsing.links import CRUFT_FILE, parse_links, tool_of
from robot_action.parsing.source import as_given
from robot_action.planning.identity import identity_of, place_of
from robot_action.planning.versions import TAGS, Chosen, choose
from robot_action.ports import Ports
from robot_action.sources.following import refs_of, template_at
from robot_action.stages.links import state_files, top_of
from robot_action.stages.renderings import Renderings
from robot_action.stages.state_files import state_file

_TOOLS = {Format.NATIVE: Tool.OWN, Format.COPIER: Tool.COPIER, Format.COOKIECUTTER: Tool.CRUFT}
_FILES = {Tool.OWN: STATE_FILE, Tool.CRUFT: CRUFT_FILE}
_HEADS = "refs/heads/"
_NO_STATE = b"{}"


def inspect(ports: Ports, request: AdoptRequest) -> AdoptFacts:
    """Render the template, and compare the project with it.

    Raises:
        InputError: when the project has a state file already, or template, version or answers are wrong.
        NotPermittedError: when the template cannot be rendered without running its own code, and its source is not trusted.
    """
    _check_free(ports, request, request.file)
    refs = refs_of(ports, request.source)
    if not refs:
        hint = "Keep the template in git, so that what changes can be told."
        raise InputError(f"{request.source.text} is in no git repository, so it has no versions", position=Position("--ref"), hint=hint)
    chosen = choose(request.source, refs)
    fetched = template_at(ports, request.source, chosen.commit)
    specification = read_specification(fetched.tree, request.source.text, request.data, request.format)
    link = _link(ports, request, specification, refs)
    rendered = _rendered(ports, request, link, chosen)
    link = replace(link, file=link.file or rendered.rendering.answers_file)
    state = state_file(link, rendered, _NO_STATE).get(link.file)
    if state is None or not _is_followed(link, state):
        raise InputError(
            f"the template {request.source.text} makes no answers file, by which Copier and robot-action would follow it",
            hint="It has to hold one: {{ _copier_conf.answers_file }}.jinja with {{ _copier_answers|to_nice_yaml }}.",
        )
    _check_free(ports, request, link.file)
    made = {path: entry for path, entry in rendered.rendering.tree.items() if path != link.file and entry.mode is not Mode.DIRECTORY}
    secret = rendered.rendering.secret
    defaulted = tuple(name for name in rendered.rendering.defaulted if name not in secret)
    return AdoptFacts(link, rendered.template, state, _nearness(ports, request, made), defaulted)


def apply(ports: Ports, step: AdoptStep, outcomes: Outcomes) -> Outcome:
    """Write the state file."""
    del outcomes
    ports.files.write_into(Tree({step.file: step.state}), step.destination)
    is_found = tool_of(step.file) is not None and "/" not in step.file
    named = "" if is_found else f" --answers-file {shlex.quote(step.file)}"
    then = f"next: commit {step.file}; then robot-action update{named} brings in what the template has changed since"
    return Outcome(step.stage, Status.DONE, step.title, (*step.details, then), Adopted(step.destination))


def _check_free(ports: Ports, request: AdoptRequest, file: str) -> None:
    """Refuse a project that follows a template.

    Raises:
        InputError: when it does, or there is no such folder.
    """
    if ports.files.listing(request.project) is None:
        raise InputError(f"there is no folder {request.project}", hint="Name the project's folder; to make a new one there is create.")
    found = state_files(ports, request.project) or ((file,) if file and ports.files.exists(request.project / file) else ())
    if found:
        hint = "Bring in what its template has changed with update; to link it anew, remove the state file first."
        raise InputError(f"{request.project} follows a template already: it has {', '.join(found)}", hint=hint)


def _is_followed(link: Link, state: Entry) -> bool:
    """Tell whether a state file says where the template is, and which version: a template of Copier's may write it as it likes."""
    try:
        return all(found.source and (found.version or found.commit) for found in parse_links(state.content, link.file, link.tool))
    except InputError:
        return False


def _link(ports: Ports, request: AdoptRequest, specification: Specification, refs: Mapping[str, str]) -> Link:
    """Return what ties the project to its template, as each tool would have written it.

    Raises:
        InputError: when the state file that is asked for is none that the tool would find again.
    """
    source, tool = request.source, _TOOLS[specification.format]
    file = _FILES.get(tool, request.file)
    if request.file and (file != request.file or tool_of(file) not in {tool, None}):
        hint = f"Leave it out: it is {file}." if tool in _FILES else "Name another one, such as .copier-answers.docs.yml."
        raise InputError(f"{request.file} is no state file of {tool}", position=Position("--answers-file"), hint=hint)
    if tool is Tool.OWN:
        project = request.name or identity_of(_origin(ports, request.project), request.project)
        context = {"description": request.description} if request.description else {}
        return Link(tool, file, place_of(source, request.project), source.subdirectory, project=project, context=context)
    if request.name or request.description:
        hint = f"What a template of {tool}'s knows of a project is in its answers: give those with -d."
        raise InputError(f"{source.text} is no template of our own format, so it gets no name or description", hint=hint)
    if tool is Tool.COPIER:
        return Link(tool, file, as_given(source))
    directory = posixpath.join(source.subdirectory, specification.directory).rstrip("/")
    return Link(tool, file, source.location.removeprefix("file://"), directory, branch=_branch(source, refs))


def _origin(ports: Ports, project: Path) -> str:
    """Return the URL of the project's own remote, or ``""``: that of a repository around it is no project's."""
    local = ports.git.inspect(project) if top_of(ports, project) == project else None
    return local.origin if local else ""


def _branch(source: Source, refs: Mapping[str, str]) -> str:
    """Return the branch that is followed from now on: only a branch is; a tag or a commit just says what the project has."""
    ref = source.ref or ""
    return ref if f"{_HEADS}{ref}" in refs and f"{TAGS}{ref}" not in refs else ""


def _rendered(ports: Ports, request: AdoptRequest, link: Link, chosen: Chosen) -> Rendered:
    wanted = UpdateRequest(
        project=request.project,
        epoch=request.epoch,
        data=request.data,
        places=request.places,
        trust=request.trust,
        skip_tasks=request.skip_tasks,
        environment=request.environment,
        seed=request.seed,
    )
    source = request.source if request.source.kind is SourceKind.DIRECTORY else replace(request.source, text=as_given(request.source))
    return Renderings(ports, wanted, link, source).theirs(chosen)[0]


def _nearness(ports: Ports, request: AdoptRequest, made: Mapping[str, Entry]) -> Nearness:
    present = ports.files.read_tree(
        request.project, [path for path in made if ports.files.exists(request.project / path)], empty_folders=False
    )
    return Nearness(
        same=tuple(path for path, entry in made.items() if present.get(path) == entry),
        different=tuple(path for path, entry in made.items() if path in present and present[path] != entry),
        missing=tuple(path for path in made if path not in present),
    )
