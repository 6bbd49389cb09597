"""The ``git`` program; nothing else in robot-action starts it. What speaks with another repository is driven through GitPython.

What works on this machine alone is started without it, as any other program: loading GitPython takes longer than most such
commands, and an update runs thirty of them. Every command gets a clean environment, pinned configuration and an explicit repository.
The names of this process's own environment variables are read, in order to take them away; no value of them reaches git.
"""

from __future__ import annotations

import logging
import os
import shlex
import signal
import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast
from urllib.parse import urlsplit

from robot_action.clients.git.environment import (
    ALWAYS_PASSED,
    IDENTITY_PASSED,
    NETWORK_PASSED,
    SSH_COMMAND,
    WITHOUT_USER_CONFIGURATION,
    GitOutput,
    Invocation,
    Place,
    command_variables,
)
from robot_action.clients.processes.process import exchange
from robot_action.clients.temporary import temporary_folder
from robot_action.errors import FailedError, InputError, RobotActionError, UnavailableError, UsageError
from robot_action.model.credentials import Credential, Credentials, Use, repository_of
from robot_action.parsing.git_urls import ALLOWABLE, ALWAYS_ALLOWED, check_url, is_local
from robot_action.reporting.clean import clean_lines
from robot_action.reporting.redact import Redactor

if TYPE_CHECKING:
    from io import BufferedReader

    from robot_action.clients.git.progress import ProgressReader
    from robot_action.ports import Advance, Keyring

LOCAL_TIMEOUT = 600.0
NETWORK_TIMEOUT = 3600.0
RECEIVE_LIMIT = 2 * 2**30
"""Bytes that a fetch may receive."""

_GIT_USER = "x-access-token"  # where only a token is known; GitHub's name, and other hosts take any
_NOT_FOUND = 127  # what env(1) ends with when there is no such program
_PLAIN = Invocation()
_LOG = logging.getLogger(__name__)


def _ignore(text: str, done: int, total: int) -> None:
    del text, done, total


