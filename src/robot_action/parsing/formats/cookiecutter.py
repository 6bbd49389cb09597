"""Cookiecutter's format: ``cookiecutter.json`` -> `robot_action.model.template.Specification` (Cookiecutter 2.7)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from robot_action.errors import InputError, Position, Problem
from robot_action.model.cookiecutter import CookiecutterSettings
from robot_action.model.folders import Folders, LinkError
from robot_action.model.template import Choice, Question, QuestionType, Specification
from robot_action.model.tree import Tree
from robot_action.model.values import Value
from robot_action.parsing.formats.nested import FILE, find_nested
from robot_action.parsing.json_text import JsonObject
from robot_action.parsing.wording import excerpt

HOOKS = ("pre_prompt", "pre_gen_project", "post_gen_project")
NEW_LINES = ("\n", "\r", "\r\n")

_NAME = re.compile(r"([^/\\:#@]+?)(?:\.git)?/?(?:[@#].*)?$")


def parse_cookiecutter(tree: Tree, name: str, data: Mapping[str, Value]) -> Specification:
    """Return what a template says; of several nested ones, the one that the given data choose, or else the first.

    Args:
        tree: the whole template.
        name: its source, for messages.
        data: given answers.

    Raises:
        InputError: when something is wrong with it.
    """
    folders = Folders(tree)
    nested = find_nested(folders, name, data)
    position = Position(f"{name}: {posixpath.join(nested.folder, FILE)}")
    settings = read_settings(nested.variables.value, nested.variables.places, position)
    found = _NAME.search(nested.folder or name)
    return Specification(
        name=found[1] if found else name,
        questions=(*filter(None, [nested.question]), *_questions(nested.variables)),
        suffix="",
        directory=nested.folder,
        file=posixpath.join(nested.folder, FILE),
        places=nested.variables.places,
        settings=replace(
            settings,
            folder=_template_folder(folders, nested.folder, settings.environment, position),
            hooks=_hooks(folders, nested.folder, name),
        ),
    )


def read_settings(variables: Mapping[str, Value], places: Mapping[str, Position], position: Position) -> CookiecutterSettings:
    """Return the settings among the variables, without folder and hooks.

    Args:
        variables: as ``cookiecutter.json`` has them, overridden or not.
        places: where they stand.
        position: where they all stand.

    Raises:
        InputError: with everything that is wrong with them.
    """
    problems: list[Problem] = []

    def refuse(name: str, message: str) -> None:
        problems.append(Problem(f"{name!r} {message}", places.get(name, position)))

    extensions = variables.get("_extensions", [])
    if not isinstance(extensions, list):
        refuse("_extensions", "is no list")
    environment = variables.get("_jinja2_env_vars", {})
    if not isinstance(environment, dict):
        refuse("_jinja2_env_vars", "is no object")
    patterns = variables.get("_copy_without_render", [])
    if not isinstance(patterns, (list, str)) or not all(isinstance(pattern, str) for pattern in patterns):
        refuse("_copy_without_render", "is no list of patterns")
    new_lines = variables.get("_new_lines") or ""
    if new_lines and new_lines not in NEW_LINES:
        refuse("_new_lines", f"is {excerpt(str(new_lines))}, and no line end")
    if problems:
        raise InputError(problems=tuple(problems))
    return CookiecutterSettings(
        variables=variables,
        extensions=tuple(map(str, extensions)) if isinstance(extensions, list) else (),
        environment=environment if isinstance(environment, dict) else {},
        copy_without_render=tuple(map(str, patterns)) if isinstance(patterns, (list, str)) else (),  # a text is its characters
        new_lines=str(new_lines),
    )


def _template_folder(folders: Folders, folder: str, environment: Mapping[str, Value], position: Position) -> str:
    """Return the folder whose name is a variable of ours; of several, the first by name.

    Raises:
        InputError: when there is none.
    """
    marks = ("cookiecutter", environment.get("variable_start_string", "{{"), environment.get("variable_end_string", "}}"))
    for name, is_folder in folders.listing(folder).items():
        if is_folder and all(isinstance(mark, str) and mark in name for mark in marks):
            return posixpath.join(folder, name)
    raise InputError(
        "the template has no folder that is the project",
        position=position,
        hint=f"Its name holds a variable: {marks[1]}cookiecutter.project_slug{marks[2]}.",
    )


def _hooks(folders: Folders, folder: str, name: str) -> Mapping[str, tuple[str, ...]]:
    """Return the hooks' paths by their names (``cookiecutter/hooks.py: find_hook``); Cookiecutter runs several in any order.

    Raises:
        InputError: when one is a link that leads nowhere.
    """
    hooks = posixpath.join(folder, "hooks")
    try:
        hooks = folders.follow(hooks)
    except LinkError:
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for file, is_folder in folders.listing(hooks).items():
        hook, path = posixpath.splitext(file)[0], posixpath.join(hooks, file)
        if hook not in HOOKS or is_folder or file.endswith("~"):
            continue
        if folders.file(path) is None:
            raise InputError("the hook is a link that leads to no file of the template", position=Position(f"{name}: {path}"))
        found[hook] = (*found.get(hook, ()), path)
    return found


def _questions(variables: JsonObject) -> tuple[Question, ...]:
    """Return what can be answered, for whoever lists it; the answers themselves go by Cookiecutter's own rules."""
    prompts = variables.value.get("__prompts__", {})
    labels = prompts if isinstance(prompts, dict) else {}
    return tuple(
        _question(name, value, labels.get(name), variables.places[name])
        for name, value in variables.value.items()
        if not name.startswith("_")
    )


def _question(name: str, value: Value, label: Value, place: Position) -> Question:
    choices = None
    if isinstance(value, list):
        choices = tuple(_choices(value, label))
    text = label.get("__prompt__", "") if isinstance(label, dict) else label
    kind = QuestionType.STR
    if isinstance(value, (bool, dict)):
        kind = QuestionType.BOOL if isinstance(value, bool) else QuestionType.JSON
    default = choices[0].value if choices else value
    return Question(name, kind, text if isinstance(text, str) else "", default, choices, position=place)


def _choices(values: list[Value], label: Value) -> Iterator[Choice]:
    labels = label if isinstance(label, dict) else {}
    for value in values:
        text = labels.get(value) if isinstance(value, str) else None
        yield Choice(text if isinstance(text, str) else str(value), value)
