"""Which of the Jinja extensions that a template names are other people's code, and what that code needs."""

from __future__ import annotations

from collections.abc import Iterable

from robot_action.model.template import Specification

LOADERS = frozenset(f"{package}.TemplateExtensionLoader" for package in ("copier_template_extensions", "copier_templates_extensions"))
"""They let a Copier template name classes of its own files (``extensions/context.py:ContextUpdater``)."""
TIME = frozenset({"jinja2_time.TimeExtension", "jinja2_time.jinja2_time.TimeExtension"})
"""The tag ``now``, which is among Cookiecutter's own: robot-action has it, at the time that is said to be now."""
BUILT_IN = frozenset(f"cookiecutter.extensions.{name}Extension" for name in ("Jsonify", "RandomString", "Slugify", "Time", "UUID"))
"""Those of Cookiecutter that every template of it has; one that names them gets nothing more."""
EXTRA = frozenset({"jinja2_strcase", "jinja2_time"})
"""Packages of the extra ``extensions``."""
CALCULATING = frozenset({"jinja2_strcase"})
"""Packages whose extensions calculate and do nothing else."""

_OF_JINJA = "jinja2.ext."


def is_foreign(name: str) -> bool:
    """Tell whether an extension needs trust: Jinja2's own and those that every template has are no code of a template's."""
    return not name.startswith(_OF_JINJA) and name not in BUILT_IN


def extensions_of(specification: Specification) -> tuple[str, ...]:
    """Return the import paths of the extensions that a template names."""
    return specification.settings.extensions if specification.settings is not None else ()


def calculating(names: Iterable[str]) -> tuple[str, ...]:
    """Return the packages among the named ones' that need nothing of the machine but to be loaded beforehand."""
    return tuple(dict.fromkeys(package for name in names if (package := name.split(".")[0]) in CALCULATING))


def needs_machine(names: Iterable[str]) -> bool:
    """Tell whether some of the named ones may need files or programs: all but those that are known not to."""
    return any(is_foreign(name) and name not in LOADERS | TIME and name.split(".")[0] not in CALCULATING for name in names)
