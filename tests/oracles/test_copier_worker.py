"""Copier's templates in the real worker, which can load nothing once it has the template: all must be foreseen."""

from __future__ import annotations

import pytest

from robot_action.clients.isolation.renderer import WorkerRenderer
from robot_action.rendering.engine import render
from tests.oracles.trees import link
from tests.rendering.copier_samples import copier_request

USE = "{{ 'a'|hash('md5') }}"
SLUG = "_jinja_extensions: [cookiecutter.extensions.SlugifyExtension]\nq: 1"
TEMPLATES = {
    "a file's name": ("q: 1", {f"{USE}.txt": "x"}),
    "a folder's name": ("q: 1", {f"{USE}/x": "x"}),
    "a file": ("q: 1", {"a.jinja": USE}),
    "an included file": ("q: 1", {"a.jinja": "{% include 'b' %}", "b": USE}),
    "a default": (f'q: {{type: str, default: "{USE}"}}', {"a.jinja": "{{ q }}"}),
    "a condition": (f"q: {{type: str, default: x, when: \"{{{{ {USE[2:-2]} == 'x' }}}}\"}}", {"a.jinja": "{{ q }}"}),
    "choices": (f'q: {{type: str, default: "{USE}", choices: ["{USE}", b]}}', {"a.jinja": "{{ q }}"}),
    "an exclusion": (f'_exclude: ["{USE}", copier.yml]\nq: 1', {"a": "x"}),
    "the folder": (f'_subdirectory: "{USE}"\nq: 1', {"0cc175b9c0f1b6a831c399e269772661/a": "x"}),
    "a task": (f'_tasks: ["{USE}"]\nq: 1', {}),
    "a message": (f'_message_after_copy: "{USE}"\nq: 1', {}),
    "a link": ("_preserve_symlinks: true\nq: 1", {"a.jinja": link(USE)}),
    "Cookiecutter's filter in a name": (SLUG, {"{{ 'A b'|slugify }}": "x"}),
    "Cookiecutter's filter in a file": (SLUG, {"a.jinja": "{{ 'A b'|slugify }}"}),
}


@pytest.mark.parametrize(("specification", "files"), TEMPLATES.values(), ids=TEMPLATES)
def test_what_is_needed_is_there(specification: str, files: dict[str, str]) -> None:
    request = copier_request(specification, files)
    here, there = render(request), WorkerRenderer(timeout=60).render(request)
    assert dict(there.tree) == dict(here.tree)
    assert (there.tasks, there.messages) == (here.tasks, here.messages)
