"""How to go on after a run that stopped: a command that can succeed, once what is told is mended, and shows no secret. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable
from dataclasses import replace
from itertools import pairwise

from robot_action.errors import (
    ConflictError,
    MissingAnswersError,
    NoBranchError,
    NoLinkError,
    NoRepositoryError,
    NoVersionError,
    SeveralLinksError,
    StaleError,
)
from robot_action.model.adopt import AdoptRequest
from robot_action.model.merge import Conflict, Policy
from robot_action.model.proposal import DeliverRequest, Proposed
from robot_action.model.report import ProjectReport
from robot_action.model.update import UpdateRequest
from robot_action.parsing.answers_data import MASK
from robot_action.parsing.wording import listed
from robot_action.planning.given_answers import hiding


def going_on(
    report: ProjectReport,
    request: UpdateRequest | AdoptRequest | DeliverRequest,
    error: BaseException | None = None,
    secret: Collection[str] | None = None,
) -> ProjectReport:
    """Return a report with the command that goes on, or what to do instead of that where nobody typed one.

    Args:
        report: what is known otherwise.
        request: what was asked for.
        error: why it stopped, where that is known.
        secret: the names of secret answers; None: the template is not known yet, so that any answer may be secret.
    """
    command = _command(request, error)
    if isinstance(command, str):
        return replace(report, resume=command, masked=())
    hidden = tuple(request.data) if secret is None and not isinstance(request, DeliverRequest) else secret or ()
    resume, masked = hiding(command, hidden, mask=None if secret is None else MASK)
    return replace(report, resume=resume, masked=masked)


def by_hand(request: UpdateRequest | DeliverRequest, proposed: Proposed, secret: Collection[str] | None = None) -> str:
    """Return the commands that bring a version in on top of what people committed on its branch, one a line.

    Args:
        request: what was asked for; who delivers does not know the options of the job that prepared it.
        proposed: what is brought.
        secret: as for `going_on`.
    """
    git, folder = "git", proposed.prefix.rstrip("/")
    command, note = shlex.join(("robot-action", "update", *filter(None, (folder,)))), "with the options of the job that prepared it"
    if isinstance(request, UpdateRequest):
        fitting = _with(request.in_place, "--conflict", Policy.MARKERS) if request.policy is Policy.FAIL else request.in_place
        command, masked = hiding(fitting, request.data if secret is None else secret, MASK)
        unsaid = dict.fromkeys((*masked, *(request.data if request.again else ())))  # what is an input stands in no command line
        note = f"and give these answers again, with --data: {listed([*unsaid])}" if unsaid else ""
        git = _git(request)
    branch, head = shlex.quote(proposed.branch), shlex.quote(f"HEAD:{proposed.branch}")  # git lets more be a name than a shell
    return "\n".join(
        (
            f"{git} fetch origin {branch} && {git} switch --detach FETCH_HEAD",
            f"{command}  # {note}" if note else command,
            f"{git} add --all && {git} commit",
            f"{git} push origin {head}",
        )
    )


def solving(request: UpdateRequest, conflicts: Iterable[Conflict]) -> str:
    """Return the commands after an update of a folder that left conflicts, one a line."""
    git = _git(request)
    find = f"{git} grep --untracked -l '^<<<<<<< '" if any(conflict.marked for conflict in conflicts) else ""
    return "\n".join(filter(None, (find, f"{git} add --all && {git} commit")))


def _git(request: UpdateRequest) -> str:
    """Return how git is called in the project, from where the run was started."""
    folder = request.resume[2]  # after the program and its command
    return "git" if folder == "." else shlex.join(("git", "-C", folder))


def _command(request: UpdateRequest | AdoptRequest | DeliverRequest, error: BaseException | None) -> tuple[str, ...] | str:
    command = request.resume
    if isinstance(error, StaleError) and isinstance(request, DeliverRequest):
        if request.again:
            return "Run the job again that prepared the update, and then this one."
        command = ("robot-action", "update", "PROJECT", "--bundle", str(request.bundle))
    elif isinstance(error, ConflictError):
        command = _with(command, "--conflict", Policy.MARKERS)  # the usual one, by its name, so that people see what comes
    elif isinstance(error, NoLinkError) and isinstance(request, UpdateRequest):
        command = (*command[:2], "PROJECT", *command[3:])  # after the program and its command
    elif isinstance(error, SeveralLinksError):
        command = (*command, "--answers-file", "NAME")
    elif isinstance(error, MissingAnswersError):
        command = (*command, *(part for name in error.names for part in ("--data", f"{name}=VALUE")))
    elif isinstance(error, NoVersionError):
        command = _with(command, "--ref", "REF")
    elif isinstance(error, NoBranchError):
        command = (*command, "--base", "BRANCH")
    elif isinstance(error, NoRepositoryError):
        command = (*command, "--repository", "NAME")
    return request.again or command


def _with(command: tuple[str, ...], option: str, value: str) -> tuple[str, ...]:
    """Return a command line with another value of an option that it has."""
    return tuple(value if before == option else now for before, now in pairwise(("", *command)))
