"""What was found in manifest files, as lines and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from robot_action.errors import InputError, Problem
from robot_action.model.manifest import Manifest
from robot_action.parsing.wording import listed
from robot_action.reporting.lines import EMPTY, Line, Role, line, span
from robot_action.reporting.problem_text import problem_lines
from robot_action.reporting.report_json import SCHEMA, problem_document, to_json
from robot_action.reporting.viewing import view_problems
from robot_action.reporting.views import ProblemView
from robot_action.reporting.words import count


class CheckedFile(Protocol):
    """A manifest file: its manifests, or the problems for which it has none."""

    @property
    def path(self) -> Path:
        """Where it is."""

    @property
    def manifests(self) -> tuple[Manifest, ...]:
        """What it wants."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with it."""


@dataclass(frozen=True, slots=True)
class FileCheckView:
    """A file, the projects that it wants, and what is wrong with it."""

    file: str
    projects: tuple[str, ...]
    problems: tuple[ProblemView, ...]


def view_files(files: Iterable[CheckedFile]) -> tuple[FileCheckView, ...]:
    """Return what was found in files."""
    return tuple(
        FileCheckView(str(file.path), tuple(manifest.project for manifest in file.manifests), view_problems(file.problems))
        for file in files
    )


def validation_lines(files: Sequence[FileCheckView]) -> Iterator[Line]:
    """Yield every problem, or else the projects of each file, and a summary."""
    for file in files:
        if file.problems:
            yield from problem_lines(file.problems)
        else:
            yield line(file.file, ": ", span("fine", Role.GOOD), f", wants {listed(file.projects) or 'nothing'}")
    wrong = [file for file in files if file.problems]
    if wrong:
        errors = count(sum(len(file.problems) for file in wrong), "error")
        yield EMPTY
        yield line(span(f"{errors} in {len(wrong)} of {count(len(files), 'file')}", Role.BAD))


def validation_json(files: Sequence[FileCheckView]) -> str:
    """Return the document of ``validate --json``."""
    return to_json(
        {
            "schema": SCHEMA,
            "exit_code": InputError.exit_code if any(file.problems for file in files) else 0,
            "files": [
                {"file": file.file, "projects": list(file.projects), "problems": [problem_document(one) for one in file.problems]}
                for file in files
            ],
        }
    )
