"""Git alone, for commands that need no other client; and what shows tokens, for those that need them all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from robot_action.clients.git.client import GitClient
from robot_action.clients.git.runner import GitRunner
from robot_action.clients.processes.hiding import make_undumpable
from robot_action.parsing.settings import secret_names

if TYPE_CHECKING:
    from robot_action.entrypoints.shell import Shell
    from robot_action.ports import Keyring
    from robot_action.repositories import Git


@contextmanager
def open_git(shell: Shell, protocols: frozenset[str]) -> Iterator[Git]:
    """Give git, with the operator's tokens.

    Args:
        shell: the command's surroundings.
        protocols: the transports that the operator allows git besides ``https`` and ``ssh``.
    """
    hide_environment()
    with ExitStack() as scope:
        keys = open_keyring(shell, scope)
        yield GitClient(GitRunner(shell.environment, credentials=keys, allowed_protocols=protocols, advance=shell.console.advance))


def hide_environment() -> None:
    """Take tokens out of what programs inherit from us, and keep others of the same user from seeing them in ``/proc``."""
    for name in secret_names(os.environ):  # we have our copy
        del os.environ[name]
    make_undumpable()


def open_keyring(shell: Shell, scope: ExitStack) -> Keyring:
    """Return what shows tokens: the operator's own, and an App's where there is one.

    Args:
        shell: the command's surroundings.
        scope: at its end what was made for this run alone is revoked.
    """
    settings = shell.settings
    if settings.credentials.github.app is None:
        return settings.credentials
    from robot_action.clients.github.access import Access
    from robot_action.clients.github.app import Surroundings
    from robot_action.clients.github.calls import Patience

    access = Access(settings.credentials, Surroundings(settings.github_api, shell.console.hide, Patience(say=shell.console.line)))
    scope.callback(access.close)  # it revokes
    return access
