"""What the command line's options are called inside: those that commands share; a command's own stand where its work begins."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from robot_action.errors import UsageError
from robot_action.model.inputs import options_of
from robot_action.model.parameter import Kind, Parameter


@dataclass(frozen=True, slots=True)
class LogOptions:
    """What is shown, and where.

    Attributes:
        file: for the log; None for the terminal.
        by_inputs: speak of the action's inputs instead of flags and variables.
    """

    verbose: bool = False
    debug: bool = False
    file: Path | None = None
    as_json: bool = False
    by_inputs: bool = False

    def level(self, default: str) -> str:
        """Return the log's level: the flags come before ``LOG_LEVEL``, and ``warning`` is the last word."""
        if self.debug:
            return "debug"
        return "info" if self.verbose else default or "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateOptions:
    """The options of all commands that render a template, as they were given.

    Attributes:
        data: answers as one mapping in YAML or JSON: the action's input.
        again: how to go on after a failure, where that is no command line.
    """

    command: ClassVar[str]

    pairs: tuple[str, ...] = ()
    data: str = ""
    data_file: Path | None = None
    ref: str | None = None
    prereleases: bool = False
    skip_tasks: bool = False
    trust: bool = False
    trust_source: tuple[str, ...] = ()
    allow_protocol: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    again: str = ""

    def arguments(self, without: Collection[str] = ()) -> tuple[str, ...]:
        """Return the options, but for some, as a command line without its arguments: what a later run needs to go on."""
        return tuple(arguments_of(self.command, self, without))


def answers_file_of(name: str | None) -> str:
    """Return the answers file's path in the project, or ``""`` where none is named.

    Raises:
        UsageError: when it is no path in a project.
    """
    if not name:
        return ""
    from robot_action.model.paths import path_problem

    if problem := path_problem(name):
        raise UsageError(f"--answers-file: {name!r} {problem}", hint="Name a path in the project, such as .copier-answers.docs.yml.")
    return name


def arguments_of(command: str, options: object, without: Collection[str] = ()) -> Iterator[str]:
    """Yield a command's options, but for some, as its command line takes them."""
    for row in options_of(command):
        if hasattr(options, row.keyword) and row.keyword not in without:  # a later run is no dry run
            yield from _spelt(row, getattr(options, row.keyword))


def _spelt(row: Parameter, value: object) -> Iterator[str]:
    """Yield an option as the command line takes it, as often as it was given."""
    for one in value if isinstance(value, tuple) else (value,):
        if one:
            yield from (f"--{row.name}",) if row.kind is Kind.FLAG else (f"--{row.name}", str(one))
