"""The native format: our own questions and context."""

from __future__ import annotations

from robot_action.errors import Problem
from robot_action.model.template import RenderRequest
from robot_action.rendering.answers import resolve
from robot_action.rendering.contents import Made, make_tree
from robot_action.rendering.environment import NATIVE, Jinja
from robot_action.rendering.names import Naming
from robot_action.rendering.prepared import Prepared


def prepare(request: RenderRequest) -> Prepared:
    """Resolve the answers, and say which paths there are.

    Raises:
        InputError: with every problem of the answers.
    """
    specification = request.specification
    jinja = Jinja(request.tree, NATIVE, request.file.removesuffix(specification.file), request.compiled)
    own: dict[str, object] = {
        "project": dict(request.project),
        "template": {"name": specification.name, "version": request.template_version},
        "year": request.year,
    }
    answers = resolve(specification.questions, request, own, jinja)
    context = {**own, **answers.values}

    def make(problems: list[Problem]) -> Made:
        naming = Naming(specification, jinja, request.file)
        made = make_tree(naming.targets(context), jinja, problems)
        problems.extend(naming.problems)
        return made

    return Prepared(jinja, answers, context, make)
