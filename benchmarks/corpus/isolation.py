"""Runs a program at one moment, without network and, where we are root, as nobody: templates hold other people's code."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

MOMENT = "2026-01-15 12:00:00"
FROZEN = ("LD_PRELOAD", "FAKETIME", "NO_FAKE_STAT", "TZ")
"""The variables that freeze the moment; template code gets them on both sides."""
TIMEOUT = 120.0

_FAKETIME = (Path("/usr/lib") / os.uname().machine / "faketime", Path(f"/usr/lib/{os.uname().machine}-linux-gnu/faketime"))
_NOBODY = 65534
_CONFIGURATION = (
    "[safe]\n\tdirectory = *\n[user]\n\tname = Ada Example\n\temail = ada@example.org\n[init]\n\tdefaultBranch = main\n"
    "[advice]\n\tdetachedHead = false\n"
)


def isolated(command: Sequence[str], home: Path, python: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program.

    Args:
        command: the program.
        home: a folder for it alone, which is emptied before.
        python: the Python whose programs it finds.
        folder: where it runs; None: at home.

    Raises:
        subprocess.TimeoutExpired: it took longer than `TIMEOUT` seconds.
    """
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    home.chmod(0o777)
    (home / ".gitconfig").write_text(_CONFIGURATION)
    environment = {"HOME": str(home), "TMPDIR": str(home), "ROBOT_ACTION_HOME": str(home)}
    environment |= {"PATH": f"{Path(python).parent}:/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
    environment |= {"CI": "true", "TZ": "UTC", "PYTHONHASHSEED": "0"}
    freeze = ["env", *(f"{name}={value}" for name, value in frozen().items())]  # last: what it shares is one user's
    return subprocess.run(
        [*_prefix(), *freeze, *command],
        env=environment,
        cwd=folder or home,
        check=False,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=TIMEOUT,
    )


def frozen() -> Mapping[str, str]:
    """Return the variables that freeze the moment.

    Raises:
        SystemExit: ``faketime`` is not installed.
    """
    library = next((folder / "libfaketime.so.1" for folder in _FAKETIME if (folder / "libfaketime.so.1").exists()), None)
    if library is None:
        sys.exit("faketime is not installed: apt-get install faketime")
    return {"LD_PRELOAD": str(library), "FAKETIME": MOMENT, "NO_FAKE_STAT": "1"}


def give_away(folder: Path) -> None:
    """Give a folder and what is in it to the user as whom programs run."""
    if not os.geteuid():
        for path in (folder, *folder.rglob("*")):
            os.chown(path, _NOBODY, _NOBODY, follow_symlinks=False)


def _prefix() -> tuple[str, ...]:
    if os.geteuid():
        return ("nice", "unshare", "--user", "--net")
    user = str(_NOBODY)
    return ("nice", "unshare", "--net", "setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--no-new-privs")
