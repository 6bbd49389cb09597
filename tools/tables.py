"""Writes what comes from the code's tables into the README and ``action.yml``: ``python tools/tables.py [--check]``.

Each part stands between ``<!-- NAME: begin -->`` and ``<!-- NAME: end -->``, in YAML ``# NAME: begin`` and ``# NAME: end``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from robot_action.model.inputs import COMMANDS, PARAMETERS, options_of
from robot_action.model.outputs import OUTPUTS
from robot_action.model.parameter import Kind, Parameter
from robot_action.parsing.settings import VARIABLES
from robot_action.parsing.wording import enumerate_words

TOP = Path(__file__).resolve().parent.parent


def environment() -> Iterator[str]:
    """Yield the table of environment variables."""
    yield "| variable | means |"
    yield "|---|---|"
    for name, meaning in VARIABLES.items():
        yield f"| `{name}` | {meaning} |"


def inputs() -> Iterator[str]:
    """Yield the table of the action's inputs."""
    yield "| input | means | commands |"
    yield "|---|---|---|"
    yield f"| `command` | {_command_help()} Required: nothing is done by default. | |"
    for row in _inputs():
        yield f"| `{row.name}` | {_help(row)} | {', '.join(row.commands)} |"


def options(command: str) -> Iterator[str]:
    """Yield the table of a command's options."""
    yield "| option | means |"
    yield "|---|---|"
    for row in options_of(command):
        value = f" {row.metavar or '|'.join(row.choices)}".rstrip().replace("|", "\\|")
        repeatable = " Repeatable." if row.kind in {Kind.LIST, Kind.DATA} else ""
        yield f"| `{', '.join(row.flags)}{value}` | {row.help}{repeatable} |"


def outputs() -> Iterator[str]:
    """Yield the table of the action's outputs."""
    yield "| output | means |"
    yield "|---|---|"
    for output in OUTPUTS:
        yield f"| `{output.name}` | {output.help} |"


def action_inputs() -> Iterator[str]:
    """Yield ``action.yml``'s inputs."""
    yield "inputs:"
    yield "  command:"
    yield f"    description: {json.dumps(_command_help())}"
    yield "    required: true"
    for row in _inputs():
        yield f"  {row.name}:"
        yield f"    description: {json.dumps(_help(row), ensure_ascii=False)}"
        yield "    required: false"
        if row.default:
            yield f"    default: {row.default}"


def action_outputs() -> Iterator[str]:
    """Yield ``action.yml``'s outputs."""
    yield "outputs:"
    for output in OUTPUTS:
        yield f"  {output.name}:"
        yield f"    description: {json.dumps(output.help, ensure_ascii=False)}"


def _inputs() -> Iterator[Parameter]:
    return (row for row in PARAMETERS if row.is_input)


def _help(row: Parameter) -> str:
    choices = f" One of {enumerate_words(row.choices)}." if row.choices else ""
    lines = " One a line." if row.kind is Kind.LIST else ""
    return f"{row.input_help or row.help}{choices}{lines}"


def _command_help() -> str:
    return f"What to do: {enumerate_words(COMMANDS)}."


PARTS: Mapping[str, Mapping[str, Callable[[], Iterator[str]]]] = {
    "README.md": {
        "environment": environment,
        "inputs": inputs,
        "options": partial(options, "create"),
        "render": partial(options, "render"),
        "update": partial(options, "update"),
        "deliver": partial(options, "deliver"),
        "check": partial(options, "check"),
        "adopt": partial(options, "adopt"),
        "outputs": outputs,
    },
    "action.yml": {"inputs": action_inputs, "outputs": action_outputs},
}


def with_parts(name: str, text: str) -> str:
    """Return a file's text with every part as the code has it."""
    mark = "<!-- {} -->" if name.endswith(".md") else "# {}"
    for part, lines in PARTS[name].items():
        begin, end = f"{mark.format(f'{part}: begin')}\n", mark.format(f"{part}: end")
        before, found, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            sys.exit(f"{name} has no place for {part!r}")
        text = "".join((before, begin, *(f"{line}\n" for line in lines()), end, after))
    return text


def main() -> None:
    """Write the parts, or fail when they are not as they would be written."""
    for name in PARTS:
        file = TOP / name
        text = file.read_text(encoding="utf-8")
        wanted = with_parts(name, text)
        if "--check" in sys.argv and text != wanted:
            sys.exit(f"{name} is not as the code's tables have it: run `make format`")
        file.write_text(wanted, encoding="utf-8")


if __name__ == "__main__":
    main()
