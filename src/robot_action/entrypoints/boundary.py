"""The exception boundary: expected failures become messages and exit codes, anything else a bug report."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

import click

from robot_action.entrypoints.signals import ignore_signals
from robot_action.errors import BUG_EXIT_CODE, INTERRUPTED, FailedError, RobotActionError, UsageError
from robot_action.reporting.clean import clean_lines
from robot_action.reporting.redact import Redactor

_INTERRUPTING = (signal.SIGTERM, signal.SIGHUP)


def run(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run one command line and return its exit code; afterwards no signal changes that any more."""
    _replace_closed_streams()
    for number in _INTERRUPTING:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup(1) leaves SIGHUP
            signal.signal(number, _interrupt)
    try:
        return _guarded(arguments, environ)
    except KeyboardInterrupt:  # another one, while the first was told
        return INTERRUPTED
    finally:
        ignore_signals()  # else the interpreter, while it ends, gives them their default back: to kill


def _replace_closed_streams() -> None:
    """Put nothing in the place of streams that the program was started without (``>&-``).

    The first file to be opened would get the stream's number otherwise, and whatever a library writes to the stream.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):  # in the order of their numbers
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123 - for as long as we run


def _guarded(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    try:
        return _run(arguments, environ)
    except RobotActionError as error:
        _say(f"robot-action: {error}", environ)
        if environ.get("GITHUB_ACTIONS") == "true":
            _annotate(error, environ)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        _say("robot-action: interrupted", environ)
        return INTERRUPTED
    except OSError as error:
        return _os_failure(error, environ)
    except Exception as error:  # noqa: BLE001 - the boundary
        return _bug(error, environ)


def _os_failure(error: OSError, environ: Mapping[str, str]) -> int:
    if isinstance(error, BrokenPipeError):
        # Whoever read our output has gone; Python must not complain about it again when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FailedError.exit_code
    if error.errno != errno.ENOSPC:
        return _bug(error, environ)
    _say(f"robot-action: {error.filename or 'the output'} cannot be written: {error.strerror}", environ)
    return FailedError.exit_code


def _run(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    from robot_action.entrypoints.cli import cli

    try:
        code = cli.main(args=list(arguments), prog_name="robot-action", standalone_mode=False, obj=dict(environ))
    except click.ClickException as error:
        error.show(file=sys.stderr)
        return UsageError.exit_code
    return code if isinstance(code, int) else 0


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Turn SIGTERM and SIGHUP into what SIGINT is: the present step ends, and the report is written."""
    del number, frame
    raise KeyboardInterrupt


def _say(text: str, environ: Mapping[str, str]) -> None:
    from robot_action.reporting.github import neutral

    for line in clean_lines(_redactor(environ)(text)):
        shown = neutral(line) if environ.get("GITHUB_ACTIONS") == "true" else line
        print(shown, file=sys.stderr)  # noqa: T201 - the terminal is all there is here


def _annotate(error: RobotActionError, environ: Mapping[str, str]) -> None:
    """Mark a failure for the runner that came before there was a console, such as a setting that makes no sense."""
    from robot_action.reporting.github import error_annotations
    from robot_action.reporting.mapping import mapped
    from robot_action.reporting.viewing import view_problems

    problems = mapped(view_problems(error.problems), _redactor(environ))
    for line in error_annotations(problems, workspace=environ.get("GITHUB_WORKSPACE", ""), title="robot-action"):
        print(line, file=sys.stderr)  # noqa: T201 - the same


def _redactor(environ: Mapping[str, str]) -> Redactor:
    from robot_action.parsing.settings import secrets_of

    return Redactor(secrets_of(environ))


def _bug(error: Exception, environ: Mapping[str, str]) -> int:
    """Write the traceback to a file, and say so in two lines; on a runner, whose files go with the job, to the log."""
    import tempfile
    import traceback

    text = _redactor(environ)("".join(traceback.format_exception(error)))
    if environ.get("GITHUB_ACTIONS") == "true":
        what = f"{type(error).__name__}: {error}"
        _say(f"{text}\nrobot-action: this is a bug: {what}\n  Please report it with the lines above. Running it again is safe.", environ)
        return BUG_EXIT_CODE
    with tempfile.NamedTemporaryFile(
        "w", prefix="robot-action-bug-", suffix=".log", delete=False, encoding="utf-8", errors="replace"
    ) as log:
        log.write(text)
    _say(
        f"robot-action: this is a bug: {type(error).__name__}: {error}\n"
        f"  The traceback is in {Path(log.name)}; please report it with what you ran. Running the same command again is safe.",
        environ,
    )
    return BUG_EXIT_CODE
