"""Text of others -> text that is safe to show: nothing in it moves the cursor, hides or reorders what is read."""

from __future__ import annotations

import re
import unicodedata

# ECMA-48: control sequences (CSI), command strings (OSC, DCS, SOS, PM, APC) with their terminator, and two-character escapes.
# A command string without an end is no command string: only its introducer goes, so that nothing can swallow what follows.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\r\n]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]"
)
_BREAK = re.compile(r"\r\n|\n|\r|\x0b|\x0c|\x85|\u2028|\u2029")
# These join letters and emoji into what people read; every other invisible character is shown.
_JOINERS = {"\u200c", "\u200d", "\ufe0e", "\ufe0f"}
_HIDDEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0") | {chr(code) for code in range(0xFE00, 0xFE0E)}
_SHOWN_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_TAB_WIDTH = 8


def without_escapes(text: str) -> str:
    """Return ``text`` without the escape sequences of terminals."""
    return _ESCAPES.sub("", text)


def _visible(character: str) -> str:
    if character in _JOINERS or (character not in _HIDDEN and unicodedata.category(character) not in _SHOWN_CATEGORIES):
        return character
    return character.encode("unicode_escape").decode("ascii")


def clean(text: str) -> str:
    r"""Return ``text`` as one line: escape sequences are gone, control and invisible characters are shown as ``\x07``."""
    plain = without_escapes(text).expandtabs(_TAB_WIDTH)
    return plain if plain.isascii() and plain.isprintable() else "".join(map(_visible, plain))


def clean_lines(text: str) -> tuple[str, ...]:
    """Return the lines of ``text``, each cleaned; a last line break ends a line and begins none."""
    lines = _BREAK.split(without_escapes(text))
    return tuple(clean(line) for line in (lines[:-1] if lines[-1] == "" else lines))


def clean_output(text: str) -> str:
    """Return one line of a program's output as a terminal would show it in the end: what follows the last carriage return."""
    parts = [part for part in re.split(r"[\r\n]", without_escapes(text)) if part.strip()]
    return clean(parts[-1]).rstrip() if parts else ""
