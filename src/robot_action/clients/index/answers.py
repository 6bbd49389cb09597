"""What a package index answers to an upload, and what it means."""

from __future__ import annotations

import base64
import html
import re
from http import HTTPStatus
from urllib.parse import quote

from robot_action.clients.http.answer import Answer
from robot_action.errors import FailedError, NotPermittedError, RobotActionError
from robot_action.model.credentials import Credential, host_of

_MESSAGE_CHARACTERS = 300
_TAG = re.compile(r"<[^<>]*>")


def says_exists(answer: Answer) -> bool:
    """Tell whether a refusal means that the file is there: 409, or 400 with words, as PyPI and pypiserver have it."""
    if answer.status_code == HTTPStatus.CONFLICT:
        return True
    return answer.status_code == HTTPStatus.BAD_REQUEST and "already exist" in _text(answer).lower()


def explain_refusal(answer: Answer, *, file: str, project: str, credential: Credential) -> RobotActionError:
    """Return the error for a refused upload, with what to do about it; the credential never shows, even where the index repeats it.

    Args:
        answer: the refusal.
        file: the name of the file.
        project: the package's name.
        credential: what was shown to the index.
    """
    host, code = host_of(answer.url), answer.status_code
    said = plain(_without(credential, _text(answer)))
    message = f"{host} refuses {file} ({code}): {said or 'it does not say why'}"
    if "non-user identities cannot create new projects" in said.lower():
        hint = f"Create {project} there once with a user's token, or name it as a pending publisher; later releases go up with this one."
        return NotPermittedError(message, hint=hint)
    if code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return NotPermittedError(message, hint=f"Look whether the credential for {host} is right, and whether it may upload {project}.")
    if HTTPStatus.MULTIPLE_CHOICES <= code < HTTPStatus.BAD_REQUEST:
        target = plain(_without(credential, answer.headers.get("location", "")))
        return FailedError(
            f"{host} redirects the upload to {target!r}", hint="If you trust that address, give it as `url` in the manifest."
        )
    if code in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}:
        return FailedError(message, hint="This seems to be no address for uploads: look at `url` in the manifest.")
    return FailedError(message)


def plain(text: str) -> str:
    """Return foreign text on one line, without control characters, and not too much of it."""
    return "".join(character if character.isprintable() else "?" for character in " ".join(text.split()))[:_MESSAGE_CHARACTERS]


def _text(answer: Answer) -> str:
    """Return what an answer says: PyPI says it in the reason, others in the body, which may be a page."""
    body = answer.body.decode("utf-8", "replace")
    if "html" in answer.headers.get("content-type", ""):
        body = html.unescape(_TAG.sub(" ", body))
    usual = HTTPStatus(answer.status_code).phrase if answer.status_code in set(HTTPStatus) else ""
    return f"{answer.reason} {body}" if answer.reason != usual else body or answer.reason


def _without(credential: Credential, text: str) -> str:
    pair = base64.b64encode(f"{credential.username}:{credential.password}".encode()).decode()
    for secret in (pair, credential.password, quote(credential.password, safe="")):
        text = text.replace(secret, "***") if secret else text
    return text
