"""What a template of another format wants to run, and the refusal where its source is not trusted. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from robot_action.errors import Position, Problem
from robot_action.model.cookiecutter import CookiecutterSettings
from robot_action.model.copier import CopierSettings
from robot_action.model.extensions import is_foreign
from robot_action.model.manifest import Manifest
from robot_action.model.tasks import Task
from robot_action.model.template import Specification

PRE_PROMPT = "pre_prompt"
"""Cookiecutter's hook that runs before anything is asked; it may change the template."""
_EXTENSION_KEYS = ("_jinja_extensions", "_extensions")


def needs_trust_to_render(specification: Specification, *, skip_tasks: bool) -> bool:
    """Tell whether a template cannot even be rendered without running code of its own."""
    settings = specification.settings
    if settings is None:
        return False
    return any(map(is_foreign, settings.extensions)) or (not skip_tasks and bool(pre_prompt_hooks(specification)))


def pre_prompt_hooks(specification: Specification) -> tuple[str, ...]:
    """Return the paths of a template's pre_prompt hooks."""
    settings = specification.settings
    return settings.hooks.get(PRE_PROMPT, ()) if isinstance(settings, CookiecutterSettings) else ()


def code_of(specification: Specification, name: str, *, skip_tasks: bool) -> Iterator[Problem]:
    """Yield everything that a template wants to run, each at its place, before anything is rendered.

    Args:
        specification: the template's.
        name: its source, for messages.
        skip_tasks: whether tasks and hooks are left out.
    """
    settings = specification.settings
    if settings is None:
        return
    place = next((specification.places[key] for key in _EXTENSION_KEYS if key in specification.places), None)
    for extension in filter(is_foreign, settings.extensions):
        yield Problem(f"it would load the extension {extension}", place or Position(f"{name}: {specification.file}"))
    if skip_tasks:
        return
    if isinstance(settings, CopierSettings):
        yield from task_lines(settings.tasks)
    else:
        for hook, paths in settings.hooks.items():
            for path in paths:
                yield Problem(f"it would run the hook {hook}", Position(f"{name}: {path}"))


def task_lines(tasks: Iterable[Task]) -> Iterator[Problem]:
    """Yield tasks and hooks as what they would run, each at its place."""
    for task in tasks:
        yield Problem(f"it would run {'the task ' if task.script is None else ''}{task.title}", task.position)


def untrusted(manifest: Manifest, code: Iterable[Problem], *, may_skip: bool = True) -> tuple[Problem, ...]:
    """Return the refusal of a template's code, which names each thing that wants to run.

    Args:
        manifest: names the template.
        code: what wants to run.
        may_skip: whether the template can do without it.
    """
    template = manifest.template
    skip = ", or leave tasks and hooks out with --skip-tasks" if may_skip else ""
    refusal = Problem(
        f"the template {template.text} wants to run code, and its source is not trusted",
        manifest.positions.get("template", manifest.position),
        f"Trust it with --trust-source '{template.normalised}'{skip}.",
    )
    return (refusal, *code)
