"""The filters that Copier's templates have: those of ``jinja2-ansible-filters``, blind to the machine.

The library is loaded when a template first uses one of them (`robot_action.rendering.copier_modules`).
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from datetime import date, time
from functools import cache
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Any

from jinja2 import Environment, pass_context, pass_environment
from jinja2.runtime import Context

from robot_action.rendering.chance import Chance, Clock
from robot_action.rendering.copier_modules import PLAIN


def make_filters(chance: Chance, clock: Clock) -> dict[str, Callable[..., object]]:
    """Return the filters by their names."""

    @pass_context
    def ans_random(context: Context, end: Any, start: Any = None, step: Any = None, seed: Any = None) -> object:  # noqa: ANN401 - the library's
        return _library()["ans_random"](context.environment, end, start, step, _seed(seed, context))

    @pass_context
    def shuffle(context: Context, items: Any, seed: Any = None) -> object:  # noqa: ANN401 - the library's
        return _library()["shuffle"](items, seed or _seed(None, context))

    @pass_context
    def random_mac(context: Context, value: Any, seed: Any = None) -> object:  # noqa: ANN401 - the library's
        return _library()["random_mac"](value, _seed(seed, context))

    def _seed(given: object, context: Context) -> object:
        return chance.draw(context.name).getrandbits(128) if given is None else given

    return {
        **{name: _late(name) for name in PLAIN},
        **chance.filters(),
        "ans_groupby": _groupby,
        "ans_random": ans_random,
        "shuffle": shuffle,
        "random_mac": random_mac,
        "strftime": clock.strftime,
        "to_json": _to_json,
        # a template sees no file and no variable of the machine that it is rendered on
        "expanduser": str,
        "expandvars": str,
        "fileglob": lambda _pattern: [],
        "realpath": _absolute,
        "relpath": lambda path, start="": posixpath.relpath(_absolute(path), _absolute(start)),
    }


@cache
def _library() -> Mapping[str, Callable[..., object]]:
    from jinja2_ansible_filters.core_filters import FilterModule

    filters: Mapping[str, Callable[..., object]] = FilterModule().filters()
    return filters


def _late(name: str) -> Callable[..., object]:
    def call(*args: Any, **options: Any) -> object:  # noqa: ANN401 - the library's
        return _library()[name](*args, **options)

    return call


@pass_environment
def _groupby(environment: Environment, *args: Any) -> object:  # noqa: ANN401 - the library's
    return _library()["ans_groupby"](environment, *args)


def _to_json(value: object, *args: Any, **options: Any) -> object:  # noqa: ANN401 - of json.dumps
    return _library()["to_json"](value, *args, **{"default": _plain, **options})


def _plain(value: object) -> object:
    """Return what ``pydantic_core.to_jsonable_python``, which Copier uses there, makes of a value that JSON does not have."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, (date, time)):
        text = value.isoformat()
        return f"{text.removesuffix('+00:00')}Z" if text.endswith("+00:00") else text
    if isinstance(value, (set, frozenset)):
        return list(value)
    raise TypeError(f"a {type(value).__name__} cannot be written as JSON")


def _absolute(path: object) -> str:
    return posixpath.normpath(posixpath.join("/", str(path)))


_PATHS = {"posix": PurePosixPath, "windows": PureWindowsPath, "native": PurePosixPath}


def pathjoin(*parts: str, mode: str = "posix") -> str:
    """Return parts joined to one path, as ``posix`` or ``windows`` write it."""
    return str(_PATHS[mode](*parts))
