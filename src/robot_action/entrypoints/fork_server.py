"""Loads once what renderings need, and forks a worker for each; how it is talked to stands in `robot_action.clients.processes.fork_server`.

Nothing of a template is read here: each worker reads its own request, after it has given up its powers, and ends before the
next one is forked. So no template can have a say in what another one is rendered by.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

from robot_action.clients.processes.hiding import make_undumpable
from robot_action.entrypoints.worker import DONE, Settings, preload, work

_MESSAGE = 1 << 18
"""Bytes of the largest settings."""
_STREAMS = 3
_BUG = 1


def main(arguments: list[str]) -> int:
    """Fork workers until nobody asks for more; return the exit code.

    Args:
        arguments: the modules to load, as JSON.
    """
    make_undumpable()  # without root a worker is of our user, and we have all powers
    modules = json.loads(arguments[0])
    preload(modules)
    with socket.socket(fileno=sys.stdin.fileno()) as control:
        _serve(control, modules)
    return DONE


def _serve(control: socket.socket, modules: Sequence[str]) -> None:
    worker = 0
    while True:
        message, streams, _, _ = socket.recv_fds(control, _MESSAGE, _STREAMS)
        if worker:
            os.waitpid(worker, 0)
        if not message:
            return
        worker = os.fork()
        if not worker:
            _work(Settings(**json.loads(message)), streams, modules)
        for stream in streams:
            os.close(stream)
        os.setpgid(worker, worker)
        control.send(b"%d" % worker)
        control.send(b"%d" % _end_of(worker))


def _end_of(worker: int) -> int:
    """Return how a worker ended; negative: the signal that ended it. Its number stays its own."""
    ended = os.waitid(os.P_PID, worker, os.WEXITED | os.WNOWAIT)
    if ended is None:  # only where nobody waits
        raise ChildProcessError(worker)
    return ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status


def _work(settings: Settings, streams: Sequence[int], loaded: Sequence[str]) -> NoReturn:
    """Be a worker: from here on nothing of the fork server is at hand, for its socket gives way to the request."""
    code = _BUG
    try:
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        if not set(settings.modules) <= set(loaded):
            preload(settings.modules)
        code = work(settings)
    except BaseException:  # noqa: BLE001 - nothing of a worker goes back to the fork server
        with suppress(Exception):
            traceback.print_exc()
    finally:
        os._exit(code)
