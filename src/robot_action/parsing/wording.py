"""How problems of a text are told: the offending text, a suggestion, and the rule that was broken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

EXCERPT = 60
"""The most characters of an offending text that a message quotes."""

_USER_INFO = re.compile(r"//[^/\s]*@")


class RuleError(ValueError):
    """A value breaks a rule; whoever knows where the value stands makes a `Problem` of it.

    Attributes:
        message: what is wrong, naming the offending text.
        hint: what to do next, or None.
    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def excerpt(text: str) -> str:
    """Return ``text`` quoted for a message: one line, shortened, nothing unprintable, no password of a URL."""
    masked = _USER_INFO.sub("//***@", text)
    return repr(masked if len(masked) <= EXCERPT else f"{masked[: EXCERPT - 3]}...")


def suggestion(word: str, known: Iterable[str]) -> str | None:
    """Return ``Did you mean 'x'?`` for the known word that is nearest, or None when none is near."""
    import difflib

    words = [str(item) for item in known]
    short = word[:EXCERPT]
    spellings = (short, short.lower(), short.lower().replace("_", "-"))
    near = next((found for spelling in spellings if (found := difflib.get_close_matches(spelling, words, n=1))), None)
    return f"Did you mean {near[0]!r}?" if near else None


def enumerate_words(words: Iterable[str]) -> str:
    """Return ``a, b or c``."""
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def listed(names: Sequence[str], limit: int = 10) -> str:
    """Return names in one line, the last ones only counted when they are too many."""
    rest = len(names) - limit
    return ", ".join(names) if rest <= 0 else f"{', '.join(names[:limit])} and {rest:,} more"
