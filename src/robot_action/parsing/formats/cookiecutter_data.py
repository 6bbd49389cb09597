"""Given answers over ``cookiecutter.json``, by Cookiecutter's rules (``cookiecutter/generate.py: apply_overwrites_to_context``)."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy

from robot_action.errors import InputError, Position, Problem
from robot_action.model.values import Value
from robot_action.parsing.wording import RuleError, excerpt

_YES = frozenset({"1", "true", "t", "yes", "y", "on"})
_NO = frozenset({"0", "false", "f", "no", "n", "off"})
_NO_PLACES: Mapping[str, Position] = {}


def merge(variables: Mapping[str, Value], data: Mapping[str, Value], places: Mapping[str, Position] = _NO_PLACES) -> dict[str, Value]:
    """Return the variables with the given answers in them; answers to unknown variables are left out.

    A choice that is given moves to the front of its list, objects are merged, and texts such as ``yes`` become booleans where
    the variable is one.

    Args:
        variables: as ``cookiecutter.json`` has them.
        data: given answers.
        places: where those were given.

    Raises:
        InputError: naming every answer that is none of its choices, or no boolean.
    """
    merged = {name: deepcopy(value) for name, value in variables.items()}
    problems: list[Problem] = []
    for name in (name for name in data if name in merged):
        try:
            merged[name] = _over(merged[name], deepcopy(data[name]), name)
        except RuleError as error:
            problems.append(Problem(error.message, places.get(name), error.hint))
    if problems:
        raise InputError(problems=tuple(problems))
    return merged


def _over(own: Value, given: Value, name: str, *, is_inside: bool = False) -> Value:
    """Return a variable's value with a given one over it.

    Raises:
        RuleError: when the given one is not allowed.
    """
    if isinstance(own, list):
        return given if is_inside else _choose(own, given, name)
    if isinstance(own, dict) and isinstance(given, dict):
        for key, item in given.items():
            own[key] = _over(own[key], item, f"{name}.{key}", is_inside=True) if key in own else item
        return own
    if isinstance(own, bool) and isinstance(given, str):
        return _boolean(given, name)
    return given


def _choose(own: list[Value], given: Value, name: str) -> Value:
    """Return the list of choices with the given one first; a list of some of them instead of all is allowed, too."""
    wanted = given if isinstance(given, list) else [given]
    if not all(item in own for item in wanted):
        shown = ", ".join(str(choice) for choice in own)
        raise RuleError(f"{excerpt(str(given))} is none of the choices of {name!r}", f"Choose one of: {shown}")
    if isinstance(given, list):
        return given
    own.remove(given)
    return [given, *own]


def _boolean(text: str, name: str) -> bool:
    word = text.strip().lower()
    if word not in _YES | _NO:
        raise RuleError(f"{excerpt(text)}, the answer to {name!r}, is neither yes nor no", "Write yes or no.")
    return word in _YES
