"""Measures rendering against Copier, Cookiecutter, a bare Jinja2 loop and ``cp -r``: ``make bench``.

For each size of a template all of them run in turn, some rounds long, so that the ratios hold while the machine's speed drifts.
Figures are medians: CPU seconds (user and system, child processes included), wall seconds, and the memory of the largest single
process. Cold is a run that finds no compiled templates of an earlier one, warm a run that does.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from benchmarks.templates import make_templates  # noqa: E402 - the folder above comes first

SIZES = (10, 100, 1000, 5000)
MIB = 2**20
_LIBRARIES = (
    "import robot_action.entrypoints.render, robot_action.entrypoints.worker, robot_action.rendering.copier, jinja2.debug, yaml, pathspec"
)

# A small process starts each command, for the kernel counts the memory of the one that starts it as its own.
_SPAWN = """
import json, os, sys, time
null = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)]
began = time.perf_counter()
_, status, usage = os.wait4(os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=null), 0)
wall = time.perf_counter() - began
print(json.dumps([os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024]))
"""


@dataclass(frozen=True)
class Run:
    """One finished process."""

    cpu: float
    wall: float
    memory: float


@dataclass(frozen=True)
class Contender:
    """A command, and what it makes.

    Attributes:
        made: the project's folder.
        forgets: what is removed before each run, besides the project.
    """

    command: tuple[str, ...]
    made: Path
    forgets: Path | None = None


def run(command: tuple[str, ...], environment: Mapping[str, str], folder: Path | None = None) -> Run:
    """Run a command in a folder to its end, and take the kernel's account of it and of all that it waited for."""
    spawn = (sys.executable, "-I", "-S", "-c", _SPAWN, *command)
    done = subprocess.run(spawn, env=dict(environment), cwd=folder, check=True, stdout=subprocess.PIPE, text=True)
    code, cpu, wall, memory = json.loads(done.stdout)
    if code:
        sys.exit(f"failed: {' '.join(command)}")
    return Run(cpu, wall, memory)


def contenders(work: Path, copier: Path, cookiecutter: Path) -> dict[str, Contender]:
    """Return everybody by name, in the order of a round: each of ours cold, then warm."""
    python, home = sys.executable, work / "home"
    out, bench = work / "out", work / "out" / "bench-project"
    compiled = home / "cache" / "compiled"
    ours = {name: ("robot-action", "render", str(source), str(bench)) for name, source in (("C", copier), ("K", cookiecutter))}
    return {
        "robot-action, Copier's, cold": Contender(ours["C"], bench, compiled),
        "robot-action, Copier's, warm": Contender(ours["C"], bench),
        "Copier": Contender(("copier", "copy", "--defaults", "--quiet", str(copier), str(bench)), bench),
        "robot-action, Cookiecutter's, cold": Contender(ours["K"], bench, compiled),
        "robot-action, Cookiecutter's, warm": Contender(ours["K"], bench),
        "Cookiecutter": Contender(("cookiecutter", "--no-input", "--default-config", str(cookiecutter), "-o", str(out)), bench),
        "bare Jinja2 loop": Contender((python, str(HERE / "bare_loop.py"), str(copier / "template"), str(bench)), bench),
        "cp -r": Contender(("cp", "-r", str(copier / "template"), str(bench)), bench),
    }


def digest(folder: Path) -> str:
    """Return what all files of a project come to, but for state files, which name the template's place."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in {".copier-answers.yml", ".cruft.json"})
    lines = (f"{path.relative_to(folder)} {path.stat().st_mode & 0o111} {path.read_bytes().hex()}" for path in files)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def measure(files: int, rounds: int) -> dict[str, list[Run]]:
    """Return everybody's runs over a template of so many files."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        work = Path(folder)
        everybody = contenders(work, *make_templates(work, files))
        quiet = {"ROBOT_ACTION_HOME": str(work / "home"), "ROBOT_ACTION_CHECK_UPDATES": "false", "HOME": folder}
        environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **quiet}
        (work / "out").mkdir()
        found: dict[str, list[Run]] = {name: [] for name in everybody}
        same: dict[str, str] = {}
        for number in range(rounds + 1):  # the first one warms the disk's cache up, and shows that all make the same
            for name, contender in everybody.items():
                shutil.rmtree(contender.made, ignore_errors=True)
                if contender.forgets:
                    shutil.rmtree(contender.forgets, ignore_errors=True)
                done = run(contender.command, environment)
                if number or files >= max(SIZES):  # where a round takes minutes the first one counts
                    found[name].append(done)
                if not number and name != "cp -r":
                    same[name] = digest(contender.made)
        if len(set(same.values())) > 1:
            sys.exit(f"they do not make the same of {files} files: {same}")
        return found


