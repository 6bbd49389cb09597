"""What git writes to standard error while it works: progress is passed on, the rest is kept for error messages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from robot_action.ports import Advance


KEPT = 64 * 1024
"""Bytes of messages that are kept, of the end."""

# "Receiving objects:  45% (9/20), 1.20 MiB | 600.00 KiB/s", with "remote: " before it where the server works
_PROGRESS = re.compile(rb"(?:remote: )?([A-Z][a-z]+ [a-z]+):\s+\d+% \((\d+)/(\d+)\)(?:, ([\d.]+) (bytes|KiB|MiB|GiB))?")
_COUNTER = re.compile(rb"(?:remote: )?[A-Z][a-z]+ [a-z]+: \d+(?:, done\.)?\s*$")
_UNITS = {b"bytes": 1, b"KiB": 2**10, b"MiB": 2**20, b"GiB": 2**30}
_MAX_LINE = 64 * 1024


class ProgressReader:
    """Takes standard error as it comes.

    Attributes:
        received: bytes that git says it has received so far.
    """

    def __init__(self, advance: Advance) -> None:
        self._advance = advance
        self._pending = b""
        self._kept = bytearray()
        self.received = 0

    def feed(self, data: bytes) -> None:
        """Take a part; no bytes mean that there is no more."""
        lines = re.split(rb"[\r\n]", self._pending + data)
        self._pending = lines.pop()[-_MAX_LINE:] if data else b""
        for line in lines:
            self._take(line)

    def _take(self, line: bytes) -> None:
        progress = _PROGRESS.match(line)
        if progress is not None:
            what, done, total, amount, unit = progress.groups()
            self._advance(what.decode().lower(), int(done), int(total))
            if amount:
                self.received = int(float(amount) * _UNITS[unit])
        elif line.strip() and not _COUNTER.match(line):
            self._kept += line + b"\n"
            del self._kept[:-KEPT]

    @property
    def text(self) -> str:
        """The messages so far: hostile text."""
        return self._kept.decode(errors="replace")
