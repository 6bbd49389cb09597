"""Texts of others -> GitHub's Markdown that shows them and does nothing else.

Characters that have a meaning become numeric character references, which CommonMark (section 6.2) and GitHub's tables
never take for structure: no table cell, emphasis, link, HTML tag or list can begin or end in such a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import accumulate

from robot_action.reporting.clean import clean

# What can begin or end structure inside a line: cells, emphasis, code, links, HTML, mathematics; and addresses that GitHub
# makes links of without being asked. Parentheses, quotes and the rest mean nothing once these are gone.
_SPECIAL = re.compile(r"[&<>|`*_\[\]\\~$@#]|:(?=//)|(?<=mailto):|(?<=xmpp):|(?<=www)\.|(?<=\bgh)-(?=[0-9])", re.IGNORECASE)
_QUIET = "&#8203;"
"""A zero-width space: with it behind them, GitHub takes ``@name`` for no mention, and ``#1`` and ``GH-1`` for no issue to be closed."""
_SAFE_URL = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&*+,;=%-]+")
_LINE_START = re.compile(r"^(?:[-+=]|[0-9]+(?=[.)]))")


def _reference(match: re.Match[str]) -> str:
    character = match[0]
    return f"&#{ord(character)};{_QUIET if character in '@#-' else ''}"


def escape(text: str) -> str:
    """Return cleaned text as Markdown for the middle of a paragraph, a list item or a table cell."""
    escaped = _SPECIAL.sub(_reference, clean(text).strip())
    return _LINE_START.sub(lambda match: "".join(f"&#{ord(character)};" for character in match[0]), escaped)


def code(text: str) -> str:
    """Return cleaned text as inline code; GitHub looks for no names, numbers or links in it."""
    return f"<code>{_SPECIAL.sub(lambda match: f'&#{ord(match[0])};', clean(text))}</code>" if text else ""


def link(text: str, url: str) -> str:
    """Return a link, or just the text in code when the address is none for a browser."""
    return f"[{escape(text)}]({url})" if _SAFE_URL.fullmatch(url) else code(text)


def fenced(lines: Iterable[str]) -> str:
    """Return lines as a block of code, with a fence longer than any in them."""
    body = [clean(line) for line in lines]
    longest = max((len(run) for line in body for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([f"{fence}text", *body, fence])


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of cells that are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def document(blocks: Iterable[str], limit: int, note: str) -> str:
    """Return whole blocks, as many as fit into ``limit`` bytes of UTF-8; ``note`` says at the end that some were left out."""
    blocks = [block for block in blocks if block]
    text = "\n\n".join(blocks) + "\n"
    if len(text.encode()) <= limit:
        return text
    room = limit - len(f"{note}\n".encode())
    if room < 0:
        return ""
    ends = accumulate(len(f"{block}\n\n".encode()) for block in blocks)
    kept = [block for block, end in zip(blocks, ends, strict=True) if end <= room]
    return "\n\n".join([*kept, note]) + "\n"
