"""The template's paths -> the project's paths, by Copier's rules (``copier/_main.py``: ``_render_path``, ``_render_parts``)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from robot_action.errors import InputError, Position, Problem
from robot_action.model.links import Followed
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.rendering.environment import Jinja
from robot_action.rendering.faults import JinjaError, Where
from robot_action.rendering.names import MAX_PATHS, Folder, Target, nest, render_part
from robot_action.rendering.patterns import Matcher

_FOLDER = Entry(Mode.DIRECTORY)
_ODD = re.compile(r"(?:\A|/)\.?(?:/|\Z)")
"""What ``pathlib`` writes in another way."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What of a Copier template says where its files go.

    Attributes:
        tree: the template, with its links where they are to stay links.
        followed: the same without links.
        directory: the folder whose files are the project's; ``""`` is the top.
        suffix: files with it are rendered and lose it; ``""``: every file is rendered.
        answers_file: the answers file's path: a part of a path that says so is the whole path.
        is_excluded: over rendered paths.
        links: paths of links that are followed and make no executable file, whatever they lead to.
    """

    tree: Tree
    followed: Followed
    directory: str
    suffix: str
    answers_file: str
    is_excluded: Matcher
    links: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Place:
    """A folder of the template as it is visited for one context."""

    content: Folder
    source: str
    parts: tuple[str, ...]
    context: Mapping[str, object]


@dataclass(slots=True)
class CopierNaming:
    """The rendering of names.

    Attributes:
        context: what names see.
        fresh: gives what the context has anew for every file, which templates may change.
        problems: what went wrong so far.
    """

    layout: Layout
    jinja: Jinja
    file: str
    context: Mapping[str, object]
    fresh: Callable[[], Mapping[str, object]]
    problems: list[Problem] = field(default_factory=list)
    _paths: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Note every path that exists, folders included."""
        paths = set(self.layout.followed.tree)
        for path in self.layout.followed.tree:
            folder = path.rpartition("/")[0]
            while folder and folder not in paths:
                paths.add(folder)
                folder = folder.rpartition("/")[0]
        self._paths = frozenset(paths)

    def _is_folder(self, path: str) -> bool:
        return not path or (path in self._paths and self.layout.followed.tree.get(path, _FOLDER).mode is Mode.DIRECTORY)

    def targets(self) -> Iterator[Target]:
        """Yield the paths to make, folders included; parts that cannot be rendered are noted as problems.

        Raises:
            InputError: when there are too many paths, or the template's directory is none.
        """
        inside = [*self.layout.tree.subtree(self.layout.directory), *self._faulty()]
        if not inside and not self._is_folder(self.layout.directory):
            raise InputError(f"the template has no folder {self.layout.directory!r}", position=Position(self.file))
        pending = [_Place(nest(inside), "", (), self.context)]
        count = 0
        while pending:
            place = pending.pop()
            for name, content in place.content.items():
                for child in self._visit(place, name, content):
                    count += 1
                    if count > MAX_PATHS:
                        raise InputError(f"the template makes more than {MAX_PATHS} paths", position=Position(self.file))
                    if isinstance(child, _Place):
                        pending.append(child)
                    else:
                        yield child

    def _faulty(self) -> Iterator[str]:
        """Yield the links that cannot be followed, so that they are told where they are not excluded."""
        start = f"{self.layout.directory}/" if self.layout.directory else ""
        if self.layout.tree is self.layout.followed.tree:
            yield from (path.removeprefix(start) for path in self.layout.followed.faults if path.startswith(start))

    def _visit(self, place: _Place, name: str, content: Folder | None) -> Iterator[_Place | Target]:
        """Yield what one name in a folder becomes: a target, and what is below a folder."""
        source = f"{place.source}{name}"
        whole = f"{self.layout.directory}/{source}" if self.layout.directory else source
        is_template = name.endswith(self.layout.suffix)
        own = PurePosixPath(name).with_suffix("").name if is_template and self.layout.suffix else name
        rendered = list(self._parts(own, whole, place.context))
        if not (self.layout.suffix and f"{whole}{self.layout.suffix}" in self._paths):
            for part, context in rendered:
                target = self._target(whole, (*place.parts, part), context, is_template=is_template, is_folder=content is not None)
                if target is not None:
                    yield target
        if content is not None:
            for part, context in rendered if own == name else self._parts(name, whole, place.context):
                yield _Place(content, f"{source}/", (*place.parts, part), context)

    def _parts(self, text: str, whole: str, context: Mapping[str, object]) -> Iterator[tuple[str, Mapping[str, object]]]:
        try:
            for part, inner in render_part(self.jinja, text, Where(self.jinja.position(whole), "in its name"), context):
                if part:
                    yield part, inner
        except JinjaError as error:
            self.problems.extend(error.problems)

    def _target(
        self, whole: str, parts: tuple[str, ...], context: Mapping[str, object], *, is_template: bool, is_folder: bool
    ) -> Target | None:
        """Return the path to make of a file or folder, or None when it is left out."""
        layout = self.layout
        is_answers = layout.answers_file in parts
        path = layout.answers_file if is_answers else joined(parts)
        has_template = not (is_answers or is_template) and f"{path}{layout.suffix}" in self._paths
        if path == "." or has_template or layout.is_excluded(path):
            return None
        if is_folder:
            return Target(whole, path, is_template=False, context=context, entry=_FOLDER)
        if whole not in layout.tree:
            fault = layout.followed.faults[whole]
            self.problems.append(
                Problem(f"the link {fault}", self.jinja.position(whole), "Links are followed, unless _preserve_symlinks is true.")
            )
            return None
        entry = layout.tree[whole]
        if entry.mode is Mode.LINK:
            entry = self._link(whole, entry, is_template=is_template)
        elif whole in layout.links and entry.mode is Mode.EXECUTABLE:
            entry = Entry(Mode.FILE, entry.content)
        is_rendered = is_template and entry.mode not in {Mode.DIRECTORY, Mode.LINK}
        return Target(whole, path, is_rendered, {**context, **self.fresh()} if is_rendered else context, entry)

    def _link(self, whole: str, entry: Entry, *, is_template: bool) -> Entry:
        """Return a link that stays one; its target is written as ``pathlib`` writes paths."""
        written = entry.content.decode(errors="surrogateescape")
        target = written
        if is_template:
            try:
                target = self.jinja.text(written, self.context, Where(self.jinja.position(whole), "in the link's target"))
            except JinjaError as error:
                self.problems.extend(error.problems)
        target = str(PurePosixPath(target))
        return entry if target == written else Entry(Mode.LINK, target.encode(errors="surrogateescape"))


def joined(parts: tuple[str, ...]) -> str:
    """Return a path as ``pathlib`` joins and writes it, which takes long and mostly changes nothing."""
    path = "/".join(parts)
    return str(PurePosixPath(*parts)) if _ODD.search(path) else path
