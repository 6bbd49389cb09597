"""What stands for secret answers that nobody tells: no state file keeps them, and a project is rendered again all the same."""

from __future__ import annotations

from collections.abc import Sequence

from robot_action.model.template import Choice, QuestionType
from robot_action.model.values import Value

_TEXTS = ("secret-that-robot-action-does-not-know", "another-secret-that-robot-action-does-not-know")
_NUMBERS = (2_147_480_009, 2_147_480_023)  # prime, so that little that is made of one is made of the other


def substitute(kind: QuestionType, choices: Sequence[Choice], *, several: bool, other: bool) -> Value:
    """Return a value of a question's type, the same for the same question; no validator is asked.

    Args:
        kind: the type.
        choices: of which it has to be one, if there are any.
        several: whether a list is wanted.
        other: whether another value is wanted than otherwise.
    """
    if choices:
        value = choices[-1 if other else 0].value
    elif kind is QuestionType.BOOL:
        value = not other
    elif kind in {QuestionType.INT, QuestionType.FLOAT}:
        value = _NUMBERS[other]
    else:
        value = _TEXTS[other]
    return [value] if several else value
