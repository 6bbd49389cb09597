"""Answers -> values of a question's type, exactly as Copier casts them (``copier/_user_data.py``, ``copier/_tools.py``).

It is laxer than the native format: ``no`` may be the text ``False``, and any text may be true.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count
from typing import Any, cast

from robot_action.model.template import QuestionType
from robot_action.model.values import Value
from robot_action.parsing.wording import RuleError, excerpt

MAX_DEPTH = 50
"""Levels of lists and mappings that an answer may have."""
MAX_VALUES = 100_000
"""Values that one answer may have, aliases expanded."""

_TRUE = frozenset({"y", "yes", "t", "true", "on"})
_FALSE = frozenset({"n", "no", "f", "false", "off", "~", "null", "none", ""})


def to_bool(value: object) -> bool:
    """Return a value as a boolean: a number, a word of YAML's, or else whether it is anything at all."""
    try:
        return bool(float(cast("Any", value)))
    except (TypeError, ValueError):
        pass
    if isinstance(value, str):
        word = value.strip().lower()
        if word in _TRUE or word in _FALSE:
            return word in _TRUE
    return bool(value)


def read_yaml(text: str | bytes) -> Value:
    """Return the value of a YAML text, with all of YAML 1.1.

    Raises:
        RuleError: when it is none.
    """
    import yaml

    try:
        return cast("Value", yaml.safe_load(text))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise RuleError(f"{excerpt(str(text))} is no YAML: {' '.join(str(error).split())}") from error


def read_yaml_list(text: str) -> list[str]:
    """Return the items of a YAML list as they are written, quotes taken off.

    Raises:
        RuleError: when it is no list.
    """
    import yaml

    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        raise RuleError(f"{excerpt(text)} is no YAML: {' '.join(str(error).split())}") from error
    if not isinstance(node, yaml.SequenceNode):
        raise RuleError(f"{excerpt(text)} is no list", "Several may be chosen: write [...].")
    return [_written(text, item) for item in node.value]


def _written(text: str, item: Any) -> str:  # noqa: ANN401 - a node of a library that is loaded late
    raw = text[item.start_mark.index : item.end_mark.index].strip()
    is_text = item.tag == "tag:yaml.org,2002:str" and isinstance(item.value, str)
    return raw[1:-1] if is_text and raw[:1] in {'"', "'"} and raw.endswith(raw[:1]) else raw


def cast_answer(value: Value, kind: QuestionType) -> Value:
    """Return a value in a question's type.

    Raises:
        RuleError: when it cannot be cast.
    """
    if value is None and kind not in {QuestionType.JSON, QuestionType.YAML}:
        raise RuleError(f"nothing (null) is no {kind}")
    try:
        return cast("Value", _CASTS[kind](value))
    except (TypeError, AttributeError) as error:
        if kind in {QuestionType.JSON, QuestionType.YAML}:
            return value
        raise RuleError(f"{_shown(value)} is no {kind}") from error
    except (ValueError, OverflowError, RecursionError) as error:
        if isinstance(error, RuleError):
            raise
        raise RuleError(f"{_shown(value)} is no {kind}") from error


def _to_text(value: object) -> str:
    if isinstance(value, (str, int, float)):
        return str(value)
    if isinstance(value, bytes):  # YAML's !!binary
        return value.decode()
    raise ValueError


def _shown(value: object) -> str:
    return excerpt(value if isinstance(value, str) else str(value))


_CASTS: Mapping[QuestionType, Callable[[Any], object]] = {
    QuestionType.STR: _to_text,
    QuestionType.PATH: str,
    QuestionType.INT: int,
    QuestionType.FLOAT: float,
    QuestionType.BOOL: to_bool,
    QuestionType.JSON: json.loads,
    QuestionType.YAML: lambda value: read_yaml(value) if isinstance(value, (str, bytes)) else value,
}


def plain(value: object) -> Value:
    """Return an answer as JSON can have it; what it has no word for becomes a text.

    Raises:
        RuleError: when it is nested too deeply, or within itself, or its aliases expand to too much.
    """
    return _plain(value, count(1), 0)


def _plain(value: object, counter: Iterator[int], depth: int) -> Value:
    if depth > MAX_DEPTH:
        raise RuleError(f"the answer is nested more than {MAX_DEPTH} levels deep")
    if next(counter) > MAX_VALUES:
        raise RuleError(f"the answer has more than {MAX_VALUES} values")
    if isinstance(value, Mapping):
        return {_utf8(str(key)): _plain(item, counter, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item, counter, depth + 1) for item in cast("Iterable[object]", value)]
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return _utf8(str(value))


def _utf8(text: str) -> str:
    return text.encode(errors="replace").decode()
