"""The entry of ``deliver``: options -> a request -> the command -> the report."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from robot_action.commands.propose import deliver
from robot_action.entrypoints.clients import open_ports
from robot_action.entrypoints.options import LogOptions, arguments_of
from robot_action.entrypoints.projects import run_reported, shown
from robot_action.entrypoints.proposing import DeliveryOptions, around, wishes_of
from robot_action.entrypoints.shell import Shell
from robot_action.model.proposal import DeliverRequest
from robot_action.model.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverOptions(DeliveryOptions):
    """The options of ``deliver``; each row of `robot_action.model.inputs.PARAMETERS` is a field.

    Attributes:
        again: how to go on after a failure, where that is no command line.
    """

    command: ClassVar[str] = "deliver"

    bundle: Path = Path()
    project: str | None = None
    allow_workflows: bool = False
    allow_protocol: tuple[str, ...] = ()
    again: str = ""

    def arguments(self) -> tuple[str, ...]:
        """Return the options as a command line, without its argument."""
        return tuple(arguments_of(self.command, self))


def run_deliver(environ: Mapping[str, str], options: DeliverOptions, log: LogOptions, *, dry_run: bool) -> int:
    """Deliver the bundle that the command line names, and return the exit code."""
    return run_reported(environ, log, lambda shell: _deliver(shell, options, dry_run=dry_run))


def _deliver(shell: Shell, options: DeliverOptions, *, dry_run: bool) -> Report:
    here = Path.cwd()
    request = DeliverRequest(
        Path(os.path.normpath(here / options.bundle)),
        Path(os.path.normpath(here / (options.project or "."))),
        around(shell),
        replace(wishes_of(options), allow_workflows=options.allow_workflows),
        dry_run=dry_run,
        resume=("robot-action", "deliver", str(options.bundle), *options.arguments()),
        again=options.again,
    )
    with open_ports(shell, frozenset(options.allow_protocol)) as ports:
        return shown(shell, deliver(ports, request))
