"""What a Cookiecutter template needs besides Jinja2, told from its texts: the worker can load nothing later."""

from __future__ import annotations

from collections.abc import Iterable

from robot_action.rendering.zones import uses_now


def modules_for(sources: Iterable[bytes]) -> tuple[str, ...]:
    """Return the modules to load.

    Args:
        sources: every text that may hold Jinja.
    """
    given = list(sources)
    needs_slug = any(b"slug" in source for source in given)
    return (
        "robot_action.rendering.cookiecutter",
        *(["slugify", "text_unidecode"] if needs_slug else []),
        *(["arrow"] if uses_now(given) else []),
    )
