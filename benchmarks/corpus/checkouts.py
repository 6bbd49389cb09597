"""Checkouts of the listed commits, out of a folder of clones."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from benchmarks.corpus.cases import Case


class CheckoutError(Exception):
    """A commit that cannot be had."""


def check_out(case: Case, clones: Path, work: Path) -> Path:
    """Return a checkout of a template's commit.

    Raises:
        CheckoutError: there is no clone, or it has no such commit.
    """
    name = case.repository.replace("/", "+")
    clone, checkout = clones / name, work / "checkouts" / f"{name}@{case.commit[:12]}"
    if checkout.exists():
        return checkout
    commands = (["clone", "--quiet", "--no-checkout", str(clone), str(checkout)], ["-C", str(checkout), "checkout", "--quiet", case.commit])
    for command in commands:
        done = subprocess.run(["git", *command], check=False, capture_output=True, text=True)
        if done.returncode:
            shutil.rmtree(checkout, ignore_errors=True)
            raise CheckoutError(f"no checkout: {done.stderr.strip().splitlines()[-1]}")
    _fill_submodules(checkout, clones)
    return checkout


def _fill_submodules(checkout: Path, clones: Path) -> None:
    """Put submodules there that have a clone; the checkout is a plain folder then, for git would fetch them from their own place."""
    is_filled = False
    for path, commit in _submodules(checkout):
        listed = ["git", "config", "--file", ".gitmodules", "--get-regexp", r"\.url$", f"/{path.name}(\\.git)?$"]
        url = subprocess.run(listed, cwd=checkout, check=False, capture_output=True, text=True).stdout.strip().removesuffix(".git")
        clone = clones / "+".join(url.split("/")[-2:])
        if url and clone.is_dir():
            subprocess.run(["git", "clone", "--quiet", str(clone), str(path)], cwd=checkout, check=True)
            subprocess.run(["git", "-C", str(path), "checkout", "--quiet", commit], cwd=checkout, check=True)
            shutil.rmtree(checkout / path / ".git")
            is_filled = True
    if is_filled:
        shutil.rmtree(checkout / ".git")


def _submodules(checkout: Path) -> Iterator[tuple[Path, str]]:
    listed = ["git", "ls-files", "--stage"]
    for line in subprocess.run(listed, cwd=checkout, check=True, capture_output=True, text=True).stdout.splitlines():
        if line.startswith("160000 "):
            yield Path(line.partition("\t")[2]), line.split()[1]


def has_code(case: Case, checkout: Path) -> bool:
    """Return whether a template has tasks or hooks."""
    folder = checkout / case.directory
    if case.format == "cookiecutter":
        return (folder / "hooks").is_dir()
    return any("\n_tasks:" in f"\n{path.read_text(encoding='utf-8')}" for path in folder.glob("copier.y*ml"))
