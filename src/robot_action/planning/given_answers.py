"""The answers that a command line gives, which may be secret. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

_DATA = "--data"


def hiding(arguments: Sequence[str], hidden: Collection[str], mask: str | None) -> tuple[str, tuple[str, ...]]:
    """Return a command line that shows no hidden answers, and the names of those that it had.

    Args:
        arguments: the command line.
        hidden: the names of answers that are secret, or may be.
        mask: what stands for their values; None leaves them out.
    """
    masked = tuple(dict.fromkeys(name for _, name in _answers(arguments) if name in hidden))
    return shlex.join(_without(arguments, hidden, mask)), masked


def _answers(arguments: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield where a command line gives answers, and which: each is the ``KEY=VALUE`` after ``--data``."""
    for place, (option, argument) in enumerate(pairwise(arguments), start=1):
        if option == _DATA:
            yield place, argument.partition("=")[0]


def _without(arguments: Sequence[str], hidden: Collection[str], mask: str | None) -> Iterator[str]:
    """Yield a command line without the values of hidden answers."""
    places = {place: name for place, name in _answers(arguments) if name in hidden}
    for place, argument in enumerate(arguments):
        if mask is None and (place in places or place + 1 in places):
            continue
        yield f"{places[place]}={mask}" if place in places else argument
