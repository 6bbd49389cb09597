"""The entry of ``render``: options -> a request -> the command -> the report."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from robot_action.commands.render import render
from robot_action.entrypoints.clients import open_ports
from robot_action.entrypoints.options import LogOptions, answers_file_of
from robot_action.entrypoints.projects import (
    ProjectOptions,
    moment,
    patterns,
    read_answers,
    read_data,
    run_reported,
    shown,
    warn_of_missing,
)
from robot_action.entrypoints.shell import Shell
from robot_action.errors import Position, UsageError
from robot_action.model.report import Report
from robot_action.model.request import CreateRequest, RenderWanted, Trust
from robot_action.model.template import Format
from robot_action.parsing.answers_data import GivenAnswers
from robot_action.parsing.manifest_flags import manifest_from_flags, with_flags, with_prereleases
from robot_action.parsing.replay import parse_replay
from robot_action.parsing.source import parse_source

_STAGES = ("fetch", "render", "tasks")
_PLACES = {"template": Position("TEMPLATE"), "destination": Position("DESTINATION")}


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderOptions(ProjectOptions):
    """The options of ``render``; each row of `robot_action.model.inputs.PARAMETERS` is a field."""

    command = "render"

    template: str = ""
    destination: str = ""
    answers_file: str | None = None
    cruft: bool = False
    replay_file: Path | None = None
    save_replay: Path | None = None


def run_render(environ: Mapping[str, str], options: RenderOptions, log: LogOptions, *, dry_run: bool) -> int:
    """Render what the command line names, and return the exit code."""
    return run_reported(environ, log, lambda shell: _render(shell, options, dry_run=dry_run))


def _render(shell: Shell, options: RenderOptions, *, dry_run: bool) -> Report:
    warn_of_missing(shell, options.environment)
    request = _request(shell, options, dry_run=dry_run)
    with open_ports(shell, frozenset(options.allow_protocol)) as ports:
        return shown(shell, render(ports, request))


def _request(shell: Shell, options: RenderOptions, *, dry_run: bool) -> CreateRequest:
    here = Path.cwd()
    for what, text in (("template", options.template), ("destination", options.destination)):
        if not text:
            raise UsageError(f"the {what} is missing", hint="Name a template's source, and the folder for the project.")
    template = parse_source(options.template, here, _PLACES["template"])
    destination = Path(os.path.normpath(here / options.destination))
    manifest = manifest_from_flags(template=template, destination=destination, data=_answers(shell, options), any_name=True)
    manifest = replace(manifest, positions={**manifest.positions, **_PLACES})
    return CreateRequest(
        manifest=with_prereleases(with_flags(manifest, ref=options.ref), wanted=options.prereleases),
        epoch=moment(shell),
        trust=Trust(options.trust, tuple(patterns(options.trust_source))),
        stages=_STAGES,
        overwrite=options.overwrite,
        skip_tasks=options.skip_tasks,
        environment=options.environment,
        format=Format(options.format) if options.format else None,
        seed=secrets.token_hex(),
        dry_run=dry_run,
        render=RenderWanted(answers_file_of(options.answers_file), options.cruft, _replay(options, destination)),
        resume=("robot-action", "render", options.template, options.destination, *options.arguments()),
        again=options.again,
    )


def _answers(shell: Shell, options: RenderOptions) -> GivenAnswers:
    """Return the given answers; a replay file's come last."""
    if options.replay_file is None:
        return read_data(shell, options)
    hint = "--replay-file names a file that --save-replay or Cookiecutter wrote."
    return parse_replay(read_answers(shell, options.replay_file, hint), str(options.replay_file)).under(read_data(shell, options))


def _replay(options: RenderOptions, destination: Path) -> Path | None:
    """Return where the replay file is written.

    Raises:
        UsageError: when that is in the project.
    """
    if options.save_replay is None:
        return None
    file = Path(os.path.normpath(Path.cwd() / options.save_replay))
    if Path(os.path.realpath(file)).is_relative_to(os.path.realpath(destination)):
        raise UsageError(f"--save-replay would write {file} into the project's folder", hint="Name a file in another folder.")
    return file
