"""What a Copier template wants besides files: tasks to run, messages to show, paths to keep."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace

from robot_action.errors import InputError, Position, Problem
from robot_action.model.copier import DEFAULT_EXCLUDE, Passage
from robot_action.model.tasks import Task
from robot_action.rendering.commands import command_text
from robot_action.rendering.copier_casting import to_bool
from robot_action.rendering.environment import Jinja
from robot_action.rendering.faults import Where
from robot_action.rendering.frames import is_utf8
from robot_action.rendering.patterns import Matcher

# DEFAULT_EXCLUDE, so that most templates do without the library for patterns.
_DEFAULT = re.compile(r"(?:.+/)?(?:copier\.ya?ml|~[^/]*|[^/]*\.py[co]|__pycache__|\.git|\.DS_Store|\.svn)(?:/|\Z)")
_LINE_END = re.compile(r"\r\n|\r|\n")


def render_tasks(
    tasks: Iterable[Task], jinja: Jinja, context: Mapping[str, object], operation: str, problems: list[Problem]
) -> tuple[Task, ...]:
    """Return the tasks whose condition holds, rendered; what cannot be rendered is added to ``problems``."""
    extra = {"stage": "task", "copier_operation": operation}
    found = (_rendered(task, jinja, context, extra, problems) for task in tasks)
    return tuple(task for task in found if task)


def render_migrations(
    passage: Passage, jinja: Jinja, context: Mapping[str, object], operation: str, problems: list[Problem]
) -> tuple[Task, ...]:
    """Return the migrations of a stage whose condition holds, rendered; what cannot be rendered is added to ``problems``.

    As in Copier, one without a version sees the version of the last one before it that has one.
    """
    from packaging.version import Version

    extra: dict[str, object] = {
        "stage": passage.stage,
        "version_from": passage.old,
        "version_to": passage.new,
        "version_pep440_from": Version(passage.versions[0]),
        "version_pep440_to": Version(passage.versions[1]),
    }
    rendered = []
    for migration in passage.migrations:
        if migration.version:
            extra |= {"version_current": migration.version, "version_pep440_current": Version(migration.version)}
        if passage.stage in migration.stages:
            rendered.append(_rendered(migration.task, jinja, context, {**extra, "copier_operation": operation}, problems))
    return tuple(task for task in rendered if task)


def _rendered(task: Task, jinja: Jinja, context: Mapping[str, object], extra: Mapping[str, object], problems: list[Problem]) -> Task | None:
    """Return a task, rendered, where its condition holds."""
    seen = {**context, **{f"_{name}": value for name, value in extra.items()}}
    where = Where(task.position, "in a task")
    try:
        if task.when if isinstance(task.when, bool) else to_bool(jinja.text(task.when, seen, where)):
            return _task(task, jinja, seen, where, {name.upper(): str(value) for name, value in extra.items()})
    except InputError as error:
        problems.extend(error.problems)
    return None


def _task(task: Task, jinja: Jinja, context: Mapping[str, object], where: Where, environment: Mapping[str, str]) -> Task:
    command: str | tuple[str, ...]
    if isinstance(task.command, str):
        command = command_text(jinja.text(task.command, context, where), where)
    else:
        command = tuple(command_text(jinja.text(part, context, where), where) for part in task.command)
    return replace(
        task, command=command, when=True, folder=command_text(jinja.text(task.folder, context, where), where), environment=environment
    )


def render_message(text: str, jinja: Jinja, context: Mapping[str, object], position: Position | None, problems: list[Problem]) -> str:
    """Return a message, rendered; what cannot be rendered is added to ``problems``."""
    try:
        return jinja.text(text, context, Where(position, "in a message")).encode(errors="replace").decode()
    except InputError as error:
        problems.extend(error.problems)
        return ""


def match_paths(patterns: Iterable[str], where: Where) -> Matcher:
    """Return what tells whether a path matches gitignore patterns, each one path by path: a folder's match says nothing of it.

    As in Copier, ``!pattern`` takes back what an earlier one matched even within a folder that matches, and patterns are in
    Unicode's decomposed form (NFD).

    Raises:
        InputError: when a pattern is none.
    """
    patterns = list(patterns)
    if not patterns:
        return lambda _path: False
    if patterns == list(DEFAULT_EXCLUDE):
        return lambda path: _DEFAULT.match(path) is not None
    from pathspec import PathSpec

    try:
        matches = PathSpec.from_lines("gitignore", [unicodedata.normalize("NFD", pattern) for pattern in patterns]).match_file
    except (ValueError, TypeError) as error:
        raise InputError(f"{where.what}: {error}", position=where.position) from error
    return lambda path: is_utf8(path) and matches(path)  # any other path is refused later, and the library cannot read it


def split_lines(pattern: str) -> list[str]:
    """Return the patterns that one rendered text holds."""
    return _LINE_END.split(pattern)
