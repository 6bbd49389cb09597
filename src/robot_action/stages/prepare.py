"""Prepare: is this machine fit, and what stands at the destination?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from robot_action.errors import ConfigurationError, InputError, Position, Problem, RobotActionError
from robot_action.model.facts import Destination, DestinationKind, Facts
from robot_action.model.plan import Status, Step
from robot_action.model.report import Outcome, Outcomes
from robot_action.model.request import CreateRequest
from robot_action.model.state import STATE_FILE
from robot_action.parsing.state_file import parse_state
from robot_action.planning.identity import expected_state
from robot_action.ports import Ports

OLDEST_GIT = "2.38"
"""The first git whose ``merge-tree`` can write a tree; updates need it, so projects are not begun without it."""

_STATE_LIMIT = 1 << 20


def inspect(ports: Ports, request: CreateRequest, facts: Facts) -> Facts:
    """Check versions, and look at the destination's state file.

    Raises:
        ConfigurationError: when git or robot-action is too old.
        InputError: when the destination is no folder.
    """
    machine = ports.machine
    if request.render is None:  # a rendering alone commits nothing, and is no project that would be updated by us
        _check_git(ports.git.version())
    check_requires(lambda: machine.version, request.manifest.requires, "the manifest", _place(request, "requires"))
    return replace(facts, machine=machine, state=expected_state(request.manifest), destination=_look(ports, request))


def apply(ports: Ports, step: Step, outcomes: Outcomes) -> Outcome:
    """Report what was found; the folders were made when the run began."""
    del outcomes
    machine = ports.machine
    summary = f"robot-action {machine.version}, Python {machine.python}, git {ports.git.version()}"
    return Outcome(step.stage, Status.DONE, summary, tuple(note for note in (machine.home_note, machine.isolation_note) if note))


def check_requires(version: Callable[[], str], requires: str | None, whose: str, place: Position | None) -> None:
    """Compare the running version with a range of versions.

    Args:
        version: tells the running version, which takes a moment.
        requires: the range, or None for any version.
        whose: who says so.
        place: where it is said.

    Raises:
        ConfigurationError: when it is outside of the range.
    """
    if not requires:
        return
    from packaging.specifiers import SpecifierSet

    running = version()
    if not SpecifierSet(requires).contains(running, prereleases=True):
        raise ConfigurationError(
            f"{whose} requires robot-action {requires}, and this is {running}",
            position=place,
            hint=f"Install a version that fits: pip install 'robot-action{requires}'.",
        )


def _place(request: CreateRequest, key: str) -> Position | None:
    return request.manifest.positions.get(key, request.manifest.position)


def _check_git(version: str) -> None:
    release = tuple(int(part) for part in version.split(".")[:2])
    if release < tuple(map(int, OLDEST_GIT.split("."))):
        raise ConfigurationError(f"git {version} is too old", hint=f"Install git {OLDEST_GIT} or newer.")


def _look(ports: Ports, request: CreateRequest) -> Destination:
    """Return what the destination's state file alone tells; `stages.render` looks at the rest when it knows our tree."""
    path = request.manifest.destination
    try:
        names = ports.files.listing(path)
    except InputError as error:
        why = "; ".join(problem.message for problem in error.problems)
        place = _place(request, "destination")
        raise InputError(f"the destination {path} cannot be used: {why}", position=place, hint="Name another one.") from error
    if names is None:
        if ports.files.exists(path):
            place = _place(request, "destination")
            raise InputError(f"the destination {path} is a symbolic link to nowhere", position=place, hint="Name another one.")
        return Destination(path, DestinationKind.NEW)
    text = ports.files.read(path / STATE_FILE, _STATE_LIMIT)
    if text is None:
        return Destination(path, DestinationKind.FREE if not names else DestinationKind.FOREIGN)
    try:
        state = parse_state(text, str(path / STATE_FILE))
    except RobotActionError as error:
        note = Problem(f"the folder {path} belongs to some project, but its state file cannot be read")
        raise InputError(problems=(note, *error.problems)) from error
    same = state.is_same_project(expected_state(request.manifest))
    return Destination(path, DestinationKind.OURS if same else DestinationKind.FOREIGN, state)
