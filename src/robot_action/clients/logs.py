"""The standard library's logging, set up once: what is logged goes where the console shows progress."""

from __future__ import annotations

import logging
from typing import Protocol

from robot_action.reporting.redact import without_credentials

_OWN = "robot_action"


class LogSink(Protocol):
    """Where lines of the log are shown, with the time and the stage before each, and without secrets."""

    def log(self, level: str, text: str) -> None:
        """Show a line of the log."""


class _Handler(logging.Handler):
    def __init__(self, sink: LogSink) -> None:
        super().__init__()
        self._sink = sink

    def emit(self, record: logging.LogRecord) -> None:
        """Show a record line by line, without any credentials; one that cannot be written as text is named."""
        try:
            text = self.format(record)
        except Exception as error:  # noqa: BLE001 - a library's mistake in its logging is no reason to fail
            text = f"a log record that cannot be shown: {type(error).__name__}"
        for line in without_credentials(text).splitlines():
            self._sink.log(record.levelname.lower(), f"{record.name}: {line}")


def configure(sink: LogSink, level: str) -> None:
    """Send the log to ``sink``, from ``level`` on: ``debug``, ``info``, ``warning`` or ``error``.

    Libraries (urllib3, GitHub's client, git's) are heard at ``debug`` only, apart from their errors. Called again, it replaces
    what it set up before.
    """
    root, number = logging.getLogger(), logging.getLevelNamesMapping()[level.upper()]
    for handler in root.handlers[:]:
        if isinstance(handler, _Handler):
            root.removeHandler(handler)
    root.addHandler(_Handler(sink))
    root.setLevel(number if number <= logging.DEBUG else logging.ERROR)
    logging.getLogger(_OWN).setLevel(number)
