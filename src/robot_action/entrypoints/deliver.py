"""The entry of ``deliver``: options -> a request -> the command -> the report."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from robot_action.commands.propose import deliver
from robot_action.entrypoints.clients import open_ports
from robot_action.entrypoints.options import DeliverOptions, LogOptions
from robot_action.entrypoints.projects import run_reported, shown
from robot_action.entrypoints.proposing import around, wishes_of
from robot_action.entrypoints.shell import Shell
from robot_action.model.proposal import DeliverRequest
from robot_action.model.report import Report


def run_deliver(environ: Mapping[str, str], options: DeliverOptions, log: LogOptions, *, dry_run: bool) -> int:
    """Deliver the bundle that the command line names, and return the exit code."""
    return run_reported(environ, log, lambda shell: _deliver(shell, options, dry_run=dry_run))


def _deliver(shell: Shell, options: DeliverOptions, *, dry_run: bool) -> Report:
    here = Path.cwd()
    request = DeliverRequest(
        here / options.bundle,
        Path(os.path.normpath(here / (options.project or "."))),
        around(shell),
        wishes_of(options),
        dry_run=dry_run,
        resume=("robot-action", "deliver", str(options.bundle), *options.arguments()),
        again=options.again,
    )
    with open_ports(shell, frozenset(options.allow_protocol)) as ports:
        return shown(shell, deliver(ports, request))
