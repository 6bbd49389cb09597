"""What the console's tests share: a clock that stands still, and streams of every kind."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TextIO

import pyte

COLUMNS, ROWS = 80, 24


@dataclass
class StoppedClock:
    """A clock that goes on only when it is told."""

    passed: float = 0.0

    def now(self) -> datetime:
        return datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC) + timedelta(seconds=self.passed)

    def seconds(self) -> float:
        return self.passed


class Pipe(io.StringIO):
    """A stream that is no terminal."""


@dataclass
class Terminal:
    """A terminal of 80 columns, and what stands on it."""

    stream: TextIO
    _master: int
    _screen: pyte.Screen = field(default_factory=lambda: pyte.HistoryScreen(COLUMNS, ROWS, history=1000, ratio=0.5))

    def shown(self) -> str:
        """Return what stands on the screen now, and what went out at its top."""
        stream = pyte.ByteStream(self._screen)
        for data in self.raw():
            stream.feed(data)
        above = ["".join(row[column].data for column in range(COLUMNS)) for row in self._screen.history.top]
        return "\n".join(line.rstrip() for line in (*above, *self._screen.display)).rstrip()

    def raw(self) -> Iterator[bytes]:
        """Yield what was written since the last look."""
        os.set_blocking(self._master, False)
        while True:
            try:
                yield os.read(self._master, 65536)
            except BlockingIOError:
                return

    @property
    def cursor_hidden(self) -> bool:
        """Whether the cursor is hidden."""
        return bool(self._screen.cursor.hidden)


@contextmanager
def open_terminal(encoding: str = "utf-8") -> Iterator[Terminal]:
    """Give a terminal that nobody else has."""
    master, slave = os.openpty()
    try:
        with os.fdopen(slave, "w", encoding=encoding) as stream:
            yield Terminal(stream, master)
    finally:
        os.close(master)
