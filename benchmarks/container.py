"""Measures the action's container: ``python benchmarks/container.py [RUNS]``; a part of ``make bench``.

- size: the image's layers compressed by gzip, as a registry keeps them and a runner downloads them.
- cold: a fresh container of an image that is there, from ``podman run`` to the first line of output. The page cache is as it is.
- warm: the same in a container that runs already and has done it before: robot-action alone, without the container's start.
- create: from start to finish, in a fresh container and on this machine's command line, with the same template, the same
  manifest, no network, and a second user for template code in both.

Each figure is the median of some runs, with the shortest and the longest one.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))

from benchmarks.create import make_template  # noqa: E402 - the folder above comes first
from tests.create.world import TEMPLATE, dedented  # noqa: E402
from tests.testbed.container.podman import Podman, UnavailableError, action_image, compressed_size, podman  # noqa: E402

_FILES = 1000
_MANIFEST = """\
schema: 1
repository: {host: local, path: ./forge, name: acme/demo}
template: ./template
author: {name: Robot, email: robot@acme.example}
"""
_TIMER = """
import subprocess, sys, time
for number in range(int(sys.argv[1]) + 1):
    start = time.perf_counter()
    with subprocess.Popen(["robot-action", "action"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout.readline()
        if number:
            print(time.perf_counter() - start)
        process.stdout.read()
"""
_PUBLISH = "publish: [{to: local, path: ./index}]\n"


@dataclass(frozen=True)
class Bench:
    """The image, and the folder that it sees as ``/projects``."""

    engine: Podman
    image: str
    folder: Path

    def container(self, *options: str) -> list[str]:
        """Return the beginning of a command line that runs something in a fresh container."""
        own = ("--network", "none", "--env", "CI=true", "--volume", f"{self.folder}:/projects", "--workdir", "/projects")
        return [*self.engine.command, "run", "--rm", *own, *options, self.image]

    def clean(self) -> None:
        """Remove what a run made."""
        for name in ("demo", "forge", "index", "home"):
            shutil.rmtree(self.folder / name, ignore_errors=True)


def first_line(command: Sequence[str], environment: Mapping[str, str]) -> float:
    """Return the seconds from a command's start to its first line on either stream."""
    start = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None  # noqa: S101 - it is piped
        line = process.stdout.readline()
        seconds = time.perf_counter() - start
        rest = process.stdout.read()
    if process.returncode or not line:
        sys.exit(f"{' '.join(command)}: {process.returncode}\n{(line + rest).decode(errors='replace')}")
    return seconds


def whole(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> float:
    """Return the seconds that a command takes."""
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, cwd=folder, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.returncode}\n{done.stdout}{done.stderr}")
    return time.perf_counter() - start


def show(title: str, runs: int, work: Callable[[], float], before: Callable[[], None] = lambda: None) -> None:
    """Measure some runs, and print their median."""
    times = []
    for _ in range(runs):
        before()
        times.append(work())
    print(_line(title, times), flush=True)


def _line(title: str, times: Sequence[float]) -> str:
    return f"{title:64} {statistics.median(times):6.2f} s   ({min(times):.2f} to {max(times):.2f})"


def measure_start(bench: Bench, runs: int) -> None:
    """Measure how long it takes to the first line of output."""
    environment = bench.engine.environment
    given = {"GITHUB_ACTIONS": "true", "INPUT_COMMAND": "create", "INPUT_MANIFEST": "demo.yml", "INPUT_DRY-RUN": "true"}
    inputs = [part for name, value in given.items() for part in ("--env", f"{name}={value}")]
    empty = bench.container("--entrypoint", "true")
    show("an empty container, for comparison", runs, lambda: whole(empty, environment, TOP))
    cold = [*bench.container(*inputs), "action"]
    show("the action, cold, to the first line", runs, lambda: first_line(cold, environment))
    inside = [*bench.container(*inputs, "--entrypoint", "python"), "-c", _TIMER, str(runs)]
    done = subprocess.run(inside, env=environment, check=True, capture_output=True, text=True)
    print(_line("the action, warm, to the first line", [float(word) for word in done.stdout.split()]), flush=True)


def measure_create(bench: Bench, runs: int, what: str) -> None:
    """Measure a whole create in the container, and beside it."""
    inside = [*bench.container(), "create", "demo.yml", "--trust"]
    show(f"create, {what}, in a fresh container", runs, lambda: whole(inside, bench.engine.environment, TOP), bench.clean)
    here = [sys.executable, "-m", "robot_action", "create", "demo.yml", "--trust"]
    environment = {**os.environ, "CI": "true", "ROBOT_ACTION_HOME": str(bench.folder / "home")}
    show(f"create, {what}, on the command line", runs, lambda: whole(here, environment, bench.folder), bench.clean)


def main() -> None:
    """Measure everything, and print one line each."""
    runs = int(sys.argv[1]) if sys.argv[1:] else 5
    try:
        engine = podman()
    except UnavailableError as error:
        print(f"the container is not measured: {error}")
        return
    image = action_image()
    with tempfile.TemporaryDirectory(prefix="robot-action-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        bench = Bench(engine, image, folder)
        print(f"{'the image, compressed':64} {compressed_size(engine, image) / 2**20:6.0f} MiB", flush=True)
        (folder / "demo.yml").write_text(_MANIFEST + _PUBLISH, encoding="utf-8")
        for path, text in dedented(TEMPLATE).items():
            file = folder / "template" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        measure_start(bench, runs)
        measure_create(bench, runs, "8 files, install, start, publish")
        shutil.rmtree(folder / "template")
        make_template(folder / "template", _FILES)
        (folder / "demo.yml").write_text(_MANIFEST, encoding="utf-8")
        measure_create(bench, runs, f"{_FILES:,} files, no commands")


if __name__ == "__main__":
    main()
