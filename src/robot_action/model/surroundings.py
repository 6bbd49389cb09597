"""What the contexts of foreign templates tell about a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

COPY = "copy"
"""The operation that makes a project; Copier's word."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the foreign formats tell a template about itself and its run.

    Attributes:
        source: where the template comes from, as it was given.
        commit: the full git commit, or ``""``.
        described: what ``git describe --tags --always`` says of it (``v1.0.0-2-g4ac36cb``), or ``""``.
        ref: the ref that was asked for, or ``""``.
        destination: the project's folder, a full path.
        answers_file: the answers file's name where the operator says another, or ``""``.
        operation: ``copy`` or ``update``.
        files: the YAML files of the project as it is now, by their paths: what a Copier template's ``_external_data`` may name.
        python: the Python that tasks can be run with.
        folder: where the template's files lie while its tasks run, a full path, or ``""``: nowhere.
        answered: what the project's answers file holds as it is now, for a Copier template, or nothing.
        is_crufts: whether a Cookiecutter template is told what Cruft tells it: the commit, and none of the machine's folders.
        local: the template's folder as it was given, where it is one of this machine, or ``""``.
    """

    source: str = ""
    commit: str = ""
    described: str = ""
    ref: str = ""
    destination: str = ""
    answers_file: str = ""
    operation: str = COPY
    files: Mapping[str, bytes] = field(default_factory=dict)
    python: str = "python3"
    folder: str = ""
    answered: bytes = b""
    local: str = ""
    is_crufts: bool = False
