"""Places in a YAML text, as PyYAML's two parsers mark them."""

from __future__ import annotations

from typing import Protocol

from robot_action.errors import Position


class Mark(Protocol):
    """What both parsers' marks have in common."""

    @property
    def line(self) -> int:
        """The line, counted from 0."""

    @property
    def column(self) -> int:
        """The column in characters, counted from 0."""


def place(file: str, mark: Mark) -> Position:
    """Return where a mark is."""
    return Position(file, mark.line + 1, mark.column + 1)
