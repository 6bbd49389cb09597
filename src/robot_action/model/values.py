"""The values that YAML and JSON share."""

from __future__ import annotations

from collections.abc import Iterator

Scalar = str | int | float | bool | None
Value = Scalar | list["Value"] | dict[str, "Value"]
"""An answer, or any value that YAML and JSON share."""


def leaves(value: Value) -> Iterator[str]:
    """Yield the texts and numbers that a secret value holds, as text."""
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        for item in value:
            yield from leaves(item)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
