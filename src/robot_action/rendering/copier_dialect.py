"""How Copier's templates speak Jinja: its sandbox, ``_envops``, filters and the yield tag (``copier/_main.py``: ``jinja_env``)."""

from __future__ import annotations

from collections.abc import Callable

from jinja2 import Environment, StrictUndefined, Undefined
from jinja2.loaders import split_template_path

from robot_action.model.copier import CopierSettings
from robot_action.model.extensions import BUILT_IN
from robot_action.model.template import RenderRequest
from robot_action.model.tree import Tree
from robot_action.rendering.chance import Chance, Clock
from robot_action.rendering.copier_filters import make_filters, pathjoin
from robot_action.rendering.environment import Dialect, TreeLoader
from robot_action.rendering.extensions import load_extensions, place_of_extensions
from robot_action.rendering.options import Allowed, check_options
from robot_action.rendering.syntax import LenientYieldTag

OPTIONS = "_envops"
_UNDEFINED: dict[str, type[Undefined]] = {"jinja2.Undefined": Undefined, "jinja2.StrictUndefined": StrictUndefined}
_MORE: Allowed = {"keep_trailing_newline": (), "undefined": (*_UNDEFINED, "", None)}


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
    options = check_options(OPTIONS, settings.environment, request.specification.places.get(OPTIONS), _MORE)
    more = _of_cookiecutter(request, settings, chance)
    return Dialect(
        undefined=_undefined(settings),
        filters={**make_filters(chance, clock), **more.filters},
        extensions=(LenientYieldTag, *more.extensions, *load_extensions(settings.extensions, request)),
        place=place_of_extensions(request),
        globals={**chance.globals(), "pathjoin": pathjoin, **more.globals},
        options={key: value for key, value in options.items() if key != "undefined"},
        is_mutable=True,
        loader=lambda tree: PathLoader(tree, request.place),
    )


def _of_cookiecutter(request: RenderRequest, settings: CopierSettings, chance: Chance) -> Dialect:
    """Return what the template names of Cookiecutter's own extensions."""
    if BUILT_IN.isdisjoint(settings.extensions):
        return Dialect()
    from robot_action.rendering.cookiecutter_jinja import named_alone  # few templates do

    return named_alone(settings.extensions, request, chance)


def _undefined(settings: CopierSettings) -> type[Undefined]:
    return _UNDEFINED.get(str(settings.environment.get("undefined") or "jinja2.Undefined"), Undefined)
