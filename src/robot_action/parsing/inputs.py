"""The action's inputs -> a command, its options, and the environment that they stand for.

The runner hands inputs over as ``INPUT_<NAME>``: upper case, a blank becomes ``_``, a hyphen stays (actions/runner,
``Handler.cs``). An input that was not given is an empty text.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from robot_action.errors import Problem, UsageError
from robot_action.model.credentials import host_of
from robot_action.model.inputs import COMMANDS, PARAMETERS
from robot_action.model.parameter import Kind, Parameter
from robot_action.parsing.settings import token_variable
from robot_action.parsing.wording import enumerate_words, excerpt, suggestion

PREFIX = "INPUT_"
_THE_RUNNERS_OWN = {"args", "entrypoint"}
_TRUE, _FALSE = ("true", "True", "TRUE"), ("false", "False", "FALSE")  # YAML 1.2's core schema, as actions/toolkit has it
_PROPOSALS = {"pull_request", "pull_request_target", "pull_request_review", "pull_request_review_comment", "merge_group"}

Option = str | bool | Path | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the workflow asks for.

    Attributes:
        command: one of `COMMANDS`.
        options: the inputs that were given, by their row's `Parameter.keyword`; variables are not among them.
        environment: the variables of this process without inputs, and with those that inputs stand for.
        proposal: the event that makes a dry run of every command that writes, or ``""``.
    """

    command: str
    options: Mapping[str, Option] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    proposal: str = ""


def parse_inputs(environ: Mapping[str, str]) -> Inputs:
    """Read the inputs of this step.

    Raises:
        UsageError: with everything that is wrong with them; no value of a token is ever quoted.
    """
    given = dict(_given(environ))
    problems: list[Problem] = []
    command = _command(given.pop("command", ""), problems)
    options: dict[str, Option] = {}
    for name, value in given.items():
        parameter = _row(name, command, problems)
        if parameter is None:
            continue
        option = _option(parameter, value, problems)
        if parameter.kind is not Kind.VARIABLE:
            options[parameter.keyword] = option
    problems.extend(_incomplete(given))
    problems.extend(_outside(given, environ.get("GITHUB_WORKSPACE", "")))
    if problems:
        raise UsageError(problems=tuple(problems))
    event = environ.get("GITHUB_EVENT_NAME", "")
    return Inputs(command, options, environment_of(environ), event if event in _PROPOSALS else "")


def _outside(given: Mapping[str, str], workspace: str) -> Iterator[Problem]:
    """Yield the folders that lie out of the workspace: what is made there is lost with the container."""
    for name in ("destination", "project"):
        place = os.path.normpath(os.path.join(workspace, given.get(name, "")))  # noqa: PTH118 - a text, as somebody wrote it
        if workspace and not PurePosixPath(place).is_relative_to(os.path.normpath(workspace)):
            yield Problem(f"the input {name!r} leads out of the workspace: {given[name]}", None, "Name a folder of the workspace.")


def environment_of(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return the environment without inputs, and with the variables that the given ones stand for, such as tokens."""
    plain = {name: value for name, value in environ.items() if not name.startswith(PREFIX)}
    given = dict(_given(environ))
    for parameter in PARAMETERS:
        if parameter.kind is Kind.VARIABLE and (value := given.get(parameter.name)):
            plain[_variable(parameter, given)] = value
    return plain


def _given(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the inputs that are not empty; whether somebody wrote a blank, ``_`` or a hyphen in a name makes no difference."""
    for name, value in environ.items():
        if name.startswith(PREFIX) and value.strip():
            yield name.removeprefix(PREFIX).replace("_", "-").lower(), value.strip()


def _variable(parameter: Parameter, given: Mapping[str, str]) -> str:
    """Return the variable that an input stands for; the index's token goes to the index that is named beside it."""
    index = given.get("index-url", "")
    return token_variable(index) if parameter.name == "index-token" and host_of(index) else parameter.variable


def _command(name: str, problems: list[Problem]) -> str:
    if not name:
        problems.append(Problem("the input 'command' is missing: nothing is done by default", hint=f"It is {enumerate_words(COMMANDS)}."))
    elif name not in COMMANDS:
        hint = suggestion(name, COMMANDS) or f"It is {enumerate_words(COMMANDS)}."
        problems.append(Problem(f"the input 'command' is {excerpt(name)}", hint=hint))
    return name


def _row(name: str, command: str, problems: list[Problem]) -> Parameter | None:
    """Return the input's row, or None where the input is none of the command's."""
    known = {parameter.name: parameter for parameter in PARAMETERS if parameter.is_input}
    if name in _THE_RUNNERS_OWN:
        return None
    if name not in known:
        problems.append(Problem(f"there is no input {excerpt(name)}", hint=suggestion(name, known)))
        return None
    if command in COMMANDS and command not in known[name].commands:
        fitting = [parameter.name for parameter in known.values() if command in parameter.commands]
        problems.append(Problem(f"the command {command} takes no input {name!r}", hint=f"It takes {enumerate_words(fitting)}."))
    return known[name]


def _incomplete(given: Mapping[str, str]) -> Iterator[Problem]:
    """Yield the inputs that make no sense by themselves."""
    for parameter in PARAMETERS:
        if parameter.needs and parameter.name in given and parameter.needs not in given:
            yield Problem(
                f"the input {parameter.name!r} is given without {parameter.needs!r}",
                hint=f"Hand over the output {parameter.needs!r} of the job before: what comes from elsewhere is refused by it.",
            )


def _option(parameter: Parameter, value: str, problems: list[Problem]) -> Option:
    if parameter.kind is Kind.FLAG:
        if value not in (*_TRUE, *_FALSE):
            problems.append(Problem(f"the input {parameter.name!r} is {excerpt(value)}", hint="It is true or false."))
        return value in _TRUE
    if parameter.kind is not Kind.LIST:
        _check_choice(parameter, value, problems)
        return Path(value) if parameter.kind is Kind.PATH else value
    lines = tuple(line.strip() for line in value.splitlines() if line.strip())
    for line in lines:
        _check_choice(parameter, line, problems)
    return lines


def _check_choice(parameter: Parameter, value: str, problems: list[Problem]) -> None:
    if parameter.choices and value not in parameter.choices:
        hint = suggestion(value, parameter.choices) or f"It is {enumerate_words(parameter.choices)}."
        problems.append(Problem(f"the input {parameter.name!r} has the value {excerpt(value)}", hint=hint))
