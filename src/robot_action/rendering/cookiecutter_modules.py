"""What a Cookiecutter template needs besides Jinja2, told from its texts: the worker can load nothing later."""

from __future__ import annotations

from collections.abc import Iterable


def modules_for(sources: Iterable[bytes]) -> tuple[str, ...]:
    """Return the modules to load.

    Args:
        sources: every text that may hold Jinja.
    """
    needs_slug = any(b"slugify" in source for source in sources)
    return (
        "robot_action.rendering.cookiecutter",
        *(["slugify", "text_unidecode"] if needs_slug else []),
    )
