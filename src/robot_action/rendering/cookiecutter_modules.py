"""What a Cookiecutter template needs besides Jinja2, told from its texts: the worker can load nothing later."""

from __future__ import annotations

from collections.abc import Iterable


def modules_for(sources: Iterable[bytes]) -> tuple[str, ...]:
    """Return the modules to load.

    Args:
        sources: every text that may hold Jinja.
    """
    return ("robot_action.rendering.cookiecutter", *slug_modules(sources))


def slug_modules(sources: Iterable[bytes]) -> tuple[str, ...]:
    """Return what the filter ``slugify`` needs, where a text names it."""
    return ("slugify", "text_unidecode") if any(b"slugify" in source for source in sources) else ()
