"""Merging TOML, YAML and JSON by their structure, where the lines themselves do not merge.

The project's text is edited in place: comments, order and style stay. Whatever cannot be edited so that it reads exactly as
it has to is left to the merge of lines.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from io import StringIO
from typing import Any

from robot_action.merging.differences import Change, ClashError, Differences, Drop, Items, Plain, Put, apply, edit_list, is_same
from robot_action.model.merge import Policy, Sides

_INDENT = re.compile(r"\n([ \t]+)")
_SEPARATORS = (None, (",", ":"), (",", ": "))
"""What programs write between JSON's values."""
_MAX_BYTES = 1 << 20
_MAX_YAML = 1 << 18  # bytes: some seconds of its parser
_MAX_VALUES = 1 << 18


def merge_structured(path: str, sides: Sides, favour: Policy | None = None) -> bytes | None:
    """Return a file in which the template's changes stand beside the project's, or None where that cannot be had.

    Args:
        path: its suffix tells the kind.
        sides: all three are needed.
        favour: the side whose values count where both changed the same; None: where they did, there is no such file.
    """
    edit = _EDITORS.get(path.rpartition(".")[2].lower())
    entries = (sides.base, sides.project, sides.template)
    if edit is None or any(entry is None or len(entry.content) > _MAX_BYTES for entry in entries):
        return None
    try:
        base, project, template = (entry.content.decode() for entry in entries if entry is not None)
        merged = edit(base, project, template, Differences(favour))
        if (_comments(project) - _comments(base)) - _comments(merged):
            return None  # a comment of the project's own stood at a value that the template replaced
        return merged.encode()
    except (ClashError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return None  # no such file after all, or nothing that the library can edit
    except Exception as error:
        if type(error).__module__.partition(".")[0] in {"ruamel", "tomlkit"}:
            return None
        raise


def _comments(text: str) -> Counter[str]:
    """Return what stands behind a ``#`` in each line: comments, whatever they stand at; JSON has none."""
    return Counter(line[line.index("#") :].rstrip() for line in text.splitlines() if "#" in line)


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


def _checked(text: str, read: Callable[[str], Plain], expected: Plain) -> str:
    """Return an edited text after it was read again.

    Raises:
        ClashError: when it does not say what it has to.
    """
    if not is_same(read(text), expected):
        raise ClashError("")
    return text


def _edit(document: Any, change: Change, template: Any) -> None:  # noqa: ANN401 - a parser's own mapping
    """Make one change in a parsed document, with the template's own values so that their comments and style come along."""
    *above, key = change.keys
    for name in above:
        document, template = document[name], template[name]
    if isinstance(change, Drop):
        del document[key]
    elif isinstance(change, Items):
        edit_list(document[key], change)
    else:
        _put(document, key, template, change)


def _put(document: Any, key: str, template: Any, change: Put) -> None:  # noqa: ANN401 - the same
    insert = getattr(document, "insert", None)
    if key in document or insert is None:
        document[key] = template[key]
        return
    keys = list(document)
    at = 0 if change.after is None else keys.index(change.after) + 1 if change.after in keys else len(keys)
    insert(at, key, template[key])
    if key in template.ca.items:  # the comment behind it, which ruamel keeps apart
        document.ca.items[key] = template.ca.items[key]


def _toml(base: str, project: str, template: str, differences: Differences) -> str:
    import tomlkit

    document, new = tomlkit.parse(project), tomlkit.parse(template)
    before = document.unwrap()
    changes = _changes(tomlkit.parse(base).unwrap(), before, new.unwrap(), differences)
    for change in changes:
        _edit(document, change, new)
    return _checked(tomlkit.dumps(document), lambda text: tomlkit.parse(text).unwrap(), apply(before, changes))


def _yaml(base: str, project: str, template: str, differences: Differences) -> str:
    from ruamel.yaml import YAML

    if max(map(len, (base, project, template))) > _MAX_YAML:
        raise ClashError("")
    plain, editor = YAML(typ="safe", pure=True), YAML()
    editor.preserve_quotes = True
    editor.width = 2**31
    editor.indent(**_yaml_indent(project))
    document = editor.load(project)
    if _dumped(editor, document) != project:
        raise ClashError("")  # its style is none that the library keeps
    new, before = editor.load(template), plain.load(project)
    changes = _changes(plain.load(base), before, plain.load(template), differences)
    for change in changes:
        _edit(document, change, new)
    return _checked(_dumped(editor, document), plain.load, apply(before, changes))


def _yaml_indent(text: str) -> dict[str, int]:
    """Return how a text indents its lists: ``- x`` below a key stands at the key's column, or two further."""
    indented = re.search(r"^( *)[^\s#-][^\n]*:[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*\1( *)- ", text, re.MULTILINE)
    offset = len(indented[2]) if indented else 0
    return {"mapping": 2, "sequence": offset + 2, "offset": offset}


def _dumped(editor: Any, document: Any) -> str:  # noqa: ANN401 - ruamel's untyped values
    stream = StringIO()
    editor.dump(document, stream)
    return stream.getvalue()


def _json(base: str, project: str, template: str, differences: Differences) -> str:
    document = json.loads(project)
    found = _INDENT.search(project)
    end = "\n" if project.endswith("\n") else ""

    def dumped(value: Plain, separators: tuple[str, str] | None) -> str:
        ascii_only = project.isascii() and "\\u" in project
        return json.dumps(value, indent=found[1] if found else None, ensure_ascii=ascii_only, separators=separators) + end

    layouts = [separators for separators in _SEPARATORS if dumped(document, separators) == project]
    if not layouts:
        raise ClashError("")
    changes = _changes(json.loads(base), document, json.loads(template), differences)
    expected = apply(document, changes)
    return _checked(dumped(expected, layouts[0]), json.loads, expected)


_EDITORS: Mapping[str, Callable[[str, str, str, Differences], str]] = {"toml": _toml, "yaml": _yaml, "yml": _yaml, "json": _json}
