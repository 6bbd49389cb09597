"""Podman with a store of its own: images and containers of the tests stay apart from everything else on the machine.

The store outlives a test run, so that images are made once; a lock keeps test processes from making them twice.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import platform
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs
from filelock import FileLock

from robot_action.clients.isolation.second_user import LOCKS
from tests.testbed.container.docker_api import docker_api

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[2]
BASE = "docker.io/library/python:3.12-slim-bookworm"
"""What the Dockerfile's ``FROM`` stands for; `base_image.sh` makes a stand-in of this name."""
ACTION = "localhost/robot-action"
"""The action's image, built of the project's own Dockerfile; its tag tells the contents that it was built of."""
REQUIRED = "ROBOT_ACTION_CONTAINER_TESTS"
"""The variable that makes a failure of what would otherwise be a skip, when it is ``required``."""
_PROGRAMS = ("podman", "buildah", "runc", "debootstrap")
_PATIENCE = 30.0
_KEPT = 3
_STRAY = "1h"


class UnavailableError(Exception):
    """Containers are not to be had on this machine; the message says why."""


def missing() -> str:
    """Return why no containers are to be had here, or an empty text."""
    absent = [program for program in _PROGRAMS if shutil.which(program) is None]
    if absent:
        return f"containers need {', '.join(absent)}; .ci/run installs them"
    if os.geteuid() != 0:
        return "containers as a runner has them, and files of several owners, need root"
    return ""


@dataclass(frozen=True, slots=True)
class Podman:
    """The program, its store and the configuration with which it starts containers here.

    Attributes:
        folder: the store.
        environment: the whole environment of the program.
    """

    folder: Path
    environment: Mapping[str, str] = field(repr=False)

    @property
    def command(self) -> list[str]:
        """The beginning of every command line."""
        running = f"/run/robot-action-testbed-{hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]}"
        return ["podman", "--root", str(self.folder / "root"), "--runroot", running, "--tmpdir", f"{running}/tmp"]

    def __call__(self, *arguments: str | Path, check: bool = True, timeout: float = 600) -> str:
        """Run podman and return its standard output."""
        done = self.run(*arguments, timeout=timeout)
        if check and done.returncode != 0:
            raise RuntimeError(f"podman {' '.join(map(str, arguments))}: {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
        return done.stdout.strip()

    def run(self, *arguments: str | Path, timeout: float = 600) -> subprocess.CompletedProcess[str]:
        """Run podman, whatever comes of it."""
        command = [*self.command, *map(str, arguments)]
        return subprocess.run(
            command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )

    def has_image(self, name: str) -> bool:
        """Tell whether an image is in the store."""
        return self.run("image", "exists", name).returncode == 0

    @contextlib.contextmanager
    def service(self, folder: Path) -> Iterator[str]:
        """Run podman's service, which speaks as Docker's; give the address of its socket."""
        socket = folder / "podman.sock"
        environment = {**self.environment, "GOGC": "400", "GOMAXPROCS": "1"}  # there is room enough
        with (folder / "podman.log").open("wb") as log:
            command = [*self.command, "system", "service", "--time=0", f"unix://{socket}"]
            process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        try:
            until = time.monotonic() + _PATIENCE
            while not socket.exists():
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"podman's service does not start:\n{(folder / 'podman.log').read_text()}")
                time.sleep(0.02)  # between polls; there is nothing to wait on
            with docker_api(folder, socket) as better:
                yield f"unix://{better}"
        finally:
            process.terminate()
            process.wait(timeout=_PATIENCE)

    def remove(self, token: str) -> list[str]:
        """Remove every container and volume whose name holds ``token``; return the containers' names."""
        names = self.containers(token)
        if names:
            self("rm", "--force", "--depend", "--time", "0", "--volumes", *names, check=False)
        _forget_commands(token)
        volumes = self("volume", "ls", "--format", "{{.Name}}", "--filter", f"name={token}").split()
        if volumes:
            self("volume", "rm", "--force", *volumes, check=False)
        return names

    def forget_strays(self) -> None:
        """Remove containers that test runs which were killed have left."""
        names = self("ps", "--all", "--quiet", "--filter", f"until={_STRAY}").split()
        if names:
            self("rm", "--force", "--depend", "--time", "0", "--volumes", *names, check=False)

    def containers(self, token: str) -> list[str]:
        """Return the names of all containers, running or not, whose names hold ``token``."""
        return self("ps", "--all", "--format", "{{.Names}}", "--filter", f"name={token}").split()


