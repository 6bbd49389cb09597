"""A project's name in the forms that languages and file systems want."""

from __future__ import annotations

import keyword
import re

from robot_action.model.values import Value

# capitals in a row are one word up to the last one before a small letter; digits belong to the word before them
_WORD = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z0-9]+")


def split_words(name: str) -> tuple[str, ...]:
    """Return the words of a name: ``payments-api``, ``payments_api`` and ``PaymentsAPI`` have two. Names are ASCII."""
    return tuple(word.lower() for word in _WORD.findall(name))


def name_forms(name: str) -> dict[str, Value]:
    """Return the forms of a name: ``kebab-case``, ``snake_case``, ``PascalCase``, ``Title Case``, and ``package``.

    ``package`` is the snake form as a Python identifier that is no keyword.
    """
    words = split_words(name)
    snake = "_".join(words)
    return {
        "kebab": "-".join(words),
        "snake": snake,
        "pascal": "".join(word.capitalize() for word in words),
        "title": " ".join(word.capitalize() for word in words),
        "package": f"{snake}_" if keyword.iskeyword(snake) else snake,
    }
