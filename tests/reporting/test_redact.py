from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.reporting.redact import MASK, Redactor, secret_lines, without_credentials

SECRET = "ghp_Ab1&/+ö\"x'y<z>"


def test_a_secret_is_taken_out() -> None:
    assert Redactor([SECRET])(f"token {SECRET}, again {SECRET}") == f"token {MASK}, again {MASK}"


@pytest.mark.parametrize(
    "form",
    [
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        html.escape(SECRET),
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        repr(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
    ],
)
def test_it_is_taken_out_in_other_writings(form: str) -> None:
    shown = Redactor([SECRET])(f"x {form} y")
    assert MASK in shown
    assert form.strip("\"'=") not in shown


@given(st.binary(max_size=5), st.binary(max_size=5), st.text(min_size=6, max_size=20).filter(lambda text: len(text.strip()) > 5))
def test_it_is_taken_out_of_base64_whatever_stands_around_it(before: bytes, after: bytes, secret: str) -> None:
    secret = secret.strip()
    raw = secret.encode("utf-8", "surrogatepass")
    shown = Redactor([secret])(base64.b64encode(before + raw + after).decode())
    assert MASK in shown
    rest = shown.replace(MASK, "")
    assert len(rest) <= 4 * (len(before) + len(after) + 6) // 3 + 4


def test_basic_authentication_is_masked() -> None:
    header = base64.b64encode(b"x-access-token:ghs_0123456789abcdef").decode()
    assert "MDEyMzQ1Njc4OWFiY2RlZ" not in Redactor(["ghs_0123456789abcdef"])(header)
    assert MASK in Redactor(["ghs_0123456789abcdef"])(header)


def test_each_line_of_a_long_secret_is_a_secret() -> None:
    key = "-----BEGIN KEY-----\nMIIabc123\n  MIIdef456\nxy\n-----END KEY-----\n"
    redactor = Redactor([key])
    assert redactor("MIIabc123") == MASK
    assert redactor("  MIIdef456 ") == f"  {MASK} "
    assert redactor("xylophone") == "xylophone"


def test_the_longer_secret_goes_first() -> None:
    assert Redactor(["token", "token-and-more"])("token-and-more token") == f"{MASK} {MASK}"


@pytest.mark.parametrize("secrets", [[], [""], ["   "], ["abc"], ["\n\n"]])
def test_what_is_too_short_to_be_a_secret_leaves_texts_readable(secrets: list[str]) -> None:
    assert Redactor(secrets)("abc is a word") == "abc is a word"
    assert secret_lines(secrets) == ()


@given(st.lists(st.text(min_size=4, max_size=12).filter(lambda text: len(text.strip()) >= 4), min_size=1, max_size=3), st.text(max_size=20))
def test_no_secret_survives(secrets: list[str], around: str) -> None:
    redactor = Redactor(secrets)
    for secret in secrets:
        shown = redactor(f"{around}{secret}{around}")
        for line in secret_lines([secret]):
            assert line not in shown.replace(MASK, "\0") or line in MASK


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Authorization: Bearer abc.def", "Authorization: ***"),
        ("authorization: token abc", "authorization: ***"),
        ("{'Authorization': 'Basic dXNlcg==', 'Accept': 'x'}", "{'Authorization': '***', 'Accept': 'x'}"),
        ('"authorization":"abc"', '"authorization":"***"'),
        ("(b'Authorization', b'abc')", "(b'Authorization', b'***')"),
        ("Proxy-Authorization: Basic abc", "Proxy-Authorization: ***"),
        ("PRIVATE-TOKEN: abc", "PRIVATE-TOKEN: ***"),
        ("Set-Cookie: session=1", "Set-Cookie: ***"),
        ("clone https://user:secret@git.example/x", "clone https://***@git.example/x"),
        ("http.extraheader=AUTHORIZATION: basic abc", "http.extraheader=AUTHORIZATION: ***"),
        ("mail ada@example.com about authorization rules", "mail ada@example.com about authorization rules"),
    ],
)
def test_credentials_that_nobody_told_us_of_are_taken_out_of_requests(text: str, shown: str) -> None:
    assert without_credentials(text) == shown
