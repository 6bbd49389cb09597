"""What GitHub says about an App where it is installed -> what it may do there, and the errors when that is too little. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from robot_action.clients.github.api import Reply
from robot_action.clients.github.errors import PERSONAL_HINT, clean_text, message_of
from robot_action.errors import NotPermittedError, UnavailableError
from robot_action.model.credentials import Use

PERMISSIONS: Mapping[Use, Mapping[str, str]] = {
    Use.FETCH: {"contents": "read", "metadata": "read"},
    Use.LOOK: {"administration": "read", "contents": "read", "metadata": "read"},
    Use.WRITE: {"administration": "write", "contents": "write", "metadata": "read"},
    Use.CREATE: {"administration": "write", "metadata": "read"},
    Use.PROPOSE: {"contents": "write", "metadata": "read", "pull_requests": "write"},
    Use.WORKFLOWS: {"contents": "write", "metadata": "read", "pull_requests": "write", "workflows": "write"},
}
"""What a token may do, by what it is wanted for."""
WHERE_GRANTED: Mapping[Use, Mapping[str, str]] = {
    Use.WRITE: {"workflows": "write", "members": "read"},
    Use.PROPOSE: {"workflows": "write", "members": "read", "statuses": "write"},
    Use.WORKFLOWS: {"members": "read", "statuses": "write"},
}
"""What only some projects need (workflow files, teams, a status for conflicts): asked for where the App has it."""
OWNERS_LOOK: Mapping[str, str] = {"metadata": "read"}
"""What tells whether a repository is there that no token can be made for yet."""

_LEVELS = ("", "read", "write", "admin")
_GRANT_HINT = "Add it to the repository permissions in the App's settings, and let an owner accept the change."
_CLOCK_TOLERANCE = 60.0


@dataclass(frozen=True, slots=True)
class Installation:
    """The App, installed for an owner.

    Attributes:
        is_user: the owner is a person.
        granted: permissions and their levels.
    """

    owner: str
    number: int
    is_user: bool
    suspended: bool
    granted: Mapping[str, str]

    def grants(self, name: str, level: str) -> bool:
        """Tell whether a permission was granted at that level or above it."""
        granted = self.granted.get(name, "")
        return granted in _LEVELS and _LEVELS.index(granted) >= _LEVELS.index(level)

    def lacks(self, wanted: Mapping[str, str]) -> Mapping[str, str]:
        """Return those of the wanted permissions that were not granted."""
        return {name: level for name, level in wanted.items() if not self.grants(name, level)}

    def wanted_for(self, use: Use) -> Mapping[str, str]:
        """Return the permissions that a token for a use gets."""
        more = {name: level for name, level in WHERE_GRANTED.get(use, {}).items() if self.grants(name, level)}
        return {**PERMISSIONS[use], **more}

    @property
    def can_fetch(self) -> bool:
        """Whether it can read git data at all."""
        return not self.suspended and not self.lacks(PERMISSIONS[Use.FETCH])

    def check(self, use: Use) -> None:
        """Find out, before anything is made, whether the App can do what is wanted to the end.

        Raises:
            NotPermittedError: it cannot.
        """
        if self.suspended:
            message = f"the GitHub App's installation for {self.owner} is suspended"
            raise NotPermittedError(message, hint=f"Let an owner of {self.owner} lift the suspension.")
        if use is Use.CREATE and self.is_user:
            raise NotPermittedError(f"no GitHub App can make repositories for a user, such as {self.owner}", hint=PERSONAL_HINT)
        lacking = self.lacks(PERMISSIONS[Use.WRITE if use is Use.CREATE else use])  # what is made will be pushed to
        if lacking:
            message = f"the GitHub App was not granted, for {self.owner}, what is needed: {worded(lacking)}"
            raise NotPermittedError(message, hint=_GRANT_HINT)


def read_installation(owner: str, data: object) -> Installation:
    """Return the facts of an installation; hostile."""
    found: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
    number, granted = found.get("id"), found.get("permissions")
    if not isinstance(number, int) or isinstance(number, bool):
        raise UnavailableError(f"GitHub's answer about the App's installation for {owner} is none")
    texts = granted.items() if isinstance(granted, Mapping) else ()
    return Installation(
        owner,
        number,
        is_user=found.get("target_type") == "User",
        suspended=found.get("suspended_at") is not None,
        granted={clean_text(name): clean_text(level) for name, level in texts},
    )


def worded(permissions: Mapping[str, str]) -> str:
    """Return permissions for people."""
    return ", ".join(f"{name}: {level}" for name, level in permissions.items())


def is_beyond_reach(reply: Reply) -> bool:
    """Tell whether a token was refused because the installation does not reach a repository, which may not even be there."""
    return reply.status == HTTPStatus.UNPROCESSABLE_ENTITY and "permission" not in message_of(reply).lower()


def is_unknown(reply: Reply) -> bool:
    """Tell whether GitHub does not know the App itself, or does not believe that it is the one that asks."""
    return reply.status == HTTPStatus.UNAUTHORIZED or (reply.status == HTTPStatus.NOT_FOUND and message_of(reply).startswith("Integration"))


def not_granted(reply: Reply, what: str, permissions: Mapping[str, str]) -> NotPermittedError:
    """Explain why there is no token with these permissions."""
    message = f"the GitHub App gets no token for {what} with {worded(permissions)}: {message_of(reply)}"
    return NotPermittedError(message, hint=_GRANT_HINT)


def not_installed(owner: str) -> NotPermittedError:
    """Explain that the App reaches nothing of an owner's."""
    return NotPermittedError(
        f"the GitHub App is not installed for {owner}",
        hint=f"Let an owner of {owner} install it, for all repositories: it is to reach those that it makes.",
    )


def not_reached(owner: str, name: str) -> NotPermittedError:
    """Explain that the App does not reach a repository."""
    return NotPermittedError(
        f"the GitHub App's installation for {owner} does not reach the repository {name}",
        hint=f"Let an owner of {owner} add it to the installation, or install the App for all repositories.",
    )


def not_accepted(reply: Reply, now: float) -> NotPermittedError:
    """Explain why GitHub does not believe what we signed: the clock, the key, or the client id."""
    hint = "Check that ROBOT_ACTION_APP_CLIENT_ID is the App's client id, and the private key one of that App that was not deleted."
    try:
        ahead = now - parsedate_to_datetime(reply.headers.get("date", "")).timestamp()
    except (ValueError, OverflowError):
        ahead = 0.0
    if abs(ahead) > _CLOCK_TOLERANCE:
        hint = f"This machine's clock is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} GitHub's: set it right."
    return NotPermittedError(f"GitHub does not accept the GitHub App's client id and key: {message_of(reply)}", hint=hint)
