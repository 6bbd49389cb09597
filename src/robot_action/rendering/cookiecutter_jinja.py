"""Jinja as Cookiecutter has it: its filters, functions and the ``now`` tag, and where it looks for files."""

from __future__ import annotations

import json
import string
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, pass_context
from jinja2.exceptions import SecurityError, TemplateNotFound
from jinja2.ext import Extension
from jinja2.loaders import split_template_path
from jinja2.runtime import Context

from robot_action.model.extensions import BUILT_IN
from robot_action.model.folders import Folders
from robot_action.model.template import RenderRequest
from robot_action.model.tree import Tree
from robot_action.rendering.chance import Chance
from robot_action.rendering.environment import Dialect, TreeLoader
from robot_action.rendering.extensions import place_of_extensions
from robot_action.rendering.now import now_tag

Loader = Callable[[Tree], BaseLoader]

HARMLESS = frozenset({"__contains__", "__getitem__", "__len__", "__str__"})
"""Special methods that templates call, ``__len__`` for the lines under headings above all: Cookiecutter has no sandbox."""
MAX_CHARACTERS = 1_000_000
"""Characters of one random text."""


def make_dialect(request: RenderRequest, options: Mapping[str, Any], extensions: tuple[type[Extension], ...], loader: Loader) -> Dialect:
    """Return Jinja as one template has it.

    Args:
        request: has the moment for the ``now`` tag, and the seed of what is random.
        options: ``_jinja2_env_vars``.
        extensions: besides the built-in ones, whose filters and functions they may replace.
        loader: where other files of the template are found.
    """
    chance = Chance(request.seed)
    return Dialect(
        undefined=StrictUndefined,
        filters={**chance.filters(), "jsonify": jsonify, "slugify": slugify},
        extensions=(now_tag(request.moment), *extensions),
        place=place_of_extensions(request),
        globals={**chance.globals(), **_random_values(chance)},
        options=options,
        is_mutable=True,
        loader=loader,
        methods=HARMLESS,
    )


def named_alone(names: Iterable[str], request: RenderRequest, chance: Chance) -> Dialect:
    """Return what Cookiecutter's own extensions bring that a template of another format names one by one."""
    wanted = {name.rpartition(".")[2].removesuffix("Extension") for name in names if name in BUILT_IN}
    filters: dict[str, tuple[str, Callable[..., object]]] = {"Jsonify": ("jsonify", jsonify), "Slugify": ("slugify", slugify)}
    values = _random_values(chance)
    functions = {"RandomString": "random_ascii_string", "UUID": "uuid4"}
    return Dialect(
        filters=dict(pair for name, pair in filters.items() if name in wanted),
        globals={function: values[function] for name, function in functions.items() if name in wanted},
        extensions=(now_tag(request.moment),) if "Time" in wanted else (),
    )


def _random_values(chance: Chance) -> dict[str, object]:
    """Return Cookiecutter's functions that make something random."""

    @pass_context
    def random_ascii_string(context: Context, length: int, punctuation: bool = False) -> str:  # noqa: FBT001, FBT002 - Cookiecutter's own
        if length > MAX_CHARACTERS:
            raise SecurityError("the text of 'random_ascii_string' would be too long")
        letters = string.ascii_letters + string.punctuation if punctuation else string.ascii_letters
        return "".join(chance.draw(context.name).choices(letters, k=length))

    @pass_context
    def uuid4(context: Context) -> str:
        return str(uuid.UUID(int=chance.draw(context.name).getrandbits(128), version=4))

    return {"random_ascii_string": random_ascii_string, "uuid4": uuid4}


class FolderLoader(TreeLoader):
    """Templates out of some folders of a tree, the first that has one; links inside of the tree are followed.

    Attributes:
        searchpath: where extensions find them from the folder that they run in, as they ask Jinja2's own loader for it.
    """

    searchpath = (".", "../templates")

    def __init__(self, tree: Tree, folders: Folders, top: tuple[str, ...]) -> None:
        super().__init__(tree)
        self._folders = folders
        self._top = top

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Any]:
        """Return a file's text and its path.

        Raises:
            TemplateNotFound: when no folder has such a file.
            TemplateRuntimeError: when it is not UTF-8.
        """
        for folder in self._top:
            path = "/".join((*([folder] if folder else []), *split_template_path(template)))
            if self._folders.file(path) is not None:
                return super().get_source(environment, self._folders.follow(path))
        raise TemplateNotFound(template)


def jsonify(value: object, indent: int = 4) -> str:
    """Return a value as JSON with sorted keys."""
    return json.dumps(value, sort_keys=True, indent=indent)


def slugify(  # noqa: PLR0913, PLR0917 - Cookiecutter's own arguments
    value: str,
    entities: bool = True,  # noqa: FBT001, FBT002
    decimal: bool = True,  # noqa: FBT001, FBT002
    hexadecimal: bool = True,  # noqa: FBT001, FBT002
    max_length: int = 0,
    word_boundary: bool = False,  # noqa: FBT001, FBT002
    separator: str = "-",
    save_order: bool = False,  # noqa: FBT001, FBT002
    stopwords: Iterable[str] = (),
    regex_pattern: str | None = None,
    lowercase: bool = True,  # noqa: FBT001, FBT002
    replacements: Iterable[Iterable[str]] = (),
    allow_unicode: bool = False,  # noqa: FBT001, FBT002
) -> str:
    """Return a text fit for a file's name or an address."""
    from slugify import slugify as make_slug

    return make_slug(
        value,
        entities=entities,
        decimal=decimal,
        hexadecimal=hexadecimal,
        max_length=max_length,
        word_boundary=word_boundary,
        separator=separator,
        save_order=save_order,
        stopwords=stopwords,
        regex_pattern=regex_pattern,
        lowercase=lowercase,
        replacements=replacements,
        allow_unicode=allow_unicode,
        backend="text-unidecode",  # whatever else is installed
    )
