"""Cookiecutter's nested templates: one repository with several, of which the first or a chosen one is rendered.

``templates`` maps names to ``{"path": ..., "title": ..., "description": ...}``; the older ``template`` lists texts that have
the path in parentheses (``cookiecutter/prompt.py: choose_nested_template``). A chosen template may have templates in turn.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass

from robot_action.errors import InputError, Position
from robot_action.model.folders import Folders, LinkError
from robot_action.model.template import Choice, Question, QuestionType
from robot_action.model.values import Value
from robot_action.parsing.json_text import JsonObject, parse_object
from robot_action.parsing.wording import excerpt, suggestion

FILE = "cookiecutter.json"
CHOICE = "template"
"""The answer that chooses: a key of ``templates``, an entry of the older list, or its path."""

_KEYS = ("templates", "template")
_IN_PARENTHESES = re.compile(r"\((.+)\)")


@dataclass(frozen=True, slots=True)
class Nested:
    """The template that is rendered.

    Attributes:
        folder: where it stands in the tree; ``""`` is the top.
        variables: its ``cookiecutter.json``.
        question: the choice of it, or None where there was none.
    """

    folder: str
    variables: JsonObject
    question: Question | None = None


@dataclass(frozen=True, slots=True)
class _Option:
    label: str
    value: str
    path: str


def find_nested(folders: Folders, name: str, data: Mapping[str, Value]) -> Nested:
    """Return the template that the given data choose, or else the first one.

    Args:
        folders: the whole template.
        name: the template's source, for messages.
        data: given answers.

    Raises:
        InputError: when there is no such template, or a choice makes no sense.
    """
    folder, question = "", None
    seen: set[str] = set()
    while folder not in seen:
        seen.add(folder)
        file = f"{name}: {posixpath.join(folder, FILE)}"
        variables = _read(folders, folder, file)
        key = next((key for key in _KEYS if variables.value.get(key) or (key == CHOICE and key in variables.value)), None)
        if key is None and "templates" not in variables.value:
            return Nested(folder, variables, question)
        place = variables.places[key or "templates"]
        options = _options(variables.value[key or "templates"], place)
        wanted = _wanted(options, data, place, is_first=question is None)
        question = question or _question(options, place)
        folder = _inside(folders, folder, wanted.path, place)
    raise InputError("the template names itself as the one to be used", position=Position(f"{name}: {posixpath.join(folder, FILE)}"))


def _read(folders: Folders, folder: str, file: str) -> JsonObject:
    entry = folders.file(posixpath.join(folder, FILE))
    if entry is None:
        raise InputError(f"the template's folder {folder!r} has no {FILE}", position=Position(file))
    return parse_object(entry.content, file)


def _options(value: Value, place: Position) -> tuple[_Option, ...]:
    """Return the templates there are, in their order."""
    options: list[_Option | None] = []
    if isinstance(value, dict):
        options = [_described(key, item) for key, item in value.items()]
    elif isinstance(value, list):
        options = [_listed(item) for item in value]
    found = tuple(option for option in options if option)
    if not found or len(found) < len(options):
        raise InputError(
            "the choice of a template makes no sense",
            position=place,
            hint='Write "templates": {"name": {"path": "folder"}}.',
        )
    return found


def _described(key: str, value: Value) -> _Option | None:
    path = value.get("path") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(path, str) or not path:
        return None
    title = str(value.get("title", key))
    description = str(value.get("description", key))
    return _Option(title if title == description else f"{title} ({description})", key, path)


def _listed(value: Value) -> _Option | None:
    found = _IN_PARENTHESES.search(value) if isinstance(value, str) else None
    # Only the worker could render it, and it is needed before there is anything to render.
    return _Option(str(value), str(value), found[1]) if found and "{{" not in str(value) and "{%" not in str(value) else None


def _wanted(options: tuple[_Option, ...], data: Mapping[str, Value], place: Position, *, is_first: bool) -> _Option:
    """Return the option that was chosen; below the first choice, an answer that is none of the options was not meant for it."""
    if CHOICE not in data:
        return options[0]
    answer = str(data[CHOICE])
    for option in options:
        if answer in {option.value, option.path}:
            return option
    if not is_first:
        return options[0]
    names = [option.value for option in options]
    raise InputError(
        f"there is no template {excerpt(answer)} to choose",
        position=place,
        hint=suggestion(answer, names) or f"There are: {', '.join(names)}.",
    )


def _question(options: tuple[_Option, ...], place: Position) -> Question:
    choices = tuple(Choice(option.label, option.value) for option in options)
    return Question(CHOICE, QuestionType.STR, "Select a template", options[0].value, choices, position=place)


def _inside(folders: Folders, folder: str, path: str, place: Position) -> str:
    try:
        if path.startswith("/"):
            raise LinkError("is absolute")
        found = folders.follow(posixpath.join(folder, path))
    except LinkError as error:
        raise InputError(f"the folder {excerpt(path)} of the chosen template {error}", position=place) from None
    if not folders.is_folder(found):
        raise InputError(f"the folder {excerpt(path)} of the chosen template is none", position=place)
    return found
