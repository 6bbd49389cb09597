"""The choices of a question, and whether an answer is among them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

from robot_action.model.template import Choice, Question
from robot_action.model.values import Value
from robot_action.parsing.wording import RuleError, excerpt
from robot_action.rendering.casting import cast, read_yaml

MAX_CHOICES = 1000

Render = Callable[[str], str]
"""Renders one text of the question."""


def read_choices(question: Question, render: Render) -> tuple[Choice, ...]:
    """Return a question's choices, rendered and cast to its type; none when every answer is allowed.

    Raises:
        RuleError: when a Jinja text does not give choices, or one does not fit the type.
    """
    if question.choices is None:
        return ()
    if isinstance(question.choices, str):
        found = tuple(_parse(read_yaml(render(question.choices))))
    else:
        found = tuple(
            replace(choice, label=render(choice.label), value=render(choice.value) if isinstance(choice.value, str) else choice.value)
            for choice in question.choices
        )
    return tuple(replace(choice, value=_cast(choice, question)) for choice in found)


def _cast(choice: Choice, question: Question) -> Value:
    try:
        return cast(choice.value, question.type)
    except RuleError as error:
        raise RuleError(f"the choice {excerpt(choice.label)} does not fit the type {question.type}: {error.message}") from None


def _parse(value: Value) -> Iterator[Choice]:
    """Yield the choices that a Jinja text gave as YAML: a list of values or of label and value, or labels with values."""
    if isinstance(value, dict):
        pairs: list[tuple[Value, Value]] = list(value.items())
    elif isinstance(value, list):
        pairs = [_pair(item) for item in value]
    else:
        raise RuleError("the text of the choices gives no list and no mapping")
    if len(pairs) > MAX_CHOICES:
        raise RuleError(f"there are more than {MAX_CHOICES} choices")
    for label, item in pairs:
        if isinstance(item, dict) and "value" in item:
            validator = item.get("validator", "")
            yield Choice(str(label), item["value"], validator if isinstance(validator, str) else "")
        else:
            yield Choice(str(label), item)


def _pair(item: Value) -> tuple[Value, Value]:
    if isinstance(item, list):
        if len(item) != 2:  # noqa: PLR2004 - label and value
            raise RuleError("a choice that is a list has two parts, label and value")
        return item[0], item[1]
    return item, item


def pick(question: Question, value: Value, choices: tuple[Choice, ...], render: Render) -> Value:
    """Return the answer, several ones in the order of the choices.

    Raises:
        RuleError: when it is none of the choices, or a choice's validator forbids it.
    """
    if question.choices is None:
        return value
    wanted = value if question.multiselect and isinstance(value, list) else [value]
    for item in wanted:
        _check(question, item, choices, render)
    return [choice.value for choice in choices if choice.value in wanted] if question.multiselect else value


def _check(question: Question, item: Value, choices: tuple[Choice, ...], render: Render) -> None:
    reason = ""
    for choice in choices:
        if _is_same(choice.value, item):
            said = render(choice.validator).strip()
            if not said:
                return
            reason = reason or said
    if reason:
        raise RuleError(reason)
    what = "the secret answer" if question.secret else excerpt(item if isinstance(item, str) else str(item))
    allowed = ", ".join(shown(choice.value) for choice in choices)
    raise RuleError(f"{what} is none of the choices", f"Choose {'any of' if question.multiselect else 'one of'}: {allowed}")


def _is_same(one: Value, other: Value) -> bool:
    """Compare without taking True for 1."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def shown(value: Value) -> str:
    """Return a choice's value as one would write it in YAML."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
