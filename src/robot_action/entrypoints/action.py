"""The entry of the container action: inputs -> the same commands as on the command line, the runner's way."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from robot_action.clients.isolation.closing import closed_to_others
from robot_action.clients.ownership import give_back
from robot_action.entrypoints.options import LogOptions
from robot_action.entrypoints.shell import Shell, run_in_shell
from robot_action.entrypoints.signals import ignore_signals, undisturbed
from robot_action.errors import CancelledError, RobotActionError, UsageError
from robot_action.parsing.inputs import Inputs, environment_of, parse_inputs
from robot_action.parsing.settings import secrets_of
from robot_action.reporting.github import masks, notice

_LOG = LogOptions(by_inputs=True)
_RUNNERS = ("GITHUB_ACTIONS", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE", "HOME")
_AGAIN = "Run this job again: what is done already is not done twice."


def run_action(environ: Mapping[str, str]) -> int:
    """Do what the step's inputs ask for, and return the exit code; the workspace's owner gets what was made there."""
    environment = environment_of(environ)
    for line in masks(secrets_of(environment)):
        _tell(line)  # before anything else: from here on the runner hides them
    try:
        with closed_to_others(_runners_folders(environ)):
            return _run(environ, environment)
    finally:
        return_workspace(environ)


def _runners_folders(environ: Mapping[str, str]) -> Iterator[Path]:
    """Yield the folders that the runner shares with the container, in which the whole job leaves its secrets."""
    for variable in ("GITHUB_WORKSPACE", "HOME", "RUNNER_TEMP"):
        if folder := environ.get(variable):
            yield Path(folder)
    for variable in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_STATE", "GITHUB_STEP_SUMMARY", "GITHUB_EVENT_PATH"):
        if file := environ.get(variable):
            yield Path(file).parent


def return_workspace(environ: Mapping[str, str]) -> None:
    """Give what root made in the workspace and in the runner's home to their owner; nothing interrupts it."""
    ignore_signals()
    for variable in ("GITHUB_WORKSPACE", "HOME"):
        if environ.get("GITHUB_ACTIONS") == "true" and (folder := environ.get(variable)):
            give_back(Path(folder))


def _run(environ: Mapping[str, str], environment: Mapping[str, str]) -> int:
    told = _told(environ)
    try:
        inputs = parse_inputs(environ)
        return _COMMANDS[inputs.command](inputs)
    except RobotActionError as error:
        return _conclude(error, environment)
    except KeyboardInterrupt:
        if _told(environ) > told:
            raise
        with undisturbed():
            return _conclude(CancelledError("the run was interrupted before it could report anything", hint=_AGAIN), environment)


def _told(environ: Mapping[str, str]) -> int:
    """Return how much was written to the outputs, in bytes."""
    try:
        return Path(environ.get("GITHUB_OUTPUT", "")).stat().st_size
    except OSError:
        return 0


def _conclude(error: RobotActionError, environment: Mapping[str, str]) -> int:
    """Tell how a run without a report ended, such as with settings that make no sense: what the runner itself sets does for it."""
    runners = {name: value for name, value in environment.items() if name in _RUNNERS}
    return run_in_shell(runners, _LOG, _refuse(error, secrets_of(environment)))


def _refuse(error: RobotActionError, secrets: Iterable[str]) -> Callable[[Shell], int]:
    def work(shell: Shell) -> int:
        shell.console.hide(secrets)
        raise error

    return work


def _create(inputs: Inputs) -> int:
    from robot_action.entrypoints.create import CreateOptions, run_create

    options, dry_run = _project_options(inputs)
    return run_create(inputs.environment, CreateOptions(**options), _LOG, dry_run=dry_run)


def _render(inputs: Inputs) -> int:
    from robot_action.entrypoints.render import RenderOptions, run_render

    options, dry_run = _project_options(inputs)
    return run_render(inputs.environment, RenderOptions(**options), _LOG, dry_run=dry_run)


def _update(inputs: Inputs) -> int:
    from robot_action.entrypoints.update import UpdateOptions, run_update

    options, dry_run = _project_options(inputs)
    return run_update(inputs.environment, UpdateOptions(**options), _LOG, dry_run=dry_run)


def _deliver(inputs: Inputs) -> int:
    from robot_action.entrypoints.deliver import DeliverOptions, run_deliver

    options, dry_run = _project_options(inputs)
    del options["data"]
    if "bundle" not in options:
        raise UsageError("the input 'bundle' is missing", hint="It is the file that update left, with its result beside it.")
    return run_deliver(inputs.environment, DeliverOptions(**options), _LOG, dry_run=dry_run)


def _check(inputs: Inputs) -> int:
    from robot_action.entrypoints.check import CheckOptions, run_check

    options, dry_run = _project_options(inputs, writes="heal" in inputs.options)
    return run_check(inputs.environment, CheckOptions(**options), _LOG, dry_run=dry_run)


def _adopt(inputs: Inputs) -> int:
    from robot_action.entrypoints.adopt import AdoptOptions, run_adopt

    options, dry_run = _project_options(inputs)
    return run_adopt(inputs.environment, AdoptOptions(**options), _LOG, dry_run=dry_run)


def _project_options(inputs: Inputs, *, writes: bool = True) -> tuple[dict[str, Any], bool]:
    """Return the options of a command that writes a project, and whether only its plan is shown."""
    options: dict[str, Any] = {**inputs.options, "again": _AGAIN}
    options["data"] = options.pop("pairs", "")  # one mapping as an input, pairs on the command line
    dry_run = bool(options.pop("dry_run", False) or inputs.proposal)
    if inputs.proposal and writes:
        _tell(notice(f"On {inputs.proposal} nothing is written: this is the plan.", "robot-action"))
    return options, dry_run


def _validate(inputs: Inputs) -> int:
    from robot_action.entrypoints.validate import run_validate

    manifests = inputs.options.get("manifests", ())
    return run_validate(inputs.environment, manifests if isinstance(manifests, tuple) else (), _LOG)


def _tell(command: str) -> None:
    """Give the runner a command."""
    print(command, file=sys.stderr, flush=True)  # noqa: T201 - the console is not open yet


_COMMANDS: Mapping[str, Callable[[Inputs], int]] = {
    "create": _create,
    "render": _render,
    "update": _update,
    "deliver": _deliver,
    "check": _check,
    "adopt": _adopt,
    "validate": _validate,
}
