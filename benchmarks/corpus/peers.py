"""Renders one template by the real Copier or Cookiecutter: ``python peers.py FORMAT JOB``; prints the project's folder.

``JOB`` is JSON: ``source``, ``commit``, ``directory``, ``destination`` (the project's folder for Copier, the folder around
it for Cookiecutter), ``answers``, and ``code``: whether tasks or hooks run.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

Job = Mapping[str, Any]


def by_copier(job: Job) -> str:
    """Render by Copier, with every default, and extensions allowed."""
    from copier import run_copy

    run_copy(
        job["source"],
        job["destination"],
        dict(job["answers"]),
        vcs_ref=job["commit"],
        defaults=True,
        overwrite=True,
        quiet=True,
        unsafe=True,
        skip_tasks=not job["code"],
    )
    return str(job["destination"])


def by_cookiecutter(job: Job) -> str:
    """Render by Cookiecutter, with every default, and no configuration of the user's."""
    from cookiecutter.main import cookiecutter  # type: ignore[import-untyped]

    made = cookiecutter(
        job["source"],
        job["commit"],
        no_input=True,
        default_config=True,
        directory=job["directory"] or None,
        extra_context=dict(job["answers"]),
        output_dir=job["destination"],
        accept_hooks=job["code"],
    )
    return str(made)


PEERS: Mapping[str, Callable[[Job], str]] = {"copier": by_copier, "cookiecutter": by_cookiecutter}

if __name__ == "__main__":
    print(PEERS[sys.argv[1]](json.loads(sys.argv[2])))
