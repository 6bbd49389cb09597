"""The console script, and the one place where exceptions end."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
from typing import NoReturn

_GC_THRESHOLD = 200_000  # objects; Python's own 700 makes a tenth of the time of loading modules, which are no garbage


def main() -> NoReturn:
    """Run the command line; never returns, and never shows a traceback for anything but a bug."""
    gc.set_threshold(_GC_THRESHOLD)
    try:
        from robot_action.entrypoints.boundary import run
    except KeyboardInterrupt:  # nothing is begun
        sys.exit(128 + signal.SIGINT)
    code = run(sys.argv[1:], dict(os.environ))
    _end(code)


def _end(code: int) -> NoReturn:
    """End at once, as mypy does: what Python would free object by object, for a tenth of a run's time, goes with the process."""
    atexit._run_exitfuncs()  # noqa: SLF001 - what Python calls first when it ends
    for stream in (sys.stdout, sys.stderr):  # pragma: no cover - the measuring of coverage has ended with the rest
        try:
            stream.flush()
        except (OSError, ValueError):  # nobody takes it any more
            code = code or 1
    os._exit(code)  # pragma: no cover - the same


def post() -> NoReturn:
    """Tidy up after the action, also after one that was killed: give the workspace back to its owner."""
    from robot_action.entrypoints.action import return_workspace

    return_workspace(os.environ)
    sys.exit(0)


if __name__ == "__main__":
    main()
