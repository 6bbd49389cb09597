"""The streams of other programs: carried without blocking, cut into bounded lines or collected up to a limit."""

from __future__ import annotations

import os
import selectors
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO

Sink = Callable[[bytes], object]
"""Takes what a program wrote; no bytes mean that it writes no more."""

_CHUNK = 65536
_PIECES = 4  # small ones in a row, after which more of them are expected
_REST = 0.0005  # seconds in which they gather: each is a turn of ours otherwise, and one of the other program's

LINE_LIMIT = 8192
"""Bytes of one line that are shown."""
TAIL_LINES = 40
"""Lines that are kept for error messages."""
SHOWN_LIMIT = 16 * 2**20
"""Bytes of one program's output that are shown as they come; its end is kept nevertheless."""


class Lines:
    """Cuts bytes into lines of text, shows each at once, and keeps the last ones in ``tail``.

    Bytes that are not UTF-8 become U+FFFD. What stands before a carriage return is dropped, as a terminal overwrites it.
    """

    def __init__(self, on_line: Callable[[str], None]) -> None:
        self.tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._on_line = on_line
        self._pending = bytearray()
        self._is_cut = False
        self._budget = SHOWN_LIMIT

    def feed(self, data: bytes) -> None:
        """Take what a program wrote; the end shows a last line without newline."""
        first, *others = data.split(b"\n")
        self._extend(first)
        for part in others:
            self._emit()
            self._extend(part)
        if not data and self._pending:
            self._emit()

    def _extend(self, part: bytes) -> None:
        room = LINE_LIMIT - len(self._pending)
        self._is_cut = self._is_cut or len(part) > room
        self._pending += part[:room]

    def _emit(self) -> None:
        raw = bytes(self._pending).rstrip(b"\r").rpartition(b"\r")[2]
        line = raw.decode(errors="replace") + (" [...]" if self._is_cut else "")
        self._pending.clear()
        self._is_cut = False
        self.tail.append(line)
        before = self._budget
        self._budget -= len(raw) + 1
        if self._budget >= 0:
            self._on_line(line)
        elif before >= 0:
            self._on_line(f"[this program wrote more than {SHOWN_LIMIT} bytes: the rest is not shown]")


@dataclass(slots=True)
class Bounded:
    """Collects bytes; ``is_over`` tells that there were more than ``limit`` of them."""

    limit: int
    data: bytearray = field(default_factory=bytearray)
    is_over: bool = False

    def feed(self, data: bytes) -> None:
        """Take what a program wrote."""
        room = self.limit - len(self.data)
        self.is_over = self.is_over or len(data) > room
        self.data += data[:room]


class Pipes:
    """Our ends of a child's streams; used in one thread."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._input = memoryview(b"")
        self._pieces = 0

    def read(self, stream: IO[bytes], sink: Sink) -> None:
        """Hand on what comes from a stream."""
        os.set_blocking(stream.fileno(), False)
        self._selector.register(stream, selectors.EVENT_READ, sink)

    def write(self, stream: IO[bytes], data: bytes) -> None:
        """Feed data into a stream, the only one, then close it."""
        self._input = memoryview(data)
        os.set_blocking(stream.fileno(), False)
        self._selector.register(stream, selectors.EVENT_WRITE, None)

    @property
    def is_open(self) -> bool:
        """Whether any stream is still open."""
        return bool(self._selector.get_map())

    @property
    def is_readable(self) -> bool:
        """Whether a stream that we read is still open."""
        return any(key.data is not None for key in self._selector.get_map().values())

    def carry(self, seconds: float) -> None:
        """Carry data once, after waiting for at most some seconds."""
        if self._pieces > _PIECES:
            time.sleep(min(seconds, _REST))
        carried = 0
        for key, _ in self._selector.select(seconds):
            stream: IO[bytes] = key.fileobj  # type: ignore[assignment]  # nothing else is registered
            length, is_open = self._write(stream) if key.data is None else self._read(stream, key.data)
            carried = max(carried, length)
            if not is_open:
                self._selector.unregister(stream)
                stream.close()
        self._pieces = self._pieces + 1 if 0 < carried < _CHUNK else 0

    def close(self) -> None:
        """Close all streams."""
        for key in list(self._selector.get_map().values()):
            stream: IO[bytes] = key.fileobj  # type: ignore[assignment]  # nothing else is registered
            stream.close()
        self._selector.close()

    def _write(self, stream: IO[bytes]) -> tuple[int, bool]:
        """Write what a stream takes; return how much that was, and whether there is more."""
        try:
            length = os.write(stream.fileno(), self._input[:_CHUNK])
        except BrokenPipeError:
            return 0, False
        self._input = self._input[length:]
        return length, bool(self._input)

    @staticmethod
    def _read(stream: IO[bytes], sink: Sink) -> tuple[int, bool]:
        """Read what there is in a stream; return how much that was, and whether there may be more."""
        data = os.read(stream.fileno(), _CHUNK)
        sink(data)
        return len(data), bool(data)
