"""Options of Jinja's environment that a template may set: Copier's ``_envops``, Cookiecutter's ``_jinja2_env_vars``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from robot_action.errors import InputError, Position, Problem
from robot_action.model.values import Value
from robot_action.parsing.wording import excerpt, suggestion

_DELIMITERS = tuple(f"{kind}_{end}_string" for kind in ("block", "variable", "comment") for end in ("start", "end"))
_PREFIXES = ("line_statement_prefix", "line_comment_prefix")
_FLAGS = ("trim_blocks", "lstrip_blocks", "optimized", "autoescape")
_NEWLINE = "newline_sequence"
_KEYS = (*_DELIMITERS, *_PREFIXES, *_FLAGS, _NEWLINE)
_NEWLINES = ("\n", "\r\n", "\r")
_STARTS = {"block_start_string": "{%", "variable_start_string": "{{", "comment_start_string": "{#"}


def check_options(options: Mapping[str, Value], position: Position | None) -> Mapping[str, Any]:
    """Return options that the environment can be made with.

    Args:
        options: as the template has them.
        position: where they stand.

    Raises:
        InputError: naming every option that Jinja does not have, or cannot have with such a value.
    """
    problems = [Problem(message, position, hint) for key, value in options.items() for message, hint in [_fault(key, value)] if message]
    starts = {str(options.get(key, own)) for key, own in _STARTS.items()}
    if not problems and len(starts) < len(_STARTS):
        problems.append(Problem("blocks, variables and comments begin alike", position))
    if problems:
        raise InputError(problems=tuple(problems))
    return options


def _fault(key: str, value: Value) -> tuple[str, str | None]:
    """Return what is wrong with an option, and what to do about it; ``""``: nothing."""
    if key not in _KEYS:
        return f"{excerpt(key)} is no option of Jinja's environment", suggestion(key, _KEYS) or f"There are {', '.join(_KEYS)}."
    if key == _NEWLINE and value not in _NEWLINES:
        return f"{key} cannot be {excerpt(str(value))}", f"It is one of {', '.join(map(repr, _NEWLINES))}."
    if key in _DELIMITERS and not (isinstance(value, str) and value):
        return f"{key} must be a text", None
    if key in _PREFIXES and not (value is None or (isinstance(value, str) and value)):
        return f"{key} must be a text", None
    return "", None
