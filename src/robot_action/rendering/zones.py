"""Time zones for the tag ``now``: which ones a template may ask for, and their data, read while files can still be opened."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

MAX_ZONES = 100
"""Zones that are read for one template."""

_TAG = re.compile(rb"[^\w\s,;:.!?'\")]\s*now\s+[\"'\w(]")  # after whatever begins a tag, which prose does not have
_QUOTED = re.compile(rb"[\"']([A-Za-z][A-Za-z0-9_+-]{1,31}(?:/[A-Za-z0-9_+-]{1,31}){0,2})[\"']")
_NEAR = 200  # bytes after the tag's beginning
_PATH = re.compile(rb"[A-Z][A-Za-z0-9_+-]{1,31}(?:/[A-Za-z0-9_+-]{1,31}){1,2}")


def zones_for(sources: Iterable[bytes]) -> tuple[str, ...] | None:
    """Return what may be the names of time zones, or None where nothing has the tag.

    They can stand in the tag, or be an answer or a variable that the tag names.

    Args:
        sources: every text that may hold Jinja, and every answer.
    """
    given = list(sources)
    tagged = [source for source in given if b"now" in source and _TAG.search(source)]
    if not tagged:
        return None
    return tuple(name.decode() for name in dict.fromkeys(_names(tagged, given)))[:MAX_ZONES]


def _names(tagged: Iterable[bytes], given: Iterable[bytes]) -> Iterator[bytes]:
    for source in tagged:
        for tag in _TAG.finditer(source):
            yield from (found[1] for found in _QUOTED.finditer(source, tag.start(), tag.end() + _NEAR))
    for source in given:
        if _PATH.fullmatch(source):
            yield source


@cache
def _zone(name: str) -> ZoneInfo:
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def load_zones(names: Iterable[str]) -> None:
    """Read the data of time zones, and whatever else the tag needs; names that are none are passed over.

    They are kept, since `ZoneInfo` itself forgets zones that nobody holds.
    """
    from arrow import Arrow

    Arrow.fromtimestamp(0, tzinfo="local").shift(days=1).strftime("%Z")
    for name in names:
        with suppress(LookupError, ValueError, OSError):
            _zone(name)
