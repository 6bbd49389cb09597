"""``copier.yml`` as Copier reads it: several documents, ``!include``, and everything that PyYAML's safe loader knows.

Other than in our own files, nothing of YAML 1.1 is refused: dates, ``012``, merge keys and keys that stand twice mean what
they mean for PyYAML. Only size is bounded, with aliases expanded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import translate
from posixpath import normpath
from typing import Any

import yaml

from robot_action.errors import InputError, Position
from robot_action.model.links import follow_links
from robot_action.model.tree import Mode, Tree
from robot_action.parsing.wording import excerpt
from robot_action.parsing.yaml_faults import syntax_problem
from robot_action.parsing.yaml_marks import place
from robot_action.parsing.yaml_text import MAX_DEPTH, MAX_NODES, check_size, decode_text

MAX_INCLUDES = 100
"""Files that ``!include`` may read, one of them several times included."""
CONCATENATED = ("_exclude", "_jinja_extensions", "_secret_questions", "_skip_if_exists")
"""Settings that several documents add to; of others the last one counts (``copier/_template.py``)."""

_FAST: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Section:
    """One mapping of settings and questions, and where its keys stand; the items of a key's list stand at key and number."""

    value: Mapping[object, object]
    places: Mapping[object, Position]
    position: Position

    def find(self, key: object, item: int | None = None) -> Position:
        """Return where a key stands, or an item of its list, as far as that is known."""
        place = self.places.get(key, self.position)
        return self.places.get((key, item), place) if item is not None else place


def read_sections(tree: Tree, path: str, prefix: str) -> Section:
    """Return what ``copier.yml`` and the files that it includes say, put together as Copier does.

    Args:
        tree: the template.
        path: the specification's path in it.
        prefix: what precedes paths in messages.

    Raises:
        InputError: when a file is no YAML, too large, or includes what it must not.
    """
    followed = follow_links(tree)
    if fault := followed.faults.get(path):
        raise InputError(f"the link {fault}", position=Position(f"{prefix}{path}"))
    reader = _Reader(followed.tree, prefix)
    sections = [_section(value, reader, f"{prefix}{path}") for value in _flat(reader.read(path))]
    merged: dict[object, object] = {}
    places: dict[object, Position] = {}
    for section in sections:
        places |= {key: position for key, position in section.places.items() if isinstance(key, tuple)}
        for key, value in section.value.items():
            places[key] = section.find(key)
            merged[key] = [*_items(merged.get(key), places[key]), *_items(value, places[key])] if key in CONCATENATED else value
    return Section(merged, places, Position(f"{prefix}{path}"))


