"""Builds the clients and hands them over; the one place where every port gets what stands behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from robot_action.clients.clock import SystemClock
from robot_action.clients.compiled_cache import CompiledCache
from robot_action.clients.git.client import GitClient
from robot_action.clients.git.runner import GitRunner
from robot_action.clients.http.client import HttpClient
from robot_action.clients.isolation.renderer import WorkerRenderer
from robot_action.clients.isolation.sandbox import LocalSandbox
from robot_action.clients.isolation.workspace import Doors
from robot_action.clients.store import DiskStore
from robot_action.clients.temporary import sweep, temporary_folder
from robot_action.entrypoints.git import hide_environment, open_keyring
from robot_action.entrypoints.late import Late, LocalMachine
from robot_action.entrypoints.shell import Shell
from robot_action.model.manifest import HostKind, IndexKind
from robot_action.model.tree import Tree
from robot_action.ports import Index, Keyring, Ports

if TYPE_CHECKING:
    from robot_action.clients.github.api import GitHubApi
    from robot_action.clients.github.calls import Patience
    from robot_action.clients.isolation.ground import Ground
    from robot_action.hosting import Branches, Host, PullRequests


@contextmanager
def open_ports(shell: Shell, protocols: frozenset[str]) -> Iterator[Ports]:
    """Build every client from the settings, and close them at the end.

    Args:
        shell: the command's surroundings.
        protocols: the transports that the operator allows git besides ``https`` and ``ssh``.
    """
    hide_environment()
    sweep()
    progress = shell.console
    with ExitStack() as scope:
        keys = open_keyring(shell, scope)
        runner = GitRunner(shell.environment, credentials=keys, allowed_protocols=protocols, advance=progress.advance)
        git, http = GitClient(runner), HttpClient(shell.environment)
        doors = Doors(shell.files, git.unignored, http.answers, progress.line)
        sandbox = LocalSandbox(shell.environment, doors, _checkouts(shell))
        proposing = _Proposing(shell, keys, protocols, scope)
        yield Ports(
            machine=LocalMachine(shell, http, sandbox),
            git=git,
            hosts=_hosts(shell, runner, keys, scope),
            indexes=_indexes(shell),
            files=shell.files,
            store=DiskStore(shell.folders.cache / "store", progress.line),
            sandbox=sandbox,
            renderer=scope.enter_context(WorkerRenderer(lay=partial(_lay, shell), compiled=CompiledCache(_compiled_folder(shell, scope)))),
            http=http,
            clock=SystemClock(),
            progress=progress,
            pulls=Late({HostKind.GITHUB: proposing.github_pulls, HostKind.LOCAL: proposing.local_pulls}),
            branches=Late({HostKind.GITHUB: proposing.github_branches, HostKind.LOCAL: proposing.local_branches}),
            scope=scope,
        )


def _lay(shell: Shell, tree: Tree, commit: str) -> AbstractContextManager[Ground]:
    """Lay the ground for extensions; few templates have some of their own."""
    from robot_action.clients.isolation.ground import Grounds

    return Grounds(shell.files, shell.console.line, _checkouts(shell)).lay(tree, commit)


def _compiled_folder(shell: Shell, scope: ExitStack) -> Path:
    """Return where compiled templates are kept; in CI only for this run, since caches there are shared between branches."""
    if shell.settings.in_ci:
        return scope.enter_context(temporary_folder("compiled"))
    return shell.folders.cache / "compiled"


def _checkouts(shell: Shell) -> Sequence[Path]:
    """Return the folders whose git configuration may hold the runner's token."""
    return tuple(dict.fromkeys(Path(folder) for folder in (shell.settings.workspace, Path.cwd()) if folder))


def _patience(shell: Shell) -> Patience:
    """Return how failed requests to GitHub are repeated."""
    from robot_action.clients.github.calls import Patience

    return Patience(say=shell.console.line)


def _hosts(shell: Shell, runner: GitRunner, keys: Keyring, scope: ExitStack) -> Mapping[HostKind, Host]:
    def github() -> Host:
        from robot_action.clients.github.api import GitHubApi
        from robot_action.clients.github.host import GitHubHost

        api = GitHubApi(shell.settings.github_api, keys)
        scope.callback(api.close)
        return GitHubHost(api, shell.settings.github_server, _patience(shell))

    def local() -> Host:
        from robot_action.clients.local_host import LocalHost

        return LocalHost(runner)

    return Late({HostKind.GITHUB: github, HostKind.LOCAL: local})


def _indexes(shell: Shell) -> Mapping[IndexKind, Index]:
    def pypi() -> Index:
        from robot_action.clients.index.python_index import PythonIndex

        return PythonIndex(shell.settings.credentials)

    def local() -> Index:
        from robot_action.clients.index.local_index import LocalIndex

        return LocalIndex()

    return Late({IndexKind.PYPI: pypi, IndexKind.LOCAL: local})


@dataclass(frozen=True)
class _Proposing:
    """Makes what opens pull requests: it shows tokens that may do that, to the API and by git."""

    shell: Shell
    keys: Keyring
    protocols: frozenset[str]
    scope: ExitStack

    @cached_property
    def _keys(self) -> Keyring:
        from robot_action.clients.github.access import Proposing

        return Proposing(self.keys)

    @cached_property
    def _api(self) -> GitHubApi:
        from robot_action.clients.github.api import GitHubApi

        api = GitHubApi(self.shell.settings.github_api, self._keys)
        self.scope.callback(api.close)
        return api

    @cached_property
    def _runner(self) -> GitRunner:
        advance = self.shell.console.advance
        return GitRunner(self.shell.environment, credentials=self._keys, allowed_protocols=self.protocols, advance=advance)

    def github_pulls(self) -> PullRequests:
        """Return GitHub's pull requests."""
        from robot_action.clients.github.pulls import GitHubPulls

        return GitHubPulls(self._api, _patience(self.shell))

    def github_branches(self) -> Branches:
        """Return the branches of GitHub's repositories."""
        from robot_action.clients.github.branches import GitHubBranches

        return GitHubBranches(self._api, self._runner, _patience(self.shell))

    def local_pulls(self) -> PullRequests:
        """Return pull requests in a folder."""
        from robot_action.clients.local_pulls import LocalPulls

        return LocalPulls(self._runner)

    def local_branches(self) -> Branches:
        """Return the branches of repositories in a folder."""
        from robot_action.clients.local_branches import LocalBranches

        return LocalBranches(self._runner)