def _forget_commands(token: str) -> None:
    """End what waits, for five minutes, to start podman once more for each command that ran in a container of ours."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            arguments = path.read_bytes().split(b"\0")
            if arguments[0].endswith(b"conmon") and b"--exec-process-spec" in arguments and token.encode() in b"".join(arguments):
                os.kill(int(path.parent.name), signal.SIGKILL)


def store() -> Path:
    """Return the folder that keeps images between test runs."""
    return Path(platformdirs.user_cache_dir("robot-action-testbed"), "containers")


@functools.cache
def podman() -> Podman:
    """Return podman, able to start containers of the base image.

    Raises:
        UnavailableError: with the reason.
    """
    reason = missing()
    if reason:
        raise UnavailableError(reason)
    folder = store()
    folder.mkdir(parents=True, exist_ok=True)
    plain = Podman(folder, dict(os.environ))
    with FileLock(folder / "lock"):
        _provide_base(plain)
        for candidate in _candidates(plain):
            tried = candidate.run("run", "--rm", "--network", "host", BASE, "true")
            if tried.returncode == 0:
                candidate.forget_strays()
                return candidate
    raise UnavailableError(f"podman starts no container here: {tried.stderr.strip()[-500:]}")


def _candidates(plain: Podman) -> list[Podman]:
    """Return podman with the configurations that may do; a user's own one is the only one."""
    own = (Path("/etc/containers/containers.conf"), Path.home() / ".config/containers/containers.conf")
    if "CONTAINERS_CONF" in plain.environment or any(path.exists() for path in own):
        return [plain]
    LOCKS.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = (HERE / "containers.conf", HERE / "containers-plain.conf")
    return [Podman(plain.folder, {**plain.environment, "CONTAINERS_CONF": str(file)}) for file in files]


def _provide_base(engine: Podman) -> None:
    """Make the base image's stand-in of this machine's own Debian; another system has no mirror for that, and pulls."""
    if platform.freedesktop_os_release().get("ID") != "debian":
        if not engine.has_image(BASE) and (done := engine.run("pull", "--quiet", BASE)).returncode != 0:
            raise UnavailableError(f"the base image cannot be pulled: {done.stderr.strip()[-500:]}")
        return
    script = hashlib.sha256((HERE / "base_image.sh").read_bytes()).hexdigest()
    label = '{{index .Config.Labels "robot-action.stand-in"}}'
    if engine("image", "inspect", "--format", label, BASE, check=False) == script:
        return
    done = subprocess.run(
        [str(HERE / "base_image.sh"), BASE, *engine.command],
        env=engine.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode != 0:
        raise UnavailableError(f"the base image cannot be made: {done.stderr.strip()[-1500:]}")


def action_image() -> str:
    """Return the action's image, built of the Dockerfile as it is now; podman's layers make a second time cheap."""
    engine = podman()
    name = f"{ACTION}:{_digest(sources())}"
    with FileLock(engine.folder / "lock"):
        if not engine.has_image(name):
            build_action(engine, name)
            _forget_old(engine)
    return name


def _forget_old(engine: Podman) -> None:
    """Remove the images of former editions of the project, but for the last few: another run may still use one."""
    tags = engine("images", "--sort", "created", "--format", "{{.Repository}}:{{.Tag}}", "--filter", f"reference={ACTION}").split()
    for name in tags[_KEPT:]:
        engine("rmi", name, check=False)
    engine("image", "prune", "--force", "--filter", "until=48h", check=False)


def build_action(engine: Podman, name: str, *options: str) -> None:
    """Build the project's Dockerfile as ``docker build`` does."""
    engine("build", "--pull-never", "--format", "docker", *options, "--tag", name, PROJECT, timeout=900)


def compressed_size(engine: Podman, image: str) -> int:
    """Return how many bytes an image's layers take as a registry keeps them, compressed by gzip."""
    with tempfile.TemporaryDirectory(prefix="robot-action-image-", dir="/var/tmp") as folder:
        engine("push", "--quiet", image, f"oci:{folder}")
        return sum(path.stat().st_size for path in Path(folder, "blobs").rglob("*") if path.is_file())


def sources() -> Sequence[Path]:
    """Return the files that the image is built of, as `.dockerignore` lets them through, and what its base is made by."""
    named = [
        HERE / "base_image.sh",
        *(PROJECT / name for name in ("Dockerfile", ".dockerignore", "pyproject.toml", "README.md", "LICENSE")),
    ]
    package = (path for path in (PROJECT / "src").rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return sorted([*named, *(PROJECT / "requirements").glob("*.txt"), *package])


def _digest(paths: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(PROJECT)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:16]
