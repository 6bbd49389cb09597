"""Variables of Cookiecutter -> answers, as without prompting (``cookiecutter/prompt.py: prompt_for_config``)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from robot_action.errors import InputError, Position, Problem
from robot_action.model.values import Value
from robot_action.rendering.environment import Jinja
from robot_action.rendering.faults import JinjaError, Where, tidy
from robot_action.rendering.frames import is_utf8

PROMPTS = "__prompts__"


def ordered(value: Value) -> Any:  # noqa: ANN401 - the same value with other mappings
    """Return a value as Cookiecutter reads JSON: a template can see that its mappings are ordered ones."""
    if isinstance(value, Mapping):
        return OrderedDict((key, ordered(item)) for key, item in value.items())
    return [ordered(item) for item in value] if isinstance(value, list) else value


def answer(variables: Mapping[str, Value], jinja: Jinja, places: Mapping[str, Position]) -> dict[str, Value]:
    """Return the answers: first everything but mappings, then those, which may name any other answer.

    Args:
        variables: with the given answers in them, in their order.
        jinja: renders them.
        places: where they stand.

    Raises:
        InputError: with everything that cannot be rendered.
    """
    answers = _Answers(jinja, places)
    asked = {name: value for name, value in variables.items() if name != PROMPTS}
    for name, value in asked.items():
        if _is_raw(name):
            answers.values[name] = value
        elif name.startswith("__") or not isinstance(value, dict):
            answers.resolve(name, value)
    for name, value in asked.items():
        if isinstance(value, dict) and not _is_raw(name):
            answers.resolve(name, value)
    if answers.problems:
        raise InputError(problems=tidy(answers.problems))
    return {**{name: answers.values[name] for name in asked}, **answers.values}


def _is_raw(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


@dataclass(slots=True)
class _Answers:
    """The answers so far."""

    jinja: Jinja
    places: Mapping[str, Position]
    values: OrderedDict[str, Value] = field(default_factory=OrderedDict)
    problems: list[Problem] = field(default_factory=list)
    _failed: set[str] = field(default_factory=set)

    def resolve(self, name: str, value: Value) -> None:
        """Add one answer; one that fails only because another did is not told of."""
        where = Where(self.places.get(name), f"{name!r}")
        try:
            if isinstance(value, list) and not name.startswith("_"):
                if not value:
                    raise InputError("the list of choices is empty", position=where.position)
                value, *_ = [self._rendered(item, where) for item in value]
            else:
                value = self._rendered(value, where)
        except InputError as error:
            self._failed.add(name)
            if not (isinstance(error, JinjaError) and error.undefined in self._failed - {name}):
                self.problems.extend(error.problems)
            return
        self.values[name] = value

    def _rendered(self, value: Value, where: Where) -> Value:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, dict):
            return {str(self._rendered(key, where)): self._rendered(item, where) for key, item in value.items()}
        if isinstance(value, list):
            return [self._rendered(item, where) for item in value]
        text = self.jinja.text(str(value), {"cookiecutter": self.values}, where)
        if not is_utf8(text):
            raise InputError("what it renders to is not UTF-8", position=where.position)
        return text
