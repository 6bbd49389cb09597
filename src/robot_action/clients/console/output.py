"""Where text goes out: masked, in the stream's own encoding, and never failing for want of a reader."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from typing import TextIO

from robot_action.errors import FailedError
from robot_action.reporting.redact import Redactor

# What we write ourselves, for encodings without it; anything else is shown as an escape.
_ASCII = str.maketrans({"✓": "+", "✗": "x", "…": "...", "·": "-"})


class Mask:
    """The secrets that are known so far, taken out of any text; shared by everything that shows text."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = frozenset(secrets)
        self._redact = Redactor(self._secrets)

    def add(self, secrets: Iterable[str]) -> None:
        """Take these out, too, from now on."""
        self._secrets |= frozenset(secrets)
        self._redact = Redactor(self._secrets)

    @property
    def secrets(self) -> frozenset[str]:
        """The secrets themselves, for the runner that shall hide them, too."""
        return self._secrets

    def __call__(self, text: str) -> str:
        """Return ``text`` without secrets."""
        return self._redact(text)

    def __repr__(self) -> str:
        """Return a description without any secret."""
        return f"<Mask of {len(self._secrets)} secrets>"


class Output:
    """A text stream that takes every character and outlives its reader.

    Attributes:
        essential: whether the text is the result of the run, so that a full disk is an error; progress is not.
    """

    def __init__(self, stream: TextIO, mask: Mask, *, essential: bool = False) -> None:
        self.stream = stream
        self.essential = essential
        self._mask = mask
        self._dead = False
        self._lock = threading.Lock()

    @property
    def encoding(self) -> str:
        """The stream's encoding."""
        return getattr(self.stream, "encoding", None) or "utf-8"

    @property
    def is_terminal(self) -> bool:
        """Whether somebody reads it on a terminal."""
        return not self.stream.closed and self.stream.isatty()

    def write(self, text: str) -> None:
        """Write text at once, whole, and masked.

        Raises:
            FailedError: when the text is essential and cannot be written, other than for want of a reader.
        """
        with self._lock:
            self._write(_fitted(self._mask(text), self.encoding))

    def write_unmasked(self, text: str) -> None:
        """Write text as it is: for the runner, which must be told the secrets that it shall hide."""
        with self._lock:
            self._write(_fitted(text, self.encoding))

    def _write(self, text: str) -> None:
        if self._dead:
            return
        try:
            self.stream.write(text)
            self.stream.flush()
        except BrokenPipeError:
            self._give_up()
        except (OSError, ValueError) as error:  # ValueError: somebody closed the stream
            self._give_up()
            if self.essential:
                reason = error.strerror if isinstance(error, OSError) else str(error)
                hint = "What was done is done; only its report is lost."
                raise FailedError(f"the report cannot be written: {reason}", hint=hint) from error

    def _give_up(self) -> None:
        """Write nothing more, and let the interpreter's last flush go nowhere, as Python's documentation of SIGPIPE has it."""
        self._dead = True
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.stream.fileno())
            os.close(nowhere)
        except (OSError, ValueError):  # no file behind it: nothing is left to be flushed
            return


def _fitted(text: str, encoding: str) -> str:
    """Return ``text`` with nothing that ``encoding`` cannot show."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_ASCII).encode(encoding, "backslashreplace").decode(encoding)
    return text
