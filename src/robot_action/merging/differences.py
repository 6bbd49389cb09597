"""What changed between two values of a structured file, and whether two changes go together; plain data alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from robot_action.model.merge import Policy

Plain = Any
"""What a parser of TOML, YAML or JSON gives."""
Keys = tuple[str, ...]
_Identity = tuple[type, Plain]
_Distinct = dict[_Identity, Plain]
"""The items of a list by what tells them apart."""
_MAX_STEPS = 1_000_000  # an item goes into a list, or out of it, in as many steps as the list has items


class ClashError(Exception):
    """Both sides changed the same value in different ways."""


@dataclass(frozen=True, slots=True)
class Put:
    """A value that the template has at some keys; ``after``: the key that precedes it there, or None: it is the first."""

    keys: Keys
    value: Plain
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Drop:
    """A value that the template has no longer."""

    keys: Keys


@dataclass(frozen=True, slots=True)
class Items:
    """What the template took from a list, and put into it: each with the item that precedes it there, or None."""

    keys: Keys
    removed: tuple[Plain, ...]
    added: tuple[tuple[Plain, Plain], ...]


Change = Put | Drop | Items


@dataclass(frozen=True, slots=True)
class Differences:
    """What the template changed and the project has not.

    Attributes:
        favour: whose value counts where both changed the same in different ways: the project's, or the template's; None: nobody's.
    """

    favour: Policy | None = None

    def find(self, base: Mapping[str, Plain], project: Mapping[str, Plain], template: Mapping[str, Plain]) -> list[Change]:
        """Return the changes.

        Raises:
            ClashError: when the project changed the same in another way, and nobody is favoured.
        """
        return list(self._mapping((), base, project, template))

    def _mapping(
        self, keys: Keys, base: Mapping[str, Plain], project: Mapping[str, Plain], template: Mapping[str, Plain]
    ) -> Iterator[Change]:
        previous = None
        for key in (*template, *(key for key in base if key not in template)):
            here = (*keys, key)
            if key not in template:
                yield from self._dropped(here, base[key], project)
            elif key not in base:
                if key not in project:
                    yield Put(here, template[key], previous)
                elif isinstance(project[key], Mapping) and isinstance(template[key], Mapping):
                    yield from self._mapping(here, {}, project[key], template[key])
                elif not is_same(project[key], template[key]):
                    yield from self._clash(Put(here, template[key]))
            elif not is_same(base[key], template[key]):
                if key in project:
                    yield from self._both(here, base[key], project[key], template[key])
                else:
                    yield from self._clash(Put(here, template[key], previous))
            previous = key if key in template else previous

    def _dropped(self, keys: Keys, base: Plain, project: Mapping[str, Plain]) -> Iterator[Change]:
        if keys[-1] in project:
            if is_same(project[keys[-1]], base):
                yield Drop(keys)
            else:
                yield from self._clash(Drop(keys))

    def _both(self, keys: Keys, base: Plain, project: Plain, template: Plain) -> Iterator[Change]:
        """Yield the template's changes of one value that both sides have."""
        if is_same(project, template):
            return
        if is_same(base, project):
            yield Put(keys, template)
        elif isinstance(base, Mapping) and isinstance(project, Mapping) and isinstance(template, Mapping):
            yield from self._mapping(keys, base, project, template)
        else:
            items = _items(keys, base, project, template)
            yield from self._clash(Put(keys, template)) if items is None else (items,)

    def _clash(self, change: Change) -> Iterator[Change]:
        """Yield the template's change of what the project changed in another way, if the template is favoured."""
        if self.favour is None:
            raise ClashError(".".join(change.keys))
        if self.favour is Policy.TEMPLATE:
            yield change


