"""Targets -> the project's tree: suffixed files and links are rendered, everything else keeps its bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from robot_action.errors import InputError, Position, Problem
from robot_action.model.paths import tree_problems
from robot_action.model.state import STATE_FILE
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.rendering.environment import Jinja
from robot_action.rendering.faults import Where
from robot_action.rendering.names import Target


@dataclass(frozen=True, slots=True)
class Made:
    """The project's tree, and the path in the template tree that each file of it is made of."""

    tree: Tree
    sources: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ContentRules:
    """What the formats do not have in common.

    Attributes:
        hint: what to do about a file that is to be rendered and is not UTF-8; ``""``: it keeps its bytes.
        may_repeat: whether several files may make one path: when they hold the same, or only one of them is rendered, which
            is the one that counts. In Copier that hangs on the order in which a folder's names lie on the disk.
        replaced: a path that a later file may make anew.
        spared: files of the template that need not be rendered (`robot_action.model.template.RenderRequest`).
    """

    hint: str = "List the file under 'verbatim', or take the suffix from its name."
    may_repeat: bool = False
    replaced: str = ""
    spared: frozenset[str] = frozenset()


NATIVE = ContentRules()


def make_tree(targets: Iterable[Target], jinja: Jinja, problems: list[Problem], rules: ContentRules = NATIVE) -> Made:
    """Return what the targets make; what cannot be made is added to ``problems``.

    What is not rendered is the very entry of the template's tree, so that its bytes need not travel.
    """
    entries: dict[str, Entry] = {}
    made: dict[str, Target] = {}
    for target in targets:
        other = made.get(target.path)
        if other is not None and rules.may_repeat and _counts_more(other, target):
            continue
        made[target.path] = target
        try:
            check_own(target.path, jinja.position(target.source))
            entry = _entry(target, jinja, rules)
            if other is not None and rules.spared & {other.source, target.source}:
                entries[target.path], entry = (_entry(one, jinja, replace(rules, spared=frozenset())) for one in (other, target))
            if other is not None and not _may_follow(other, entries.get(target.path), target, entry, rules):
                raise _twice(target, other.source, jinja)
            entries[target.path] = entry
        except InputError as error:
            problems.extend(error.problems)
    tree = Tree(_without_filled_folders(entries))
    problems.extend(tree_problems(tree, {path: jinja.position(target.source) for path, target in made.items()}))
    return Made(tree, {path: target.source for path, target in made.items()})


def _may_follow(other: Target, earlier: Entry | None, target: Target, entry: Entry, rules: ContentRules) -> bool:
    """Tell whether a path may be made again."""
    if rules.may_repeat:
        return entry == earlier or target.path == rules.replaced or _counts_more(target, other)
    return earlier is not None and earlier.mode is entry.mode is Mode.DIRECTORY


def _counts_more(target: Target, other: Target) -> bool:
    return target.is_template and not other.is_template and _is_file(other)


def _is_file(target: Target) -> bool:
    return target.entry is None or target.entry.mode in {Mode.FILE, Mode.EXECUTABLE}


def _twice(target: Target, other: str, jinja: Jinja) -> InputError:
    both = f"{other!r} makes it twice" if other == target.source else f"{other!r} and {target.source!r} both make it"
    return InputError(f"the path {target.path!r} exists twice: {both}", position=jinja.position(target.source))


def check_own(path: str, position: Position) -> None:
    """Refuse a path that is not the template's to make.

    Raises:
        InputError: when it is the state file's.
    """
    if path.casefold() == STATE_FILE:
        raise InputError(f"a template must not make {STATE_FILE}, which robot-action writes itself", position=position)


def _entry(target: Target, jinja: Jinja, rules: ContentRules) -> Entry:
    """Return what a target holds.

    Raises:
        InputError: when its text cannot be rendered.
    """
    entry = target.entry or jinja.tree[target.source]
    if not target.is_template:
        return entry
    if target.source in rules.spared:
        return Entry(entry.mode, target.source.encode())
    position = jinja.position(target.source)
    try:
        text = entry.content.decode()
    except UnicodeDecodeError as error:
        if not rules.hint:
            return entry
        line = entry.content.count(b"\n", 0, error.start) + 1
        what = f"it is not UTF-8: byte 0x{entry.content[error.start]:02x} at offset {error.start}"
        raise InputError(what, position=jinja.position(target.source, line), hint=rules.hint) from None
    if jinja.is_plain(text):
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
