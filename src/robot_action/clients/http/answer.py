"""An HTTP answer, and the answers that leave it open what has happened."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus

from robot_action.errors import UnavailableError
from robot_action.model.credentials import host_of

Headers = Mapping[str, str]

MAX_PAUSE = 60.0
"""The longest ``Retry-After`` that is waited for, in seconds."""
_UNCLEAR = {408, 425, 429, 500, 502, 503, 504, 507}


class NoAnswerError(UnavailableError):
    """A server did not answer, or with "later": whether it did what was asked is not known.

    Args:
        message: what happened.
        pause: the seconds to wait that the server asks for, or None.
    """

    def __init__(self, message: str, pause: float | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.pause = pause


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, read to its end.

    Attributes:
        url: what was asked last, after redirects.
        headers: with names in lower case.
    """

    status_code: int
    reason: str
    url: str
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def is_success(self) -> bool:
        """Whether the status is one of success (2xx)."""
        return HTTPStatus.OK <= self.status_code < HTTPStatus.MULTIPLE_CHOICES


def pause_before_retry(error: Exception) -> bool | float:
    """Say whether an error is worth another try, and after how many seconds where the server said so (a hook of stamina's)."""
    if not isinstance(error, NoAnswerError):
        return False
    if error.pause is None:
        return True
    return error.pause if error.pause <= MAX_PAUSE else False


def check_clear(answer: Answer) -> Answer:
    """Return an answer that says what has happened.

    Raises:
        NoAnswerError: it says "later", or that the server failed.
    """
    if answer.status_code in _UNCLEAR:
        pause = _retry_after(answer.headers.get("retry-after", ""))
        hint = f"It asks to wait for {pause:.0f} seconds." if pause else None
        raise NoAnswerError(f"{host_of(answer.url)} answers {answer.status_code} {answer.reason[:200]!r}", pause, hint)
    return answer


def _retry_after(text: str) -> float | None:
    """Return the seconds of a ``Retry-After`` header (RFC 9110, 10.2.3): a number, or a date."""
    if re.fullmatch(r"[0-9]{1,9}", text):
        return float(text)
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None
