"""What a changelog says of the versions that were passed; Markdown and reStructuredText, as far as headings tell.

A heading that begins with a version, or with a name and a version and then no more than a date, opens that version's
section; it ends at the next such heading, or at one that is no deeper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from packaging.version import Version

SIZE_LIMIT = 1 << 20
"""Bytes of a changelog that are looked at; the newest versions stand at its beginning."""

_FILE = re.compile(r"(?:changelog|changes|history|news|releases?)(?:\.(?:md|markdown|rst|txt))?", re.IGNORECASE)
_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})")
_ATX = re.compile(r" {0,3}(?P<marks>#{1,6})[ \t]+(?P<title>.*?)[ \t]*#*[ \t]*")
_UNDERLINE = re.compile(r"(?P<mark>[=\-~^\"'*+#.:_])(?P=mark){2,}[ \t]*")
_VERSION = r"\[?v?(?P<version>\d+(?:\.\d+)+(?:[-._]?(?:a|b|c|rc|alpha|beta|pre|preview|post|dev)[-._]?\d*)*)(?![\w.+-]*\w)\]?"
_PLAIN = re.compile(rf"(?:version|release)?\s*{_VERSION}.*", re.IGNORECASE)
_NAMED = re.compile(rf"[\w.-]+\s+{_VERSION}\W*(?:\d{{4}}\D\d\d?\D\d\d?\W*)?", re.IGNORECASE)
_DISTANCE = re.compile(r"-\d+-g[0-9a-f]+\Z")
"""What ``git describe`` adds to the version before a commit."""
_MARKDOWN_LEVELS = {"=": 1, "-": 2}
_DEEP = 10  # reStructuredText's levels come after Markdown's, in the order in which their marks come


@dataclass(frozen=True, slots=True)
class _Heading:
    """A heading: its first line, the first line after it, how deep it is."""

    start: int
    end: int
    level: int
    title: str

    @property
    def version(self) -> Version | None:
        """The version that it is about."""
        found = _PLAIN.fullmatch(self.title) or _NAMED.fullmatch(self.title)
        try:
            return Version(found["version"]) if found else None
        except ValueError:  # a number of thousands of digits, too
            return None


def is_changelog(name: str) -> bool:
    """Tell whether a file's name is one that changelogs have."""
    return _FILE.fullmatch(name) is not None


def passed_sections(text: str, old: str, new: str) -> str:
    """Return what a changelog says of the versions after ``old``, up to ``new``.

    Args:
        text: the changelog.
        old: a version, or what ``git describe`` says of a commit; new: a later one.

    Returns:
        Markdown, as far as headings are concerned; ``""`` where the changelog does not tell, or one of both is no version.
    """
    try:
        after, upto = (Version(_DISTANCE.sub("", one)) for one in (old, new))
    except ValueError:  # a number of thousands of digits, too
        return ""
    lines = text.splitlines()
    headings = list(_headings(lines))
    parts = []
    for number, heading in enumerate(headings):
        version = heading.version
        if version is not None and after < version <= upto:
            end = next((one.start for one in headings[number + 1 :] if one.level <= heading.level or one.version), len(lines))
            inside = {one.start: one for one in headings if heading.start <= one.start < end}
            parts.append("\n".join(_written(lines, heading.start, end, inside)).strip())
    return "\n\n".join(parts)


def _written(lines: Sequence[str], start: int, end: int, headings: dict[int, _Heading]) -> Iterator[str]:
    """Yield lines with their headings as Markdown's own."""
    at = start
    while at < end:
        if heading := headings.get(at):
            yield f"{'#' * min(heading.level, 6)} {heading.title}"
            at = heading.end
        else:
            yield lines[at]
            at += 1


def _headings(lines: Sequence[str]) -> Iterator[_Heading]:
    """Yield the headings outside of fenced code."""
    levels: dict[str, int] = {}
    fence = ""
    at = 0
    while at < len(lines):
        line = lines[at]
        if found := _FENCE.match(line):
            if not fence:
                fence = found["fence"]
            elif found["fence"].startswith(fence) and not line.strip(" `~"):
                fence = ""
            at += 1
            continue
        heading = None if fence else _heading(lines, at, levels)
        if heading:
            yield heading
        at = heading.end if heading else at + 1


def _heading(lines: Sequence[str], at: int, levels: dict[str, int]) -> _Heading | None:
    """Return the heading that begins at a line, if one does: ``# title``, or a title that is underlined."""
    line = lines[at]
    if atx := _ATX.fullmatch(line):
        return _Heading(at, at + 1, len(atx["marks"]), atx["title"])
    over = bool(_UNDERLINE.fullmatch(line)) and at + 2 < len(lines) and lines[at + 2].rstrip() == line.rstrip()
    title = at + over
    if not lines[title].strip() or title + 1 >= len(lines) or (not over and _UNDERLINE.fullmatch(line)):
        return None
    under = _UNDERLINE.fullmatch(lines[title + 1])
    if under is None or (under["mark"] not in _MARKDOWN_LEVELS and len(lines[title + 1].strip()) < len(lines[title].strip())):
        return None
    mark = under["mark"] * (1 + over)
    level = levels.setdefault(mark, _MARKDOWN_LEVELS.get(mark, _DEEP + len(levels)))
    return _Heading(at, title + 2, level, lines[title].strip())
