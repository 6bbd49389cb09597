"""Targets -> the project's tree: suffixed files and links are rendered, everything else keeps its bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from robot_action.errors import InputError, Problem
from robot_action.model.paths import tree_problems
from robot_action.model.state import STATE_FILE
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.rendering.environment import Jinja
from robot_action.rendering.faults import Where
from robot_action.rendering.names import Target

_MARKS = (b"{{", b"{%", b"{#")


def make_tree(targets: Iterable[Target], jinja: Jinja, problems: list[Problem]) -> Tree:
    """Return the tree that the targets make; what cannot be made is added to ``problems``.

    What is not rendered is the very entry of the template's tree, so that its bytes need not travel.
    """
    entries: dict[str, Entry] = {}
    sources: dict[str, str] = {}
    for target in targets:
        try:
            _claim(target, jinja, sources)
            entries[target.path] = _entry(target, jinja)
        except InputError as error:
            problems.extend(error.problems)
    tree = Tree(_without_filled_folders(entries))
    problems.extend(tree_problems(tree, {path: jinja.position(source) for path, source in sources.items()}))
    return tree


def _claim(target: Target, jinja: Jinja, sources: dict[str, str]) -> None:
    """Note which source makes a path.

    Raises:
        InputError: when another one makes it, or the path is not the template's to make.
    """
    position = jinja.position(target.source)
    if target.path.casefold() == STATE_FILE:
        raise InputError(f"a template must not make {STATE_FILE}, which robot-action writes itself", position=position)
    other = sources.get(target.path)
    modes = {jinja.tree[source].mode for source in (other, target.source) if source}
    if other is not None and modes != {Mode.DIRECTORY}:
        both = f"{other!r} makes it twice" if other == target.source else f"{other!r} and {target.source!r} both make it"
        raise InputError(f"the path {target.path!r} exists twice: {both}", position=position)
    sources[target.path] = target.source


def _entry(target: Target, jinja: Jinja) -> Entry:
    """Return what a target holds.

    Raises:
        InputError: when its text cannot be rendered.
    """
    entry = jinja.tree[target.source]
    if not target.is_template:
        return entry
    position = jinja.position(target.source)
    try:
        text = entry.content.decode()
    except UnicodeDecodeError as error:
        line = entry.content.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"it is not UTF-8: byte 0x{entry.content[error.start]:02x} at offset {error.start}",
            position=jinja.position(target.source, line),
            hint="List the file under 'verbatim', or take the suffix from its name.",
        ) from None
    if not any(mark in entry.content for mark in _MARKS):
        return entry
    if entry.mode is Mode.LINK:
        rendered = jinja.text(text, target.context, Where(position, "in the link's target"))
    else:
        rendered = jinja.file(target.source, target.context)
    try:
        return Entry(entry.mode, rendered.encode())
    except UnicodeEncodeError:
        raise InputError("what it renders to is not UTF-8", position=position) from None


def _without_filled_folders(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """Leave out empty folders of the template that other paths fill."""
    filled = {parent for path in entries for parent in _parents(path)}
    return {path: entry for path, entry in entries.items() if entry.mode is not Mode.DIRECTORY or path not in filled}


def _parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]
