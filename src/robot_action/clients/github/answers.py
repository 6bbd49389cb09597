"""Reading GitHub's answers, in which anything may be missing, or something else than is described. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from robot_action.clients.github.errors import clean_text


def member(data: object, *names: str) -> object:
    """Return what an object has under a name, in that under the next one, and so on; None where there is no such thing."""
    for name in names:
        data = data.get(name) if isinstance(data, Mapping) else None
    return data


def objects_of(data: object) -> list[Mapping[str, Any]]:
    """Return the objects of a list."""
    return [item for item in data if isinstance(item, Mapping)] if isinstance(data, list) else []


def texts_of(data: object, key: str) -> tuple[str, ...]:
    """Return the texts that the objects of a list have under one key."""
    return tuple(filter(None, (clean_text(item.get(key)) for item in objects_of(data))))


def logins_of(data: object) -> tuple[str, ...]:
    """Return the logins in a list of users."""
    return texts_of(data, "login")
