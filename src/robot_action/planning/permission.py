"""Whose code may run, and which programs it may name. Pure.

Trust is the boundary; the allow-list of programs is a seat belt against mistakes and surprises, for any package manager
runs whatever its project files tell it to. See ``docs/decisions/0003-template-code-runs-as-a-second-user.md``.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from fnmatch import fnmatchcase
from urllib.parse import unquote

from robot_action.errors import NotPermittedError, Problem
from robot_action.model.facts import Facts
from robot_action.model.plan import Plan, PushStep, RepositoryStep
from robot_action.model.request import Trust
from robot_action.model.source import Source
from robot_action.model.template import Command, Commands

PROGRAMS = ("npm", "pnpm", "yarn", "pip", "uv", "poetry", "hatch", "make")
"""The programs that install and start commands may name; the operator can add others."""

_OPERATOR = re.compile(r"(?:\|\|?|&&?|;|\(|\)|\d*(?:>>?|<<?).*)&?", re.DOTALL)
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=.*", re.DOTALL)


def is_trusted(source: Source, trust: Trust) -> bool:
    """Tell whether the operator trusts a source.

    A pattern matches the source with or without its subdirectory, so that to trust a repository is to trust all of it.
    A location with ``.`` or ``..`` parts matches no pattern: servers and file systems resolve them, patterns do not.
    """
    if trust.everything_named:
        return True
    if not {".", ".."}.isdisjoint(re.split(r"[\\/#=]", unquote(source.normalised))):
        return False
    return any(fnmatchcase(name, pattern) for pattern in trust.patterns for name in (source.normalised, source.location))


def check_forbidden(plan: Plan, facts: Facts) -> None:
    """Refuse a plan that comes to a point where it is not allowed to go on, before its first step.

    Raises:
        NotPermittedError: trust is missing for what it would run, or the repository cannot be made, set up or pushed to.
    """
    if plan.objections:
        raise NotPermittedError(problems=plan.objections)
    if facts.forbidden and any(isinstance(step, RepositoryStep | PushStep) and step.skip is None for step in plan.steps):
        raise NotPermittedError(problems=facts.forbidden)


def forbidden_lines(facts: Facts) -> tuple[str, ...]:
    """Return, for a plan that is only shown, why it cannot be carried out."""
    return tuple(f"not permitted as it is: {problem.message}. {problem.hint or ''}".strip() for problem in facts.forbidden)


def check_commands(commands: Commands, trust: Trust) -> tuple[Problem, ...]:
    """Return everything that speaks against install or start commands: unknown programs, paths, shell syntax."""
    allowed = (*PROGRAMS, *trust.programs)
    return tuple(
        Problem(message, command.position, hint) for command in commands.commands for message, hint in _objections(command, allowed)
    )


def _objections(command: Command, allowed: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if not command.arguments:
        yield "a command is empty", "Write a program and its arguments."
        return
    program, *arguments = command.arguments
    if _ASSIGNMENT.fullmatch(program):
        yield f"{program!r} sets a variable, which only a shell would understand", "Hand variables to template code with --env NAME."
    elif "/" in program or "\\" in program:
        yield f"{program!r} is a path; commands name programs", f"Write one of {', '.join(allowed)}."
    elif program not in allowed:
        yield (
            f"the program {program!r} is not among those that commands may name",
            f"Write one of {', '.join(allowed)}, or allow this one: --allow-program {shlex.quote(program)}.",
        )
    operators = [argument for argument in arguments if _OPERATOR.fullmatch(argument) or argument.endswith(";")]
    if operators:
        yield f"{operators[0]!r} is shell syntax, and no shell runs commands", "Write each command as an item of its own."
