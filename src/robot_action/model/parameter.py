"""One thing that can be told to a command."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is told, and how."""

    TEXT = "text"
    FLAG = "flag"
    """``true`` or ``false`` as an input."""
    PATH = "path"
    LIST = "list"
    """A flag that may be repeated; as an input, one a line."""
    DATA = "data"
    """``KEY=VALUE``, repeated; as an input, one mapping in YAML or JSON."""
    VARIABLE = "variable"
    """As an input it stands for an environment variable, such as a token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One row of the table.

    Attributes:
        name: the input's name, and the long flag's without its dashes.
        help: one sentence, for ``--help``, ``action.yml`` and the README; ``input_help`` where the input differs.
        commands: the commands that take it.
        flags: how the command line spells it, one of them ``--`` and the name; empty: it is an argument there, or no flag at all.
        metavar: what stands for the value in ``--help``.
        choices: the only values.
        field: its name among the command's options; default: the name with ``_`` for ``-``.
        variable: the environment variable that the input stands for.
        default: the input's default in ``action.yml``.
        is_input: whether the action has it.
        argument_of: the commands that take it as an argument of the command line, without any flag.
        needs: the input without which it is refused.
    """

    name: str
    help: str
    kind: Kind = Kind.TEXT
    commands: tuple[str, ...] = ("create",)
    flags: tuple[str, ...] = ()
    metavar: str = ""
    choices: tuple[str, ...] = ()
    field: str = ""
    variable: str = ""
    default: str = ""
    is_input: bool = True
    input_help: str = ""
    needs: str = ""
    argument_of: tuple[str, ...] = ()

    @property
    def keyword(self) -> str:
        """Its name among the command's options."""
        return self.field or self.name.replace("-", "_")
