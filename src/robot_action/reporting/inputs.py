"""What is said about flags and variables, in the words of a workflow: the names of the action's inputs.

Problems are told where they are found, as the command line has it: ``--skip-tasks``, ``--allow-program names``. Whoever
writes a workflow gives inputs instead, whose names the one table knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from robot_action.model.inputs import PARAMETERS
from robot_action.model.parameter import Kind, Parameter
from robot_action.reporting.views import ProblemView

_FLAGS = {row.name: row for row in PARAMETERS if row.is_input and row.flags}
_ARGUMENTS = {row.name.upper(): row for row in PARAMETERS if row.is_input and row.argument_of}
_VARIABLES = {row.variable: row for row in PARAMETERS if row.is_input and row.variable}
_END = r"(?=[.,;:)]?(?:\s|$))"
_METAVARS = "|".join(sorted({re.escape(row.metavar) for row in _FLAGS.values() if row.metavar}))
_COMMAND = "robot-action "


def _longest_first(names: Iterable[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


# A value is what stands in quotes or for one, and whatever ends its sentence: "--skip-stages publish." but "--pack and ...".
_FLAG = re.compile(
    rf"--(?P<name>{_longest_first(_FLAGS)})(?![\w-])"
    rf"(?:[ =](?P<value>'[^']*'|(?:{_METAVARS})(?!\w)|[^\s'-][^\s']*?(?=[.,;)](?:\s|$)|$)))?{_END}"
)
_VARIABLE = re.compile(rf"(?<![\w${{])(?P<name>{_longest_first(_VARIABLES)})(?!\w)")


def by_inputs(text: str) -> str:
    """Return a text with inputs in the place of flags and variables; a line that is a command to be run elsewhere stays one."""
    return "".join(line if line.startswith(_COMMAND) else _line_by_inputs(line) for line in text.splitlines(keepends=True))


def _line_by_inputs(line: str) -> str:
    return _VARIABLE.sub(lambda found: _named(_VARIABLES[found["name"]]), _FLAG.sub(_written, line))


def problem_by_inputs(problem: ProblemView) -> ProblemView:
    """Return a problem that speaks of inputs; one whose place is a flag or an argument stands in an input."""
    row = None if problem.line or problem.path else _ARGUMENTS.get(problem.file)
    if problem.file.startswith("--"):
        row = _FLAGS.get(problem.file.removeprefix("--").partition(" ")[0])
    file = _named(row) if row else problem.file
    return replace(problem, message=by_inputs(problem.message), hint=by_inputs(problem.hint), file=file)


def _written(found: re.Match[str]) -> str:
    row, value = _FLAGS[found["name"]], found["value"]
    if row.kind is Kind.FLAG:
        rest = f" {value}" if value else ""
        return f"{row.name}: true{rest}"
    return f"{row.name}: {value}" if value else f"'{row.name}'"


def _named(row: Parameter) -> str:
    return f"the input '{row.name}'"
