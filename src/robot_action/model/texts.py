"""The texts of a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass


def encoded_texts(value: object) -> Iterator[bytes]:
    """Yield every text of a value in UTF-8, however deep it stands in mappings, lists and dataclasses."""
    if isinstance(value, str):
        yield value.encode(errors="replace")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from encoded_texts(key)
            yield from encoded_texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from encoded_texts(item)
    elif is_dataclass(value) and not isinstance(value, type):
        for part in fields(value):
            yield from encoded_texts(getattr(value, part.name))
