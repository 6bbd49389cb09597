"""One question of a ``copier.yml``, with the types that Copier itself takes for each key (``copier/_user_data.py``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from robot_action.errors import Position
from robot_action.model.template import UNSET, Choice, Question, QuestionType, Unset
from robot_action.model.values import Value
from robot_action.parsing.wording import RuleError, excerpt

TAKEN = ("now", "make_secret")
"""Names that every template's context has."""

_TEXTS = ("help", "placeholder", "validator")
_CONDITIONS = ("when", "ask", "multiline")
_TRUE = frozenset({"1", "on", "t", "true", "y", "yes"})
_FALSE = frozenset({"0", "off", "f", "false", "n", "no"})
_INFERRED = {bool: QuestionType.BOOL, int: QuestionType.INT, float: QuestionType.FLOAT, str: QuestionType.STR}


def parse_question(name: str, value: object, position: Position, *, is_secret: bool) -> Question:
    """Return a question; a value that is no mapping is its default.

    Args:
        is_secret: whether ``_secret_questions`` names it.

    Raises:
        RuleError: when Copier would refuse it, too.
    """
    if name in TAKEN:
        raise RuleError("every template has a function of that name", "Rename the question.")
    details: Mapping[object, object] = value if isinstance(value, dict) else {"default": value}
    _check(details)
    default = cast("Value | Unset", details.get("default", UNSET))
    secret = is_secret or _flag(details.get("secret", False), "secret")
    if secret and isinstance(default, Unset):
        raise RuleError("a secret question needs a default", "Write such as default: ''.")
    kind, text = _type(details.get("type", ""), default)
    return Question(
        name=name,
        type=kind,
        help=str(details.get("help", "")),
        default=default,
        choices=read_choices(details.get("choices")),
        multiselect=_flag(details.get("multiselect", False), "multiselect"),
        when=_condition(details.get("when", True), "when"),
        validator=str(details.get("validator", "")),
        secret=secret,
        ask=_condition(details.get("ask", True), "ask"),
        type_text=text,
        position=position,
    )


def _check(details: Mapping[object, object]) -> None:
    """Check the keys that Copier checks; it passes over those that it does not know."""
    for key, value in details.items():
        if key in _TEXTS and not isinstance(value, str):
            raise RuleError(f"{key} must be a text", f"Quote it: {excerpt(str(value))}")
        if key in _CONDITIONS:
            _condition(value, str(key))


def _type(value: object, default: Value | Unset) -> tuple[QuestionType, str]:
    """Return the type, and the Jinja text that gives it, if one does; any other text is told when an answer is cast."""
    if not isinstance(value, str):
        raise RuleError("the type must be a text", f"One of {', '.join(QuestionType)}.")
    if not value:
        return _INFERRED.get(type(default), QuestionType.YAML), ""
    return (QuestionType(value), "") if value in set(QuestionType) else (QuestionType.YAML, value)


def _flag(value: object, key: str) -> bool:
    """Return a boolean, or what stands for one."""
    if isinstance(value, (bool, int, float)) and value in {0, 1}:
        return bool(value)
    word = value.lower() if isinstance(value, str) else ""
    if word not in _TRUE | _FALSE:
        raise RuleError(f"{key} must be true or false", f"This is {excerpt(str(value))}.")
    return word in _TRUE


def _condition(value: object, key: str) -> bool | str:
    return value if isinstance(value, str) else _flag(value, key)


def read_choices(value: object) -> tuple[Choice, ...] | str | None:
    """Return the choices; None when every answer is allowed.

    Raises:
        RuleError: when they are in no form that Copier takes.
    """
    if isinstance(value, dict):
        return tuple(_pair(label, item) for label, item in value.items()) or None
    if isinstance(value, list):
        return tuple(map(_listed, value)) or None
    if value is None or isinstance(value, str):
        return value or None
    raise RuleError("choices must be a list, a mapping of labels to values, or a Jinja text")


def _listed(item: object) -> Choice:
    if not isinstance(item, list):
        return Choice(str(item), cast("Value", item))
    if len(item) != 2:  # noqa: PLR2004 - a label and a value
        raise RuleError("a choice that is a list has two items: its label and its value")
    return _pair(*item)


def _pair(label: object, item: object) -> Choice:
    if not isinstance(item, dict):
        return Choice(str(label), cast("Value", item))
    if "value" not in item:
        raise RuleError(f"the choice {excerpt(str(label))} has no value", "Write value: ... beside its validator.")
    validator = item.get("validator", "")
    if not isinstance(validator, str):
        raise RuleError(f"the validator of the choice {excerpt(str(label))} must be a text")
    return Choice(str(label), item["value"], validator)
