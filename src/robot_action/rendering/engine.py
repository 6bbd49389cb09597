"""A template and given answers -> a rendering. Only the worker process calls this: templates are other people's code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module

from robot_action.errors import InputError, Problem
from robot_action.model.paths import check_tree
from robot_action.model.template import Rendering, RenderRequest
from robot_action.rendering.commands import render_commands, render_start
from robot_action.rendering.faults import tidy
from robot_action.rendering.prepared import Prepared


def render(request: RenderRequest) -> Rendering:
    """Resolve the answers and render names, contents and commands.

    Raises:
        InputError: with every problem of the answers, or else every one of the template.
    """
    # One module a format, of the format's name; the worker loads no other.
    prepare: Callable[[RenderRequest], Prepared] = import_module(f"robot_action.rendering.{request.specification.format}").prepare
    prepared = prepare(request)
    try:
        return _render(request, prepared)
    except InputError as error:
        raise InputError(problems=tidy(error.problems, prepared.answers.hidden)) from error


def _place(problem: Problem) -> tuple[str, int]:
    return (problem.position.file, problem.position.line) if problem.position else ("", 0)


def _render(request: RenderRequest, prepared: Prepared) -> Rendering:
    specification, answers = request.specification, prepared.answers
    problems: list[Problem] = []
    made = prepared.make(problems)
    install = render_commands(specification.install, prepared.jinja, prepared.context, problems)
    start = render_start(specification.start, prepared.jinja, prepared.context, problems)
    rendering = Rendering(
        tree=made.tree,
        sources={path: source for path, source in made.sources.items() if path in made.tree and source in request.tree},
        answers=answers.values,
        recorded={name: answers.values[name] for name in answers.recorded},
        secret=answers.secret,
        defaulted=answers.defaulted,
        install=install,
        start=start,
    )
    rendering = prepared.complete(rendering, problems)
    if problems:
        raise InputError(problems=tuple(sorted(problems, key=_place)))
    check_tree(made.tree, "the rendered tree")
    return replace(rendering, compiled=prepared.jinja.pack())
