"""Lines of text with the roles of their parts; a terminal gives roles colours, a file leaves them out."""

from __future__ import annotations

import textwrap
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


def wrapped(one: Line, width: int) -> Iterator[Line]:
    """Yield a line in pieces of at most ``width`` characters; its last part goes on below where it began.

    Only blanks are broken at, so that paths and addresses can be copied whole; so can a command, which is left as it is.
    """
    *head, last = one or (Span(""),)
    text = last.text.lstrip()
    blank = last.text.removesuffix(text)
    offset = sum(len(part.text) for part in head) + len(blank)
    if last.role is Role.COMMAND or offset + len(text) <= width or offset > width // 2:
        yield one
        return
    first, *rest = textwrap.wrap(text, width - offset, break_long_words=False, break_on_hyphens=False)
    yield (*head, Span(f"{blank}{first}", last.role))
    for further in rest:
        yield (Span(" " * offset), Span(further, last.role))


def plain(lines: Iterable[Line]) -> str:
    """Return lines without their roles, each with a line break and no blanks at its end."""
    return "".join(f"{''.join(part.text for part in one).rstrip()}\n" for one in lines)
