"""Measures `check` beside Copier's own check: ``python benchmarks/check.py [PROJECTS] [ROUNDS]``.

Projects of one local template, half of them behind, each linked by an answers file of Copier's. Every round runs, one after the
other, robot-action for all projects, five times, of which the median counts, and Copier's program once for each (it takes one); both
have to come to the same answer. A round's figures are compared with each other alone, and the medians of all rounds are printed.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

TEMPLATE = {
    "copier.yml": "name: demo\n",
    "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml -}}\n",
    "README.md.jinja": "# {{ name }}\n",
}
BEHIND = 2  # the exit code of both
TIMES = 5  # that ours runs in a round, for it takes so little
ROWS = ("robot-action check, all in one run", "Copier's check-update, one run each", "robot-action check --drift, all in one run")


def run(*command: str, cwd: Path, codes: tuple[int, ...] = (0,)) -> str:
    """Run a program, and return what it says."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, env={**os.environ, "LOG_LEVEL": "error"})
    if done.returncode not in codes:
        sys.exit(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def make(folder: Path, projects: int) -> list[Path]:
    """Make a template with two releases, and projects of both."""
    template = folder / "template"
    template.mkdir()
    for name, text in TEMPLATE.items():
        (template / name).write_text(text, encoding="utf-8")
    git = ("git", "-c", "user.name=bench", "-c", "user.email=bench@localhost")
    run(*git, "init", "--quiet", "--initial-branch=main", cwd=template)
    for tag in ("v1.0.0", "v1.1.0"):
        run(*git, "add", "--all", cwd=template)
        run(*git, "commit", "--quiet", "--allow-empty", "-m", tag, cwd=template)
        run(*git, "tag", tag, cwd=template)
    made = [folder / f"project-{number}" for number in range(projects)]
    for number, project in enumerate(made):
        project.mkdir()
        answers = f"_commit: v1.{number % 2}.0\n_src_path: {template}\nname: demo\n"
        (project / ".copier-answers.yml").write_text(answers, encoding="utf-8")
        (project / "README.md").write_text("# demo\n", encoding="utf-8")
        run(*git, "init", "--quiet", "--initial-branch=main", cwd=project)
        run(*git, "add", "--all", cwd=project)
        run(*git, "commit", "--quiet", "-m", "made", cwd=project)
    return made


@dataclass(frozen=True, order=True)
class Cost:
    """What programs took, those included that they started; in seconds of the processors, and of the clock."""

    cpu: float
    wall: float


def cost(work: Callable[[], object]) -> Cost:
    """Return what the programs take that something runs to their end."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    work()
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, wall)


def main() -> None:
    """Measure, and print a table."""
    projects, rounds = (int(text) for text in (*sys.argv[1:], *("50", "3")[len(sys.argv) - 1 :]))
    folder_of_programs = Path(sys.executable).parent
    program, copier = str(folder_of_programs / "robot-action"), str(folder_of_programs / "copier")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        made = make(folder, projects)
        names = [project.name for project in made]

        def check(*options: str) -> str:
            return run(program, "check", *names, *options, cwd=folder, codes=(BEHIND,))

        def peer() -> None:
            for number, name in enumerate(names):
                run(copier, "check-update", "--quiet", name, cwd=folder, codes=(0 if number % 2 else BEHIND,))

        expected = f"{projects} projects: {projects // 2 + projects % 2} behind"
        if expected not in check():
            sys.exit(f"robot-action does not find {expected}")
        costs_of_rounds = [
            (sorted(cost(check) for _ in range(TIMES))[TIMES // 2], cost(peer), cost(lambda: check("--drift"))) for _ in range(rounds)
        ]
    print("| | CPU s | wall s |\n|---|--:|--:|")
    for what, costs in zip(ROWS, zip(*costs_of_rounds, strict=True), strict=True):
        print(f"| {what} | {median(one.cpu for one in costs):.2f} | {median(one.wall for one in costs):.2f} |")
    for what in ("cpu", "wall"):
        ratios = (getattr(theirs, what) / getattr(ours, what) for ours, theirs, _ in costs_of_rounds)
        print(f"{what} of Copier / ours, round by round: {', '.join(f'{one:.0f}' for one in ratios)}")


if __name__ == "__main__":
    main()
