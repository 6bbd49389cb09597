"""What texts of a structured kind have besides their values, such as comments, and whether a merge has kept it where it belongs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

_COMMENT = re.compile(r"#.*")
_REFERENCE = re.compile(r"(?<![^\s\[{,])(?:[&*][^\s,\[\]{}]+|<<(?=\s*:))")
"""YAML's anchors, aliases and merge keys, and what looks like them."""
_SPELLING = re.compile(
    r"""(?im)(?:^|(?<=[\s\[{,]))(["']?(?:y|yes|n|no|on|off|true|false|null|~|0\d+|\d+(?::\d+)+)["']?)(?=\s*(?:$|[,\]}#]))"""
)
"""What YAML 1.1 and 1.2 read differently, as it is spelt: quotes make another value of it for one of them."""
_KEY = re.compile(r"[^\s:=[-][^:=]*")
"""A line's key; items of lists and headers of tables are taken as a whole."""
_ABOVE = "^"


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of one kind of text.

    Attributes:
        patterns: what counts; level: tells how deep a line stands.
    """

    patterns: tuple[re.Pattern[str], ...]
    level: Callable[[str], int]

    def are_kept(self, base: str, project: str, template: str, merged: str) -> bool:
        """Tell whether a text has the marks of the side that changed them, and those that both have.

        Each is to be beside what it is beside there, and no comment may come back, or twice. Where a side moved what they are beside,
        they are to be there.
        """
        sides = [_Marked(list(self._lines(text))) for text in (base, project, template)]
        found = _Marked(list(self._lines(merged)))
        lost: Counter[tuple[str, str]] = Counter()
        for mark in {*sides[1].counts, *sides[2].counts, *found.counts}:
            counts = [side.counts[mark] for side in sides]
            least = _least(*counts, is_placed=bool(mark[1]))
            most = least if mark[0].startswith("#") else max(least, *counts)  # a reference that is left over says nothing wrong
            missing = max(least - found.counts[mark], 0) or min(most - found.counts[mark], 0)
            places = found.places if missing > 0 else sides[1].places
            if missing and mark[1] in places:
                return False
            lost[mark[0], mark[1].rpartition("\n")[2]] += missing
        return not any(lost.values())

    def _lines(self, text: str) -> Iterator[tuple[str, list[str]]]:
        """Yield places, and the marks there: a line, by its keys from the outermost one, and what is above it; ``""``: a blank line."""
        waiting: list[str] = []
        above: list[tuple[int, str]] = []
        for line in (*text.splitlines(), ""):
            content = _COMMENT.sub("", line).strip()
            marks = [mark.rstrip() for pattern in self.patterns for mark in pattern.findall(line)]
            if marks and not content:
                waiting += marks
                continue
            if content:
                level, key = self.level(line), _KEY.match(content)
                above = [*(one for one in above if one[0] < level), (level, key[0] if key else content)]
            place = "\n".join(head for _, head in above) if content else ""
            yield place, marks
            yield place and f"{place}{_ABOVE}", waiting
            waiting = []


class _Marked:
    """The marks of a text with their places, and all places."""

    def __init__(self, lines: Sequence[tuple[str, list[str]]]) -> None:
        self.places = {place for place, _ in lines}
        self.counts = Counter((mark, place) for place, marks in lines for mark in marks)


def _least(base: int, mine: int, theirs: int, *, is_placed: bool) -> int:
    """Return how many of some marks there have to be, of those that the sides have: what both added at one place may be the same."""
    if is_placed and min(mine, theirs) > base:
        return max(mine, theirs)
    return min(mine, theirs) if max(mine, theirs) < base else mine + theirs - base


def _toml_level(line: str) -> int:
    return 0 if line.startswith("[") else 1


def _yaml_level(line: str) -> int:
    """Return how deep a line stands; an item of a list may stand at its key's own column."""
    text = line.lstrip(" ")
    return 2 * (len(line) - len(text)) + text.startswith("- ")


TOML_MARKS = Marks((_COMMENT,), _toml_level)
YAML_MARKS = Marks((_COMMENT, _REFERENCE, _SPELLING), _yaml_level)
