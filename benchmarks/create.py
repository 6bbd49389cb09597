"""Measures what users wait for: ``make bench [FILES=1000]``.

Each figure is the best of some runs, in milliseconds. The yardsticks beside them are what the work costs at least: an
empty Python, and a bare Jinja2 loop over the same template without sandbox, checks, worker or names.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment

SPECIFICATION = """\
name: bench
questions:
  author: {type: str, default: Ada Example}
  docs: {type: bool, default: true}
  modules: {type: yaml, default: [core, api, cli, web]}
"""
BLOCKS = (
    "{{ author }} wrote {{ project.package }}.\n",
    "{% if docs %}See docs/{{ project.kebab }}.md{% else %}No documents.{% endif %}\n",
    "{% for module in modules %}{{ loop.index }}: {{ module | upper }}\n{% endfor %}",
    "{% raw %}token: ${{ secrets.TOKEN }}{% endraw %}\n",
)
CONTEXT = {
    "author": "Ada Example",
    "docs": True,
    "modules": ["core", "api", "cli", "web"],
    "project": {"package": "bench", "kebab": "bench"},
}


def make_template(folder: Path, files: int) -> None:
    """Write a template: 30 % of the files are rendered, 5 % are binary, about 3 KiB each; the same ones every time."""
    chance = random.Random(0)  # noqa: S311 - it has to be the same each time
    words = ["adapter", "batch", "cache", "delta", "engine", "frame", "graph", "handler", "index", "kernel"]
    (folder / "template").mkdir(parents=True)
    (folder / "template.yml").write_text(SPECIFICATION, encoding="utf-8")
    for number in range(files):
        parts = ["template", chance.choice(["docs", "src/{{ project.package }}", "tests"]), chance.choice(words)]
        parent = folder.joinpath(*parts)
        parent.mkdir(parents=True, exist_ok=True)
        kind = chance.choices(["binary", "rendered", "plain"], [5, 30, 65])[0]
        size = chance.randint(500, 6000)
        if kind == "binary":
            (parent / f"{number}.bin").write_bytes(chance.randbytes(size))
            continue
        lines: list[str] = []
        while sum(map(len, lines)) < size:
            lines.append(" ".join(chance.choices(words, k=10)) + "\n")
            if kind == "rendered" and len(lines) % 5 == 0:
                lines.append(chance.choice(BLOCKS))
        (parent / f"{number}.txt{'.jinja' if kind == 'rendered' else ''}").write_text("".join(lines), encoding="utf-8")


def bare_loop(template: Path, destination: Path) -> None:
    """Render without anything that makes it safe: the yardstick."""
    environment = Environment(keep_trailing_newline=True, autoescape=False)  # noqa: S701 - files, no web pages
    for path in sorted((template / "template").rglob("*")):
        if path.is_dir():
            continue
        name = environment.from_string(str(path.relative_to(template / "template"))).render(CONTEXT)
        target = destination / name.removesuffix(".jinja")
        target.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".jinja"):
            target.write_text(environment.from_string(path.read_text(encoding="utf-8")).render(CONTEXT), encoding="utf-8")
        else:
            shutil.copyfile(path, target)


def best(runs: int, work: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    """Return the shortest time of some runs in milliseconds; ``before`` is not counted."""
    times = []
    for _ in range(runs):
        before()
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times) * 1000


def run(*arguments: str | Path, home: Path) -> None:
    """Run a command of this Python, silently."""
    environment = os.environ | {"ROBOT_ACTION_HOME": str(home), "CI": "true"}
    done = subprocess.run([sys.executable, *arguments], env=environment, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{arguments}\n{done.stdout}{done.stderr}")


def main() -> None:
    """Measure everything, and print one line each."""
    files = int(os.environ.get("FILES", "1000"))
    with tempfile.TemporaryDirectory(prefix="robot-action-bench-") as name:
        top = Path(name)
        home, template, project = top / "home", top / "bench", top / "project"
        make_template(template, files)
        clean = lambda: shutil.rmtree(project, ignore_errors=True)  # noqa: E731 - shorter here
        create = ("-m", "robot_action", "create", "--template", template, "--destination", project)
        figures: dict[str, Callable[[], float]] = {
            "python -c pass": lambda: best(10, lambda: run("-c", "pass", home=home)),
            "robot-action --version": lambda: best(10, lambda: run("-m", "robot_action", "--version", home=home)),
            "robot-action create --help": lambda: best(10, lambda: run("-m", "robot_action", "create", "--help", home=home)),
            f"a bare Jinja2 loop, {files} files": lambda: best(3, lambda: bare_loop(template, project), clean),
            f"create --dry-run, {files} files": lambda: best(3, lambda: run(*create, "--dry-run", home=home), clean),
            f"create with commit, {files} files": lambda: best(3, lambda: run(*create, home=home), clean),
            f"create again, {files} files": lambda: best(3, lambda: run(*create, home=home)),
        }
        for title, measure in figures.items():
            print(f"{title:38} {measure():8.0f} ms", flush=True)


if __name__ == "__main__":
    main()
