"""What each format makes of a request, before the one engine renders names and contents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from robot_action.errors import Problem
from robot_action.model.template import Rendering
from robot_action.rendering.answers import Answers
from robot_action.rendering.contents import Made
from robot_action.rendering.environment import Jinja


def _as_it_is(rendering: Rendering, problems: list[Problem]) -> Rendering:
    del problems
    return rendering


@dataclass(frozen=True, slots=True)
class Prepared:
    """A format's part.

    Attributes:
        jinja: in the format's dialect.
        context: what names and contents see, answers included.
        make: makes the project's tree, and adds what is wrong with it to the list.
        complete: adds to the rendering what only this format has, such as tasks, and what is wrong with that to the list.
    """

    jinja: Jinja
    answers: Answers
    context: Mapping[str, object]
    make: Callable[[list[Problem]], Made]
    complete: Callable[[Rendering, list[Problem]], Rendering] = _as_it_is
