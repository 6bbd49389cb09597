"""Gitignore patterns over a template's unrendered paths."""

from __future__ import annotations

from collections.abc import Callable

from robot_action.errors import InputError, Position

Matcher = Callable[[str], bool]
"""Tells whether a path matches; a folder's path ends with ``/``."""


def make_matcher(patterns: tuple[str, ...], what: str, file: str) -> Matcher:
    """Return a function that matches paths as git does, a later pattern outweighing earlier ones.

    Args:
        what: the specification's key, for messages.
        file: the specification.

    Raises:
        InputError: when a pattern is none.
    """
    if not patterns:
        return lambda _path: False
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(patterns).match_file
    except (ValueError, TypeError) as error:
        raise InputError(f"{what}: {error}", position=Position(file)) from error