def _items(value: object, position: Position) -> list[object]:
    """Return a list that several documents add to."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise InputError("this must be a list", position=position)
    return value


def _section(value: object, reader: _Reader, file: str) -> Section:
    position = reader.starts.get(id(value), Position(file))
    if not isinstance(value, dict):
        raise InputError(f"{excerpt(str(value))} is no mapping of settings and questions", position=position)
    return Section(value, reader.places.get(id(value), {}), position)


def _flat(values: list[object]) -> Iterator[object]:
    for value in values:
        if isinstance(value, list):
            yield from _flat(value)
        else:
            yield value


def _places(node: yaml.MappingNode, file: str) -> Iterator[tuple[object, Position]]:
    """Yield where keys stand, and the items of their lists."""
    for key, value in node.value:
        yield key.value, place(file, key.start_mark)
        if isinstance(value, yaml.SequenceNode):
            yield from (((key.value, number), place(file, item.start_mark)) for number, item in enumerate(value.value))


@dataclass(slots=True)
class _Reader:
    """The reading of one specification.

    Attributes:
        places: of the keys of each document that is a mapping, by its identity.
        starts: of each document.
    """

    tree: Tree
    prefix: str
    places: dict[int, Mapping[object, Position]] = field(default_factory=dict)
    starts: dict[int, Position] = field(default_factory=dict)
    _values: list[object] = field(default_factory=list)  # so that identities stay
    _open: list[str] = field(default_factory=list)
    _count: int = 0

    def read(self, path: str) -> list[object]:
        """Return the documents of a file, without empty ones."""
        file = f"{self.prefix}{path}"
        text = decode_text(self.tree[path].content, file)
        check_size(text, file)
        self._open.append(path)
        try:
            return self._documents(text, file)
        finally:
            self._open.pop()

    def _documents(self, text: str, file: str) -> list[object]:
        try:
            return [value for value in self._load(text, file, _FAST) if value]
        except yaml.YAMLError as fault:
            # libyaml refuses a little that Copier's own parser takes
            try:
                return [value for value in self._load(text, file, yaml.SafeLoader) if value]
            except yaml.YAMLError as error:
                problem = syntax_problem(error, text, file)
                raise InputError(problems=(problem,)) from fault

    def _load(self, text: str, file: str, base: type[Any]) -> Iterator[object]:
        loader = _make_loader(base, self, file)(text)
        try:
            while loader.check_node():
                node = loader.get_node()
                _check_aliases(node, file)
                value = _construct(loader, node, file)
                self._values.append(value)
                self.starts[id(value)] = place(file, node.start_mark)
                if isinstance(node, yaml.MappingNode):
                    self.places[id(value)] = dict(_places(node, file))
                yield value
        finally:
            loader.dispose()

    def include(self, pattern: str, position: Position) -> list[object]:
        """Return the documents of the files that an ``!include`` names, lists among them flattened.

        Raises:
            InputError: when it leads out of the template, or includes itself.
        """
        if pattern.startswith("/") or normpath(pattern).split("/")[0] == "..":
            raise InputError(f"!include {excerpt(pattern)} leads out of the template", position=position)
        found = [path for path, entry in self.tree.items() if entry.mode is not Mode.DIRECTORY and _matches(path, normpath(pattern))]
        documents: list[object] = []
        for path in found:
            self._count += 1
            if path in self._open or self._count > MAX_INCLUDES:
                what = f"{path} includes itself" if path in self._open else f"more than {MAX_INCLUDES} files are included"
                raise InputError(what, position=position)
            documents.extend(_flat(self.read(path)))
        return documents


def _make_loader(base: type[Any], reader: _Reader, file: str) -> type[Any]:
    """Return a loader class of its own, so that no other one learns of ``!include``."""

    def include(loader: object, node: yaml.Node) -> list[object]:
        del loader
        position = place(file, node.start_mark)
        if not isinstance(node, yaml.ScalarNode) or not node.value:
            raise InputError("!include takes a path of the template", position=position)
        return reader.include(node.value, position)

    loader: type[Any] = type("Loader", (base,), {})
    loader.add_constructor("!include", include)
    return loader


def _construct(loader: Any, node: yaml.Node, file: str) -> object:  # noqa: ANN401 - one of two classes without a common base
    try:
        value: object = loader.construct_document(node)
    except (InputError, yaml.YAMLError):
        raise
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError) as error:
        # such as a date that no calendar has: PyYAML lets Python's own errors through
        raise InputError(f"a value cannot be read: {excerpt(str(error))}", position=place(file, node.start_mark)) from error
    return value


def _check_aliases(root: yaml.Node, file: str) -> None:
    """Refuse aliases that expand to too much, or to themselves; merge keys would copy what they name."""
    sizes: dict[int, tuple[int, int]] = {}  # of each node its values and levels, aliases expanded; (0, 0) while it is open
    pending: list[tuple[yaml.Node, bool]] = [(root, False)]
    while pending:
        node, is_done = pending.pop()
        if is_done:
            below = [sizes[id(child)] for child in _children(node)]
            size = 1 + sum(values for values, _ in below), 1 + max((levels for _, levels in below), default=0)
            if size[0] > MAX_NODES or size[1] > MAX_DEPTH + 1:
                what = f"aliases expand to more than {MAX_NODES} values or {MAX_DEPTH} levels"
                raise InputError(what, position=place(file, node.start_mark))
            sizes[id(node)] = size
        elif id(node) not in sizes:
            sizes[id(node)] = 0, 0
            pending.append((node, True))
            pending.extend((child, False) for child in _children(node))
        elif sizes[id(node)] == (0, 0):
            raise InputError("an alias stands inside the value that it names", position=place(file, node.start_mark))


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _matches(path: str, pattern: str) -> bool:
    """Tell whether a path matches as in ``pathlib.Path.glob``: ``**`` is any number of folders, hidden ones included."""
    parts = path.split("/")
    begins = {0}  # where the rest of the pattern may begin
    for part in pattern.split("/"):
        if part == "**":
            begins = set(range(min(begins, default=len(parts)), len(parts)))
        else:
            matches = re.compile(translate(part)).match
            begins = {begin + 1 for begin in begins if begin < len(parts) and matches(parts[begin])}
    return len(parts) in begins