def ratio(ones: Sequence[Run], others: Sequence[Run]) -> float:
    """Return the median of the ratios of CPU seconds, round by round."""
    return median(one.cpu / other.cpu for one, other in zip(ones, others, strict=True))


def table(files: int, found: Mapping[str, Sequence[Run]]) -> Iterator[str]:
    """Yield the lines of one size's table."""
    yield f"\n### {files:,} files\n"
    yield "| | CPU s | wall s | peak MiB | CPU, bare loop = 1 |"
    yield "|---|--:|--:|--:|--:|"
    for name, runs in found.items():
        cpu, wall, memory = (median(getattr(one, what) for one in runs) for what in ("cpu", "wall", "memory"))
        yield f"| {name} | {cpu:.3f} | {wall:.3f} | {memory:.0f} | {ratio(runs, found['bare Jinja2 loop']):.2f} |"


def goals(found: Mapping[int, Mapping[str, Sequence[Run]]], libraries: float) -> Iterator[str]:
    """Yield the targets, and what came of them."""
    yield "\n### Targets\n"
    yield "| | target | measured | |"
    yield "|---|--:|--:|---|"
    for temper, least in (("cold", (6.0, 1.8, 1.25)), ("warm", (25.0, 8.0, 0.25))):
        runs = found.get(1000)
        if runs:
            copier, cookiecutter = (runs[f"robot-action, {kind}'s, {temper}"] for kind in ("Copier", "Cookiecutter"))
            yield _line(f"1,000 files {temper}: CPU of Copier / ours", ratio(runs["Copier"], copier), least[0], is_least=True)
            yield _line(
                f"1,000 files {temper}: CPU of Cookiecutter / ours", ratio(runs["Cookiecutter"], cookiecutter), least[1], is_least=True
            )
            yield _line(f"1,000 files {temper}: CPU of ours / bare loop", ratio(copier, runs["bare Jinja2 loop"]), least[2], is_least=False)
    if {1000, 5000} <= set(found):
        for temper in ("cold", "warm"):
            name = f"robot-action, Copier's, {temper}"
            few, many = (median(one.cpu for one in found[size][name]) for size in (1000, 5000))
            yield _line(f"scaling exponent, 1,000 to 5,000 files, {temper}", math.log(many / few) / math.log(5), 1.1, is_least=False)
            memory = median(one.memory for one in found[5000][name]) - libraries
            yield _line(f"5,000 files {temper}: MiB above the libraries' {libraries:.0f}", memory, 60, is_least=False)


def _line(what: str, value: float, target: float, *, is_least: bool) -> str:
    met = value >= target if is_least else value <= target
    said = "met" if met else f"missed by {abs(value / target - 1):.0%}"
    return f"| {what} | {'>=' if is_least else '<='} {target:g} | {value:.2f} | {said} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("files", nargs="*", type=int, default=SIZES, help="sizes of the template, in files")
    parser.add_argument("--rounds", type=int, default=5, help="counted rounds; templates of 5,000 files get one")
    options = parser.parse_args()
    libraries = median(run((sys.executable, "-c", _LIBRARIES), {"PATH": os.environ["PATH"]}).memory for _ in range(3))
    found: dict[int, Mapping[str, Sequence[Run]]] = {}
    for files in options.files:
        found[files] = measure(files, options.rounds if files < max(SIZES) else 0)
        print("\n".join(table(files, found[files])), flush=True)
    print("\n".join(goals(found, libraries)))


if __name__ == "__main__":
    main()
