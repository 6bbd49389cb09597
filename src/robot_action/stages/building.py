"""Building a commit's packages where other template code runs; publishing and packing share it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from robot_action.errors import ConfigurationError, FailedError, InputError, KilledError, RobotActionError
from robot_action.exchange import Snapshot
from robot_action.isolation import Workspace
from robot_action.model.plan import Artifact
from robot_action.parsing.pyproject import PYPROJECT, SETUP_FILES, PythonProject, parse_pyproject
from robot_action.ports import Ports

BUILD_SECONDS = 1800.0
CHECK_SECONDS = 300.0
_EARLIEST = 315_619_200  # 1980-01-02: what a zip file's time can hold, in every time zone
_BUILD_HINT = (
    "Nothing was uploaded. If the build requirements could not be installed, pip's reason stands above: the network, the index, a name."
)
_CHECK_HINT = "Nothing was uploaded. Indexes show the description, which is mostly the README: give the package one that renders."


def project_of(snapshot: Snapshot) -> PythonProject | None:
    """Return what a commit's files say of the package; None where only its build knows.

    Raises:
        InputError: the commit is no Python project.
    """
    entry = snapshot.tree.get(PYPROJECT)
    if entry is None and not any(name in snapshot.tree for name in SETUP_FILES):
        raise InputError(
            f"the commit {snapshot.commit[:12]} holds neither {PYPROJECT} nor setup.py, so there is no Python package to publish",
            hint="Take publish out of the manifest, or use a template that makes a Python package.",
        )
    return parse_pyproject(entry.content) if entry else None


def build(ports: Ports, names: Sequence[str], snapshot: Snapshot, scratch: Path) -> tuple[Artifact, ...]:
    """Build and check in a workspace on a copy of the commit; return private copies of what was built.

    Args:
        ports: the doors to the world.
        names: variables that template code may see besides the allow-list.
        snapshot: the commit.
        scratch: a private folder.

    Raises:
        FailedError: the build or the check fails.
        ConfigurationError: template code's user cannot run our interpreter.
    """
    source = scratch / "source"
    ports.files.write_new(snapshot.tree, source)
    environment = {
        **ports.sandbox.environment(names),
        "SOURCE_DATE_EPOCH": str(max(snapshot.date, _EARLIEST)),
        "PYTHONHASHSEED": "0",  # the order of sets must not show in what is built
    }
    with ports.sandbox.open(source) as workspace:
        dist = workspace.make_folder("dist")
        with _explained("the package cannot be built", _BUILD_HINT), _told_apart(workspace, environment):
            workspace.run(_python("build", "--outdir", str(dist)), timeout=BUILD_SECONDS, environment=environment)
        with _explained("the package was built, but an index would not show it well", _CHECK_HINT), _told_apart(workspace, environment):
            workspace.run(_python("twine", "check", "--strict", f"{dist}/*"), timeout=CHECK_SECONDS, environment=environment)
        return workspace.take(dist, scratch / "artifacts")


def _python(module: str, *arguments: str) -> Sequence[str]:
    """Return a command for a module of ours; isolated, so that the project's folder holds none of its imports."""
    return (sys.executable, "-I", "-m", module, *arguments)


@contextmanager
def _told_apart(workspace: Workspace, environment: Mapping[str, str]) -> Iterator[None]:
    """Tell what is wrong with our tools from what is wrong with the package; asked after a failure alone, for it takes its time."""
    try:
        yield
    except KilledError:
        raise
    except RobotActionError:
        _check_tools(workspace, environment)
        raise


def _check_tools(workspace: Workspace, environment: Mapping[str, str]) -> None:
    """See whether template code's user can run our interpreter with the tools in it.

    Raises:
        ConfigurationError: it cannot.
        KilledError: it was killed or took too long, so nobody knows.
    """
    command = (sys.executable, "-I", "-c", "import build.__main__, twine.__main__")
    try:
        workspace.run(command, timeout=CHECK_SECONDS, environment=environment)
    except KilledError:
        raise
    except RobotActionError as error:
        raise ConfigurationError(
            f"the package cannot be built: the user that runs template code cannot use {sys.executable} with build and twine",
            hint="Install robot-action where every user may read it, not below a private home folder: "
            "for instance /usr/bin/python3 -m venv /opt/robot-action. "
            f"Now it is in {sys.prefix}, with the Python {os.path.realpath(sys.executable)}.",
            problems=error.problems,
        ) from error


@contextmanager
def _explained(message: str, hint: str) -> Iterator[None]:
    try:
        yield
    except KilledError as error:
        raise KilledError(message, hint="Nothing was uploaded.", problems=error.problems) from error
    except FailedError as error:
        raise FailedError(message, hint=hint, problems=error.problems) from error
