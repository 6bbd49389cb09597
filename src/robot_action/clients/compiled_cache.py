"""Compiled templates on disk: one private file a template tree, outside of the store and never shared.

What is kept is Python's bytecode, which a worker runs with no more powers than a template has. Here it is bytes: written for the
key of the tree that the worker was given, and for no other. Losing or damaging a file costs one compilation.
"""

from __future__ import annotations

import os
import platform
import stat
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from hashlib import blake2b
from importlib.util import MAGIC_NUMBER, find_spec
from pathlib import Path

from robot_action.model.template import COMPILED_LIMIT, RenderRequest

MAX_FILES = 100
"""Trees whose compiled templates are kept; the oldest goes first."""

_HEAD = b"robot-action compiled templates 1\n"
_CHECKSUM = 4
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_OTHERS = 0o077
_TEMPORARY = ".tmp"
_OLD = 3600.0  # seconds after which a temporary file is one that a killed run left
_PACKAGES = ("jinja2", "robot_action.rendering")


class CompiledCache:
    """The files.

    Args:
        folder: private to this user; made when it is first needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, key: str) -> bytes:
        """Return what was kept under a key; nothing when nothing was, or what is there is damaged, or somebody else's."""
        try:
            with os.fdopen(os.open(self._folder / key, _OPEN), "rb") as file:
                if not _is_private(os.fstat(file.fileno())) or not _is_private(self._folder.lstat()):
                    return b""
                data = file.read(len(_HEAD) + _CHECKSUM + COMPILED_LIMIT + 1)
        except OSError:
            return b""
        pack = memoryview(data)[len(_HEAD) + _CHECKSUM :]
        is_whole = data.startswith(_HEAD) and len(pack) <= COMPILED_LIMIT and _checksum(pack) == data[len(_HEAD) :][:_CHECKSUM]
        return bytes(pack) if is_whole else b""

    def save(self, key: str, pack: bytes) -> None:
        """Keep something under a key, whole or not at all; a disk that refuses costs nothing but the next compilation."""
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _is_private(self._folder.lstat()):
                return
            descriptor, name = tempfile.mkstemp(suffix=_TEMPORARY, dir=self._folder)  # mode 0600
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.writelines((_HEAD, _checksum(pack), pack))
                Path(name).rename(self._folder / key)
            except OSError:
                Path(name).unlink(missing_ok=True)
            self._prune()

    def discard(self, key: str) -> bool:
        """Forget what is kept under a key; tell whether there was something."""
        with suppress(OSError):
            (self._folder / key).unlink()
            return True
        return False

    def _prune(self) -> None:
        """Remove what is too much, and what killed runs have left."""
        ages = sorted(self._ages())
        finished = [name for _, name in ages if not name.endswith(_TEMPORARY)]
        left = [name for at, name in ages if name.endswith(_TEMPORARY) and time.time() - at > _OLD]
        for name in (*left, *finished[: max(0, len(finished) - MAX_FILES)]):
            (self._folder / name).unlink(missing_ok=True)

    def _ages(self) -> Iterator[tuple[float, str]]:
        with os.scandir(self._folder) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    yield entry.stat(follow_symlinks=False).st_mtime, entry.name


def _is_private(status: os.stat_result) -> bool:
    is_plain = stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)
    return is_plain and status.st_uid == os.geteuid() and not status.st_mode & _OTHERS


def _checksum(pack: bytes | memoryview) -> bytes:
    return zlib.crc32(pack).to_bytes(_CHECKSUM, "big")


def key_for(request: RenderRequest) -> str:
    """Return the key of a request's compiled templates: its tree and trust, and everything besides that compiles or runs them.

    What else the code hangs on, such as delimiters and extensions, the worker notes with each template
    (`robot_action.rendering.compiled.options_of`).
    """
    python = f"{sys.implementation.name} {platform.python_version()} {MAGIC_NUMBER.hex()} {sys.flags.optimize}"
    trust = "trusted" if request.trusted else "not trusted"
    parts = (request.tree.digest, request.specification.format, request.specification.directory, trust, python, _code())
    return blake2b("\0".join(parts).encode(), digest_size=20).hexdigest()


def _code() -> str:
    """Return what tells the code that compiles from any other version of it: its files with their sizes and times."""
    found: list[str] = []
    for name in _PACKAGES:
        spec = find_spec(name)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            with os.scandir(folder) as entries:
                statuses = ((entry.name, entry.stat()) for entry in entries if entry.name.endswith(".py"))
                found += (f"{file} {status.st_size} {status.st_mtime_ns}" for file, status in statuses)
    return "\n".join(sorted(found))
