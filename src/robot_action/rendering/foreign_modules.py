"""Modules that templates' own extensions import from Copier's and Cookiecutter's world, without those tools."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, MutableMapping
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from jinja2 import Environment
from jinja2.ext import Extension

FILES = "copier_template_extensions"
"""The package in which a Copier template's own files are modules."""
_FORMER = "copier_templates_extensions"


class ContextHook(Extension):
    """An extension whose method ``hook`` sees each context before it is rendered, and may change it.

    What it stands for is ``ContextHook`` of the package copier-template-extensions (0.3): the hook changes the context, or returns
    what is to be added to it.
    """

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        hook: Callable[[dict[str, Any]], Mapping[str, Any] | None] = self.hook

        class Hooked(environment.context_class):  # type: ignore[misc, name-defined]  # it may be hooked already
            """The context after the hook."""

            def __init__(
                self,
                environment: Environment,
                parent: dict[str, Any],
                name: str | None,
                blocks: dict[str, Any],
                globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - Jinja2's name for it
            ) -> None:
                if "_copier_conf" in parent and (more := hook(parent)) is not None:
                    parent.update(more)
                super().__init__(environment, parent, name, blocks, globals)

        environment.context_class = Hooked

    def hook(self, context: dict[str, Any]) -> Mapping[str, Any] | None:
        """Change the context, or return what is added to it; a template's extension says how."""
        raise NotImplementedError


class TemplateExtensionLoader(Extension):
    """Named by templates; `robot_action.rendering.extensions` does what it stands for."""


def simple_filter(function: Callable[..., object]) -> type[Extension]:
    """Return an extension that makes a function a filter, as ``cookiecutter.utils.simple_filter`` does."""

    class Filter(Extension):
        def __init__(self, environment: Environment) -> None:
            super().__init__(environment)
            environment.filters[function.__name__] = function

    Filter.__name__ = function.__name__
    return Filter


def provide() -> None:
    """Make the modules there to be imported; Cookiecutter's only where it is not installed."""
    for name in (FILES, _FORMER):
        _add(name, ContextHook=ContextHook, TemplateExtensionLoader=TemplateExtensionLoader)
    if "cookiecutter" not in sys.modules and find_spec("cookiecutter") is None:
        _add("cookiecutter")
        _add("cookiecutter.utils", simple_filter=simple_filter)


def _add(name: str, **content: object) -> None:
    module = ModuleType(name)
    module.__path__ = []
    vars(module).update(content)
    sys.modules[name] = module
