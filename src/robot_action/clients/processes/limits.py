"""Limits on what a child process may use."""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass

_LIMITER = (
    "import json, os, resource, sys\n"
    "for name, value in json.loads(sys.argv[1]).items(): resource.setrlimit(int(name), (value, value))\n"
    "os.execv(sys.argv[2], sys.argv[2:])"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Resource limits of a child and of each of its descendants (``setrlimit(2)``); None leaves our own.

    Attributes:
        memory_bytes: of private writable memory (RLIMIT_DATA); RLIMIT_AS would count what V8 reserves and never touches.
        file_bytes: size of a file that is written.
        processes: processes and threads of the child's user; the kernel does not hold root to it.
    """

    cpu_seconds: int | None = None
    memory_bytes: int | None = None
    file_bytes: int | None = None
    processes: int | None = None
    open_files: int | None = None

    def items(self) -> Iterator[tuple[str, int, int]]:
        """Yield ``prlimit``'s option, the resource and the value of each limit, none above what we may set; no core files."""
        wanted = (
            ("cpu", resource.RLIMIT_CPU, self.cpu_seconds),
            ("data", resource.RLIMIT_DATA, self.memory_bytes),
            ("fsize", resource.RLIMIT_FSIZE, self.file_bytes),
            ("nproc", resource.RLIMIT_NPROC, self.processes),
            ("nofile", resource.RLIMIT_NOFILE, self.open_files),
        )
        if any(value is not None for _, _, value in wanted):
            for option, number, value in (*wanted, ("core", resource.RLIMIT_CORE, 0)):
                if value is not None:
                    hard = resource.getrlimit(number)[1]
                    yield option, number, value if hard == resource.RLIM_INFINITY else min(value, hard)


NO_LIMITS = Limits()


def with_limits(arguments: list[str], limits: Limits) -> list[str]:
    """Return a command that sets limits and then becomes ``arguments``: prlimit, or Python where that is missing."""
    items = list(limits.items())
    if not items:
        return arguments
    import shutil

    if tool := shutil.which("prlimit"):
        return [tool, *(f"--{option}={value}" for option, _, value in items), "--", *arguments]
    import json

    values = json.dumps({number: value for _, number, value in items})
    return [sys.executable, "-I", "-S", "-c", _LIMITER, values, *arguments]
