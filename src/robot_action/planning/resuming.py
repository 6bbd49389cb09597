"""How to go on after an update that stopped: a command that can succeed, once what is told is mended. Pure."""

from __future__ import annotations

import shlex
from itertools import pairwise

from robot_action.errors import ConflictError, NoBranchError, StaleError
from robot_action.model.proposal import DeliverRequest
from robot_action.model.update import UpdateRequest

_POLICY = "--conflict"


def resume_for(request: UpdateRequest | DeliverRequest, error: BaseException | None = None) -> str:
    """Return the command that goes on, or what to do instead of that where nobody typed one.

    Args:
        request: what was asked for.
        error: why it stopped, where that is known.
    """
    command = request.resume
    if isinstance(error, StaleError) and isinstance(request, DeliverRequest):
        if request.again:
            return "Run the job again that prepared the update, and then this one."
        command = ("robot-action", "update", "PROJECT", "--bundle", str(request.bundle))
    elif isinstance(error, ConflictError):
        command = _without_policy(command)
    elif isinstance(error, NoBranchError):
        command = (*command, "--base", "BRANCH")
    return request.again or shlex.join(command)


def _without_policy(command: tuple[str, ...]) -> tuple[str, ...]:
    """Return a command line without the policy, which was to fail: the usual one leaves markers."""
    return tuple(now for before, now in pairwise(("", *command)) if _POLICY not in {before, now})
