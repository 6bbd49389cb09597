"""Parts of paths, cut around their expressions: each expression is compiled once for all paths that have it."""

from __future__ import annotations

import re

from robot_action.rendering.environment import Jinja

_EXPRESSION = re.compile(r"(\{\{[\w .|\[\]]*\}\})")
"""A tag that shows something and does nothing to what is around it."""


def pieces(jinja: Jinja, text: str) -> list[str]:
    """Return the pieces of a text that, rendered one by one, make what the text makes."""
    found = _EXPRESSION.split(text)
    between = found[::2]
    is_simple = jinja.has_usual_delimiters and not any(brace in part for part in between for brace in "{}")
    return found if is_simple and all(map(jinja.is_plain, between)) else [text]
