"""A JSON header and raw bytes as one message between the renderer and its worker.

A frame is the header's length (8 bytes, big-endian), the header, and the blobs, whose lengths the header tells. Nothing
here can run code while it is read, as pickle would.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable

_LENGTH = struct.Struct(">Q")


class ProtocolError(Exception):
    """The other side does not keep to the protocol: a bug, or a worker that a template took over."""


def join_frame(header: object, blobs: Iterable[bytes]) -> bytes:
    """Return a message."""
    encoded = json.dumps(header, separators=(",", ":")).encode()
    return b"".join((_LENGTH.pack(len(encoded)), encoded, *blobs))


class Frame:
    """A message that is read: its header, and its blobs one after the other.

    Raises:
        ProtocolError: when the header cannot be read.
    """

    def __init__(self, data: bytes) -> None:
        end = _LENGTH.size + (_LENGTH.unpack_from(data)[0] if len(data) >= _LENGTH.size else 0)
        expect(_LENGTH.size < end <= len(data), "a header")
        try:
            self.header: object = json.loads(data[_LENGTH.size : end], parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise ProtocolError("the header is no JSON") from error
        self._data = data
        self._offset = end

    def take(self, length: int) -> bytes:
        """Return the next blob.

        Raises:
            ProtocolError: when it is not there whole.
        """
        expect(0 <= length <= len(self._data) - self._offset, "a blob")
        self._offset += length
        return self._data[self._offset - length : self._offset]

    def finish(self) -> None:
        """Make sure that nothing is left.

        Raises:
            ProtocolError: when something is.
        """
        expect(self._offset == len(self._data), "the end")


def _refuse(constant: str) -> object:
    raise ValueError(constant)


def expect(condition: object, what: str) -> None:
    """Check one thing that a reader relies on.

    Raises:
        ProtocolError: when it does not hold.
    """
    if not condition:
        raise ProtocolError(f"{what} was expected, and something else came")


def is_utf8(value: str) -> bool:
    """Tell whether a text has no lone surrogates, as Python has them for bytes that are no UTF-8."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def texts(value: object, what: str) -> list[str]:
    """Return a list of texts, or raise `ProtocolError`."""
    expect(isinstance(value, list), what)
    return [text(item, what) for item in value] if isinstance(value, list) else []


def text(value: object, what: str) -> str:
    """Return a text that is UTF-8, or raise `ProtocolError`."""
    if not isinstance(value, str):
        raise ProtocolError(f"{what} was expected, and something else came")
    expect(is_utf8(value), f"{what} in UTF-8")
    return value
