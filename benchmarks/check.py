"""Measures `check` beside Copier's own check: ``python benchmarks/check.py [PROJECTS] [ROUNDS]``.

Projects of one local template, half of them behind, each linked by an answers file of Copier's. Every round runs, one after the
other, robot-action once for all projects and Copier's program once for each (it takes one); both have to come to the same
answer. A round's figures are compared with each other alone, and the medians of all rounds are printed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

TEMPLATE = {
    "copier.yml": "name: demo\n",
    "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml -}}\n",
    "README.md.jinja": "# {{ name }}\n",
}
BEHIND = 2  # the exit code of both


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


def seconds(work: Callable[[], object]) -> float:
    """Return how long something takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    """Measure, and print a table."""
    projects, rounds = (int(text) for text in (*sys.argv[1:], *("50", "3")[len(sys.argv) - 1 :]))
    folder_of_programs = Path(sys.executable).parent
    ours, copier = str(folder_of_programs / "robot-action"), str(folder_of_programs / "copier")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        made = make(folder, projects)
        names = [project.name for project in made]

        def check(*options: str) -> str:
            return run(ours, "check", *names, *options, cwd=folder, codes=(BEHIND,))

        def peer() -> None:
            for number, name in enumerate(names):
                run(copier, "check-update", "--quiet", name, cwd=folder, codes=(0 if number % 2 else BEHIND,))

        found = f"{projects} projects: {projects // 2 + projects % 2} behind"
        if found not in check():
            sys.exit(f"robot-action does not find {found}")
        figures = [(seconds(check), seconds(peer), seconds(lambda: check("--drift"))) for _ in range(rounds)]
    for what, column in (("robot-action check", 0), ("copier check-update, each", 1), ("robot-action check --drift", 2)):
        print(f"{what:28}{median(row[column] for row in figures):8.2f} s")
    print(f"ratio, round by round: {', '.join(f'{theirs / mine:.0f}' for mine, theirs, _ in figures)}")


if __name__ == "__main__":
    main()
