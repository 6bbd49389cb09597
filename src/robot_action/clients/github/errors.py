"""GitHub's refusals -> our errors, with what GitHub itself says about the way out. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from http import HTTPStatus

from robot_action.clients.github.api import Reply
from robot_action.errors import FailedError, NotPermittedError, RobotActionError, TryAgainError

_NEEDS = (
    "with Administration: write, Contents: write, Metadata: read, and Workflows: write where the project has workflow files. "
    "{} Put it into ROBOT_ACTION_REPOSITORY_TOKEN"
)
PERSONAL_HINT = f"Make a fine-grained personal token {_NEEDS.format('It belongs to the owner of the repositories.')}."
"""What helps where no App can."""
CREATION_HINT = (
    "A workflow's own token (GITHUB_TOKEN) reaches its own repository only and creates none. Make a fine-grained personal token, or "
    f"a GitHub App that is installed for the owner, {_NEEDS.format('')}; or give the App itself: ROBOT_ACTION_APP_CLIENT_ID and "
    "ROBOT_ACTION_APP_PRIVATE_KEY."
).replace("  ", " ")
"""Which kind of token makes repositories, and where it is put."""
PROPOSAL_HINT = (
    "Pull requests take a token with Contents: write, Pull requests: write, and Workflows: write where workflow files change: that of "
    "a GitHub App (ROBOT_ACTION_APP_CLIENT_ID and ROBOT_ACTION_APP_PRIVATE_KEY), or a fine-grained personal one "
    "(ROBOT_ACTION_REPOSITORY_TOKEN). A workflow's own token (GITHUB_TOKEN) serves its own repository, without workflow files."
)
"""Which kind of token opens pull requests, and where it is put."""
WORKFLOWS_HINT = (
    "Use a token that may write workflows (GitHub App: Workflows, write; classic token: the scope workflow). "
    "A workflow's own token (GITHUB_TOKEN) never may."
)
RULES_HINT = "Let the token's owner bypass the rule, or exempt branches below robot-action/ from it."
_TEXT_LIMIT = 500
_MANY = 10
_NAME_TAKEN = re.compile(r"\balready exists\b")


def clean_text(value: object, limit: int = _TEXT_LIMIT) -> str:
    """Return text of the API as one bounded line without control and formatting characters; what is no text is ``""``."""
    if not isinstance(value, str):
        return ""
    kept = "".join(" " if character.isspace() else character for character in value[: 2 * limit])
    line = "".join(character for character in kept if not unicodedata.category(character).startswith("C")).strip()
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def message_of(reply: Reply) -> str:
    """Return what GitHub says, with the details of a failed validation."""
    if not isinstance(reply.data, Mapping):
        return f"status {reply.status}"
    details = list(dict.fromkeys(_details(reply.data.get("errors"))))[:_MANY]
    message = clean_text(reply.data.get("message")) or f"status {reply.status}"
    return f"{message} ({'; '.join(details)})" if details else message


def is_name_taken(reply: Reply) -> bool:
    """Tell whether a creation was refused because the repository exists."""
    return reply.status == HTTPStatus.UNPROCESSABLE_ENTITY and _NAME_TAKEN.search(message_of(reply)) is not None


def explain(reply: Reply, doing: str, token_hint: str = CREATION_HINT) -> RobotActionError:
    """Return the error for an answer that refuses something.

    Args:
        reply: the answer.
        doing: what was tried (``create acme/demo``).
        token_hint: which token would do.
    """
    said = message_of(reply)
    match reply.status:
        case 401:
            hint = (
                "Check that ROBOT_ACTION_REPOSITORY_TOKEN (or GITHUB_TOKEN) is a valid token that has not expired or been revoked; "
                "on a runner they are the inputs repository-token and token."
            )
            return NotPermittedError(f"cannot {doing}: GitHub does not accept the token: {said}", hint=hint)
        case 403:
            return NotPermittedError(f"cannot {doing}: GitHub forbids it: {said}", hint=_permission_hint(reply, said, token_hint))
        case 404:
            hint = f"GitHub answers the same when the token may not see it. {_needed(reply) or token_hint}"
            return NotPermittedError(f"cannot {doing}: GitHub does not find it: {said}", hint=hint)
        case 301 | 302 | 307 | 308:
            return FailedError(f"cannot {doing}: the repository was renamed or moved", hint="Name it in the manifest as it is called now.")
        case 409:
            return TryAgainError(f"cannot {doing}: something else is going on there: {said}", hint="Run the same command again.")
        case _:
            return FailedError(f"cannot {doing}: GitHub says: {said}")


def _details(errors: object) -> Iterator[str]:
    """Yield the items of GitHub's ``errors``: texts, or objects with a message or a field and a code."""
    for error in errors if isinstance(errors, list) else []:
        if isinstance(error, Mapping):
            coded = " ".join(filter(None, (clean_text(error.get("field")), clean_text(error.get("code")))))
            yield clean_text(error.get("message")) or coded or "no reason given"
        elif isinstance(error, str):
            yield clean_text(error)


def _permission_hint(reply: Reply, said: str, token_hint: str) -> str:
    sso = reply.headers.get("x-github-sso", "")
    if sso:
        url = re.search(r"url=(https://[!-~]{1,500})", sso)
        where = f": {url[1]}" if url else ""
        return f"The organisation wants single sign-on: authorise the token for it{where}"
    if "accessible by integration" in said:
        return " ".join(filter(None, (_needed(reply), token_hint)))
    return _needed(reply) or "Ask an owner for the right to do it, or use another token."


def _needed(reply: Reply) -> str:
    permissions = clean_text(reply.headers.get("x-accepted-github-permissions"))
    return f"The token needs the permission {permissions}." if permissions else ""
