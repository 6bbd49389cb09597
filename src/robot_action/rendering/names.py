"""The template's paths -> the project's paths.

Folder by folder, each part of a path is rendered once for a context; a part that renders to nothing leaves out the file
or the whole folder, and a ``yield`` tag makes one part of each item. A part without ``{`` is taken as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Optional

from robot_action.errors import InputError, Position, Problem
from robot_action.model.template import Specification
from robot_action.model.tree import Entry, Mode
from robot_action.rendering.environment import Jinja
from robot_action.rendering.expressions import pieces
from robot_action.rendering.faults import JinjaError, Where
from robot_action.rendering.frames import is_utf8
from robot_action.rendering.patterns import Matcher, make_matcher
from robot_action.rendering.syntax import YIELDS, Yields

MAX_PATHS = 100_000
"""Paths that one template may make."""


Folder = dict[str, Optional["Folder"]]
"""A folder's names, with the folders among them; what is none has None."""


@dataclass(frozen=True, slots=True)
class Target:
    """One path to make.

    Attributes:
        source: the path in the template tree that it is made of.
        path: the path in the project.
        is_template: whether contents, or a link's target, are rendered.
        context: what the contents see: the context, and the items that name parts were made of.
        entry: what stands at the source, where it is not simply the tree's entry.
    """

    source: str
    path: str
    is_template: bool
    context: Mapping[str, object]
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """A folder of the template as it is visited for one context."""

    content: Folder
    source: str
    path: str
    context: Mapping[str, object]
    is_verbatim: bool = False


@dataclass(slots=True)
class Naming:
    """The rendering of names.

    Attributes:
        problems: what went wrong so far.
    """

    specification: Specification
    jinja: Jinja
    file: str
    problems: list[Problem] = field(default_factory=list)
    _is_verbatim: Matcher = field(init=False)

    def __post_init__(self) -> None:
        """Compile the patterns."""
        self._is_verbatim = make_matcher(self.specification.verbatim, "verbatim", self.file)

    def targets(self, context: Mapping[str, object]) -> Iterator[Target]:
        """Yield the paths to make; parts that cannot be rendered are noted as problems.

        Raises:
            InputError: when a pattern is wrong, or there are too many paths.
        """
        pending = [_Place(nest(self._sources()), "", "", context)]
        count = 0
        while pending:
            place = pending.pop()
            for name in place.content:
                for child in self._visit(place, name):
                    count += 1
                    if count > MAX_PATHS:
                        raise InputError(f"the template makes more than {MAX_PATHS} paths", position=Position(self.file))
                    if isinstance(child, _Place):
                        pending.append(child)
                    else:
                        yield child

    def _sources(self) -> Iterator[str]:
        """Yield the paths below the template's directory that are not left out."""
        is_ignored = make_matcher(self.specification.ignore, "ignore", self.file)
        files = self.jinja.tree.subtree(self.specification.directory)
        odd = [path for path in files if not is_utf8(path)]
        if odd:
            raise InputError(problems=tuple(Problem(f"the path {path!r} is not UTF-8", Position(self.file)) for path in odd))
        kept = {path: entry for path, entry in files.items() if not is_ignored(f"{path}/" if entry.mode is Mode.DIRECTORY else path)}
        for path in kept:
            template = f"{path}{self.specification.suffix}"  # a file X is left out where X.jinja makes it
            if template not in kept or kept[template].mode is Mode.DIRECTORY or self._is_verbatim(template):
                yield path

    def _visit(self, place: _Place, name: str) -> Iterator[_Place | Target]:
        """Yield what one name in a folder becomes."""
        content = place.content[name]
        source = f"{place.source}{name}"
        whole = self._whole(source)
        is_folder = content is not None or self.jinja.tree[whole].mode is Mode.DIRECTORY
        is_verbatim = place.is_verbatim or self._is_verbatim(f"{source}/" if is_folder else source)
        is_template = not is_folder and not is_verbatim and name.endswith(self.specification.suffix)
        for part, context in self._parts(name, whole, place.context, is_template=is_template, is_verbatim=is_verbatim):
            if content is not None:
                yield _Place(content, f"{source}/", f"{place.path}{part}/", context, is_verbatim)
            else:
                yield Target(whole, f"{place.path}{part}", is_template, context)

    def _whole(self, source: str) -> str:
        directory = self.specification.directory.strip("/")
        return source if directory in {"", "."} else f"{directory}/{source}"

    def _parts(
        self, name: str, whole: str, context: Mapping[str, object], *, is_template: bool, is_verbatim: bool
    ) -> Iterator[tuple[str, Mapping[str, object]]]:
        """Yield the texts that a part of a path renders to, each with the context that holds from there on."""
        if is_verbatim:
            yield name, context
            return
        text = name.removesuffix(self.specification.suffix) if is_template else name
        try:
            for part, inner in render_part(self.jinja, text, Where(self.jinja.position(whole), "in its name"), context):
                if part:
                    yield part, inner
        except JinjaError as error:
            self.problems.extend(error.problems)


def render_part(jinja: Jinja, text: str, where: Where, context: Mapping[str, object]) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Yield what one part of a path renders to, each text with the context that holds from there on.

    Raises:
        JinjaError: when it cannot be rendered.
    """
    if jinja.is_plain(text):
        yield text, context
        return
    first = Yields()
    seen = {**context, YIELDS: first}
    rendered = "".join(jinja.text(piece, seen, where) for piece in pieces(jinja, text))
    if not first.name:
        yield rendered, context
        return
    for item in first.items:
        inner = {**context, first.name: item}
        yield jinja.text(text, {**inner, YIELDS: Yields(chosen=first.name)}, where), inner


def nest(paths: Iterable[str]) -> Folder:
    """Return paths as nested folders."""
    top: Folder = {}
    for path in paths:
        *parents, name = path.split("/")
        folder = top
        for parent in parents:
            child = folder.get(parent)
            if child is None:
                child = folder[parent] = {}
            folder = child
        folder[name] = None
    return top
