"""Merging TOML, YAML and JSON by their structure, where the lines themselves do not merge.

What the file has to say is known from the structure alone. Its text is the project's, with the template's lines wherever these
do not stand against each other, and is edited in place until it says that: comments, order and style stay. Whatever
cannot be had so is left to the merge of lines.
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from io import StringIO
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from robot_action.merging.differences import Change, ClashError, Differences, Drop, Items, Plain, Put, apply, edit_list, is_same
from robot_action.merging.line_ends import merged_with_lf
from robot_action.merging.lines import merge_lines
from robot_action.merging.marks import TOML_MARKS, YAML_MARKS, Marks
from robot_action.model.merge import Policy, Sides

if TYPE_CHECKING:
    from ruamel.yaml import YAML

_INDENT = re.compile(r"\n([ \t]+)")
_SEPARATORS = (None, (",", ":"), (",", ": "))
"""What programs write between JSON's values."""
_MAX_BYTES = 1 << 20
_MAX_YAML = 1 << 16  # bytes: some seconds of its parser
_MAX_VALUES = 1 << 18
_T = TypeVar("_T")
_Node = Any
"""A value of tomlkit's or ruamel's own: plain, with its comments and its style."""


class _Form(NamedTuple):
    """How one kind of file is handled.

    Attributes:
        read: gives what a text says.
        edit: makes changes in a text, with values of the template's.
        marks: what a text has besides its values, and has to keep.
    """

    read: Callable[[str], Plain]
    edit: Callable[[str, Sequence[Change], str], str]
    marks: Marks | None = None


def merge_structured(path: str, sides: Sides, favour: Policy | None = None) -> bytes | None:
    """Return a file in which the template's changes stand beside the project's, or None where that cannot be had.

    Args:
        path: its suffix tells the kind.
        sides: all three are needed.
        favour: the side whose values count where both changed the same; None: where they did, there is no such file.
    """
    form = _FORMS.get(path.rpartition(".")[2].lower())
    entries = (sides.base, sides.project, sides.template)
    if form is None or any(entry is None or len(entry.content) > _MAX_BYTES for entry in entries):
        return None

    def merge(alike: Sides) -> bytes | None:
        texts = (entry.content.decode() for entry in (alike.base, alike.project, alike.template) if entry is not None)
        return _unless_unfit(lambda: _merged(form, list(texts), Differences(favour)))

    return merged_with_lf(sides, merge)


def _unless_unfit(attempt: Callable[[], _T | None]) -> _T | None:
    """Return what an attempt gives, or None where there is no such file after all, or nothing that a library can edit."""
    try:
        return attempt()
    except (ClashError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, StopIteration):
        return None
    except Exception as error:
        if type(error).__module__.partition(".")[0] in {"ruamel", "tomlkit"}:
            return None
        raise


def _merged(form: _Form, texts: list[str], differences: Differences) -> bytes | None:
    before, project, template = texts
    base, here, there = map(form.read, texts)
    expected = apply(here, _changes(base, here, there, differences))

    def brought(start: str) -> str | None:
        changes = _changes(base, here if start == project else form.read(start), there, differences)
        text = form.edit(start, changes, template) if changes else start
        is_kept = form.marks is None or form.marks.are_kept(before, project, template, text)
        return text if is_same(form.read(text), expected) and is_kept else None

    for start in dict.fromkeys((*merge_lines(*texts), project)):
        text = _unless_unfit(partial(brought, start))
        if text is not None:
            return text.encode()
    return None


def _changes(base: Plain, project: Plain, template: Plain, differences: Differences) -> list[Change]:
    sides = (base, project, template)
    if not all(isinstance(value, Mapping) for value in sides) or sum(_size(value, {}) for value in sides) > _MAX_VALUES:
        raise ClashError("")
    return differences.find(base, project, template)


def _size(value: Plain, known: dict[int, int]) -> int:
    """Return how many values there are in one, each as often as it is named: few of YAML's aliases can name very many."""
    if id(value) not in known:
        inside = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
        known[id(value)] = 1 + sum(_size(item, known) for item in inside)
    return known[id(value)]


