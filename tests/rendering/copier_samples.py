"""Small templates of Copier's format for the tests of rendering."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from robot_action.errors import InputError
from robot_action.model.template import Rendering, RenderRequest, Surroundings
from robot_action.model.tree import Entry
from robot_action.parsing.formats.recognise import read_specification
from robot_action.rendering.engine import render
from tests.rendering.samples import contents, make_tree

ANSWERS = {"{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml }}"}
AROUND = Surroundings(source="gh:acme/t", commit="4f0c", described="v1.0.0", ref="v1", destination="/home/me/project")


def copier_request(
    specification: str, files: Mapping[str, Entry | str | bytes] | None = None, data: Mapping[str, Any] | None = None, **more: Any
) -> RenderRequest:
    """Return a request; ``more`` are fields of it."""
    tree = make_tree({"copier.yml": specification, **(files or {})})
    wanted = read_specification(tree, "gh:acme/t")
    request = RenderRequest(wanted, tree, dict(data or {}), {}, "", 2031, "gh:acme/t: copier.yml", surroundings=AROUND, seed="s")
    return replace(request, **more)


def copied(specification: str, files: Mapping[str, Entry | str | bytes] | None = None, **more: Any) -> Rendering:
    return render(copier_request(specification, files, **more))


def shown(text: str, specification: str = "q: 1", **more: Any) -> str:
    """Return what a text renders to."""
    return contents(copied(specification, {"shown.jinja": text}, **more))["shown"].decode()


def refusals(specification: str, files: Mapping[str, Entry | str | bytes] | None = None, **more: Any) -> list[str]:
    """Return what is said about a template that cannot be read or rendered."""
    try:
        copied(specification, files, **more)
    except InputError as error:
        return [str(problem) for problem in error.problems]
    return []
