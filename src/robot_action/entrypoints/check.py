"""The entry of ``check``: options -> a request -> the command -> what is shown."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from robot_action.commands.check import check_drift, check_versions
from robot_action.entrypoints.options import LogOptions, TemplateOptions, answers_file_of
from robot_action.entrypoints.shell import Shell, run_in_shell
from robot_action.errors import Position
from robot_action.model.check import CheckReport, CheckRequest
from robot_action.parsing.source import parse_source

if TYPE_CHECKING:
    from robot_action.ports import Files
    from robot_action.repositories import Git


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions(TemplateOptions):
    """The options of ``check``; each row of `robot_action.model.inputs.PARAMETERS` is a field."""

    command = "check"

    projects: tuple[str, ...] = ()
    answers_file: str | None = None
    source: str | None = None
    drift: bool = False
    heal: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Doors:
    """Implements `robot_action.ports.ReadPorts`: all that a look at versions takes; the other clients are not even loaded."""

    git: Git
    files: Files


def run_check(environ: Mapping[str, str], options: CheckOptions, log: LogOptions, *, dry_run: bool) -> int:
    """Look at the projects that the command line names, and return the exit code."""

    def work(shell: Shell) -> int:
        report = _drift(shell, options, dry_run=dry_run) if options.drift or options.heal else _versions(shell, options)
        shell.console.show_checks(report)
        return report.exit_code

    return run_in_shell(environ, log, work)


def _versions(shell: Shell, options: CheckOptions) -> CheckReport:
    from robot_action.entrypoints.git import open_git

    with open_git(shell, frozenset(options.allow_protocol)) as git:
        return check_versions(_Doors(git, shell.files), _request(options))


def _drift(shell: Shell, options: CheckOptions, *, dry_run: bool) -> CheckReport:
    import secrets
    from dataclasses import replace

    from robot_action.entrypoints.clients import open_ports
    from robot_action.entrypoints.projects import moment, patterns, warn_of_missing
    from robot_action.model.request import Trust

    warn_of_missing(shell, options.environment)
    request = replace(
        _request(options),
        epoch=moment(shell),
        drift=True,
        heal=options.heal,
        trust=Trust(options.trust, tuple(patterns(options.trust_source))),
        skip_tasks=options.skip_tasks,
        environment=options.environment,
        seed=secrets.token_hex(),
        dry_run=dry_run,
    )
    with open_ports(shell, frozenset(options.allow_protocol)) as ports:
        return check_drift(ports, request)


def _request(options: CheckOptions) -> CheckRequest:
    here, places = Path.cwd(), dict[Path, str]()
    for name in options.projects or (".",):
        places.setdefault(Path(os.path.normpath(here / name)), name)  # each once, whatever it is called
    # What a pattern brings along beside folders, such as their manifests, is no project; isfile: Path.is_file raises where one is closed.
    places = {place: name for place, name in places.items() if not os.path.isfile(place)} or places  # noqa: PTH113
    return CheckRequest(
        projects=tuple((name, place) for place, name in places.items()),
        file=answers_file_of(options.answers_file),
        source=parse_source(options.source, here, Position("--source")) if options.source else None,
        ref=options.ref or "",
        prereleases=options.prereleases,
    )
