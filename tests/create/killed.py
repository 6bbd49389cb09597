"""Runs the program in this process, and ends it with SIGKILL at a chosen moment: ``python -m tests.create.killed MOMENT ARGUMENT...``.

Moments: ``before:STAGE`` and ``after:STAGE``; ``write:N``, when N files of the tree were written;
``sent:N`` and ``answered:N``, before and after the Nth writing HTTP request; ``git:N``, before the Nth git command of the commit.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import requests.adapters

from robot_action.__main__ import main
from robot_action.clients import file_writer
from robot_action.clients.git.runner import GitRunner
from robot_action.stages.table import TABLE


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def on_call(
    owner: Any,
    name: str,
    count: int,
    *,
    after: bool,
    counts: Callable[..., bool] = lambda *_, **__: True,
    do: Callable[[], None] = die,
) -> None:
    """End the process before or after the call number ``count`` of a function, or do something else then."""
    original, calls = getattr(owner, name), itertools.count(1)

    def wrapper(*arguments: Any, **keywords: Any) -> Any:
        due = counts(*arguments, **keywords) and next(calls) == count
        if due and not after:
            do()
        result = original(*arguments, **keywords)
        if due and after:
            do()
        return result

    setattr(owner, name, wrapper)


def is_writing(_: Any, request: Any, **__: Any) -> bool:
    return request.method in {"POST", "PUT", "PATCH", "DELETE"}


def arrange(moment: str) -> None:
    kind, _, what = moment.partition(":")
    if kind in {"before", "after"}:
        on_call(TABLE[what], "apply", 1, after=kind == "after")
    elif kind == "git":
        on_call(TABLE["commit"], "apply", 1, after=False, do=lambda: on_call(GitRunner, "run", int(what), after=False))
    elif kind == "write":
        on_call(file_writer, "_make", int(what), after=True)
    else:
        on_call(requests.adapters.HTTPAdapter, "send", int(what), after=kind == "answered", counts=is_writing)


if __name__ == "__main__":
    arrange(sys.argv[1])
    sys.argv = ["robot-action", *sys.argv[2:]]
    main()
