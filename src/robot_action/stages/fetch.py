"""Fetch: the template, from its source to the store, and what it says about itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from robot_action.errors import InputError, NotPermittedError, NoVersionError, Position, RobotActionError
from robot_action.model.facts import Facts
from robot_action.model.fetched import FetchedTree
from robot_action.model.manifest import Manifest
from robot_action.model.plan import FetchStep, Status
from robot_action.model.report import Outcome, Outcomes
from robot_action.model.request import CreateRequest
from robot_action.model.template import MODULE, Format, Specification, Template, TemplateType
from robot_action.model.tree import Mode, Tree
from robot_action.parsing.formats.recognise import FILE, FILES, read_specification, recognise
from robot_action.parsing.rules import check_name
from robot_action.parsing.wording import RuleError, suggestion
from robot_action.planning.foreign_code import code_of, needs_trust_to_render, pre_prompt_hooks, untrusted
from robot_action.planning.permission import is_trusted
from robot_action.ports import Ports
from robot_action.reporting.words import size
from robot_action.sources.fetch import describe, fetch
from robot_action.stages.prepare import check_requires
from robot_action.stages.tasks import run_pre_prompt

HEAD = "HEAD"
"""What git calls the default branch."""


def inspect(ports: Ports, request: CreateRequest, facts: Facts) -> Facts:
    """Resolve the template's version, fetch it, and read its specification.

    Raises:
        InputError: when the source or the template is wrong, or the template does not list the manifest's kind.
        ConfigurationError: when the template requires another version of robot-action.
        NotPermittedError: when it cannot be rendered without running its own code, and its source is not trusted.
    """
    source = request.manifest.template
    try:
        fetched = fetch(ports, source)
        if _follows_branch(request, fetched):
            fetched = fetch(ports, replace(source, ref=HEAD))
        template = _read(request, fetched)
        described = describe(ports, source, fetched) if template.specification.format is Format.COPIER else ""
    except RobotActionError as error:
        raise _placed(error, request) from error
    check_template(template.specification, request.manifest, lambda: ports.machine.version)
    _check_name(request, template)
    _check_trust(request, template)
    template = _prompted(ports, request, replace(template, described=described))
    _check_folder(template.specification, template.tree, source.text)
    _check_entry(template.specification, template.tree)
    return replace(facts, template=template, as_it_stands=fetched.as_it_stands)


def _read(request: CreateRequest, fetched: FetchedTree) -> Template:
    source = request.manifest.template
    specification = read_specification(fetched.tree, source.text, request.manifest.data, request.format)
    return Template(source, specification, fetched.tree, fetched.version, fetched.commit)


def _follows_branch(request: CreateRequest, released: FetchedTree) -> bool:
    """Tell whether a rendering takes the default branch: Cookiecutter and Cruft, which go on with it, know no releases."""
    source = request.manifest.template
    is_asked = source.ref is not None or source.versions is not None or source.prereleases
    if request.render is None or not released.version or is_asked:
        return False
    return FILES[recognise(released.tree, request.format)] is Format.COOKIECUTTER


def _check_trust(request: CreateRequest, template: Template) -> None:
    """Refuse to load a template's own code, naming it and all the other code that it wants to run."""
    specification, skip = template.specification, request.skip_tasks
    if is_trusted(template.source, request.trust) or not needs_trust_to_render(specification, skip_tasks=skip):
        return
    code = code_of(specification, template.source.text, skip_tasks=skip)
    may_skip = not skip and not needs_trust_to_render(specification, skip_tasks=True)
    raise NotPermittedError(problems=untrusted(request.manifest, code, may_skip=may_skip))


def _prompted(ports: Ports, request: CreateRequest, template: Template) -> Template:
    """Return the template as its pre_prompt hooks leave it; a plan that is only shown is made without them."""
    hooks = pre_prompt_hooks(template.specification)
    if not hooks or request.skip_tasks or request.dry_run:
        return template
    tree = run_pre_prompt(ports, template, hooks, request.environment)
    return replace(_read(request, FetchedTree(tree, template.version, template.commit)), described=template.described)


def apply(ports: Ports, step: FetchStep, outcomes: Outcomes) -> Outcome:
    """Report what was fetched; looking needed all of it already."""
    del outcomes
    for line in step.message.splitlines():
        ports.progress.line(line)
    template = step.template
    version = f" {template.version}" if template.version else ""
    commit = f" at {template.commit[:12]}" if template.commit else ""
    summary = f"{template.specification.name}{version}{commit}: {len(template.tree)} files, {size(template.tree.size())}"
    return Outcome(step.stage, Status.DONE, summary)


def _placed(error: RobotActionError, request: CreateRequest) -> RobotActionError:
    """Return the error with the place that names the template, or its version, where it names no place itself."""
    places = request.manifest.positions
    place = places.get("template", request.manifest.position)
    if isinstance(error, NoVersionError):
        place = places.get("ref", place)
    problems = tuple(replace(problem, position=problem.position or place) for problem in error.problems)
    return type(error)(problems=problems)


def _check_folder(specification: Specification, tree: Tree, name: str) -> None:
    """Hold a standard template to its folder of files; a custom one may have none."""
    folder = specification.directory
    if specification.format is not Format.NATIVE:
        return  # it may hold Jinja, and what is below it is the renderer's to find
    if specification.type is TemplateType.CUSTOM or folder in {"", "."} or any(path.startswith(f"{folder}/") for path in tree):
        return
    found = "is a symbolic link" if folder in tree and tree[folder].mode is Mode.LINK else "is missing or empty"
    place = specification.places.get("directory", Position(f"{name}: {FILE}"))
    raise InputError(f"the template's folder {folder!r} {found}", position=place, hint="The files to be rendered stand there.")


def _check_name(request: CreateRequest, template: Template) -> None:
    """Hold the name to the rules of projects where templates make packages of it; what foreign ones make is their own matter."""
    if template.specification.format is not Format.NATIVE:
        return
    try:
        check_name(request.manifest.name)
    except RuleError as error:
        what = f"the project is called as its folder, but {error.message}"
        raise InputError(what, position=request.manifest.positions.get("destination"), hint=error.hint) from None


def _check_entry(specification: Specification, tree: Tree) -> None:
    entry = specification.entry
    if entry is None or entry.startswith(MODULE) or (entry in tree and tree[entry].mode is not Mode.DIRECTORY):
        return
    hint = suggestion(entry, [path for path in tree if path.endswith(".py")]) or "The path starts at the template's top."
    raise InputError(f"the template has no file {entry!r} to be its entry", position=specification.places.get("entry"), hint=hint)


def check_template(specification: Specification, manifest: Manifest, version: Callable[[], str]) -> None:
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
