"""What every command has around it: settings, folders, a console, a log."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from robot_action.clients.clock import SystemClock
from robot_action.clients.console.console import Console, Streams, open_console
from robot_action.clients.files import LocalFiles
from robot_action.clients.folders import Folders, open_folders
from robot_action.clients.logs import configure
from robot_action.entrypoints.options import LogOptions
from robot_action.errors import Problem, RobotActionError, UsageError
from robot_action.model.settings import Settings
from robot_action.parsing.settings import parse_settings


@dataclass(frozen=True, slots=True)
class Shell:
    """A running command's surroundings.

    Attributes:
        environment: the variables of this process, over those of the ``.env`` file.
    """

    environment: Mapping[str, str]
    settings: Settings
    folders: Folders
    files: LocalFiles
    console: Console


def run_in_shell(environ: Mapping[str, str], log: LogOptions, work: Callable[[Shell], int]) -> int:
    """Do a command's work; an expected failure that no report tells is shown, too. Returns the exit code."""
    with open_shell(environ, log) as shell:
        try:
            return work(shell)
        except RobotActionError as error:
            shell.console.fail(error)
            return error.exit_code


@contextmanager
def open_shell(environ: Mapping[str, str], log: LogOptions) -> Iterator[Shell]:
    """Read the settings, make the folders, and open the console."""
    environment, left_out = _with_dotenv(environ)
    settings = parse_settings(environment)
    with ExitStack() as stack:
        file = stack.enter_context(_open_log(log.file)) if log.file else None
        streams = Streams(sys.stdout, sys.stderr, file)
        shown = {"as_json": log.as_json, "verbose": log.verbose or log.debug, "by_inputs": log.by_inputs}
        console = stack.enter_context(open_console(streams, settings, SystemClock(), **shown))
        configure(console, log.level(settings.log_level))
        for problem in left_out:
            logging.getLogger(__name__).warning("%s", problem)
        folders = stack.enter_context(open_folders(settings.home))
        yield Shell(environment, settings, folders, LocalFiles(folders.locks), console)


def _with_dotenv(environ: Mapping[str, str]) -> tuple[Mapping[str, str], tuple[Problem, ...]]:
    """Return the environment over what ``.env`` in robot-action's home or the user's says, and what of that is left out."""
    home = environ.get("ROBOT_ACTION_HOME") or environ.get("HOME")
    if not home or parse_settings(environ).in_ci:
        return environ, ()
    path = Path(home) / ".env"
    try:
        path.lstat()
    except FileNotFoundError:
        return environ, ()
    except OSError:  # read tells why
        pass
    from robot_action.parsing.dotenv import MAX_BYTES, parse_dotenv

    try:
        text = LocalFiles(path.parent).read(path, MAX_BYTES)
    except RobotActionError as error:  # such as another user's home, in a container that was started with a user id alone
        return environ, error.problems
    if text is None:
        return environ, ()
    found = parse_dotenv(text, str(path))
    return {**found.values, **environ}, (*found.ignored, *_openness(path))


def _openness(path: Path) -> Iterator[Problem]:
    """Yield a warning about a file of tokens that other users may read or change."""
    mode = path.stat().st_mode
    if mode & 0o077:
        yield Problem(f"{path} is open to other users (mode {mode & 0o777:o})", hint=f"Run: chmod 600 {path}")


def _open_log(path: Path) -> TextIO:
    try:
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600), "a", encoding="utf-8")
    except OSError as error:
        hint = "Name a file in a folder that exists, and that you may write to."
        raise UsageError(f"--log-file: {path} cannot be written: {error.strerror}", hint=hint) from error
