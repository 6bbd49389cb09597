"""The yardstick: a bare Jinja2 loop over a Copier template's folder. No command line, questions, checks, sandbox or worker."""

from __future__ import annotations

import os
import shutil
import sys

from jinja2 import Environment

CONTEXT = {
    "project_name": "Bench Project",
    "project_slug": "bench-project",
    "package": "bench_project",
    "author": "Ada Example",
    "license": "MIT",
    "python_version": "3.11",
    "modules": "core, api, cli, web",
    "use_docs": True,
    "use_cli": False,
}
"""What the answers of `benchmarks.templates` come to."""


def main(source: str, target: str) -> None:
    """Render ``source`` into ``target``."""
    environment = Environment(keep_trailing_newline=True)  # noqa: S701 - as templates of projects have it
    for folder, _, files in os.walk(source):
        inside = os.path.relpath(folder, source)
        out = target if inside == "." else os.path.join(target, environment.from_string(inside).render(CONTEXT))  # noqa: PTH118
        os.makedirs(out, exist_ok=True)  # noqa: PTH103 - the bare least
        for name in files:
            if "_copier_conf" in name:
                continue
            path = os.path.join(folder, name)  # noqa: PTH118
            made = environment.from_string(name).render(CONTEXT) if "{" in name else name
            place = os.path.join(out, made.removesuffix(".jinja"))  # noqa: PTH118
            if made.endswith(".jinja") and made != ".jinja":
                with open(path, encoding="utf-8", newline="") as file:  # noqa: PTH123
                    text = environment.from_string(file.read()).render(CONTEXT)
                with open(place, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123
                    file.write(text)
                shutil.copymode(path, place)
            elif made != ".jinja":
                shutil.copyfile(path, place)
                shutil.copymode(path, place)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