def is_same(one: Plain, other: Plain) -> bool:
    """Compare two values without taking true for 1, or 1 for 1.0."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(is_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    return type(one) is type(other) and bool(one == other)


def _items(keys: Keys, *sides: Plain) -> Items | None:
    """Return the template's change of a list whose items are plain, each once; order counts for nothing else.

    Args:
        keys: where it stands.
        sides: the base's value, the project's and the template's.

    Returns:
        None when one is no such list, or the changes do not go together.
    """
    was, here, there = map(_distinct, sides)
    if was is None or here is None or there is None:
        return None
    gone, new = was.keys() - there.keys(), there.keys() - was.keys() - here.keys()
    is_long = (len(gone) + len(new)) * (len(here) + len(new)) > _MAX_STEPS
    if is_long or not _go_together(was, here, there):
        return None
    pairs = [(item, before) for before, item in zip((None, *there), there, strict=False) if item in new]
    if any(before is not None and before not in here and before not in new for _, before in pairs):
        return None  # what it stands behind is not there any more
    added = tuple((there[item], None if before is None else there[before]) for item, before in pairs)
    return Items(keys, tuple(was[item] for item in was if item in gone and item in here), added)


def _go_together(was: _Distinct, here: _Distinct, there: _Distinct) -> bool:
    """Tell whether it is plain what both sides meant with what they took from a list and put into it."""
    gone, new, mine = was.keys() - there.keys(), there.keys() - was.keys() - here.keys(), here.keys() - was.keys()
    is_replaced = bool((new or mine) and gone - here.keys())  # what both took out may have become another one on either side
    is_reordered = [item for item in there if item in was] != [item for item in was if item in there]
    is_rival = not set(map(_name, new)).isdisjoint(map(_name, mine))
    return not (is_replaced or is_reordered or is_rival)


def _name(item: _Identity) -> Plain:
    """Return what an item is about, such as a requirement's name: two sides that add the same in other words do not agree."""
    found = re.match(r"[\w./@-]+", item[1]) if isinstance(item[1], str) else None
    return found[0].casefold() if found else item


def _distinct(items: Plain) -> _Distinct | None:
    """Return the items of a list by what tells them apart; None when it is none, or one is no plain value, or is there twice."""
    if not isinstance(items, list) or any(isinstance(item, (Mapping, list)) for item in items):
        return None
    found = {_identity(item): item for item in items}
    return found if len(found) == len(items) else None


def _identity(item: Plain) -> _Identity:
    """Return what is equal where `is_same` says so of plain values."""
    return type(item), item


def apply(value: Plain, changes: Sequence[Change]) -> Plain:
    """Return plain data with the changes made: what an edited file has to say when it is read again."""
    for change in changes:
        value = _applied(value, change.keys, change)
    return value


def _applied(value: Plain, keys: Keys, change: Change) -> Plain:
    if keys[1:]:
        return {**value, keys[0]: _applied(value[keys[0]], keys[1:], change)}
    if isinstance(change, Put):
        return _with(value, keys[0], change)
    if isinstance(change, Drop):
        return {key: item for key, item in value.items() if key != keys[0]}
    return {**value, keys[0]: edit_list(list(value[keys[0]]), change)}


def _with(value: Mapping[str, Plain], key: str, change: Put) -> dict[str, Plain]:
    """Return a mapping with a key, a new one behind the one that precedes it in the template, or else at the end."""
    if key in value:
        return {**value, key: change.value}
    names = list(value)
    at = 0 if change.after is None else names.index(change.after) + 1 if change.after in value else len(names)
    return {name: change.value if name == key else value[name] for name in (*names[:at], key, *names[at:])}


def edit_list(items: list[Plain], change: Items, nodes: Sequence[Plain] = ()) -> list[Plain]:
    """Change a list in place, which may be a parser's own kind of list; return it.

    Args:
        items: the list.
        change: what changes.
        nodes: the template's items as its parser has them, with the quotes that they have there.
    """
    for item in change.removed:
        del items[next(index for index, other in enumerate(items) if is_same(plain(other), item))]
    for item, before in change.added:
        at = next((index + 1 for index, other in enumerate(items) if is_same(plain(other), before)), 0 if before is None else len(items))
        items.insert(at, next((node for node in nodes if is_same(plain(node), item)), item))
    return items


def plain(value: Plain) -> Plain:
    """Return a parser's own kind of value as plain data."""
    unwrap = getattr(value, "unwrap", None)
    kind = next((kind for kind in (bool, int, float, str) if isinstance(value, kind)), None)
    return unwrap() if unwrap else kind(value) if kind else value
