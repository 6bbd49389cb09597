"""Lines of text with the roles of their parts; a terminal gives roles colours, a file leaves them out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from robot_action.reporting.clean import clean


class Role(StrEnum):
    """What a part of a line is."""

    PLAIN = "plain"
    HEADING = "heading"
    GOOD = "good"
    BAD = "bad"
    QUIET = "quiet"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a line."""

    text: str
    role: Role = Role.PLAIN


Line = tuple[Span, ...]
EMPTY: Line = ()


def span(text: str, role: Role = Role.PLAIN, width: int = 0) -> Span:
    """Return cleaned text as a part of a line, filled up to ``width`` characters."""
    return Span(clean(text).ljust(width), role)


def line(*parts: Span | str) -> Line:
    """Return one line; plain texts are cleaned, too."""
    return tuple(part if isinstance(part, Span) else span(part) for part in parts)


def indented(lines: Iterable[Line], by: int) -> Iterator[Line]:
    """Yield lines with ``by`` spaces before each that is not empty."""
    for one in lines:
        yield (Span(" " * by), *one) if one else one


def pairs(rows: Sequence[tuple[str, str]]) -> Iterator[Line]:
    """Yield a line for each name and text; the texts stand in one column."""
    width = max((len(name) for name, _ in rows), default=0) + 2
    for name, text in rows:
        yield line(span(name, Role.QUIET, width), text)


def plain(lines: Iterable[Line]) -> str:
    """Return lines without their roles, each with a line break and no blanks at its end."""
    return "".join(f"{''.join(part.text for part in one).rstrip()}\n" for one in lines)
