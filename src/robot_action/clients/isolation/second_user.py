"""The second user: template code runs as somebody who owns nothing, so that everything it started can be found and killed.

Numeric ids out of a small range are used, beginning with `TEMPLATE_UID`; no account needs to exist. Small system ids are
avoided because one of them may be the host's docker group. Each id is held by one run at a time, so that runs which see
each other's processes never kill them; see `robot_action.clients.isolation.claims`. Needs root and util-linux' ``setpriv``.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from robot_action.clients.isolation.claims import claim
from robot_action.clients.processes.process import TEMPLATE_UID, exchange
from robot_action.errors import ConfigurationError, FailedError, TryAgainError, UnavailableError

UIDS = range(TEMPLATE_UID, TEMPLATE_UID + 16)
"""The users that runs can have; the group of each has the same number."""
LOCKS = Path("/run/robot-action")
"""Where root's runs lock the id that they hold."""

_KILL_SECONDS = 10.0
_PROC = Path("/proc")
_DIE_WITH_US = "--pdeathsig=TERM"  # a run that is killed leaves no install behind that writes while the next run works
# As root, become the user for good, then send SIGKILL to all that this user may signal: the kernel does it in one
# sweep, which no fork escapes. The sweeper itself is spared, see kill(2).
_SWEEPER = "import os, sys; u = int(sys.argv[1]); os.setgroups([]); os.setresgid(u, u, u); os.setresuid(u, u, u); os.kill(-1, 9)"


def obstacle() -> str | None:
    """Return why no second user can be had on this machine, or None when one can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "only root on Linux can start programs as another user"
    try:
        done = exchange(as_user(TEMPLATE_UID, ["/bin/true"]), environment={}, cwd=Path("/"), timeout=10)
    except UnavailableError:
        return "the program setpriv of util-linux is missing"
    return f"setpriv fails: {done.stderr.decode(errors='replace').strip()}" if done.code else None


def as_user(uid: int, arguments: Sequence[str], linking: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Return the command that runs ``arguments`` as a second user: no groups, no capabilities, none to be had.

    Args:
        uid: the user.
        arguments: the program and its arguments.
        linking: variables of the dynamic linker (ld.so(8)): what they load is loaded as the second user, never as root.
    """
    ids = (f"--reuid={uid}", f"--regid={uid}", "--clear-groups")
    powers = ("--no-new-privs", "--bounding-set=-all", "--inh-caps=-all")
    linked = (shutil.which("env") or "env", *(f"{name}={value}" for name, value in linking.items())) if linking else ()
    return (shutil.which("setpriv") or "setpriv", *ids, *powers, _DIE_WITH_US, "--", *linked, *arguments)


def as_ourselves(arguments: Sequence[str]) -> tuple[str, ...]:
    """Return the command that runs ``arguments`` as ourselves, and ends when we are killed, where setpriv is there to see to it."""
    tool = shutil.which("setpriv")
    return (tool, _DIE_WITH_US, "--", *arguments) if tool else tuple(arguments)


@contextmanager
def second_user(locks: Path = LOCKS) -> Iterator[int]:
    """Hold a second user that no other run has; before and afterwards no process of that user is alive.

    Raises:
        ConfigurationError: when the folder for locks cannot be made.
        TryAgainError: when other runs hold all of them.
    """
    try:
        locks.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"{locks} cannot be made: {error.strerror}", hint="Runs as root keep their locks there.") from error
    for uid in UIDS:
        with _hold(locks, uid) as is_ours:
            if is_ours:
                yield from _without_processes(uid)
                return
    raise TryAgainError(f"{len(UIDS)} other runs of robot-action are busy on this machine", hint="Wait until one has ended.")


@contextmanager
def _hold(locks: Path, uid: int) -> Iterator[bool]:
    """Try to hold a user, by a lock between those who share the folder and a claim between those who share the process table."""
    from filelock import FileLock, Timeout

    lock = FileLock(locks / f"{uid}.lock", mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    try:
        with claim(uid) as is_alone:
            yield is_alone
    finally:
        lock.release()


def _without_processes(uid: int) -> Iterator[int]:
    """Give a user that is ours, free of processes."""
    try:
        kill_all(uid)
        yield uid
    finally:
        kill_all(uid)


def kill_all(uid: int) -> None:
    """Kill every process of a second user, and wait until they are gone.

    Raises:
        FailedError: when some cannot be killed, for example because they wait for a dead disk.
    """
    deadline = time.monotonic() + _KILL_SECONDS
    while alive := processes_of(uid):
        if time.monotonic() > deadline:
            raise FailedError(f"processes of user {uid} cannot be killed: {', '.join(map(str, alive[:10]))}")
        exchange([sys.executable, "-I", "-S", "-c", _SWEEPER, str(uid)], environment={}, cwd=Path("/"), timeout=_KILL_SECONDS)
        time.sleep(0.005)  # the kernel buries them in its own time


def processes_of(uid: int) -> list[int]:
    """Return the processes that have this user id in any role, those aside that are dead and wait to be buried."""
    return [int(folder.name) for folder in _PROC.iterdir() if folder.name.isdecimal() and _belongs(folder, uid)]


def _belongs(folder: Path, uid: int) -> bool:
    try:
        lines = (folder / "status").read_text(errors="replace").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return False
    fields = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    return str(uid) in fields.get("Uid", "").split() and fields.get("State", "")[:1] not in {"Z", "X"}


def find_for(uid: int, name: str, environment: Mapping[str, str], cwd: Path) -> str:
    """Return the path of a program that a second user can start; a bare name is looked for in ``PATH``.

    Raises:
        UnavailableError: when there is none, or none that the user can reach; the message names the folder in the way.
    """
    path = environment.get("PATH", os.defpath)
    if "/" in name:
        candidates = [shutil.which(str(cwd / name))]
    else:
        candidates = [shutil.which(name, path=folder) for folder in path.split(os.pathsep) if Path(folder).is_absolute()]
    found = {candidate: closed_to(uid, Path(candidate)) for candidate in candidates if candidate}
    for candidate, closed in found.items():
        if closed is None:
            return candidate
    for candidate, closed in found.items():
        raise UnavailableError(
            f"{name!r} is installed as {candidate}, which template code cannot reach: "
            f"it runs as a user of its own ({uid}), and {closed} is closed to other users",
            hint=f"Install {name} where every user can run it, or open the way with: chmod o+x {closed}",
        )
    raise UnavailableError(f"the program {name!r} is missing, or may not be executed", hint=f"it was looked for in {path}")


def closed_to(uid: int, path: Path) -> Path | None:
    """Return the first folder on the way to ``path``, or ``path`` itself, that a second user may not enter or execute."""
    for way in dict.fromkeys((path, Path(os.path.realpath(path)))):
        for part in (*reversed(way.parents), way):
            status = part.stat()
            bit = stat.S_IXUSR if status.st_uid == uid else stat.S_IXGRP if status.st_gid == uid else stat.S_IXOTH
            if not status.st_mode & bit:
                return part
    return None
