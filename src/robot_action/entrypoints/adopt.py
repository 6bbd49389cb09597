"""The entry of ``adopt``: options -> a request -> the command -> the report."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from robot_action.commands.adopt import adopt
from robot_action.entrypoints.clients import open_ports
from robot_action.entrypoints.options import LogOptions, TemplateOptions, answers_file_of
from robot_action.entrypoints.projects import moment, patterns, read_data, run_reported, shown, warn_of_missing
from robot_action.entrypoints.shell import Shell
from robot_action.errors import Position, UsageError
from robot_action.model.adopt import AdoptRequest
from robot_action.model.report import Report
from robot_action.model.request import Trust
from robot_action.model.template import Format
from robot_action.parsing.rules import check_line, check_name, check_repository_name
from robot_action.parsing.source import parse_source, with_ref
from robot_action.parsing.wording import RuleError


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptOptions(TemplateOptions):
    """The options of ``adopt``; each row of `robot_action.model.inputs.PARAMETERS` is a field."""

    command = "adopt"

    template: str = ""
    project: str = "."
    format: str | None = None
    answers_file: str | None = None
    name: str | None = None
    description: str | None = None


def run_adopt(environ: Mapping[str, str], options: AdoptOptions, log: LogOptions, *, dry_run: bool) -> int:
    """Link the project that the command line names, and return the exit code."""
    return run_reported(environ, log, lambda shell: _adopt(shell, options, dry_run=dry_run))


def _adopt(shell: Shell, options: AdoptOptions, *, dry_run: bool) -> Report:
    warn_of_missing(shell, options.environment)
    request = _request(shell, options, dry_run=dry_run)
    with open_ports(shell, frozenset(options.allow_protocol)) as ports:
        return shown(shell, adopt(ports, request))


def _request(shell: Shell, options: AdoptOptions, *, dry_run: bool) -> AdoptRequest:
    here, data = Path.cwd(), read_data(shell, options)
    if not options.template:
        raise UsageError("the template is missing", hint="Name its source, and with --ref the version that the project was made from.")
    source = parse_source(options.template, here, Position("TEMPLATE"))
    source = with_ref(source, options.ref) if options.ref else source
    if source.ref is None and source.versions is None:
        raise UsageError(
            "the version is missing that the project was made from",
            hint="Name it with --ref: a later update brings in what the template has changed since.",
        )
    return AdoptRequest(
        project=Path(os.path.normpath(here / options.project)),
        source=replace(source, prereleases=options.prereleases),
        epoch=moment(shell),
        file=answers_file_of(options.answers_file),
        name=_checked(options.name, "--name", check_repository_name if "/" in (options.name or "") else partial(check_name, dots=False)),
        description=_checked(options.description, "--description", check_line),
        data=data.values,
        places=data.places,
        format=Format(options.format) if options.format else None,
        trust=Trust(options.trust, tuple(patterns(options.trust_source))),
        skip_tasks=options.skip_tasks,
        environment=options.environment,
        seed=secrets.token_hex(),
        dry_run=dry_run,
        resume=("robot-action", "adopt", options.template, options.project, *options.arguments()),
        again=options.again,
    )


def _checked(text: str | None, option: str, rule: Callable[[str], str]) -> str:
    """Return what an option says, or ``""``.

    Raises:
        UsageError: when a manifest could not say it either.
    """
    try:
        return rule(text) if text else ""
    except RuleError as error:
        raise UsageError(f"{option}: {error.message}", hint=error.hint) from None
