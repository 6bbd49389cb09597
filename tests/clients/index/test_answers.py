from __future__ import annotations

import base64

import pytest

from robot_action.clients.http.answer import Answer
from robot_action.clients.index.answers import explain_refusal, plain, says_exists
from robot_action.errors import FailedError, NotPermittedError, RobotActionError
from robot_action.model.credentials import Credential

CREDENTIAL = Credential("__token__", "pypi-s3cret/+")


def answer(status: int, reason: str = "", body: bytes = b"", **headers: str) -> Answer:
    return Answer(status, reason, "https://index.example/legacy/", {name.replace("_", "-"): text for name, text in headers.items()}, body)


def explain(said: Answer) -> RobotActionError:
    return explain_refusal(said, file="demo-1.0.tar.gz", project="demo", credential=CREDENTIAL)


@pytest.mark.parametrize(
    ("said", "exists"),
    [
        (answer(409), True),
        (answer(400, "File already exists ('demo-1.0.tar.gz', with blake2_256 hash '00'). See https://index.example/help"), True),
        (answer(400, "Bad Request", b"Package 'demo-1.0.tar.gz' already exists!"), True),
        (answer(400, "Invalid value for classifiers"), False),
        (answer(403, "already exists"), False),
    ],
)
def test_what_means_that_the_file_is_there(said: Answer, exists: bool) -> None:
    assert says_exists(said) is exists


@pytest.mark.parametrize(
    ("said", "kind", "message", "hint"),
    [
        (
            answer(403, "Invalid or non-existent authentication information."),
            NotPermittedError,
            "(403): Invalid or non-existent",
            "is right",
        ),
        (answer(401, "Unauthorized"), NotPermittedError, "(401): Unauthorized", "whether it may upload demo"),
        (answer(400, "Non-user identities cannot create new projects. See"), NotPermittedError, "(400)", "Create demo there once"),
        (answer(301, "Moved", location="https://else.example/"), FailedError, "redirects the upload to 'https://else.example/'", "`url`"),
        (answer(404, "Not Found"), FailedError, "(404): Not Found", "no address for uploads"),
        (answer(405, "Method Not Allowed"), FailedError, "(405)", "no address for uploads"),
        (answer(413, "Payload Too Large"), FailedError, "refuses demo-1.0.tar.gz (413): Payload Too Large", ""),
        (answer(400, "", b""), FailedError, "it does not say why", ""),
        (
            answer(400, "Bad Request", b"<p class='x'>Package &#039;a&#039; is bad", content_type="text/html"),
            FailedError,
            "(400): Package 'a' is bad",
            "",
        ),
        (answer(499, "Odd", b"words"), FailedError, "(499): Odd words", ""),
    ],
)
def test_a_refusal_says_what_to_do(said: Answer, kind: type[RobotActionError], message: str, hint: str) -> None:
    error = explain(said)
    assert type(error) is kind
    assert message in str(error)
    assert hint in str(error)


def test_the_credential_never_shows_even_where_the_index_repeats_it() -> None:
    pair = base64.b64encode(b"__token__:pypi-s3cret/+").decode()
    said = f"you sent {pair}, that is pypi-s3cret/+ or pypi-s3cret%2F%2B"
    for refusal in (answer(403, said), answer(400, "", said.encode()), answer(302, "", location=f"https://e/?t={pair}&u=pypi-s3cret/+")):
        text = str(explain(refusal))
        assert "***" in text
        assert not any(secret in text for secret in (pair, "pypi-s3cret"))


def test_foreign_text_is_made_plain() -> None:
    assert plain("a\n\x1b[31mred\r\n\u202eb") == "a ?[31mred ?b"
    assert len(plain("x" * 10_000)) == 300
