"""Errors of YAML's syntax -> problems that name the likely cause, whichever of PyYAML's two parsers met them.

The parsers' own words tell what they expected; the cause is mostly seen in the line, or in the one before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import yaml

from robot_action.errors import Position, Problem
from robot_action.parsing.wording import excerpt
from robot_action.parsing.yaml_marks import Mark, place

_LINE_END = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_VALUE_BEGUN = re.compile(r"\s*(?:- +)*[^\s#].*?:\s+\S")
_NO_SPACE = re.compile(r"\s*(?:- +)*[\w.-]+:[^\s/:]")
_AFTER_QUOTE = re.compile(r"""["']\s*\Z""")
# What is said about a character that begins something else than a plain value, or nothing at all.
_NO_BEGINNING = ("cannot start any token", "node content", "entries are not allowed", "mapping keys are not allowed")
_EXPECTED = ("expected key", "'-' indicator", "<block end>", "<document start>")
_BRACKETS = {"flow sequence": ("'['", "']'"), "flow mapping": ("'{'", "'}'")}


def syntax_problem(error: yaml.YAMLError, text: str, file: str) -> Problem:
    """Return the problem of a YAML text that cannot be read.

    Args:
        error: what the parser raised.
        text: the whole text.
        file: its name for messages.
    """
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return Problem(f"the YAML cannot be read: {excerpt(str(error))}", Position(file))
    mark = error.problem_mark
    fault = _Fault(_LINE_END.split(text), mark, error.context_mark or mark, error.problem or "", error.context or "")
    told = _tell(fault)
    at = told.mark or mark
    line = fault.line(at.line).strip()
    return Problem(f"{told.message}{f': {excerpt(line)}' if line else ''}", place(file, at), told.hint)


@dataclass(frozen=True, slots=True)
class _Told:
    """A cause as it is told; ``mark`` is where it stands, if not where the parser stopped."""

    message: str
    hint: str | None = None
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class _Fault:
    """What the parser said, and the text."""

    lines: list[str]
    mark: Mark
    begin: Mark
    problem: str
    context: str

    def line(self, number: int) -> str:
        return self.lines[number] if number < len(self.lines) else ""

    @property
    def before(self) -> str:
        """What stands in the line before the place where the parser stopped."""
        return self.line(self.mark.line)[: self.mark.column]

    @property
    def character(self) -> str:
        return self.line(self.mark.line)[self.mark.column : self.mark.column + 1]

    def earlier(self) -> tuple[int, str]:
        """Return the number and text of the last line before the fault's that says something."""
        for number in range(self.mark.line - 1, -1, -1):
            line = self.line(number)
            if line.strip():
                return number, line
        return 0, ""


def _tell(fault: _Fault) -> _Told:
    """Return the first cause that fits, or else the parser's own words."""
    for cause in _CAUSES:
        if told := cause(fault):
            return told
    return _Told(f"the YAML cannot be read: {fault.problem} {fault.context}".rstrip())


def _tab(fault: _Fault) -> _Told | None:
    line = fault.line(fault.mark.line)
    if "\t" in line[: fault.mark.column + 1] and not fault.before.strip():
        return _Told("a tab indents this line", "Indent with spaces; YAML does not allow tabs.")
    return None


def _special_character(fault: _Fault) -> _Told | None:
    if not fault.character or not any(words in fault.problem for words in _NO_BEGINNING):
        return None
    return _Told(f"a value cannot begin with {fault.character!r}", "Quote the value.")


def _open_quote(fault: _Fault) -> _Told | None:
    if "quoted scalar" not in fault.context:
        return None
    if "unknown escape" in fault.problem:
        return _Told("between double quotes a backslash begins an escape", "Use single quotes, or write the backslash twice.")
    if "end of stream" in fault.problem or "unexpected document" in fault.problem:
        return _Told("the quote that begins here is never closed", "Write the same quote at the text's end.", fault.begin)
    return None


def _star_or_ampersand(fault: _Fault) -> _Told | None:
    is_name_missing = "alphabetic or numeric" in fault.problem and ("alias" in fault.context or "anchor" in fault.context)
    if not is_name_missing and "undefined alias" not in fault.problem:
        return None
    mark = fault.begin if is_name_missing else fault.mark
    character = fault.line(mark.line)[mark.column : mark.column + 1]
    meaning = "names a value" if character == "&" else "repeats a value that '&' named"
    return _Told(f"{character!r} at the beginning {meaning}, and this is none", "Quote a text that begins with '*' or '&'.", mark)


def _open_bracket(fault: _Fault) -> _Told | None:
    if "flow node" in fault.context and not fault.character:
        return _Told("a '[' or '{' above is not closed", "Write ']' or '}' at its end, or quote a text that begins with '[' or '{'.")
    found = next((pair for what, pair in _BRACKETS.items() if what in fault.context), None)
    if found is None:
        return None
    begin, end = found
    hint = f"Write {end} at its end; quote texts that begin with {begin} or hold ': '."
    return _Told(f"what {begin} begins here cannot be read up to its {end}", hint, fault.begin)


def _no_colon(fault: _Fault) -> _Told | None:
    if "could not find expected ':'" not in fault.problem:
        return None
    if _NO_SPACE.match(fault.line(fault.begin.line)):
        return _Told("there is no space after the colon", "Write key: value, with a space.", fault.begin)
    return _Told("this line has no colon", "Write key: value.", fault.begin)


def _second_colon(fault: _Fault) -> _Told | None:
    if "mapping values are not allowed" not in fault.problem:
        return None
    if _VALUE_BEGUN.match(fault.before):
        return _Told("the value holds ': ', which begins another value", "Quote the value.")
    number, line = fault.earlier()
    if _NO_SPACE.match(line):
        return _Told(f"there is no space after the colon in line {number + 1}", "Write key: value, with a space.")
    if _indent(fault.before) > _indent(line) and _VALUE_BEGUN.match(line):
        return _Told(f"this line is indented deeper than line {number + 1}, which has a value already", "Indent keys of one mapping alike.")
    return _Told(f"line {number + 1} has no colon, or its value is not quoted", "Write key: value.")


def _wrong_place(fault: _Fault) -> _Told | None:
    if not any(words in fault.problem for words in _EXPECTED):
        return None
    if _AFTER_QUOTE.search(fault.before):
        return _Told("something follows a quoted text", "Quote the whole value; between single quotes write '' for a quote.")
    if not fault.before.strip() and fault.line(fault.mark.line).lstrip().startswith("- ") and "mapping" in fault.context:
        return _Told("an item of a list stands where a key is wanted", "Indent the items below their key, or write key: value.")
    if not fault.before.strip():
        return _Told("this line's indentation fits no line above", "Indent keys of one mapping, and items of one list, alike.")
    return None


def _block_text(fault: _Fault) -> _Told | None:
    if "block scalar" not in fault.context:
        return None
    return _Told("'|' or '>' at the beginning of a value says that its text begins in the next line", "Begin there, or quote the value.")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


_CAUSES: tuple[Callable[[_Fault], _Told | None], ...] = (
    *(_tab, _special_character, _open_quote, _star_or_ampersand, _open_bracket),
    *(_no_colon, _second_colon, _wrong_place, _block_text),
)
