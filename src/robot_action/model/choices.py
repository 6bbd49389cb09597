"""What can be named on a command line; apart from what it names, so that ``--help`` and light commands need not load that."""

from __future__ import annotations

from enum import StrEnum

STAGES = ("prepare", "fetch", "render", "tasks", "install", "start", "commit", "repository", "push", "publish")
"""The stages of `create`, in order."""


class Format(StrEnum):
    """Whose rules a template goes by."""

    NATIVE = "native"
    COPIER = "copier"
    COOKIECUTTER = "cookiecutter"
