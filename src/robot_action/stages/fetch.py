"""Fetch: the template, from its source to the store, and what it says about itself."""

from __future__ import annotations

from dataclasses import replace

from robot_action.errors import InputError, Position, RobotActionError
from robot_action.model.facts import Facts
from robot_action.model.manifest import Manifest
from robot_action.model.plan import FetchStep, Status
from robot_action.model.report import Outcome, Outcomes
from robot_action.model.request import CreateRequest
from robot_action.model.template import MODULE, Specification, Template, TemplateType
from robot_action.model.tree import Mode, Tree
from robot_action.parsing.formats.native import FILE
from robot_action.parsing.formats.recognise import read_specification
from robot_action.parsing.wording import suggestion
from robot_action.ports import Ports
from robot_action.reporting.words import size
from robot_action.sources.fetch import fetch
from robot_action.stages.prepare import check_requires


def inspect(ports: Ports, request: CreateRequest, facts: Facts) -> Facts:
    """Resolve the template's version, fetch it, and read its specification.

    Raises:
        InputError: when the source or the template is wrong, or the template does not list the manifest's kind.
        ConfigurationError: when the template requires another version of robot-action.
    """
    source = request.manifest.template
    try:
        fetched = fetch(ports, source)
        specification = read_specification(fetched.tree, source.text, request.manifest.data)
    except RobotActionError as error:
        raise _placed(error, request) from error
    check_template(specification, request.manifest, ports.machine.version)
    _check_folder(specification, fetched.tree, source.text)
    _check_entry(specification, fetched.tree)
    return replace(facts, template=Template(source, specification, fetched.tree, fetched.version, fetched.commit))


def apply(ports: Ports, step: FetchStep, outcomes: Outcomes) -> Outcome:
    """Report what was fetched; looking needed all of it already."""
    del ports, outcomes
    template = step.template
    version = f" {template.version}" if template.version else ""
    commit = f" at {template.commit[:12]}" if template.commit else ""
    summary = f"{template.specification.name}{version}{commit}: {len(template.tree)} files, {size(template.tree.size())}"
    return Outcome(step.stage, Status.DONE, summary)


def _placed(error: RobotActionError, request: CreateRequest) -> RobotActionError:
    """Return the error with the place in the manifest that names the template, where it names no place itself."""
    place = request.manifest.positions.get("template", request.manifest.position)
    problems = tuple(replace(problem, position=problem.position or place) for problem in error.problems)
    return type(error)(problems=problems)


def _check_folder(specification: Specification, tree: Tree, name: str) -> None:
    """Hold a standard template to its folder of files; a custom one may have none."""
    folder = specification.directory
    if specification.type is TemplateType.CUSTOM or folder in {"", "."} or any(path.startswith(f"{folder}/") for path in tree):
        return
    found = "is a symbolic link" if folder in tree and tree[folder].mode is Mode.LINK else "is missing or empty"
    place = specification.places.get("directory", Position(f"{name}: {FILE}"))
    raise InputError(f"the template's folder {folder!r} {found}", position=place, hint="The files to be rendered stand there.")


def _check_entry(specification: Specification, tree: Tree) -> None:
    entry = specification.entry
    if entry is None or entry.startswith(MODULE) or (entry in tree and tree[entry].mode is not Mode.DIRECTORY):
        return
    hint = suggestion(entry, [path for path in tree if path.endswith(".py")]) or "The path starts at the template's top."
    raise InputError(f"the template has no file {entry!r} to be its entry", position=specification.places.get("entry"), hint=hint)


def check_template(specification: Specification, manifest: Manifest, version: str) -> None:
    """Check that a template fits a manifest and the running version.

    Raises:
        InputError: the template does not list the manifest's kind, or that kind needs a description.
        ConfigurationError: the template requires another version of robot-action.
    """
    _check_kind(specification, manifest)
    check_requires(version, specification.requires, f"the template {specification.name}", specification.places.get("requires"))


def _check_kind(specification: Specification, manifest: Manifest) -> None:
    kind = manifest.kind or specification.kinds[0]
    if kind not in specification.kinds:
        raise InputError(
            f"the template {specification.name} makes no {kind}",
            position=manifest.positions.get("kind", manifest.position),
            hint=f"It lists the kinds: {', '.join(specification.kinds)}.",
        )
    if kind == "component" and not manifest.description:
        raise InputError(
            f"the template {specification.name} makes a component, and a component must have a description",
            position=manifest.position,
            hint="Add description: and one line to the manifest.",
        )
