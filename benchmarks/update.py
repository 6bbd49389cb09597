"""Measures updates beside Copier's and Cruft's: ``python benchmarks/update.py [FILES] [--rounds N]``.

A made-up project (`benchmarks.templates`) has edits in eight files, and its template a new version, in which a few files
change, one comes, one goes and one moves. Everybody updates the same copy in turn, so that the ratios hold while the machine's speed
drifts; first it is checked that all make the same of it. Cold: nothing of an earlier run is at hand.
"""

from __future__ import annotations

import argparse
import json
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
from benchmarks.render import Run, digest, ratio, run  # noqa: E402 - the folder above comes first
from benchmarks.templates import make_templates  # noqa: E402

EDITS, CHANGED = 8, 30
WHO = ("-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "init.defaultBranch=main", "-c", "advice.detachedHead=false")
OTHER = "Another Project"
"""The changed answer, which is in names and in every second rendered file."""
TARGETS = {("same answers", "Copier"): 25, ("same answers", "Cruft"): 8, ("changed answers", "Copier"): 10, ("changed answers", "Cruft"): 3}


@dataclass(frozen=True)
class Contender:
    """A command that updates a copy of a project.

    Attributes:
        forgets: what is removed before each run, or None.
    """

    project: Path
    command: tuple[str, ...]
    forgets: Path | None = None


def git(folder: Path, *arguments: str) -> None:
    """Run git."""
    subprocess.run(["git", *WHO, *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def commit(folder: Path, message: str, tag: str = "") -> None:
    """Commit everything in a folder, with a tag."""
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet")
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "-m", message)
    if tag:
        git(folder, "tag", tag)


def grow(template: Path, paths: Sequence[Path]) -> None:
    """Make a template's second version."""
    for path in paths[:CHANGED]:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        lines.insert(len(lines) // 3, "brought in by the template\n")
        path.write_text("".join(lines), encoding="utf-8")
    paths[CHANGED].unlink()
    paths[CHANGED + 1].rename(paths[CHANGED + 1].with_name("moved.txt"))
    (paths[CHANGED + 2].parent / "new.txt").write_text("new\n", encoding="utf-8")
    commit(template, "second", "v2.0.0")


def edit(project: Path) -> None:
    """Edit files of a project, each at its end: half of them the template changes too."""
    texts = sorted(path for path in project.rglob("*.*") if path.suffix in {".py", ".md", ".ts"} and ".git" not in path.parts)
    for path in texts[:: max(1, len(texts) // EDITS)][:EDITS]:
        with path.open("a", encoding="utf-8") as stream:
            stream.write("edited by the user\n")
    commit(project, "edits")


def make(work: Path, files: int, environment: Mapping[str, str]) -> tuple[Path, Path]:
    """Make templates with two versions, and a project of the first one of each."""
    copier, cookiecutter = make_templates(work, files)
    found = [sorted(path for path in (copier / "template").rglob("*") if path.suffix in {".jinja", ".py", ".md"} and "{" not in path.name)]
    below = cookiecutter / "{{ cookiecutter.project_slug }}"
    found.append([_twin(path, copier / "template", below) for path in found[0]])
    for template in (copier, cookiecutter):
        commit(template, "first", "v1.0.0")
    made = work / "made"
    made.mkdir()
    programs = (
        ("copier", "copy", "--defaults", "--quiet", "--vcs-ref", "v1.0.0", str(copier), str(made / "copier")),
        ("cruft", "create", "--no-input", "--checkout", "v1.0.0", "--output-dir", str(made), str(cookiecutter)),
    )
    for program in programs:
        subprocess.run(program, env=dict(environment), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    (made / "bench-project").rename(made / "cruft")
    state = json.loads((made / "cruft/.cruft.json").read_text(encoding="utf-8"))
    (made / "cruft/.cruft.json").write_text(json.dumps({**state, "checkout": None}, indent=2), encoding="utf-8")
    for project in (made / "copier", made / "cruft"):
        commit(project, "made")
        edit(project)
    for template, paths in zip((copier, cookiecutter), found, strict=True):
        grow(template, paths)
    return made / "copier", made / "cruft"


def _twin(path: Path, top: Path, other: Path) -> Path:
    name = path.relative_to(top).as_posix().removesuffix(".jinja")
    return other / name.replace("{{ package }}", "{{ cookiecutter.package }}")


def contenders(work: Path, copier: Path, cruft: Path, *, changed: bool) -> dict[str, Contender]:
    """Return everybody by name, in the order of a round."""
    home = work / "home"
    ours = ("robot-action", "update", ".", *(("--data", f"project_name={OTHER}") if changed else ()))
    theirs = (
        "copier",
        "update",
        "--defaults",
        "--quiet",
        "--conflict",
        "inline",
        *(("--data", f"project_name={OTHER}") if changed else ()),
    )
    variables = ("--variables-to-update", json.dumps({"project_name": OTHER})) if changed else ()
    return {
        "robot-action, Copier's project, cold": Contender(copier, ours, home),
        "robot-action, Copier's project, warm": Contender(copier, ours),
        "Copier": Contender(copier, theirs),
        "robot-action, Cruft's project, cold": Contender(cruft, ours, home),
        "robot-action, Cruft's project, warm": Contender(cruft, ours),
        "Cruft": Contender(cruft, ("cruft", "update", "--skip-apply-ask", *variables)),
    }


def measure(files: int, rounds: int, *, changed: bool) -> dict[str, list[Run]]:
    """Return everybody's runs."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        work = Path(folder)
        (work / ".gitconfig").write_text("[user]\n\tname = bench\n\temail = bench@localhost\n", encoding="utf-8")
        quiet = {"ROBOT_ACTION_HOME": str(work / "home"), "ROBOT_ACTION_CHECK_UPDATES": "false", "HOME": folder}
        environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **quiet}
        everybody = contenders(work, *make(work, files, environment), changed=changed)
        found: dict[str, list[Run]] = {name: [] for name in everybody}
        same: dict[str, str] = {}
        place = work / "project"
        for number in range(rounds + 1):  # the first one warms the disk's cache up, and shows that all make the same
            for name, contender in everybody.items():
                shutil.rmtree(place, ignore_errors=True)
                subprocess.run(["cp", "-a", str(contender.project), str(place)], check=True)
                if contender.forgets:
                    shutil.rmtree(contender.forgets, ignore_errors=True)
                done = run(contender.command, environment, place)
                if number:
                    found[name].append(done)
                else:
                    shutil.rmtree(place / ".git")
                    same[name] = digest(place)
        for peer in ("Copier", "Cruft"):  # the two templates differ in the last line ends
            if len({made for name, made in same.items() if peer in name}) > 1:
                sys.exit(f"they do not make the same: {json.dumps(same, indent=2)}")
        return found


def table(what: str, files: int, found: Mapping[str, Sequence[Run]]) -> Iterator[str]:
    """Yield the lines of a table."""
    yield f"\n### {files:,} files, {what}\n"
    yield "| | CPU s | wall s | peak MiB |"
    yield "|---|--:|--:|--:|"
    for name, runs in found.items():
        cpu, wall, memory = (median(getattr(one, figure) for one in runs) for figure in ("cpu", "wall", "memory"))
        yield f"| {name} | {cpu:.3f} | {wall:.3f} | {memory:.0f} |"
    yield "\n| | target | cold | warm |"
    yield "|---|--:|--:|--:|"
    for peer in ("Copier", "Cruft"):
        ratios = [ratio(found[peer], found[f"robot-action, {peer}'s project, {temper}"]) for temper in ("cold", "warm")]
        yield f"| CPU of {peer} / ours | {TARGETS[what, peer]} | {ratios[0]:.1f} | {ratios[1]:.1f} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("files", nargs="?", type=int, default=1000, help="the template's size")
    parser.add_argument("--rounds", type=int, default=3, help="counted rounds")
    parser.add_argument("--only", choices=["same", "changed"], help="measure this alone")
    options = parser.parse_args()
    for what in ("same answers", "changed answers"):
        if not options.only or what.startswith(options.only):
            found = measure(options.files, options.rounds, changed=what == "changed answers")
            print("\n".join(table(what, options.files, found)), flush=True)


if __name__ == "__main__":
    main()
