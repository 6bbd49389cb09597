"""The addresses of package indexes that a manifest names, and the user that goes with a token."""

from __future__ import annotations

from urllib.parse import urlsplit

from robot_action.errors import InputError
from robot_action.model.credentials import Credential
from robot_action.model.manifest import PublishTarget

TOKEN_USER = "__token__"  # noqa: S105 - the user name that goes with a token


def checked_address(target: PublishTarget, url: str) -> str:
    """Return an address as it is.

    Raises:
        InputError: it is no address of a server, or holds a user name; it is not shown then, for it may hold a password.
    """
    try:
        parts = urlsplit(url)
        is_fine = parts.scheme in {"https", "http"} and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        is_fine = False
    if not is_fine:
        raise InputError(
            "the index's address is none that can be used",
            position=target.position,
            hint="It looks like https://host/path/, without user and password; those come from the environment.",
        )
    return url


def with_user(credential: Credential | None) -> Credential | None:
    """Return a credential as PyPI-like indexes want it: a token's user name is a fixed one."""
    return Credential(credential.username or TOKEN_USER, credential.password) if credential else None