def _edit(document: _Node, change: Change, template: _Node) -> None:
    """Make one change in a parsed document, with the template's own values so that their comments and style come along."""
    *above, key = change.keys
    for name in above:
        document, template = document[name], template[name]
    if _is_inherited(document, key) or _is_inherited(template, key):
        return  # it comes with what is changed there
    if isinstance(change, Drop):
        del document[key]
    elif isinstance(change, Items):
        edit_list(document[key], change, template[key] if hasattr(document, "ca") else ())  # ruamel keeps the quotes in its items
    else:
        _put(document, key, template, change)


def _put(document: _Node, key: str, template: _Node, change: Put) -> None:
    insert = getattr(document, "insert", None)
    if key in document or insert is None:
        document[key] = template[key]
        return
    keys = list(document)
    at = 0 if change.after is None else keys.index(change.after) + 1 if change.after in keys else len(keys)
    insert(at, key, template[key])
    if key in template.ca.items:  # the comment behind it, which ruamel keeps apart
        document.ca.items[key] = template.ca.items[key]


def _is_inherited(mapping: _Node, key: str) -> bool:
    """Tell whether a key stands in a mapping of YAML only because another one is merged into it (``<<``)."""
    return key in mapping and hasattr(mapping, "non_merged_items") and key not in dict(mapping.non_merged_items())


def _edit_toml(text: str, changes: Sequence[Change], template: str) -> str:
    import tomlkit

    document, new = tomlkit.parse(text), tomlkit.parse(template)
    for change in changes:
        _edit(document, change, new)
    return tomlkit.dumps(document)


def _read_yaml(text: str) -> Plain:
    from ruamel.yaml import YAML

    if len(text) > _MAX_YAML:
        raise ClashError("")
    return YAML(typ="safe", pure=True).load(text)


def _edit_yaml(text: str, changes: Sequence[Change], template: str) -> str:
    from ruamel.yaml import YAML

    editor = YAML()
    editor.preserve_quotes = True
    editor.width = 2**31
    editor.indent(**_yaml_indent(text))
    document = editor.load(text)
    if _dumped(editor, document) != text:
        raise ClashError("")  # its style is none that the library keeps
    new = editor.load(template)
    for change in changes:
        _edit(document, change, new)
    return _dumped(editor, document)


def _yaml_indent(text: str) -> dict[str, int]:
    """Return how a text indents its lists: ``- x`` below a key stands at the key's column, or two further."""
    indented = re.search(r"^( *)[^\s#-][^\n]*:[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*\1( *)- ", text, re.MULTILINE)
    offset = len(indented[2]) if indented else 0
    return {"mapping": 2, "sequence": offset + 2, "offset": offset}


def _dumped(editor: YAML, document: _Node) -> str:
    stream = StringIO()
    editor.dump(document, stream)
    return stream.getvalue()


def _read_json(text: str) -> Plain:
    return json.loads(text, object_pairs_hook=_distinct, parse_float=_number, parse_constant=_number)


def _number(text: str) -> float:
    """Return a number that is written again as it was read; JSON has no infinity, and Python rounds."""
    value = float(text)
    if repr(value) != text or not math.isfinite(value):
        raise ClashError("")
    return value


def _distinct(pairs: list[tuple[str, Plain]]) -> dict[str, Plain]:
    """Return a mapping of JSON, in which lines of both sides may have put a key twice."""
    if len({key for key, _ in pairs}) < len(pairs):
        raise ClashError("")
    return dict(pairs)


def _edit_json(text: str, changes: Sequence[Change], _template: str) -> str:
    document = json.loads(text)
    found = _INDENT.search(text)
    end = "\n" if text.endswith("\n") else ""

    def dumped(value: Plain, separators: tuple[str, str] | None) -> str:
        ascii_only = text.isascii() and "\\u" in text
        return json.dumps(value, indent=found[1] if found else None, ensure_ascii=ascii_only, separators=separators) + end

    layouts = [separators for separators in _SEPARATORS if dumped(document, separators) == text]
    if not layouts:
        raise ClashError("")
    return dumped(apply(document, changes), layouts[0])


_YAML = _Form(_read_yaml, _edit_yaml, YAML_MARKS)
_FORMS: Mapping[str, _Form] = {
    "toml": _Form(tomllib.loads, _edit_toml, TOML_MARKS),
    "yaml": _YAML,
    "yml": _YAML,
    "json": _Form(_read_json, _edit_json),
}
