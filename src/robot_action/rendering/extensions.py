"""Jinja extensions that a template names: other people's code, loaded for trusted templates alone, in the worker alone.

The worker has given up its user by then (`robot_action.entrypoints.worker`), and sees of the machine what such code needs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from jinja2.ext import Extension

from robot_action.errors import InputError, Position, Problem
from robot_action.model.extensions import BUILT_IN, EXTRA, LOADERS, TIME, is_foreign
from robot_action.model.template import Format, RenderRequest
from robot_action.rendering import foreign_modules
from robot_action.rendering.now import now_tag

_KEYS = {Format.COPIER: "_jinja_extensions", Format.COOKIECUTTER: "_extensions"}


class _UnloadableError(Exception):
    """Why an extension cannot be loaded, and what to do about it."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def place_of_extensions(request: RenderRequest) -> Position:
    """Return where a template names its extensions."""
    key = _KEYS.get(request.specification.format, "")
    return request.specification.places.get(key, Position(request.file))


def load_extensions(names: Iterable[str], request: RenderRequest) -> tuple[type[Extension], ...]:
    """Return the classes that a template's extensions are, in their order, for `Dialect.extensions`.

    Left out are those that a format has anyway, and Copier's loader of local ones, which needs no class of its own here.

    Args:
        names: their import paths; where Copier's loader is among them, also ``path/of/file.py:Class``.
        request: says whether the template is trusted, and where its files lie.

    Raises:
        InputError: naming every one that cannot be loaded, or that a template which is not trusted may not load.
    """
    given = tuple(names)
    position = place_of_extensions(request)
    refused = () if request.trusted else tuple(filter(is_foreign, given))
    if refused:
        hint = "Extensions are code, which only a trusted source may run."
        raise InputError(problems=tuple(Problem(f"the extension {name!r} is not loaded", position, hint) for name in refused))
    if any(map(is_foreign, given)):
        foreign_modules.provide()
    found: list[type[Extension]] = []
    problems: list[Problem] = []
    for name in given:
        try:
            if name not in BUILT_IN | LOADERS:
                found.append(_load(name, request, has_files=not LOADERS.isdisjoint(given)))
        except _UnloadableError as error:
            problems.append(Problem(f"the extension {name!r} cannot be loaded: {error}", position, error.hint))
    if problems:
        raise InputError(problems=tuple(problems))
    return tuple(found)


def _load(name: str, request: RenderRequest, *, has_files: bool) -> type[Extension]:
    """Return the class that an import path names.

    Raises:
        _UnloadableError: when there is none.
    """
    if name in TIME:
        return now_tag(request.moment)
    if ":" in name and not has_files:
        raise _UnloadableError("it names a file", f"List {min(LOADERS)} before it.")
    place, _, attribute = name.rpartition(":" if ":" in name else ".")
    try:
        found = getattr(_module(place, request, has_files=":" in name), attribute, None)
    except MemoryError:
        raise
    except ModuleNotFoundError as error:
        raise _missing(error) from error
    except Exception as error:
        if isinstance(error, _UnloadableError):
            raise
        raise _UnloadableError(f"{type(error).__name__}: {error}") from error
    if not (isinstance(found, type) and issubclass(found, Extension)):
        raise _UnloadableError(f"{place!r} has no extension {attribute!r}", "Report it to whoever keeps the template.")
    return found


def _module(place: str, request: RenderRequest, *, has_files: bool) -> ModuleType:
    if not place:
        raise _UnloadableError("it is no import path", "Write the module and the class, as in jinja2_time.TimeExtension.")
    if not has_files:
        return import_module(place)
    top = Path(request.place)
    path = (top / place).resolve()
    if not request.place or not path.is_relative_to(top.resolve()) or not path.is_file():
        raise _UnloadableError(f"the template has no file {place!r}", "The path starts at the template's top.")
    full_name = f"{foreign_modules.FILES}.{path.stem}"
    specification = spec_from_file_location(full_name, path)
    if specification is None or specification.loader is None:
        raise _UnloadableError(f"{place!r} is no Python file")
    module = module_from_spec(specification)
    sys.modules[full_name] = module
    specification.loader.exec_module(module)
    return module


def _missing(error: ModuleNotFoundError) -> _UnloadableError:
    package = (error.name or "").split(".")[0]
    wanted = "'robot-action[extensions]'" if package in EXTRA else f"the package that has the module {package!r}"
    where = "Install {} where robot-action is installed, readable for every user."
    return _UnloadableError(f"there is no module {error.name!r}", where.format(wanted))
