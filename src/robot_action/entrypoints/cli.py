"""The command line: options are defined here, work is done elsewhere; what is heavy is imported by the command that needs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from robot_action.entrypoints.options import LogOptions
from robot_action.model.inputs import options_of
from robot_action.model.parameter import Kind, Parameter

Command = TypeVar("Command", bound=Callable[..., Any])

_PATH = click.Path(path_type=Path)


def _show_version(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    del parameter
    if value and not context.resilient_parsing:
        from robot_action.entrypoints.machine import own_version

        click.echo(f"robot-action {own_version()}")
        context.exit()


def _options_of(name: str) -> Callable[[Command], Command]:
    """Add a command's options, as the table has them."""

    def add(command: Command) -> Command:
        for row in reversed(list(options_of(name))):
            command = _option(row)(command)
        return command

    return add


def _option(row: Parameter) -> Callable[[Command], Command]:
    if row.kind is Kind.FLAG:
        return click.option(*row.flags, row.keyword, is_flag=True, help=row.help)
    repeated = row.kind in {Kind.LIST, Kind.DATA}
    return click.option(
        *row.flags,
        row.keyword,
        multiple=repeated,
        type=_PATH if row.kind is Kind.PATH else click.Choice(row.choices) if row.choices else None,
        metavar=row.metavar or None,
        help=f"{row.help} Repeatable." if repeated else row.help,
    )


def _log_options(command: Command) -> Command:
    """Add the options that say what is shown, and where."""
    for option in reversed(
        (
            click.option("-v", "--verbose", is_flag=True, help="Say more: log at level info."),
            click.option("--debug", is_flag=True, help="Say everything: log at level debug, requests included, tokens never."),
            click.option("--log-file", type=_PATH, help="Write the log, and all progress in plain lines, to this file too."),
        )
    ):
        command = option(command)
    return command


def _json_option(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document on standard output, and nothing else there.")(
        command
    )


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Show the version.")
def cli() -> None:
    """From a YAML manifest to a published, living project."""


@cli.command()
@click.argument("manifests", nargs=-1, metavar="[MANIFEST|FOLDER|PATTERN]...")
@_options_of("create")
@_json_option
@_log_options
@click.pass_obj
def create(
    environ: Mapping[str, str],
    /,
    verbose: bool,
    debug: bool,
    log_file: Path | None,
    as_json: bool,
    dry_run: bool,
    **options: Any,  # noqa: ANN401 - checked by CreateOptions
) -> int:
    """Create the projects that the manifests want: what is missing is made, what exists is left as it is."""
    from robot_action.entrypoints.create import CreateOptions, run_create

    log = LogOptions(verbose=verbose, debug=debug, file=log_file, as_json=as_json)
    return run_create(environ, CreateOptions(**options), log, dry_run=dry_run)


@cli.command()
@click.argument("template", metavar="TEMPLATE")
@click.argument("destination", metavar="DESTINATION")
@_options_of("render")
@_json_option
@_log_options
@click.pass_obj
def render(
    environ: Mapping[str, str],
    /,
    verbose: bool,
    debug: bool,
    log_file: Path | None,
    as_json: bool,
    dry_run: bool,
    **options: Any,  # noqa: ANN401 - checked by RenderOptions
) -> int:
    """Render a template of any format into a folder: fetch, answers, files and tasks, and nothing else."""
    from robot_action.entrypoints.render import RenderOptions, run_render

    log = LogOptions(verbose=verbose, debug=debug, file=log_file, as_json=as_json)
    return run_render(environ, RenderOptions(**options), log, dry_run=dry_run)


@cli.command()
@click.argument("project", default=".", metavar="[PROJECT]")
@_options_of("update")
@_json_option
@_log_options
@click.pass_obj
def update(
    environ: Mapping[str, str],
    /,
    verbose: bool,
    debug: bool,
    log_file: Path | None,
    as_json: bool,
    dry_run: bool,
    **options: Any,  # noqa: ANN401 - checked by UpdateOptions
) -> int:
    """Merge a template's changes into a project that robot-action, Copier or Cruft made: uncommitted, or as a pull request."""
    from robot_action.entrypoints.update import UpdateOptions, run_update

    log = LogOptions(verbose=verbose, debug=debug, file=log_file, as_json=as_json)
    return run_update(environ, UpdateOptions(**options), log, dry_run=dry_run)


