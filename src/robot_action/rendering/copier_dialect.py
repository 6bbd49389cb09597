"""How Copier's templates speak Jinja: its sandbox, ``_envops``, filters and the yield tag (``copier/_main.py``: ``jinja_env``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import Environment, StrictUndefined, Undefined
from jinja2.loaders import split_template_path

from robot_action.errors import InputError, Problem
from robot_action.model.copier import CopierSettings
from robot_action.model.template import RenderRequest
from robot_action.model.tree import Tree
from robot_action.parsing.wording import excerpt, suggestion
from robot_action.rendering.chance import Chance, Clock
from robot_action.rendering.copier_filters import make_filters, pathjoin
from robot_action.rendering.environment import Dialect, TreeLoader
from robot_action.rendering.extensions import load_extensions
from robot_action.rendering.syntax import LenientYieldTag

_UNDEFINED: dict[str, type[Undefined]] = {"jinja2.Undefined": Undefined, "jinja2.StrictUndefined": StrictUndefined}
_DELIMITERS = tuple(f"{kind}_{end}_string" for kind in ("block", "variable", "comment") for end in ("start", "end"))
_PREFIXES = ("line_statement_prefix", "line_comment_prefix")
_FLAGS = ("trim_blocks", "lstrip_blocks", "keep_trailing_newline", "optimized", "autoescape")
_KEYS = (*_DELIMITERS, *_PREFIXES, *_FLAGS, "newline_sequence", "undefined")
_NEWLINES = ("\n", "\r\n", "\r")


class PathLoader(TreeLoader):
    """Paths as Jinja2's own loader of files takes them: ``./a//b`` is ``a/b``.

    Attributes:
        searchpath: where extensions find the template's files, as they ask Jinja2's own loader for it.
    """

    def __init__(self, tree: Tree, place: str = "") -> None:
        super().__init__(tree)
        self.searchpath = [place] if place else []

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Return a file's text and its path.

        Raises:
            TemplateNotFound: when the tree has no such file.
            TemplateRuntimeError: when it is not UTF-8.
        """
        return super().get_source(environment, "/".join(split_template_path(template)))


def make_dialect(request: RenderRequest, settings: CopierSettings, chance: Chance, clock: Clock) -> Dialect:
    """Return the dialect of a template.

    Raises:
        InputError: naming every option of ``_envops`` that Jinja does not have.
    """
    return Dialect(
        undefined=_undefined(settings),
        filters=make_filters(chance, clock),
        extensions=(LenientYieldTag, *load_extensions(settings.extensions, request)),
        globals={**chance.globals(), "pathjoin": pathjoin},
        options=_options(request, settings),
        is_mutable=True,
        loader=lambda tree: PathLoader(tree, request.place),
    )


def _undefined(settings: CopierSettings) -> type[Undefined]:
    return _UNDEFINED.get(str(settings.environment.get("undefined") or "jinja2.Undefined"), Undefined)


def _options(request: RenderRequest, settings: CopierSettings) -> dict[str, Any]:
    position = request.specification.places.get("_envops")
    problems = [
        Problem(f"_envops: {message}", position, hint)
        for key, value in settings.environment.items()
        for message, hint in [_fault(key, value)]
        if message
    ]
    options = {key: value for key, value in settings.environment.items() if key != "undefined"}
    starts = [options.get(f"{kind}_start_string", own) for kind, own in (("block", "{%"), ("variable", "{{"), ("comment", "{#"))]
    if not problems and len(set(map(str, starts))) < len(starts):
        problems.append(Problem("_envops: blocks, variables and comments begin alike", position))
    if problems:
        raise InputError(problems=tuple(problems))
    return options


def _fault(key: str, value: object) -> tuple[str, str | None]:
    """Return what is wrong with an option, and what to do about it; ``""``: nothing."""
    if key not in _KEYS:
        return f"{excerpt(key)} is no option", suggestion(key, _KEYS) or f"There are {', '.join(_KEYS)}."
    allowed = {"undefined": tuple(_UNDEFINED), "newline_sequence": _NEWLINES}.get(key)
    if allowed is not None and value not in allowed and not (key == "undefined" and not value):
        return f"{key} cannot be {excerpt(str(value))}", f"It is one of {', '.join(map(repr, allowed))}."
    if key in _DELIMITERS and not (isinstance(value, str) and value):
        return f"{key} must be a text", None
    if key in _PREFIXES and not (value is None or (isinstance(value, str) and value)):
        return f"{key} must be a text", None
    return "", None
