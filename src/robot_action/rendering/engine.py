"""A template and given answers -> a rendering. Only the worker process calls this: templates are other people's code."""

from __future__ import annotations

from collections.abc import Mapping

from robot_action.errors import InputError, Problem
from robot_action.model.paths import check_tree
from robot_action.model.template import Rendering, RenderRequest
from robot_action.rendering.answers import Answers, resolve
from robot_action.rendering.commands import render_commands, render_start
from robot_action.rendering.contents import make_tree
from robot_action.rendering.environment import NATIVE, Dialect, Jinja
from robot_action.rendering.faults import tidy
from robot_action.rendering.names import Naming


def render(request: RenderRequest, dialect: Dialect = NATIVE) -> Rendering:
    """Resolve the answers and render names, contents and commands.

    Raises:
        InputError: with every problem of the answers, or else every one of the template.
    """
    specification = request.specification
    jinja = Jinja(request.tree, dialect, request.file.removesuffix(specification.file))
    context: dict[str, object] = {
        "project": dict(request.project),
        "template": {"name": specification.name, "version": request.template_version},
        "year": request.year,
    }
    answers = resolve(specification.questions, request, context, jinja)
    try:
        return _render(request, jinja, answers, {**context, **answers.values})
    except InputError as error:
        raise InputError(problems=tidy(error.problems, answers.hidden)) from error


def _place(problem: Problem) -> tuple[str, int]:
    return (problem.position.file, problem.position.line) if problem.position else ("", 0)


def _render(request: RenderRequest, jinja: Jinja, answers: Answers, context: Mapping[str, object]) -> Rendering:
    specification = request.specification
    problems: list[Problem] = []
    naming = Naming(specification, jinja, request.file)
    tree = make_tree(naming.targets(context), jinja, problems)
    install = render_commands(specification.install, jinja, context, problems)
    start = render_start(specification.start, jinja, context, problems)
    if naming.problems or problems:
        raise InputError(problems=tuple(sorted((*naming.problems, *problems), key=_place)))
    return Rendering(
        tree=check_tree(tree, "the rendered tree"),
        answers=answers.values,
        recorded={name: answers.values[name] for name in answers.recorded},
        secret=answers.secret,
        defaulted=answers.defaulted,
        install=install,
        start=start,
    )
