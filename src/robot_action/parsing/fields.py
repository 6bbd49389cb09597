"""Taking a document's mappings apart by plain code: every wrong or unknown key becomes a problem with its place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TypeVar

from robot_action.errors import Position, Problem
from robot_action.model.values import Value
from robot_action.parsing.wording import RuleError, enumerate_words, excerpt, suggestion
from robot_action.parsing.yaml_text import Document, Path

Result = TypeVar("Result")


def dotted(path: Path) -> str:
    """Return a path as people write it, such as ``repository.topics.0``."""
    return ".".join(str(part) for part in path)


def describe(document: Document, path: Path, value: Value) -> str:
    """Return what stands at ``path``, for a message: the offending text, and what YAML makes of it."""
    written = document.texts.get(path, "")
    match value:
        case None:
            return "nothing"
        case bool():
            return f"{excerpt(written)}, which YAML reads as {str(value).lower()}" if written.lower() not in {"true", "false"} else written
        case int() | float():
            return f"the number {written or value}"
        case str():
            return f"the text {excerpt(value)}"
        case list():
            return "a list"
        case _:
            return "a mapping"


def quoting_hint(document: Document, path: Path, value: Value) -> str | None:
    """Return how to keep a scalar as the text that was written, or None where nothing was."""
    written = document.texts.get(path)
    return f"Quote it: {excerpt(written)}" if written and value is not None else None


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return problems by their places in the text."""
    return tuple(sorted(problems, key=lambda problem: problem.position or Position("")))


class Fields:
    """The keys of one mapping of a document.

    Attributes:
        path: where the mapping stands.
        value: the mapping; empty where something else stands there.
    """

    def __init__(self, document: Document, problems: list[Problem], path: Path, value: Value) -> None:
        self._document = document
        self._problems = problems
        self.path = path
        self.value: dict[str, Value] = value if isinstance(value, dict) else {}
        self._is_mapping = isinstance(value, dict)
        if not self._is_mapping:
            hint = None if path else "Write lines of key: value."
            self.report((), f"a mapping is wanted, not {describe(document, path, value)}", hint)

    def report(self, path: Path, message: str, hint: str | None = None, *, at_key: bool = False) -> None:
        """Add a problem with what stands at ``path`` below this mapping."""
        whole = (*self.path, *path)
        position = self._document.find_key(whole) if at_key else self._document.find(whole)
        self._problems.append(Problem(f"{dotted(whole)}: {message}" if whole else message, position, hint))

    def check_keys(self, known: Collection[str], planned: Collection[str] = ()) -> None:
        """Report every key that is not known, and those that only a later version will know."""
        for key in self.value:
            if key in planned:
                self.report((key,), "this is not supported yet by this version", at_key=True)
            elif key not in known:
                position = self._document.find_key((*self.path, key))
                hint = suggestion(key, known) or f"The keys here are {', '.join(known)}."
                where = f" in {dotted(self.path)}" if self.path else ""
                self._problems.append(Problem(f"unknown key {excerpt(key)}{where}", position, hint))

    def require(self, key: str) -> None:
        """Report a key that is missing."""
        if self._is_mapping and key not in self.value:
            self.report((), f"the key {key!r} is missing")

    def wrong(self, path: Path, value: Value, wanted: str) -> None:
        """Report a value of the wrong type."""
        whole = (*self.path, *path)
        hint = quoting_hint(self._document, whole, value) if wanted == "a text" else None
        self.report(path, f"{wanted} is wanted, not {describe(self._document, whole, value)}", hint)

    def convert(self, path: Path, value: Result, rule: Callable[[Result], Result]) -> Result:
        """Return a value as a rule normalises it, or as it is after reporting that the rule refuses it."""
        try:
            return rule(value)
        except RuleError as error:
            self.report(path, error.message, error.hint)
            return value

    def text(self, key: str, default: str = "", rule: Callable[[str], str] | None = None) -> str:
        """Return a text, checked by ``rule``."""
        if key not in self.value:
            return default
        value = self.value[key]
        if not isinstance(value, str):
            self.wrong((key,), value, "a text")
            return default
        return self.convert((key,), value, rule) if rule else value

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return true or false."""
        value = self.value.get(key, default)
        if not isinstance(value, bool):
            self.wrong((key,), value, "true or false")
            return default
        return value

    def word(self, key: str, words: Collection[str], default: str) -> str:
        """Return one of a few words."""
        value = self.text(key, default)
        if value not in words:
            hint = suggestion(value, words) or f"Write {enumerate_words(words)}."
            self.report((key,), f"{excerpt(value)} is not known here", hint)
            return default
        return value

    def items(self, key: str) -> Iterator[tuple[int, Value]]:
        """Yield the items of a list with their indices; no key is an empty list."""
        value = self.value.get(key, [])
        if isinstance(value, list):
            yield from enumerate(value)
        else:
            self.wrong((key,), value, "a list")

    def texts(self, key: str, rule: Callable[[str], str] | None = None) -> tuple[str, ...]:
        """Return a list of texts, each checked by ``rule``."""
        found: list[str] = []
        for index, item in self.items(key):
            if isinstance(item, str):
                found.append(self.convert((key, index), item, rule) if rule else item)
            else:
                self.wrong((key, index), item, "a text")
        return tuple(found)

    def below(self, key: str) -> Fields:
        """Return the fields of the mapping at ``key``."""
        return self.inside((key,), self.value[key])

    def inside(self, path: Path, value: Value) -> Fields:
        """Return the fields of a mapping that stands deeper, at ``path``."""
        return Fields(self._document, self._problems, (*self.path, *path), value)
