"""The project's own order: files, names, pins and promises that no single module can hold."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions, version
from itertools import pairwise
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from robot_action import errors
from robot_action.planning.permission import PROGRAMS

TOP = Path(__file__).resolve().parent.parent
SOURCE = TOP / "src" / "robot_action"
PYPROJECT = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))
RUN_AS_CHILDREN = {"build"}  # ``python -m build``: never imported
COME_ALONG = {"pydantic-core": "pydantic"}  # one release of the latter pins one of the former

REGISTRY_HOST = re.compile(r"(pypi|npmjs|pythonhosted|debian)\.(org|net|com)")
PRIVATE_PATH = re.compile(r"(^|[^\w])/(root|work|farm)/")


def tracked_files() -> Iterator[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, check=True, capture_output=True, text=True).stdout
    return (TOP / name for name in listing.split("\0") if name and (TOP / name).is_file())


def tracked_texts() -> Iterator[tuple[str, str]]:
    for path in tracked_files():
        try:
            yield str(path.relative_to(TOP)), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def locked(name: str) -> dict[str, str]:
    """Return the versions that a lock file pins, by canonical name."""
    text = (TOP / "requirements" / name).read_text(encoding="utf-8")
    return {canonicalize_name(found[1]): found[2] for found in re.finditer(r"^([\w.-]+)==(\S+)", text, re.MULTILINE)}


def requirements(texts: list[str]) -> list[Requirement]:
    return [Requirement(text) for text in texts]


def imported_packages() -> set[str]:
    tops: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                tops.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                tops.add(node.module.partition(".")[0])
    return tops - set(sys.stdlib_module_names) - {"robot_action", "__future__"}


def test_the_version_stands_in_one_place() -> None:
    assert version("robot-action") == PYPROJECT["project"]["version"]


def test_packages_load_nothing_by_themselves() -> None:
    assert [path for path in SOURCE.rglob("__init__.py") if path.read_bytes()] == []


def test_modules_have_at_most_300_lines() -> None:
    lengths = {str(path.relative_to(SOURCE)): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCE.rglob("*.py")}
    assert {name: length for name, length in lengths.items() if length > 300} == {}


def test_functions_have_at_most_40_lines() -> None:
    long = [
        f"{path.relative_to(SOURCE)}:{node.lineno} {node.name}"
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= 40
    ]
    assert long == []


def test_every_package_is_a_package() -> None:
    folders = {path.parent for path in SOURCE.rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


@pytest.mark.parametrize("pattern", [REGISTRY_HOST, PRIVATE_PATH], ids=["registry hosts", "paths of one machine"])
def test_no_file_names(pattern: re.Pattern[str]) -> None:
    found = [
        f"{name}:{number}: {line.strip()}"
        for name, text in tracked_texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def test_what_is_imported_is_what_is_declared() -> None:
    declared = {canonicalize_name(requirement.name) for requirement in requirements(PYPROJECT["project"]["dependencies"])}
    owners = packages_distributions()
    used = {canonicalize_name(owners[package][0]) for package in imported_packages()}
    assert {COME_ALONG.get(name, name) for name in used} | RUN_AS_CHILDREN == declared


@pytest.mark.parametrize("name", ["runtime.txt", "development.txt"])
def test_a_lock_file_satisfies_pyproject(name: str) -> None:
    wanted = requirements(PYPROJECT["project"]["dependencies"])
    if name == "development.txt":
        wanted += requirements(PYPROJECT["dependency-groups"]["dev"])
    pins = locked(name)
    assert [str(one) for one in wanted if not one.specifier.contains(pins.get(canonicalize_name(one.name), "0"), prereleases=True)] == []


def test_lock_files_agree() -> None:
    assert locked("runtime.txt").items() <= locked("development.txt").items()
    assert locked("demo.txt").items() <= locked("development.txt").items()


@pytest.mark.parametrize("name", ["runtime.txt", "development.txt", "demo.txt"])
def test_a_lock_file_holds_pins_with_hashes_and_nothing_else(name: str) -> None:
    lines = (TOP / "requirements" / name).read_text(encoding="utf-8").splitlines()
    pin = re.compile(r"[\w.-]+==[\w.!+-]+( ; .+)? \\")
    digest = re.compile(r" {4}--hash=sha256:[0-9a-f]{64}( \\)?")
    assert [line for line in lines if not (pin.fullmatch(line) or digest.fullmatch(line) or line.startswith("#"))] == []
    assert all(digest.fullmatch(after) for before, after in pairwise(lines) if pin.fullmatch(before))


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        f"{path.relative_to(TOP)}: {target}"
        for path in tracked_files()
        if path.suffix == ".md" and "testdata" not in path.parts
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8"))
        if "://" not in target and not (path.parent / target).exists()
    ]
    assert broken == []


def test_every_script_can_be_run() -> None:
    scripts = [path for path in tracked_files() if path.read_bytes().startswith(b"#!")]
    assert scripts
    assert [path for path in scripts if not path.stat().st_mode & 0o100] == []


def test_the_readme_tells_every_exit_code() -> None:
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", (TOP / "README.md").read_text(encoding="utf-8"), re.MULTILINE)}
    classes = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, errors.RobotActionError)]
    assert {error.exit_code for error in classes} | {0, errors.BUG_EXIT_CODE} <= told


def test_the_readme_names_the_programs_that_commands_may_call() -> None:
    *names, last = PROGRAMS
    assert f"may call {', '.join(names)} and {last};" in (TOP / "README.md").read_text(encoding="utf-8")


def test_decisions_are_numbered_one_by_one() -> None:
    numbers = sorted(int(path.name.partition("-")[0]) for path in (TOP / "docs" / "decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_module_has_its_tests() -> None:
    names = {path.stem.removeprefix("test_") for path in (TOP / "tests").rglob("test_*.py")}
    modules = [path for path in SOURCE.rglob("*.py") if not path.stem.startswith("__")]
    missing = [str(path.relative_to(SOURCE)) for path in modules if path.stem not in names]
    assert len(missing) <= len(modules) // 10, missing
