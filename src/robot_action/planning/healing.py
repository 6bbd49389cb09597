"""Which files of a project are given back what the template gives."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Iterator

from robot_action.errors import Position, Problem, UsageError
from robot_action.parsing.wording import suggestion


def choose_healed(wanted: Iterable[str], given: Collection[str], left_alone: Collection[str]) -> tuple[str, ...]:
    """Return the paths that are meant, in order.

    Args:
        wanted: paths of files or folders, relative to the project; ``.`` is all of it.
        given: what the template gives.
        left_alone: those of them that updates leave to the project.

    Raises:
        UsageError: with every path that means nothing of it.
    """
    chosen: set[str] = set()
    problems: list[Problem] = []
    for path in wanted:
        clean = posixpath.normpath(path) if path else ""  # which a script may give by mistake: it is not all of the project
        found = set(_below(clean, given))
        chosen |= found - {*left_alone}
        if not found:
            hint = suggestion(clean, given) or (
                "Name a file or a folder that the template gives, relative to the project.\n"
                "Where there are several projects, name the one that is meant: robot-action check PROJECT --heal PATH"
            )
            problems.append(Problem(f"the template gives no {path!r}", Position("--heal"), hint))
        elif found <= {*left_alone}:
            hint = "The template's _skip_if_exists or Cruft's skip says so, or it is made of secret answers, which no state file has."
            problems.append(Problem(f"{path!r} is left to the project", Position("--heal"), hint))
    if problems:
        raise UsageError(problems=tuple(problems))
    return tuple(sorted(chosen))


def _below(path: str, given: Collection[str]) -> Iterator[str]:
    return (one for one in given if path in {".", one} or one.startswith(f"{path}/"))
