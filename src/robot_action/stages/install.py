"""Install: the template's install commands, or a custom template's own entry."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from robot_action.errors import FailedError, Position, RobotActionError
from robot_action.isolation import Workspace
from robot_action.model.facts import Facts
from robot_action.model.plan import InstallStep, Status
from robot_action.model.report import Outcome, Outcomes
from robot_action.model.request import CreateRequest
from robot_action.model.template import MODULE, Commands
from robot_action.ports import Ports

_TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class Installed:
    """What install hands on: the workspace in which it ran, open until the project's last step."""

    workspace: Workspace


def inspect(ports: Ports, request: CreateRequest, facts: Facts) -> Facts:
    """Return the facts as they are: what is installed is seen by running the commands."""
    del ports, request
    return facts


def apply(ports: Ports, step: InstallStep, outcomes: Outcomes) -> Outcome:
    """Run entry and commands in a workspace, and bring what they made into the project.

    The workspace stays open: start needs what git ignores of it, such as ``node_modules``.

    Raises:
        FailedError: when one of them fails or takes too long; the project is then as it was, except in place.
    """
    del outcomes
    workspace = ports.scope.enter_context(ports.sandbox.open(step.destination, step.earlier))
    environment = ports.sandbox.environment(step.environment)
    if step.entry is not None:
        _run_entry(ports, step, workspace, environment)
    run_commands(ports, step.commands, workspace, environment)
    workspace.collect()
    done = ([f"the entry {step.entry}"] if step.entry else []) + [shlex.join(command.arguments) for command in step.commands.commands]
    return Outcome(step.stage, Status.DONE, f"ran {', '.join(done)}", result=Installed(workspace))


def run_commands(ports: Ports, commands: Commands, workspace: Workspace, environment: Mapping[str, str]) -> None:
    """Run commands one after the other, each within their timeout.

    Raises:
        FailedError: when one fails or takes too long; the others are not run then.
    """
    for command in commands.commands:
        ports.progress.line(f"$ {shlex.join(command.arguments)}")
        with placed(command.position):
            workspace.run(command.arguments, timeout=commands.timeout, environment=environment)


@contextmanager
def placed(place: Position | None) -> Iterator[None]:
    """Give what fails the place of the line that asked for it."""
    try:
        yield
    except RobotActionError as error:
        raise type(error)(problems=tuple(replace(problem, position=problem.position or place) for problem in error.problems)) from error


def _run_entry(ports: Ports, step: InstallStep, workspace: Workspace, environment: Mapping[str, str]) -> None:
    """Run a custom template's entry with our own Python: the project is its working directory, the answers its input."""
    if step.entry is None or step.template is None:
        raise FailedError("a custom template has no entry")
    template = workspace.place(step.template, _TEMPLATE)
    what = step.entry.split() if step.entry.startswith(MODULE) else [str(template / step.entry)]
    ports.progress.line(f"$ python {step.entry}")
    workspace.run(
        [sys.executable, *what],
        timeout=step.commands.timeout,
        environment={**environment, "PYTHONPATH": str(template), "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=json.dumps(dict(step.answers), ensure_ascii=False).encode(),
    )