class GitRunner:
    """Runs git commands.

    Args:
        environment: where the documented variables (PATH, HOME, proxies, certificates, GIT_SSH_COMMAND, GIT_CONFIG_GLOBAL) come from.
        credentials: asked at each command; shown to their hosts, by an environment variable of the one that speaks with them.
        allowed_protocols: ``http`` or ``file``, where the operator named them.
        advance: is told how far fetches and pushes are.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        credentials: Keyring | None = None,
        allowed_protocols: frozenset[str] = frozenset(),
        advance: Advance = _ignore,
    ) -> None:
        if unknown := allowed_protocols - ALLOWABLE - ALWAYS_ALLOWED:
            raise UsageError(f"the protocol {min(unknown)!r} cannot be allowed", hint=f"Those that can: {', '.join(sorted(ALLOWABLE))}.")
        self._environment = dict(environment)
        self._credentials: Keyring = credentials or Credentials()
        self._advance = advance
        self.allowed_protocols = allowed_protocols

    def run(self, place: Place, *arguments: str, how: Invocation = _PLAIN) -> GitOutput:
        """Run a command that speaks with nobody.

        Raises:
            RobotActionError: when it fails, explained.
        """
        isolated = {} if how.user_configuration else WITHOUT_USER_CONFIGURATION
        base = self._passed((*NETWORK_PASSED, *IDENTITY_PASSED) if how.user_configuration else ())
        environment = {**command_variables(base, place, how), **isolated, "GIT_ALLOW_PROTOCOL": "none"}
        done = self._direct(place, arguments, how, environment, LOCAL_TIMEOUT)
        if done.code not in how.accept:
            raise _explained(arguments[0], done)
        return done

    def remote(self, place: Place, url: str, *arguments: str, how: Invocation = _PLAIN) -> GitOutput:
        """Run a command that speaks with one repository; its host's token goes with it, and nobody else's.

        A folder is allowed here where the caller has checked that it may be; see `check`.

        Raises:
            RobotActionError: when it fails, explained.
        """
        allowed = {"file"} if is_local(url) else ALWAYS_ALLOWED | self.allowed_protocols
        header = self._header(url, self._credential(arguments[0], url))
        environment = command_variables(self._passed(NETWORK_PASSED), place, how, header)
        environment["GIT_ALLOW_PROTOCOL"] = ":".join(sorted(allowed))
        environment.setdefault("GIT_SSH_COMMAND", SSH_COMMAND)
        if how.light:
            done = self._direct(place, arguments, how, environment, NETWORK_TIMEOUT)
        else:
            done = self._followed(place, arguments, how, environment)
        if done.code not in how.accept:
            raise self.failure(arguments[0], url, done)
        return done

    def failure(self, command: str, url: str, done: GitOutput) -> RobotActionError:
        """Return the error that explains why a command with another repository failed."""
        return _explained(command, done, url, has_token=self._credential(command, url) is not None)

    def check(self, url: str, what: str = "the repository") -> str:
        """Return a URL that may be spoken with; raises as `robot_action.parsing.git_urls.check_url`."""
        return check_url(url, self.allowed_protocols, what)

    @staticmethod
    def scratch(purpose: str) -> AbstractContextManager[Path]:
        """Give a private folder that is removed at the end."""
        return temporary_folder(f"git-{purpose}")

    def _passed(self, names: tuple[str, ...]) -> dict[str, str]:
        return {name: self._environment[name] for name in (*ALWAYS_PASSED, *names) if name in self._environment}

    def _credential(self, command: str, url: str) -> Credential | None:
        return self._credentials.find(url, Use.WRITE if command == "push" else Use.FETCH, repository_of(url))

    @staticmethod
    def _header(url: str, credential: Credential | None) -> tuple[tuple[str, str], ...]:
        """Return the configuration that shows the token; the empty value before it drops any that the user configured."""
        if credential is None or urlsplit(url).scheme not in {"https", "http"}:
            return ()
        import base64

        parts = urlsplit(url)
        key = f"http.{parts.scheme}://{parts.netloc.rpartition('@')[2]}/.extraheader"
        pair = f"{credential.username or _GIT_USER}:{credential.password}"
        return (key, ""), (key, f"Authorization: Basic {base64.b64encode(pair.encode()).decode()}")

    def _followed(self, place: Place, arguments: tuple[str, ...], how: Invocation, environment: dict[str, str]) -> GitOutput:
        """Run a command through GitPython, and tell how far it is."""
        import tempfile

        from robot_action.clients.git.progress import ProgressReader

        _check(place, arguments)
        run = _Run(environment, NETWORK_TIMEOUT, ProgressReader(self._advance))
        # GitPython gives a program all of our environment besides what it is told: env(1) takes that away
        unwanted = (name for name in os.environ if name not in run.environment)
        command = ["env", *(part for name in unwanted for part in ("-u", name)), "git", *arguments]
        with tempfile.TemporaryFile() as file:
            stdin = cast("BinaryIO", file)
            stdin.write(how.stdin)
            stdin.seek(0)
            process = _start(command, place.folder, run.environment, stdin)
            code, output = run.follow(process, how.limit)
        if code == _NOT_FOUND:
            raise UnavailableError("the program 'git' is missing", hint="Install git, and see that PATH leads to it.")
        if len(output) > how.limit:
            raise _too_much(arguments, how)
        return GitOutput(code, output, self._cleaned(run.progress.text))

    def _direct(
        self, place: Place, arguments: tuple[str, ...], how: Invocation, environment: Mapping[str, str], timeout: float
    ) -> GitOutput:
        """Run a command to its end."""
        _check(place, arguments)
        command = ("git", *arguments)
        done = exchange(command, environment=environment, cwd=place.folder, stdin=how.stdin, timeout=timeout, output_limit=how.limit)
        if done.timed_out:
            raise _too_late(timeout)
        if done.truncated:
            raise _too_much(arguments, how)
        return GitOutput(done.code, done.stdout, self._cleaned(done.stderr.decode(errors="replace")))

    def _cleaned(self, text: str) -> str:
        return "\n".join(clean_lines(Redactor(self._credentials.secrets)(text))) if text else ""


def _check(place: Place, arguments: tuple[str, ...]) -> None:
    """See that a command's folder is there, and log the command."""
    if not os.access(place.folder, os.X_OK):  # GitPython would silently take the current directory
        raise FailedError(f"the folder {place.folder} is missing, or may not be entered")
    if _LOG.isEnabledFor(logging.DEBUG):
        _LOG.debug("in %s: %s", place.folder, shlex.join(("git", *arguments)))


