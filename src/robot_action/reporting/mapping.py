"""Views with every text in them changed, such as what shall not be seen taken out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar, cast

View = TypeVar("View")
Part = TypeVar("Part")


def mapped(view: View, change: Callable[[str], str]) -> View:
    """Return ``view`` with every text in it changed, such as by a `robot_action.reporting.redact.Redactor`."""
    return mapped_parts(view, str, change)


def mapped_parts(view: View, kind: type[Part], change: Callable[[Part], Part]) -> View:
    """Return ``view`` with everything of one kind in it changed."""
    return cast("View", _mapped(view, kind, change))


def _mapped(value: Any, kind: type[Any], change: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - it walks values of every kind
    if isinstance(value, Enum):
        return value
    if isinstance(value, kind):
        return change(value)
    if isinstance(value, tuple | list):
        return type(value)(_mapped(item, kind, change) for item in value)
    if isinstance(value, Mapping):
        return {_mapped(key, kind, change): _mapped(item, kind, change) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _mapped(getattr(value, field.name), kind, change) for field in fields(value)})
    return value
