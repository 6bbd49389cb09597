from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from robot_action.clients.http.answer import Answer, NoAnswerError, check_clear, pause_before_retry


def answer(status: int, **headers: str) -> Answer:
    return Answer(status, "Busy", "https://index.example/a", {name.replace("_", "-"): text for name, text in headers.items()}, b"")


@pytest.mark.parametrize("status", [200, 204, 302, 400, 401, 403, 404, 409])
def test_an_answer_that_says_what_happened_is_returned(status: int) -> None:
    assert check_clear(answer(status)).is_success is (status < 300)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_an_answer_that_leaves_it_open_is_none(status: int) -> None:
    with pytest.raises(NoAnswerError, match=f"index.example answers {status} 'Busy'") as caught:
        check_clear(answer(status))
    assert caught.value.pause is None
    assert pause_before_retry(caught.value) is True


@pytest.mark.parametrize(
    ("text", "pause"), [("7", 7.0), ("0", 0.0), ("soon", None), ("", None), ("-3", None), ("Mon, 01 Jan 2001 00:00:00 GMT", 0.0)]
)
def test_the_pause_that_a_server_wants_is_understood(text: str, pause: float | None) -> None:
    with pytest.raises(NoAnswerError) as caught:
        check_clear(answer(503, retry_after=text))
    assert caught.value.pause == pause


def test_a_pause_can_be_a_date() -> None:
    with pytest.raises(NoAnswerError) as caught:
        check_clear(answer(503, retry_after=format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)))
    assert caught.value.pause == pytest.approx(30, abs=5)


def test_only_what_can_pass_is_tried_again() -> None:
    assert pause_before_retry(NoAnswerError("m", 5.0)) == 5.0
    assert pause_before_retry(NoAnswerError("m", 3600.0)) is False
    assert pause_before_retry(ValueError()) is False


def test_an_answer_shows_neither_headers_nor_body() -> None:
    assert "secret" not in repr(Answer(200, "OK", "https://a/", {"set-cookie": "secret"}, b"secret"))
