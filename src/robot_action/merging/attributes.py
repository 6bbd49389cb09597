"""A project's text attributes -> rendered files as git would store them, so that line ends alone are no difference.

The rules are git's own (gitattributes(5), "text" and "eol"; ``convert.c``).
"""

from __future__ import annotations

import hashlib
import re

from robot_action.model.merge import Attributes
from robot_action.model.tree import Entry, Mode

LFS = "lfs"
_LONE_CR = re.compile(rb"\r(?!\n)")
_LONE_LF = re.compile(rb"(?<!\r)\n")
_UNPRINTABLE = re.compile(rb"[\x00-\x07\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_POINTER_LIMIT = 1024  # bytes; the specification of Git LFS, "The pointer"
_POINTER_START = b"version https://git-lfs.github.com/spec/"
_POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {size}\n"


def as_stored(entry: Entry, attributes: Attributes, *, has_crlf: bool = False) -> Entry:
    """Return a file as git would store it.

    Args:
        entry: as it stands in a work tree.
        attributes: the project's for its path.
        has_crlf: whether what the project has stored there has CRLF line ends; ``text=auto`` leaves those alone.
    """
    if entry.mode not in {Mode.FILE, Mode.EXECUTABLE}:
        return entry
    if attributes.filter == LFS:
        if not entry.content or is_pointer(entry.content):  # as git-lfs(1) itself leaves them
            return entry
        digest = hashlib.sha256(entry.content).hexdigest()
        return Entry(entry.mode, _POINTER.format(digest=digest, size=len(entry.content)).encode())
    if b"\r\n" not in entry.content or not _is_text(entry.content, attributes, has_crlf=has_crlf):
        return entry
    return Entry(entry.mode, entry.content.replace(b"\r\n", b"\n"))


def is_pointer(content: bytes) -> bool:
    """Tell whether a file is what Git LFS stores in the place of a file: a template kept in Git LFS gives such files."""
    return len(content) < _POINTER_LIMIT and content.startswith(_POINTER_START)


def as_checked_out(entry: Entry, attributes: Attributes) -> Entry:
    """Return a stored file as git would put it into a work tree; what a filter makes of it is not known here."""
    wants_crlf = attributes.eol == "crlf" and attributes.text != "unset"
    if entry.mode not in {Mode.FILE, Mode.EXECUTABLE} or not wants_crlf:
        return entry
    if attributes.text == "auto" and (b"\r\n" in entry.content or _looks_binary(entry.content)):
        return entry
    content = _LONE_LF.sub(b"\r\n", entry.content)
    return entry if content == entry.content else Entry(entry.mode, content)


def _is_text(content: bytes, attributes: Attributes, *, has_crlf: bool) -> bool:
    if attributes.text == "auto":
        return not has_crlf and not _looks_binary(content)
    return is_text(attributes)


def is_text(attributes: Attributes) -> bool:
    """Tell whether attributes say, whatever is in a file, that it is text."""
    return attributes.text == "set" or (attributes.text == "unspecified" and attributes.eol in {"lf", "crlf"})


def is_indivisible(attributes: Attributes) -> bool:
    """Tell whether attributes say that a file is not merged line by line (gitattributes(5), "merge" and "binary")."""
    return attributes.merge in {"unset", "binary"}


def _looks_binary(content: bytes) -> bool:
    """Tell whether git would take a file for binary before it converts line ends (``convert_is_binary``)."""
    if b"\0" in content or _LONE_CR.search(content):
        return True
    body = content.removesuffix(b"\x1a")
    unprintable = len(_UNPRINTABLE.findall(body))
    return (len(body) - unprintable) >> 7 < unprintable
