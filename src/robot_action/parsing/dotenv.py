"""``.env`` files: text -> the documented variables in it. Nothing is interpolated, and no message holds a value."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field

from dotenv.parser import Binding, parse_stream

from robot_action.errors import InputError, Position, Problem
from robot_action.parsing.settings import VARIABLES, is_documented
from robot_action.parsing.wording import excerpt, suggestion

MAX_BYTES = 2**16


@dataclass(frozen=True, slots=True)
class DotEnv:
    """What a ``.env`` file says.

    Attributes:
        values: documented variables and their values, which are no part of a ``repr``.
        ignored: what else stands there, each with its place and never with its value.
    """

    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    ignored: tuple[Problem, ...] = ()


def parse_dotenv(text: bytes, file: str) -> DotEnv:
    """Return the documented variables of a ``.env`` file; of one that stands there twice the last counts.

    Args:
        text: what the file holds.
        file: its name for messages.

    Raises:
        InputError: when it is larger than 64 KiB or not UTF-8.
    """
    if len(text) > MAX_BYTES:
        raise InputError(f"the file is larger than {MAX_BYTES} bytes (64 KiB)", position=Position(file))
    try:
        decoded = text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        position = Position(file, text.count(b"\n", 0, error.start) + 1)
        raise InputError(f"the file is not UTF-8 at offset {error.start}", position=position, hint="Save it as UTF-8.") from None
    values: dict[str, str] = {}
    ignored: list[Problem] = []
    for binding in parse_stream(io.StringIO(decoded, newline="")):
        reason = _reason(binding)
        if reason is not None:
            message, hint = reason
            ignored.append(Problem(message, Position(file, _line(binding)), hint))
        elif binding.key is not None and binding.value is not None:
            values[binding.key] = binding.value
    return DotEnv(values, tuple(ignored))


def _line(binding: Binding) -> int:
    """Return the line of a binding, whose text begins with the blank lines before it."""
    text = binding.original.string
    blank = text[: len(text) - len(text.lstrip())]
    return binding.original.line + blank.replace("\r\n", "\n").replace("\r", "\n").count("\n")


def _reason(binding: Binding) -> tuple[str, str | None] | None:
    """Return why a binding is left out, with a hint, or None when it counts, or is blank or a comment."""
    key, value = binding.key, binding.value
    if binding.error or (value is None and key is not None and not is_documented(key)):
        return "this line is no NAME=value, and is left out", None  # it may be a token alone, so that it is not shown
    if key is None:
        return None
    if not is_documented(key):
        return f"the variable {excerpt(key)} is none of robot-action's, and is left out", suggestion(key, VARIABLES)
    if value is None:
        return f"the variable {excerpt(key)} has no value, and is left out", f"Write {key}=value."
    if "\0" in value:
        return f"the value of {excerpt(key)} holds the character NUL, and is left out", None
    return None
