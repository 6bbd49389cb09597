"""Install and start commands -> the same, rendered argument by argument, after they were split.

So an answer with a space never becomes two arguments. An argument that held Jinja and renders to nothing is dropped, and
a command without arguments with it: ``{% if docs %}--docs{% endif %}``. ``{port}`` is no Jinja and stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from robot_action.errors import InputError, Problem
from robot_action.model.template import Command, Commands, Readiness, Start
from robot_action.rendering.environment import Jinja
from robot_action.rendering.faults import JinjaError, Where
from robot_action.rendering.frames import is_utf8


def render_commands(commands: Commands, jinja: Jinja, context: Mapping[str, object], problems: list[Problem]) -> Commands:
    """Return the commands with their arguments rendered; what cannot be rendered is added to ``problems``."""
    rendered = [_command(command, "in an install command", jinja, context, problems) for command in commands.commands]
    return replace(commands, commands=tuple(command for command in rendered if command.arguments))


def render_start(start: Start | None, jinja: Jinja, context: Mapping[str, object], problems: list[Problem]) -> Start | None:
    """Return the smoke test, rendered, or None when nothing of its command is left."""
    if start is None:
        return None
    command = _command(start.command, "in the start command", jinja, context, problems)
    where = Where(start.command.position, "in the start's readiness")
    try:
        readiness = Readiness(start.readiness.kind, command_text(jinja.text(start.readiness.value, context, where), where))
    except InputError as error:
        problems.extend(error.problems)
        return None
    return replace(start, command=command, readiness=readiness) if command.arguments else None


def _command(command: Command, what: str, jinja: Jinja, context: Mapping[str, object], problems: list[Problem]) -> Command:
    where = Where(command.position, what)
    arguments = []
    for argument in command.arguments:
        try:
            text = command_text(jinja.text(argument, context, where), where)
        except InputError as error:
            problems.extend(error.problems)
            continue
        if text or not argument:
            arguments.append(text)
    return replace(command, arguments=tuple(arguments))


def command_text(text: str, where: Where) -> str:
    """Return a rendered text that a program can be given.

    Raises:
        JinjaError: when it has a NUL, or is not UTF-8.
    """
    if "\0" in text or not is_utf8(text):
        raise JinjaError(Problem(f"{where.what}: what it renders to is no text for a command", where.position))
    return text
