"""Given answers and rendered defaults -> values of the question's type, by Copier's rules, where those are not too lax.

Unlike in Copier, ``no`` where a text is wanted, a text that is no known boolean, a float that would lose its fraction as an
int, and numbers without end are refused instead of bent.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping

from robot_action.model.template import QuestionType
from robot_action.model.values import Value
from robot_action.parsing.wording import RuleError, excerpt
from robot_action.rendering.frames import is_utf8

_TRUE = frozenset({"y", "yes", "t", "true", "on"})
_FALSE = frozenset({"n", "no", "f", "false", "off", "~", "null", "none", ""})
_MAX_DEPTH = 50
_MAX_INT_BITS = 1024


def cast(value: Value, kind: QuestionType) -> Value:
    """Return ``value`` as a question's type has it.

    Raises:
        RuleError: when it cannot be cast.
    """
    if value is None and kind not in {QuestionType.JSON, QuestionType.YAML}:
        raise RuleError(f"nothing (null) is no {kind}")
    result = _CASTS[kind](value)
    _check(result)
    return result


def read_boolean(text: str) -> bool | None:
    """Return what a text says as a boolean, in YAML's words or as a number, or None when it says neither."""
    word = text.strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    try:
        number = float(word)
    except ValueError:
        return None
    return bool(number) if math.isfinite(number) else None


def is_true(text: str) -> bool:
    """Tell whether a rendered condition holds: what is no known boolean holds unless it is blank, as in Copier."""
    known = read_boolean(text)
    return bool(text.strip()) if known is None else known


def read_yaml(text: str) -> Value:
    """Return the value of a YAML text; an empty one is None.

    Raises:
        RuleError: when it is no YAML, or says something that JSON has no value for.
    """
    # PyYAML is loaded only where a question needs it.
    from robot_action.parsing.yaml_text import read_documents

    documents, problems = read_documents(text.encode(errors="replace"), "")
    if problems:
        raise RuleError(problems[0].message, problems[0].hint)
    if len(documents) > 1:
        raise RuleError("it has more than one YAML document")
    return documents[0].value if documents else None


def _to_text(value: Value) -> Value:
    if isinstance(value, (list, dict)):
        raise RuleError(f"a {_name(value)} is no text")
    if isinstance(value, bool):
        raise RuleError("the answer is a text, but this is true or false for YAML", "Quote it.")
    return str(value)


def _to_int(value: Value) -> Value:
    try:
        if isinstance(value, (str, int)):
            return int(value)
        if isinstance(value, float) and value.is_integer():
            return int(value)
    except ValueError:
        pass
    raise RuleError(f"{_shown(value)} is no whole number")


def _to_float(value: Value) -> Value:
    try:
        if isinstance(value, (str, int, float)):
            return float(value)
    except (ValueError, OverflowError):
        pass
    raise RuleError(f"{_shown(value)} is no number")


def _to_bool(value: Value) -> Value:
    if isinstance(value, (bool, int, float)):
        return bool(value)
    known = read_boolean(value) if isinstance(value, str) else None
    if known is None:
        raise RuleError(f"{_shown(value)} is neither true nor false")
    return known


def _from_json(value: Value) -> Value:
    if not isinstance(value, str):
        return value
    try:
        result: Value = json.loads(value)
    except (ValueError, RecursionError) as error:
        raise RuleError(f"{excerpt(value)} is no JSON: {error}") from error
    return result


def _from_yaml(value: Value) -> Value:
    return read_yaml(value) if isinstance(value, str) else value


def _name(value: Value) -> str:
    return "list" if isinstance(value, list) else "mapping"


def _shown(value: Value) -> str:
    return f"a {_name(value)}" if isinstance(value, (list, dict)) else excerpt(value if isinstance(value, str) else str(value))


_CASTS: Mapping[QuestionType, Callable[[Value], Value]] = {
    QuestionType.STR: _to_text,
    QuestionType.PATH: _to_text,
    QuestionType.INT: _to_int,
    QuestionType.FLOAT: _to_float,
    QuestionType.BOOL: _to_bool,
    QuestionType.JSON: _from_json,
    QuestionType.YAML: _from_yaml,
}


def _check(value: object, depth: int = 0) -> None:
    """Refuse what JSON, YAML and UTF-8 cannot all carry.

    Raises:
        RuleError: for text that is not UTF-8, numbers without end, keys that are no text, and deep nesting.
    """
    if depth > _MAX_DEPTH:
        raise RuleError(f"it is nested more than {_MAX_DEPTH} levels deep")
    if isinstance(value, dict):
        for key, item in value.items():
            _check_text(key)
            _check(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth + 1)
    elif isinstance(value, (int, float)):
        _check_number(value)
    elif value is not None:
        _check_text(value)


def _check_number(value: object) -> None:
    if isinstance(value, int) and value.bit_length() > _MAX_INT_BITS:
        raise RuleError("the number is too long")
    if isinstance(value, float) and not math.isfinite(value):
        raise RuleError("it is no finite number")


def _check_text(text: object) -> None:
    if not isinstance(text, str):
        raise RuleError(f"a {type(text).__name__} is no text")
    if not is_utf8(text):
        raise RuleError("the text is not UTF-8")
