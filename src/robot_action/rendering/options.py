"""Options of Jinja's environment that a template may set: Copier's ``_envops``, Cookiecutter's ``_jinja2_env_vars``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from robot_action.errors import InputError, Position, Problem
from robot_action.model.values import Value
from robot_action.parsing.wording import excerpt, suggestion

Allowed = Mapping[str, tuple[Value, ...]]
"""What an option may be; ``()``: anything."""

_DELIMITERS = tuple(f"{kind}_{end}_string" for kind in ("block", "variable", "comment") for end in ("start", "end"))
_PREFIXES = ("line_statement_prefix", "line_comment_prefix")
_STARTS = {"block_start_string": "{%", "variable_start_string": "{{", "comment_start_string": "{#"}
_OWN: Allowed = {
    **dict.fromkeys((*_DELIMITERS, *_PREFIXES, "trim_blocks", "lstrip_blocks", "optimized", "autoescape"), ()),
    "newline_sequence": ("\n", "\r\n", "\r"),
}


def check_options(key: str, options: Mapping[str, Value], position: Position | None, more: Allowed | None = None) -> Mapping[str, Any]:
    """Return options that the environment can be made with.

    Args:
        key: what the template calls them.
        options: as it has them.
        position: where they stand.
        more: options of one format.

    Raises:
        InputError: naming every option that Jinja does not have, or cannot have with such a value.
    """
    allowed = {**_OWN, **(more or {})}
    faults = [_fault(name, value, allowed) for name, value in options.items()]
    problems = [Problem(f"{key}: {message}", position, hint) for message, hint in filter(None, faults)]
    starts = {str(options.get(name, own)) for name, own in _STARTS.items()}
    if not problems and len(starts) < len(_STARTS):
        problems.append(Problem(f"{key}: blocks, variables and comments begin alike", position))
    if problems:
        raise InputError(problems=tuple(problems))
    return options


def _fault(name: str, value: Value, allowed: Allowed) -> tuple[str, str | None] | None:
    """Return what is wrong with an option, and what to do about it."""
    if name not in allowed:
        return f"{excerpt(name)} is no option", suggestion(name, allowed) or f"There are {', '.join(allowed)}."
    values = allowed[name]
    if values and value not in values:
        return f"{name} cannot be {excerpt(str(value))}", f"It is one of {', '.join(map(repr, filter(None, values)))}."
    is_text = isinstance(value, str) and value != ""
    if (name in _DELIMITERS and not is_text) or (name in _PREFIXES and not is_text and value is not None):
        return f"{name} must be a text", None
    return None
