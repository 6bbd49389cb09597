"""The entry of ``validate``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from robot_action.commands.validate import validate
from robot_action.entrypoints.machine import own_version
from robot_action.entrypoints.options import LogOptions
from robot_action.entrypoints.shell import Shell, run_in_shell
from robot_action.errors import InputError


def run_validate(environ: Mapping[str, str], names: Sequence[str], log: LogOptions) -> int:
    """Check manifests; show every problem, or what they hold; return the exit code."""

    def work(shell: Shell) -> int:
        files = validate(shell.files, names, Path.cwd(), own_version())
        shell.console.show_validation(files)
        return InputError.exit_code if any(file.problems for file in files) else 0

    return run_in_shell(environ, log, work)
