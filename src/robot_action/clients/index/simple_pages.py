"""The simple API over HTTP: a project's page, and the files it lists."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from urllib.parse import quote

from robot_action.clients.http import client as http
from robot_action.clients.http.answer import Answer
from robot_action.clients.index.answers import plain
from robot_action.errors import FailedError, NotPermittedError
from robot_action.model.credentials import Credential, host_of
from robot_action.parsing.settings import token_variable
from robot_action.parsing.simple_index import ACCEPT, IndexFile, parse_simple_page

MAX_PAGE_BYTES = 2**25


def read_page(index: str, project: str, credential: Credential | None) -> tuple[IndexFile, ...]:
    """Return the files that an index lists for a project; none for a project that it does not know.

    Args:
        index: the simple index's address.
        project: the normalised name.
        credential: shown to the index's host, or None.

    Raises:
        UnavailableError: the index does not answer.
        NotPermittedError: it wants a credential, or refuses this one.
        FailedError: what it answers is no page of a simple index.
    """
    url = f"{index.rstrip('/')}/{quote(project)}/"
    answer = http.get(url, limit=MAX_PAGE_BYTES, accept=ACCEPT, credential=credential)
    if answer.status_code == HTTPStatus.NOT_FOUND:
        return ()
    _check(answer)
    return parse_simple_page(answer.body, answer.headers.get("content-type", ""), answer.url)


def read_file(file: IndexFile, limit: int, credential: Credential | None) -> bytes:
    """Return a listed file's bytes, held to its digest.

    Raises:
        UnavailableError: nobody answers there.
        FailedError: it is gone, too large, or not what the index lists.
    """
    answer = http.get(file.url, limit=limit, credential=credential)
    _check(answer)
    if file.sha256 and hashlib.sha256(answer.body).hexdigest() != file.sha256:
        raise FailedError(f"{file.url} does not have the digest that the index lists")
    return answer.body


def _check(answer: Answer) -> None:
    if answer.status_code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        hint = f"Set {token_variable(answer.url)} to a credential that may read there."
        raise NotPermittedError(f"{host_of(answer.url)} does not let us read the index ({answer.status_code})", hint=hint)
    if not answer.is_success:
        message = f"{answer.url} answers {answer.status_code} {plain(answer.reason)}"
        raise FailedError(message, hint="Look at the index's address in the manifest.")
