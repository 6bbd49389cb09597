"""Builds the clients and hands them over; the one place where every port gets what stands behind it."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from robot_action.clients.clock import SystemClock
from robot_action.clients.compiled_cache import CompiledCache
from robot_action.clients.git.client import GitClient
from robot_action.clients.git.runner import GitRunner
from robot_action.clients.github.access import Access
from robot_action.clients.github.api import GitHubApi
from robot_action.clients.github.app import Surroundings
from robot_action.clients.github.calls import Patience
from robot_action.clients.github.host import GitHubHost
from robot_action.clients.http.client import HttpClient
from robot_action.clients.index.local_index import LocalIndex
from robot_action.clients.index.python_index import PythonIndex
from robot_action.clients.isolation.ground import Grounds
from robot_action.clients.isolation.renderer import WorkerRenderer
from robot_action.clients.isolation.sandbox import LocalSandbox
from robot_action.clients.isolation.workspace import Doors
from robot_action.clients.local_host import LocalHost
from robot_action.clients.processes.process import make_undumpable
from robot_action.clients.store import DiskStore
from robot_action.clients.temporary import sweep
from robot_action.clients.updates import newer_version
from robot_action.entrypoints.machine import own_version
from robot_action.entrypoints.shell import Shell
from robot_action.isolation import Sandbox
from robot_action.model.facts import Machine
from robot_action.model.manifest import HostKind, IndexKind
from robot_action.parsing.settings import secret_names
from robot_action.ports import Http, Ports

UPDATE_SECONDS = 2.0


@contextmanager
def open_ports(shell: Shell, protocols: frozenset[str]) -> Iterator[Ports]:
    """Build every client from the settings, and close them at the end.

    Args:
        shell: the command's surroundings.
        protocols: the transports that the operator allows git besides ``https`` and ``ssh``.
    """
    for name in secret_names(os.environ):  # we have our copy, and programs that we start inherit this one
        del os.environ[name]
    make_undumpable()  # our environment holds tokens, and /proc would show it to programs of the same user
    sweep()
    settings, progress = shell.settings, shell.console
    patience = Patience(say=progress.line)
    access = Access(settings.credentials, Surroundings(settings.github_api, progress.hide, patience))
    runner = GitRunner(shell.environment, credentials=access, allowed_protocols=protocols, advance=progress.advance)
    git, http = GitClient(runner), HttpClient(shell.environment)
    api = GitHubApi(settings.github_api, access)
    doors = Doors(shell.files, git.unignored, http.answers, progress.line)
    sandbox = LocalSandbox(shell.environment, doors, _checkouts(shell))
    with ExitStack() as scope:
        scope.callback(api.close)
        scope.callback(access.close)  # first of all: it revokes
        yield Ports(
            machine=_machine(shell, http, sandbox),
            git=git,
            hosts={HostKind.GITHUB: GitHubHost(api, settings.github_server, patience), HostKind.LOCAL: LocalHost(runner)},
            indexes={IndexKind.PYPI: PythonIndex(settings.credentials), IndexKind.LOCAL: LocalIndex()},
            files=shell.files,
            store=DiskStore(shell.folders.cache / "store", progress.line),
            sandbox=sandbox,
            renderer=WorkerRenderer(
                lay=Grounds(shell.files, progress.line, _checkouts(shell)).lay,
                compiled=CompiledCache(shell.folders.cache / "compiled"),
            ),
            http=http,
            clock=SystemClock(),
            progress=progress,
            scope=scope,
        )


def _checkouts(shell: Shell) -> Sequence[Path]:
    """Return the folders whose git configuration may hold the runner's token."""
    return tuple(dict.fromkeys(Path(folder) for folder in (shell.settings.workspace, Path.cwd()) if folder))


def _machine(shell: Shell, http: Http, sandbox: Sandbox) -> Machine:
    version = own_version()
    ask = partial(http.newest_version, "robot-action", UPDATE_SECONDS)
    return Machine(
        version=version,
        python=platform.python_version(),
        home=shell.folders.home,
        cache=shell.folders.cache,
        home_note=shell.folders.note,
        is_root=os.geteuid() == 0,
        isolated=sandbox.isolated,
        isolation_note=sandbox.note,
        newer=newer_version(version, shell.folders.cache, ask) if shell.settings.check_updates else None,
    )
