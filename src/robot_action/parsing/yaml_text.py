"""YAML text -> plain values, and where each of them stands.

YAML is read as PyYAML's safe loader reads it (version 1.1), with these rules on top, each told as a problem with its place:

- at most `MAX_BYTES` of UTF-8, `MAX_NODES` values after aliases are expanded, and `MAX_DEPTH` levels;
- keys are texts, and no mapping has one twice; merge keys (``<<``), which YAML 1.2 dropped, are refused;
- no tags but those of the values that YAML and JSON share, and the rules of `robot_action.parsing.yaml_scalars`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from robot_action.errors import InputError, Position, Problem
from robot_action.model.values import Value
from robot_action.parsing.wording import RuleError, excerpt
from robot_action.parsing.yaml_marks import place
from robot_action.parsing.yaml_scalars import TAG, read_scalar

MAX_BYTES = 2**20
MAX_NODES = 100_000
MAX_DEPTH = 50

Path = tuple[str | int, ...]
"""The keys and indices that lead to a value; ``()`` is the whole document."""

_LOADER: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNPRINTABLE = yaml.reader.Reader.NON_PRINTABLE  # what is not c-printable (YAML 1.1)
_BYTE_ORDER_MARK = "\ufeff"
_KINDS = {
    f"{TAG}null": "nothing",
    f"{TAG}bool": "true or false",
    f"{TAG}int": "a number",
    f"{TAG}float": "a number",
    f"{TAG}timestamp": "a date",
}


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document.

    Attributes:
        value: plain values: mappings with text keys, lists, texts, numbers, booleans and None.
        position: where it begins.
        keys: where the key of each value of a mapping stands.
        values: where each value stands.
        texts: numbers, booleans and None as they were written.
    """

    value: Value
    position: Position
    keys: Mapping[Path, Position] = field(default_factory=dict)
    values: Mapping[Path, Position] = field(default_factory=dict)
    texts: Mapping[Path, str] = field(default_factory=dict)

    def find(self, path: Path) -> Position:
        """Return where the value at ``path`` stands, or else the nearest value around it."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, self.position)

    def find_key(self, path: Path) -> Position:
        """Return where the key of the value at ``path`` stands; for a list's item, the item."""
        return self.keys.get(path) or self.find(path)


def read_documents(text: bytes, file: str) -> tuple[tuple[Document, ...], tuple[Problem, ...]]:
    """Return the documents of a YAML text as far as they can be read, and everything that is wrong with it.

    Documents without content are left out. A value that is refused stands in its document as it was written.

    Args:
        text: what the file holds.
        file: its name for messages.
    """
    try:
        decoded = decode_text(text, file)
        check_size(decoded, file)
    except InputError as error:
        return (), error.problems
    documents: list[Document] = []
    problems: list[Problem] = []
    try:
        for node in yaml.compose_all(decoded, Loader=_LOADER):
            reading = _Reading(file)
            if not _is_nothing(node):
                documents.append(reading.read(node))
                problems.extend(reading.problems)
    except yaml.YAMLError as error:
        from robot_action.parsing.yaml_faults import syntax_problem

        problems.append(syntax_problem(error, decoded, file))
    return tuple(documents), tuple(problems)


def parse_documents(text: bytes, file: str) -> tuple[Document, ...]:
    """Return the documents of a YAML text.

    Raises:
        InputError: with everything that is wrong with it.
    """
    documents, problems = read_documents(text, file)
    if problems:
        raise InputError(problems=problems)
    return documents


def parse_document(text: bytes, file: str) -> Document:
    """Return the one document of a YAML text.

    Raises:
        InputError: when something is wrong with it, or it holds none or several documents.
    """
    documents = parse_documents(text, file)
    if not documents:
        raise InputError("the file is empty", position=Position(file))
    if len(documents) > 1:
        raise InputError("the file has more than one document", position=documents[1].position, hint="Only manifests may have several.")
    return documents[0]


