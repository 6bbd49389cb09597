"""The entry of ``create``: options -> requests -> the command -> the report."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from robot_action.commands.create import create
from robot_action.commands.manifests import ManifestFile, load_manifests
from robot_action.entrypoints.clients import open_ports
from robot_action.entrypoints.options import LogOptions
from robot_action.entrypoints.projects import ProjectOptions, moment, patterns, read_data, run_reported, shown, warn_of_missing
from robot_action.entrypoints.shell import Shell
from robot_action.errors import InputError, Position, UsageError
from robot_action.model.manifest import Author, Manifest
from robot_action.model.report import ProjectReport, Report
from robot_action.model.request import STAGES, CreateRequest, Trust
from robot_action.model.template import Format
from robot_action.parsing.answers_data import GivenAnswers
from robot_action.parsing.manifest_flags import manifest_from_flags, with_flags, with_prereleases
from robot_action.parsing.source import parse_source
from robot_action.parsing.wording import suggestion

_STAGES_ARE = f"The stages are {', '.join(STAGES)}."


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateOptions(ProjectOptions):
    """The options of ``create``; each row of `robot_action.model.inputs.PARAMETERS` with flags is a field."""

    command = "create"

    manifests: tuple[str, ...] = ()
    template: str | None = None
    destination: str | None = None
    stages: str | None = None
    skip_stages: str | None = None
    index_url: str | None = None
    pack: Path | None = None
    unpack: Path | None = None
    digest: tuple[str, ...] = ()
    allow_program: tuple[str, ...] = ()


def run_create(environ: Mapping[str, str], options: CreateOptions, log: LogOptions, *, dry_run: bool) -> int:
    """Create what the command line asks for, and return the exit code."""
    return run_reported(environ, log, lambda shell: _create(shell, options, dry_run=dry_run))


def _create(shell: Shell, options: CreateOptions, *, dry_run: bool) -> Report:
    _check_handover(options)
    stages = _stages(options)
    warn_of_missing(shell, options.environment)
    files = _manifests(shell, options, read_data(shell, options))
    requests = [_request(shell, options, stages, file, manifest) for file in files for manifest in file.manifests]
    broken = [_broken(file) for file in files if file.problems]
    if not requests:
        return shown(shell, Report(tuple(broken), dry_run=dry_run))
    with open_ports(shell, frozenset(options.allow_protocol)) as ports:
        made = create(ports, requests, dry_run=dry_run)
        return shown(shell, replace(made, projects=(*broken, *made.projects)))  # before tokens are revoked, which may take a while


def _broken(file: ManifestFile) -> ProjectReport:
    return ProjectReport(str(file.path), problems=file.problems, exit_code=InputError.exit_code, file=str(file.path))


def _check_handover(options: CreateOptions) -> None:
    """Refuse what cannot be meant: a run is the first job, or a later one.

    Raises:
        UsageError: saying which options do not go together.
    """
    if options.pack and options.unpack:
        raise UsageError("--pack and --unpack exclude each other", hint="The first job packs, a later one unpacks.")
    if options.digest and not options.unpack:
        raise UsageError("--digest says what may be unpacked, and there is no --unpack", hint="Name the folder with --unpack.")


def _stages(options: CreateOptions) -> tuple[str, ...]:
    """Return the stages that may act, in order.

    Raises:
        UsageError: when a name is none of a stage, or no stage is left.
    """
    if options.stages is not None and options.skip_stages is not None:
        raise UsageError("--stages and --skip-stages exclude each other", hint="Name the stages that are wanted, or those that are not.")
    wanted = STAGES if options.stages is None else _named("--stages", options.stages)
    left_out = () if options.skip_stages is None else _named("--skip-stages", options.skip_stages)
    stages = tuple(stage for stage in STAGES if stage in wanted and stage not in left_out)
    if not stages:
        raise UsageError("--skip-stages leaves no stage", hint=_STAGES_ARE)
    return stages


def _named(flag: str, text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    for name in names:
        if name not in STAGES:
            raise UsageError(f"{flag}: there is no stage {name!r}", hint=suggestion(name, STAGES) or _STAGES_ARE)
    if not names:
        raise UsageError(f"{flag} names no stage", hint=_STAGES_ARE)
    return names


def _manifests(shell: Shell, options: CreateOptions, data: GivenAnswers) -> Sequence[ManifestFile]:
    """Return the manifests that the command line names, with its flags over them; without any, the one that the flags make."""
    here = Path.cwd()
    template = parse_source(options.template, here, Position("--template")) if options.template else None
    destination = Path(os.path.normpath(here / options.destination)) if options.destination else None
    if not options.manifests:
        if template is None or destination is None:
            raise UsageError("no manifest is named", hint="Name manifests or a folder of them, or give --template and --destination.")
        manifest = manifest_from_flags(template=template, destination=destination, data=data)
        return (ManifestFile(Path(), (with_prereleases(with_flags(manifest, ref=options.ref), wanted=options.prereleases),)),)
    files = load_manifests(shell.files, options.manifests, here, has_destination=destination is None)
    if destination and sum(len(file.manifests) for file in files) > 1:
        raise UsageError("--destination names one folder, and there are several projects", hint="Name one manifest with one project.")

    def flagged(manifest: Manifest) -> Manifest:
        manifest = with_flags(manifest, data=data, ref=options.ref, destination=destination, template=template, index=options.index_url)
        return with_prereleases(manifest, wanted=options.prereleases)

    return tuple(replace(file, manifests=tuple(map(flagged, file.manifests))) for file in files)


def _request(shell: Shell, options: CreateOptions, stages: tuple[str, ...], file: ManifestFile, manifest: Manifest) -> CreateRequest:
    settings = shell.settings
    name = str(file.path)
    named = (f"./{name}" if name.startswith("-") else name,) if options.manifests else ()
    return CreateRequest(
        manifest=manifest,
        epoch=moment(shell),
        trust=Trust(options.trust, tuple(patterns(options.trust_source)), options.allow_program),
        stages=stages,
        overwrite=options.overwrite,
        skip_tasks=options.skip_tasks,
        environment=options.environment,
        format=Format(options.format) if options.format else None,
        seed=secrets.token_hex(),
        actor=Author(*settings.actor) if settings.actor else None,
        pack=_pack_folder(options, manifest),
        unpack=options.unpack and Path.cwd() / options.unpack,
        digests=options.digest,
        resume=("robot-action", "create", *named, *options.arguments()),
        again=options.again,
    )


def _pack_folder(options: CreateOptions, manifest: Manifest) -> Path | None:
    """Return the folder to pack into.

    Raises:
        UsageError: when what is packed would become a part of the project, or the other way round.
    """
    if options.pack is None:
        return None
    pack = Path(os.path.normpath(Path.cwd() / options.pack))
    packed, project = Path(os.path.realpath(pack / manifest.project)), Path(os.path.realpath(manifest.destination))
    if packed.is_relative_to(project) or project.is_relative_to(packed):
        raise UsageError(
            f"--pack would leave {packed} {'inside of' if packed.is_relative_to(project) else 'around'} the project's folder, {project}",
            hint="It would become a part of what it packs. Name another folder.",
        )
    return pack
