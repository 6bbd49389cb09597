"""Why no answer came: what the libraries raise -> a few words, without their objects and classes."""

from __future__ import annotations

import socket
from collections.abc import Iterator

_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "the host's name is not known"),
    (ConnectionRefusedError, "connection refused"),
    (ConnectionError, "the connection was closed"),
    (TimeoutError, "no answer in time"),
)


def reason_of(error: BaseException) -> str:
    """Return why a connection failed, or an answer was not whole; the innermost cause knows it best."""
    import ssl

    causes = list(_causes(error))
    for cause in reversed(causes):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted: {cause.verify_message}"
        if isinstance(cause, ssl.SSLError):
            return f"TLS fails: {(getattr(cause, 'reason', '') or 'no reason given').replace('_', ' ').lower()}"
        if words := next((words for kind, words in _WORDS if isinstance(cause, kind)), None):
            return words
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
    if any(type(cause).__name__ == "ProxyError" for cause in causes):
        return "the proxy does not let us through"
    return f"no whole answer ({type(error).__name__})"


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