def decode_text(text: bytes, file: str) -> str:
    """Return a YAML file's text.

    Raises:
        InputError: when it is too long, not UTF-8, or has characters that YAML does not know.
    """
    if len(text) > MAX_BYTES:
        raise InputError(f"the file is larger than {MAX_BYTES} bytes (1 MiB)", position=Position(file))
    try:
        decoded = text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = text[: error.start]
        position = Position(file, before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        raise InputError(
            f"the file is not UTF-8: byte 0x{text[error.start]:02x} at offset {error.start}",
            position=position,
            hint="Save it as UTF-8.",
        ) from None
    if (at := _unprintable(decoded)) >= 0:
        raise InputError(f"the character U+{ord(decoded[at]):04X} is not allowed in YAML", position=_position_of(decoded, at, file))
    return decoded


def _unprintable(text: str) -> int:
    """Return where the first character is that YAML does not know, or that its two parsers read differently; -1: there is none."""
    mark, found = text.find(_BYTE_ORDER_MARK), _UNPRINTABLE.search(text)
    return found.start() if found and not 0 <= mark < found.start() else mark


def _position_of(text: str, offset: int, file: str) -> Position:
    return Position(file, text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


def check_size(text: str, file: str) -> None:
    """Refuse deep nesting before it reaches libyaml's composer, which has no limit of its own and overruns the stack.

    Raises:
        InputError: when there are too many levels, or too many values before aliases are expanded.
    """
    depth = count = 0
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            count += isinstance(event, yaml.NodeEvent)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH or count > MAX_NODES:
                what = f"is nested more than {MAX_DEPTH} levels deep" if depth > MAX_DEPTH else f"has more than {MAX_NODES} values"
                raise InputError(f"the file {what}", position=place(file, event.start_mark))  # type: ignore[arg-type]  # parsed events have marks
    except yaml.YAMLError:
        return  # composing meets the same error, after the documents before it


def _is_nothing(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and not node.value and not node.style and node.tag == f"{TAG}null"


class _Reading:
    """The reading of one document: what was found so far."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.keys: dict[Path, Position] = {}
        self.values: dict[Path, Position] = {}
        self.texts: dict[Path, str] = {}
        self._open: list[yaml.Node] = []
        self._count = 0
        self._full = False

    def read(self, node: yaml.Node) -> Document:
        """Return the document whose root is ``node``."""
        position = place(self.file, node.start_mark)
        return Document(self._value(node, ()), position, self.keys, self.values, self.texts)

    def _problem(self, node: yaml.Node, message: str, hint: str | None = None) -> None:
        self.problems.append(Problem(message, place(self.file, node.start_mark), hint))

    def _value(self, node: yaml.Node, path: Path) -> Value:
        self._count += 1
        if self._full or self._count > MAX_NODES or len(path) > MAX_DEPTH:
            if not self._full:
                self._problem(node, f"aliases expand to more than {MAX_NODES} values or {MAX_DEPTH} levels", "Write the values out.")
            self._full = True  # said once; nothing more is read
            return None
        self.values[path] = place(self.file, node.start_mark)
        if isinstance(node, yaml.ScalarNode):
            return self._plain(node, path)
        if any(node is other for other in self._open):
            self._problem(node, "an alias stands inside the value that it names")
            return None
        if node.tag not in {f"{TAG}map", f"{TAG}seq"}:
            self._problem(node, f"the tag {excerpt(node.tag)} is not supported", "Write plain values without tags.")
            return None
        self._open.append(node)
        value: Value
        if isinstance(node, yaml.MappingNode):
            value = {key: self._value(child, (*path, key)) for key, child in self._items(node, path)}
        else:
            value = [self._value(child, (*path, index)) for index, child in enumerate(node.value)]
        self._open.pop()
        return value

    def _plain(self, node: yaml.ScalarNode, path: Path) -> Value:
        text = self._text(node)
        try:
            value = read_scalar(node, text)
        except RuleError as error:
            self._problem(node, error.message, error.hint)
            return text
        if not isinstance(value, str):
            self.texts[path] = text
        return value

    def _items(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, yaml.Node]]:
        """Yield a mapping's keys and values, each key once."""
        seen: dict[str, Position] = {}
        for key, child in node.value:
            name = self._key(key)
            if name is None:
                continue
            if first := seen.get(name):
                self._problem(key, f"the key {excerpt(name)} stands here a second time", f"The first is in line {first.line}.")
                continue
            seen[name] = self.keys[*path, name] = place(self.file, key.start_mark)
            yield name, child

    def _key(self, node: yaml.Node) -> str | None:
        """Return a key's text, or None after telling that it is none."""
        if not isinstance(node, yaml.ScalarNode):
            self._problem(node, "a key must be a text, not a list or a mapping", "Quote a text that begins with '[' or '{'.")
            return None
        written = excerpt(node.value)
        if node.tag == f"{TAG}merge":
            self._problem(node, "merge keys (<<) are not supported", "Write the values out.")
        elif node.tag != f"{TAG}str":
            self._problem(
                node, f"the key {written} is read as {_KINDS.get(node.tag, 'something else')}, not as a text", f"Quote it: {written}"
            )
        else:
            return self._text(node)
        return None

    def _text(self, node: yaml.ScalarNode) -> str:
        """Return a scalar as it was written, without what UTF-8 cannot express."""
        text = str(node.value)
        try:
            text.encode()
        except UnicodeEncodeError:
            self._problem(node, f"{excerpt(text)} has a character that UTF-8 cannot express")
            return text.encode(errors="replace").decode()
        return text
