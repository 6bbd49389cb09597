"""What ``create``, ``render`` and others that make or change projects share: options, answers, trust, and how a report is shown."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from robot_action.clients.clock import SystemClock
from robot_action.entrypoints.options import LogOptions, TemplateOptions
from robot_action.entrypoints.shell import Shell, run_in_shell
from robot_action.entrypoints.signals import undisturbed
from robot_action.errors import INTERRUPTED, UsageError
from robot_action.model.report import Report
from robot_action.parsing.answers_data import GivenAnswers, parse_data, parse_mapping, parse_pairs

DATA_LIMIT = 1 << 20
"""Bytes of a file of answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectOptions(TemplateOptions):
    """The options that ``create`` and ``render`` share: they make something new."""

    format: str | None = None
    overwrite: bool = False


def run_reported(environ: Mapping[str, str], log: LogOptions, make: Callable[[Shell], Report]) -> int:
    """Do what makes a report, and return its exit code; a bug that it tells about is raised."""

    def work(shell: Shell) -> int:
        report = make(shell)
        if report.bug is not None:
            raise report.bug
        return report.exit_code

    return run_in_shell(environ, log, work)


def shown(shell: Shell, report: Report) -> Report:
    """Show a report; that of an interrupted run as a whole, however often it is interrupted again."""
    interrupted = any(project.exit_code == INTERRUPTED for project in report.projects)
    with undisturbed() if interrupted else nullcontext():
        shell.console.finish(report)
    return report


def warn_of_missing(shell: Shell, names: Sequence[str]) -> None:
    """Say which variables shall be handed to template code, and are not set."""
    for name in names:
        if name not in shell.environment:
            logging.getLogger(__name__).warning("--env %s: no such variable is set, so template code does not get it", name)


def read_data(shell: Shell, options: TemplateOptions) -> GivenAnswers:
    """Return the answers of the command line or the action; ``-d`` and ``data`` come before the file."""
    data = GivenAnswers()
    if options.data_file is not None:
        data = parse_data(read_answers(shell, options.data_file, "--data-file names a YAML file of answers."), str(options.data_file))
    if options.data:
        data = data.under(parse_mapping(options.data, "the input 'data'"))
    return data.under(parse_pairs(options.pairs))


def read_answers(shell: Shell, file: Path, hint: str) -> bytes:
    """Return the text of a file of answers.

    Raises:
        UsageError: when there is none.
    """
    text = shell.files.read(file, DATA_LIMIT)
    if text is None:
        raise UsageError(f"there is no file {file}", hint=hint)
    return text


def moment(shell: Shell) -> int:
    """Return what is taken for now: ``SOURCE_DATE_EPOCH``, or the clock; seconds since 1970, UTC."""
    epoch = shell.settings.epoch
    return epoch if epoch is not None else int(SystemClock().now().timestamp())


def patterns(texts: Sequence[str]) -> Iterator[str]:
    """Yield patterns over sources; a folder becomes its full path, by which sources are known, and what lies below it."""
    for text in texts:
        if text.startswith((".", "/")):
            folder = str(Path.cwd().joinpath(text).resolve())
            yield folder
            yield f"{folder}/*"
        else:
            yield text