def _explained(command: str, done: GitOutput, url: str = "", *, has_token: bool = False) -> RobotActionError:
    from robot_action.clients.git.errors import GitFailure, explain  # what git may say is much, and mostly it says nothing

    return explain(GitFailure(command, done.errors, url, has_token))


def _too_late(seconds: float) -> UnavailableError:
    return UnavailableError(f"git took longer than {seconds:.0f} seconds", hint="It was stopped; run the same command again.")


def _too_much(arguments: tuple[str, ...], how: Invocation) -> InputError:
    return InputError(how.too_much or f"git {arguments[0]} wrote more than {how.limit} bytes")


class _Started(Protocol):
    """A process, as far as it matters here."""

    pid: int
    returncode: int | None

    def wait(self) -> int: ...


class _Process(Protocol):
    """What we use of GitPython's wrapper of a process, which says of itself that it may be many things."""

    proc: _Started
    stdout: BufferedReader
    stderr: BufferedReader


@dataclass(frozen=True, slots=True)
class _Run:
    """How one process is looked after."""

    environment: dict[str, str]
    timeout: float
    progress: ProgressReader

    def follow(self, process: _Process, limit: int) -> tuple[int, bytes]:
        """Read everything until the process ends; return its exit code and at most ``limit`` + 1 bytes of output.

        Raises:
            UnavailableError: when it takes too long.
            InputError: when it receives too much.
        """
        late = threading.Event()
        timer = threading.Timer(self.timeout, _stop, (process, late))
        reader = threading.Thread(target=self._read_errors, args=(process,), daemon=True)
        timer.daemon = True
        try:
            timer.start()
            reader.start()
            output = process.stdout.read(limit + 1)
            if len(output) > limit:
                _kill(process)
            reader.join()
            code = process.proc.wait()
        finally:
            timer.cancel()
            _kill(process)
            if reader.is_alive():
                reader.join()
        if late.is_set():
            raise _too_late(self.timeout)
        if self.progress.received > RECEIVE_LIMIT:
            raise InputError(f"the repository is larger than {RECEIVE_LIMIT} bytes")
        return code, output

    def _read_errors(self, process: _Process) -> None:
        while data := process.stderr.read1(1 << 16):
            self.progress.feed(data)
            if self.progress.received > RECEIVE_LIMIT:
                _kill(process)
        self.progress.feed(b"")


def _start(command: list[str], folder: Path, environment: Mapping[str, str], stdin: BinaryIO) -> _Process:
    """Start a command through GitPython, in a session of its own: no terminal to ask at, and one group to end."""
    try:
        from git.cmd import Git  # 80 ms that only commands with git pay
    except ImportError as error:
        raise UnavailableError("the program 'git' is missing", hint="Install git, and see that PATH leads to it.") from error
    logging.getLogger("git.cmd").setLevel(logging.INFO)  # it would log the command with what takes our environment away
    started = Git(str(folder)).execute(command, istream=stdin, as_process=True, env=environment, start_new_session=True)
    return cast("_Process", started)


def _stop(process: _Process, late: threading.Event) -> None:
    late.set()
    _kill(process)


def _kill(process: _Process) -> None:
    if process.proc.returncode is None:  # nobody has asked yet how it ended, so its number is still its own
        with suppress(ProcessLookupError):
            os.killpg(process.proc.pid, signal.SIGKILL)
