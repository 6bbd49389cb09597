"""The entry of ``update``: options -> a request -> the command -> the report."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from robot_action.commands.update import update
from robot_action.entrypoints.clients import open_ports
from robot_action.entrypoints.options import LogOptions, TemplateOptions, answers_file_of
from robot_action.entrypoints.projects import moment, patterns, read_data, run_reported, shown, warn_of_missing
from robot_action.entrypoints.proposing import PROPOSING, ProposalOptions, proposal_of
from robot_action.entrypoints.shell import Shell
from robot_action.errors import Position
from robot_action.model.merge import Policy
from robot_action.model.report import Report
from robot_action.model.request import Trust
from robot_action.model.update import UpdateRequest
from robot_action.parsing.source import parse_source

_INLINE = "inline"
"""Copier's word for conflict markers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateOptions(TemplateOptions, ProposalOptions):
    """The options of ``update``; each row of `robot_action.model.inputs.PARAMETERS` is a field."""

    command = "update"

    project: str = "."
    answers_file: str | None = None
    source: str | None = None
    conflict: str | None = None
    keep_base: bool = False


def run_update(environ: Mapping[str, str], options: UpdateOptions, log: LogOptions, *, dry_run: bool) -> int:
    """Update the project that the command line names, and return the exit code."""
    return run_reported(environ, log, lambda shell: _update(shell, options, dry_run=dry_run))


def _update(shell: Shell, options: UpdateOptions, *, dry_run: bool) -> Report:
    warn_of_missing(shell, options.environment)
    request = _request(shell, options, dry_run=dry_run)
    proposal = proposal_of(shell, options)
    with open_ports(shell, frozenset(options.allow_protocol)) as ports:
        if proposal is None:
            return shown(shell, update(ports, request))
        from robot_action.commands.propose import propose_update  # it loads much that an update alone does not need

        return shown(shell, propose_update(ports, request, proposal))


def _request(shell: Shell, options: UpdateOptions, *, dry_run: bool) -> UpdateRequest:
    here, data = Path.cwd(), read_data(shell, options)
    command = ("robot-action", "update", options.project)
    return UpdateRequest(
        project=Path(os.path.normpath(here / options.project)),
        epoch=moment(shell),
        file=answers_file_of(options.answers_file),
        source=parse_source(options.source, here, Position("--source")) if options.source else None,
        ref=options.ref or "",
        prereleases=options.prereleases,
        data=data.values,
        places=data.places,
        policy=Policy(options.conflict) if options.conflict and options.conflict != _INLINE else Policy.MARKERS,
        trust=Trust(options.trust, tuple(patterns(options.trust_source))),
        skip_tasks=options.skip_tasks,
        environment=options.environment,
        seed=secrets.token_hex(),
        dry_run=dry_run,
        keep_base=options.keep_base,
        resume=(*command, *options.arguments()),
        in_place=(*command, *options.arguments(without=PROPOSING)),
        again=options.again,
    )
