"""A wheel or source distribution -> its files' digests. Every byte of it is hostile; nothing is unpacked to disk."""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import IO, Protocol, cast

from robot_action.errors import FailedError

MAX_PACKED_BYTES, MAX_UNPACKED_BYTES = 2**27, 2**29
"""How large an archive may be to be compared, and how large unpacked."""
MAX_MEMBERS = 50_000
_CHUNK = 2**16
_BROKEN = (
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
)
# Metadata that another release of the same back end writes differently for the same project.
_METADATA = re.compile(r"(?:^|/)(?:PKG-INFO|METADATA)$")
_VERSION_LINE = re.compile(rb"\AMetadata-Version:[^\n]*\n")
_GENERATED = re.compile(r"\.dist-info/(?:RECORD|WHEEL)$")


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Bounded:
    """A stream that gives at most so many bytes, so that a bomb ends early."""

    def __init__(self, stream: _Readable, limit: int) -> None:
        self._stream, self._left = stream, limit

    def read(self, size: int, /) -> bytes:
        content = self._stream.read(min(size, self._left + 1))
        self._left -= len(content)
        if self._left < 0:
            raise _TooLargeError
        return content


class _TooLargeError(Exception):
    """The archive holds more than anyone would compare."""


def archive_contents(content: bytes, name: str, limit: int = MAX_UNPACKED_BYTES) -> Mapping[str, str]:
    """Return the paths of an archive's regular files and their ``sha256``, without what tells only of the packing.

    Left out are times, order, compression, a wheel's ``RECORD`` and ``WHEEL``, and the metadata's own version.

    Args:
        content: the archive.
        name: its file name, which tells the format.
        limit: how many bytes it may hold unpacked.

    Raises:
        FailedError: it is broken, or too large to compare.
    """
    members = _zip_members(content) if name.endswith((".whl", ".zip")) else _tar_members(content, limit)
    found: dict[str, str] = {}
    left = limit
    try:
        for path, stream in members:
            digest, size = _digest(path, _Bounded(stream, left))
            left -= size
            if len(found) >= MAX_MEMBERS:
                raise _TooLargeError
            if not _GENERATED.search(path):
                found[path] = digest
    except _TooLargeError:
        raise FailedError(f"{name} is too large to be compared with what was built") from None
    except _BROKEN as error:
        raise FailedError(f"{name} is no archive that can be read") from error
    return found


def _digest(path: str, stream: _Bounded) -> tuple[str, int]:
    size, state = 0, hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        if size == 0 and _METADATA.search(path):
            chunk = _VERSION_LINE.sub(b"", chunk)  # it stands at the very start
        size += len(chunk)
        state.update(chunk)
    return state.hexdigest(), size


def _zip_members(content: bytes) -> Iterator[tuple[str, IO[bytes]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            if not member.is_dir():
                with archive.open(member) as stream:
                    yield member.filename, stream


def _tar_members(content: bytes, limit: int) -> Iterator[tuple[str, IO[bytes]]]:
    unpacked = gzip.GzipFile(fileobj=io.BytesIO(content))
    bounded = cast("IO[bytes]", _Bounded(unpacked, limit))  # tarfile only reads, with a size
    with unpacked, tarfile.open(fileobj=bounded, mode="r|") as archive:
        for member in archive:
            if member.isreg() and (stream := archive.extractfile(member)):
                yield member.name, stream
