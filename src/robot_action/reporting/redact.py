"""Secrets -> a function that takes them out of any text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

MASK = "***"
MIN_LENGTH = 4
"""Shorter texts are no secrets: taking them out would only make everything else unreadable."""


def secret_lines(secrets: Iterable[str]) -> tuple[str, ...]:
    """Return each secret, and each line of one with several, without what is too short; the longest first."""
    whole = {secret.strip() for secret in secrets}
    lines = {line.strip() for secret in whole for line in secret.splitlines()}
    return tuple(sorted((text for text in whole | lines if len(text) >= MIN_LENGTH), key=lambda text: (-len(text), text)))


def _base64_forms(secret: str) -> Iterator[str]:
    """Yield the parts of base64 texts that the secret alone decides, at each of the three places where it can begin.

    Six bits make a character: the first ones after another text, and the last ones before another, belong to both.
    """
    import base64

    raw = secret.encode("utf-8", "surrogatepass")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(raw).decode()
        for before in range(3):
            coded = encode(b"\0" * before + raw).decode()
            yield coded[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]


def _forms(secret: str) -> Iterator[str]:
    import html  # these three are loaded by runs with secrets alone
    import json
    from urllib.parse import quote, quote_plus

    yield secret
    yield from _base64_forms(secret)
    raw = secret.encode("utf-8", "surrogatepass")
    yield quote(raw, safe="")
    yield quote(raw)
    yield quote_plus(raw)
    yield html.escape(secret)
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield repr(secret)[1:-1]


class Redactor:
    """Takes secrets out of texts, also where they are written in base64, in a URL, in HTML, or as a JSON or Python string.

    Of a secret with several lines each line counts, because output is shown line by line.
    """

    __slots__ = ("_pattern",)

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secret_lines(secrets) for form in _forms(secret) if len(form) >= MIN_LENGTH}
        ordered = sorted(forms, key=lambda form: (-len(form), form))
        self._pattern = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def __call__(self, text: str) -> str:
        """Return ``text`` with ``***`` in the place of each secret."""
        return self._pattern.sub(MASK, text) if self._pattern else text


_NAMES = r"\b((?:proxy-)?authorization|private-token|x-auth-token|(?:set-)?cookie)"
_QUOTED_HEADER = rf"""{_NAMES}(['"]\s*[:,]\s*b?)(['"])(?:(?!\3).)*"""
_HEADER_LINE = rf"{_NAMES}(\s*[:=]\s*)[^\r\n]+"
_USER_INFO = r"(?<=://)[^/@\s]+(?=@)"


def without_credentials(text: str) -> str:
    """Return ``text`` without the values of headers that authenticate, and without user names and passwords in URLs.

    For what libraries log about requests: there even a credential that nobody told us of is not shown.
    """
    quoted = re.sub(_QUOTED_HEADER, rf"\1\2\3{MASK}", text, flags=re.IGNORECASE)
    return re.sub(_USER_INFO, MASK, re.sub(_HEADER_LINE, rf"\1\2{MASK}", quoted, flags=re.IGNORECASE))
