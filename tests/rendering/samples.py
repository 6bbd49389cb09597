"""Small templates for the tests of rendering."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from robot_action.errors import InputError, Position
from robot_action.model.template import Question, QuestionType, Rendering, RenderRequest, Specification
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.model.values import Value
from robot_action.rendering.engine import render

FILE = "gh:acme/t: template.yml"
PROJECT: Mapping[str, Value] = {"name": "demo", "version": "0.1.0", "kebab": "demo"}
AT = Position("template.yml", 4, 3)


def make_tree(files: Mapping[str, Entry | str | bytes]) -> Tree:
    return Tree({path: make_entry(content) for path, content in files.items()})


def make_entry(content: Entry | str | bytes) -> Entry:
    if isinstance(content, Entry):
        return content
    return Entry(Mode.FILE, content.encode() if isinstance(content, str) else content)


def make_request(
    files: Mapping[str, Entry | str | bytes] | None = None,
    questions: Iterable[Question] = (),
    data: Mapping[str, Value] | None = None,
    more: Mapping[str, Entry | str | bytes] | None = None,
    **specification: Any,
) -> RenderRequest:
    """Return a request; ``files`` lie in the template's directory, ``more`` beside it."""
    wanted = Specification(name="t", questions=tuple(questions), **specification)
    inside = {f"{wanted.directory}/{path}" if wanted.directory else path: content for path, content in (files or {}).items()}
    return RenderRequest(wanted, make_tree({**inside, **(more or {})}), dict(data or {}), PROJECT, "1.2.0", 2031, FILE)


def contents(rendering: Rendering) -> dict[str, bytes]:
    return {path: entry.content for path, entry in rendering.tree.items()}


def rendered(files: Mapping[str, Entry | str | bytes], questions: Iterable[Question] = (), **more: Any) -> dict[str, bytes]:
    return contents(render(make_request(files, questions, **more)))


def ask(name: str, kind: str = "str", **more: Any) -> Question:
    return Question(name, QuestionType(kind), position=AT, **more)


def problems(request: RenderRequest) -> list[str]:
    """Return what is said about a request that cannot be rendered, one text a problem."""
    try:
        render(request)
    except InputError as error:
        return [str(problem) for problem in error.problems]
    return []


def problems_of(files: Mapping[str, Entry | str | bytes], questions: Iterable[Question] = (), **more: Any) -> list[str]:
    return problems(make_request(files, questions, **more))
