"""What is made when it is first asked for, because making it, or only loading it, takes time that most runs need not spend."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import TypeVar

from robot_action.entrypoints.machine import own_version
from robot_action.entrypoints.shell import Shell
from robot_action.isolation import Sandbox
from robot_action.model.facts import Machine
from robot_action.ports import Http

UPDATE_SECONDS = 2.0

Key = TypeVar("Key")
Value = TypeVar("Value")


class Late(Mapping[Key, Value]):
    """A mapping whose values are made when they are first asked for."""

    def __init__(self, makers: Mapping[Key, Callable[[], Value]]) -> None:
        self._makers = makers
        self._made: dict[Key, Value] = {}

    def __getitem__(self, key: Key) -> Value:
        """Return a value."""
        if key not in self._made:
            self._made[key] = self._makers[key]()
        return self._made[key]

    def __iter__(self) -> Iterator[Key]:
        """Iterate over the keys."""
        return iter(self._makers)

    def __len__(self) -> int:
        """Return the number of keys."""
        return len(self._makers)


class LocalMachine(Machine):
    """The machine that we run on; each fact is looked for when it is first asked for."""

    def __init__(self, shell: Shell, http: Http, sandbox: Sandbox) -> None:
        vars(self).update(_shell=shell, _http=http, _sandbox=sandbox)  # the class is frozen

    _shell: Shell
    _http: Http
    _sandbox: Sandbox

    @cached_property
    def version(self) -> str:
        """The running version of robot-action."""
        return own_version()

    @cached_property
    def python(self) -> str:
        """The version of Python."""
        return platform.python_version()

    @property
    def home(self) -> Path:
        """The folder for what robot-action keeps."""
        return self._shell.folders.home

    @property
    def cache(self) -> Path:
        """The folder for what it can do without."""
        return self._shell.folders.cache

    @property
    def home_note(self) -> str:
        """Why these are temporary ones, or ``""``."""
        return self._shell.folders.note

    @property
    def is_root(self) -> bool:
        """Whether we are root."""
        return os.geteuid() == 0

    @property
    def isolated(self) -> bool:
        """Whether template code runs as a second user."""
        return self._sandbox.isolated

    @property
    def isolation_note(self) -> str:
        """What that means here, in one sentence."""
        return self._sandbox.note

    @cached_property
    def newer(self) -> str | None:
        """A newer released version of robot-action, or None."""
        if not self._shell.settings.check_updates:
            return None
        from robot_action.clients.updates import newer_version

        return newer_version(self.version, self.cache, partial(self._http.newest_version, "robot-action", UPDATE_SECONDS))
