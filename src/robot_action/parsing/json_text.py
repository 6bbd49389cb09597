"""JSON text -> an object, as Python's ``json`` reads it, with the places of its keys."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from robot_action.errors import InputError, Position
from robot_action.model.values import Value

MAX_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class JsonObject:
    """An object, its keys in their order; of a key that stands twice, the first place and the last value count.

    Attributes:
        places: where its keys stand, by key.
    """

    value: Mapping[str, Value]
    places: Mapping[str, Position]


def parse_object(text: bytes, file: str) -> JsonObject:
    """Return the object that a JSON text is.

    Args:
        text: what the file holds.
        file: its name for messages.

    Raises:
        InputError: when it is no JSON, or no object.
    """
    if len(text) > MAX_BYTES:
        raise InputError(f"the file is larger than {MAX_BYTES} bytes (1 MiB)", position=Position(file))
    decoded = _decode(text, file)
    try:
        value = json.loads(decoded, parse_constant=_refuse)
        json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise InputError(f"it is no JSON: {error.msg}", position=Position(file, error.lineno, error.colno)) from None
    except UnicodeEncodeError:
        raise InputError("it has a character that UTF-8 cannot express", position=Position(file)) from None
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else f"it is no JSON: {error}"
        raise InputError(reason, position=Position(file)) from None
    if not isinstance(value, dict):
        raise InputError("it is no JSON object", position=Position(file, 1, 1), hint='Write {"name": "value"}.')
    return JsonObject(value, _places(decoded, file))


def _decode(text: bytes, file: str) -> str:
    try:
        decoded = text.decode()
    except UnicodeDecodeError as error:
        position = Position(file, text.count(b"\n", 0, error.start) + 1, error.start - text.rfind(b"\n", 0, error.start))
        raise InputError(f"the file is not UTF-8: byte 0x{text[error.start]:02x}", position=position, hint="Save it as UTF-8.") from None
    if decoded.startswith("\ufeff"):
        raise InputError("it begins with a byte order mark", position=Position(file, 1, 1), hint="Save it as UTF-8 without one.")
    return decoded


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is no number")


def _places(text: str, file: str) -> Mapping[str, Position]:
    """Return the places of an object's keys; the text is known to be JSON."""
    decoder = json.JSONDecoder()
    places: dict[str, Position] = {}
    at = _skip(text, text.index("{") + 1)
    while text[at] == '"':
        key, after = decoder.raw_decode(text, at)
        places.setdefault(key, Position(file, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)))
        _, after = decoder.raw_decode(text, _skip(text, _skip(text, after) + 1))
        at = _skip(text, after)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return places


def _skip(text: str, at: int) -> int:
    """Return where the white space ends that begins at ``at``."""
    while text[at] in " \t\n\r":
        at += 1
    return at