@cli.command()
@click.argument("bundle", metavar="BUNDLE", type=_PATH)
@_options_of("deliver")
@_json_option
@_log_options
@click.pass_obj
def deliver(
    environ: Mapping[str, str],
    /,
    verbose: bool,
    debug: bool,
    log_file: Path | None,
    as_json: bool,
    dry_run: bool,
    **options: Any,  # noqa: ANN401 - checked by DeliverOptions
) -> int:
    """Push a bundle of update and open its pull request; nothing of the template runs."""
    from robot_action.entrypoints.deliver import DeliverOptions, run_deliver

    log = LogOptions(verbose=verbose, debug=debug, file=log_file, as_json=as_json)
    return run_deliver(environ, DeliverOptions(**options), log, dry_run=dry_run)


@cli.command()
@click.argument("projects", nargs=-1, metavar="[PROJECT]...")
@_options_of("check")
@_json_option
@_log_options
@click.pass_obj
def check(
    environ: Mapping[str, str],
    /,
    verbose: bool,
    debug: bool,
    log_file: Path | None,
    as_json: bool,
    dry_run: bool,
    **options: Any,  # noqa: ANN401 - checked by CheckOptions
) -> int:
    """Tell which projects are behind their templates and, with --drift, which files are not as the template gives them."""
    from robot_action.entrypoints.check import CheckOptions, run_check

    log = LogOptions(verbose=verbose, debug=debug, file=log_file, as_json=as_json)
    return run_check(environ, CheckOptions(**options), log, dry_run=dry_run)


@cli.command()
@click.argument("template", metavar="TEMPLATE")
@click.argument("project", default=".", metavar="[PROJECT]")
@_options_of("adopt")
@_json_option
@_log_options
@click.pass_obj
def adopt(
    environ: Mapping[str, str],
    /,
    verbose: bool,
    debug: bool,
    log_file: Path | None,
    as_json: bool,
    dry_run: bool,
    **options: Any,  # noqa: ANN401 - checked by AdoptOptions
) -> int:
    """Link a project to the template's version that it was made from: write a state file, and nothing else."""
    from robot_action.entrypoints.adopt import AdoptOptions, run_adopt

    log = LogOptions(verbose=verbose, debug=debug, file=log_file, as_json=as_json)
    return run_adopt(environ, AdoptOptions(**options), log, dry_run=dry_run)


@cli.command()
@click.argument("manifests", nargs=-1, required=True, metavar="MANIFEST|FOLDER|PATTERN...")
@_json_option
@_log_options
@click.pass_obj
def validate(
    environ: Mapping[str, str], /, manifests: tuple[str, ...], verbose: bool, debug: bool, log_file: Path | None, as_json: bool
) -> int:
    """Check manifests, and report every error of every file."""
    from robot_action.entrypoints.validate import run_validate

    return run_validate(environ, manifests, LogOptions(verbose=verbose, debug=debug, file=log_file, as_json=as_json))


@cli.command()
def schema() -> None:
    """Print the manifest's JSON Schema, for editors and checkers."""
    import json

    from robot_action.parsing.manifest import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


@cli.command(hidden=True)
@click.pass_obj
def action(environ: Mapping[str, str]) -> int:
    """Do what the inputs of a workflow's step ask for; the container's own command."""
    from robot_action.entrypoints.action import run_action

    return run_action(environ)


@cli.group()
def cache() -> None:
    """Look after the fetched templates that are kept."""


@cache.command("path")
@click.pass_obj
def cache_path(environ: Mapping[str, str]) -> None:
    """Print the cache's folder."""
    from robot_action.entrypoints.cache import cache_folder

    click.echo(str(cache_folder(environ)))


@cache.command("clean")
@click.pass_obj
def cache_clean(environ: Mapping[str, str]) -> None:
    """Remove what is kept; templates are fetched again when they are needed."""
    from robot_action.entrypoints.cache import clean_cache

    click.echo(clean_cache(environ))
