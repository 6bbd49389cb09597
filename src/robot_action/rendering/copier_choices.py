"""A question's choices by Copier's rules: which answers they allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from robot_action.model.template import QuestionType
from robot_action.model.values import Value
from robot_action.parsing.wording import RuleError
from robot_action.rendering.copier_casting import cast_answer


@dataclass(frozen=True, slots=True)
class Option:
    """A choice, rendered: its value, and why it cannot be taken, if so."""

    value: Value
    forbidden: str


def cast_item(item: object, kind: QuestionType) -> Value:
    """Return one of several answers in a question's type; of a list its items.

    Raises:
        RuleError: when it cannot be cast.
    """
    value = cast("Value", item)
    return [cast_answer(part, kind) for part in value] if isinstance(value, list) else cast_answer(value, kind)


def pick(value: Value, options: tuple[Option, ...]) -> Value:
    """Return an answer that is among the choices, or any where there are none.

    Raises:
        RuleError: when it is none of them, or one that cannot be taken.
    """
    found = [option for option in options if option.value == value]
    if not options or any(not option.forbidden for option in found):
        return value
    if found:
        raise RuleError(found[0].forbidden)
    allowed = ", ".join(str(option.value) for option in options if not option.forbidden)
    raise RuleError(f"{value!r} is none of the choices", f"Choose of: {allowed}")
