"""A GitHub App's short tokens: minted for what is concerned, renewed while a run lasts, revoked at its end.

The App's private key signs a statement of who asks (a JSON web token, by PyJWT, which this module alone imports). For it
GitHub gives installation tokens that live for one hour and reach only the repositories and permissions that were named
(https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import quote

from robot_action.clients.github.api import ConnectionLostError, GitHubApi, Reply
from robot_action.clients.github.calls import GitHubCalls, Patience, UnclearError, expect
from robot_action.clients.github.errors import clean_text, message_of
from robot_action.clients.github.installations import (
    OWNERS_LOOK,
    PERMISSIONS,
    Installation,
    is_beyond_reach,
    is_unknown,
    not_accepted,
    not_granted,
    not_installed,
    not_reached,
    read_installation,
    worded,
)
from robot_action.errors import ConfigurationError, RobotActionError, UnavailableError
from robot_action.model.credentials import AppKey, Credential, Use

_USER = "x-access-token"
_SKEW = 60  # seconds by which GitHub's clock may be behind ours
_JWT_SECONDS = 540  # with the skew 10 minutes, which is GitHub's limit
_TOKEN_SECONDS = 3600.0
_RENEW_SECONDS = 300.0
_REVOKE_SECONDS = 3  # for each answer: a cancelled job has seconds to end
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What minting needs besides the App.

    Attributes:
        url: the address of GitHub's API.
        hide: is told each token before it is used.
        patience: how long to wait, and by which clock.
    """

    url: str
    hide: Callable[[Iterable[str]], None]
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True, slots=True)
class _Token:
    """A token, and when it dies, in seconds since 1970."""

    secret: str = field(repr=False)
    dies: float


class _BeyondReachError(Exception):
    """The installation does not reach the repository, which may not even be there."""


class GitHubApp:
    """Mints tokens for an App's installations."""

    def __init__(self, key: AppKey, around: Surroundings) -> None:
        self._around, self._now = around, around.patience.now
        self._api = GitHubApi(around.url, _Signer(key, self._now))
        self._calls = GitHubCalls(self._api, around.patience)
        self._installations: dict[str, Installation | None] = {}
        self._tokens: dict[tuple[str, frozenset[tuple[str, str]]], _Token] = {}
        self._minted: list[_Token] = []

    @property
    def secrets(self) -> frozenset[str]:
        """Every token so far."""
        return frozenset(token.secret for token in self._minted)

    def find(self, use: Use, about: str) -> Credential | None:
        """Return a token for a use of ``owner/name`` (or of an owner), or None where the App can fetch nothing.

        Raises:
            NotPermittedError: the App is not installed there, is suspended, or was not granted what the use takes.
            ConfigurationError: the key cannot be used.
        """
        owner, _, name = about.partition("/")
        installation = self._installation(owner)
        if use is Use.FETCH:  # what the App cannot read may be readable without it
            return self._for_repository(installation, use, name) if installation is not None and installation.can_fetch else None
        if installation is None:
            raise not_installed(owner)
        installation.check(use)
        if use is Use.CREATE:
            return self._kept(installation, PERMISSIONS[use])
        return self._for_repository(installation, use, name) if name else self._kept(installation, OWNERS_LOOK)

    def close(self) -> None:
        """Revoke every token that still lives, and end the connection; what fails is logged, for they die by themselves."""
        for token in self._minted:
            if token.dies > self._now():
                self._revoke(token)
        self._minted.clear()
        self._api.close()

    def _for_repository(self, installation: Installation, use: Use, name: str) -> Credential | None:
        try:
            return self._kept(installation, installation.wanted_for(use), name)
        except _BeyondReachError:
            if use is Use.WRITE or use.is_proposal:
                raise not_reached(installation.owner, name) from None
            # Perhaps it is not there: that is what a token for all of the owner's repositories finds out.
            return None if use is Use.FETCH else self._kept(installation, OWNERS_LOOK)

    def _kept(self, installation: Installation, permissions: Mapping[str, str], name: str = "") -> Credential:
        """Return a token for a repository, or for all of an owner's: one from before, as long as it lasts."""
        key = (f"{installation.owner}/{name}".casefold(), frozenset(permissions.items()))
        token = self._tokens.get(key)
        if token is None or token.dies - self._now() < _RENEW_SECONDS:
            token = self._tokens[key] = self._mint(installation, permissions, name)
        return Credential(_USER, token.secret)

    def _mint(self, installation: Installation, permissions: Mapping[str, str], name: str) -> _Token:
        what = f"{installation.owner}/{name}" if name else f"all repositories of {installation.owner}"
        body: dict[str, object] = {"permissions": permissions, **({"repositories": [name]} if name else {})}
        asked, reply = self._now(), self._ask(f"/app/installations/{installation.number}/access_tokens", body)
        if name and is_beyond_reach(reply):
            raise _BeyondReachError
        if is_unknown(reply):
            raise not_accepted(reply, self._now())
        if reply.status == HTTPStatus.UNPROCESSABLE_ENTITY:
            raise not_granted(reply, what, permissions)
        data = expect(reply, f"get a token of the GitHub App for {what}").data
        secret = data.get("token") if isinstance(data, Mapping) else None
        if not isinstance(secret, str) or not secret:
            raise UnavailableError(f"GitHub's answer about a token for {what} holds none")
        token = _Token(secret, min(_seconds(data.get("expires_at")), asked + _TOKEN_SECONDS))
        self._minted.append(token)
        self._around.hide((secret,))
        _LOG.debug("got a token of the GitHub App for %s: %s", what, worded(permissions))
        return token

    def _ask(self, path: str, body: Mapping[str, object]) -> Reply:
        """Ask for a token, again where nobody knows whether one was minted: one that nobody has does no harm."""
        reason = ""
        for _ in self._calls.pauses():
            try:
                return self._calls.post(path, body)
            except UnclearError as error:
                reason = str(error)
        raise UnavailableError(f"GitHub gives the App no token: {reason}", hint="Run the same command again later.")

    def _installation(self, owner: str) -> Installation | None:
        key = owner.casefold()
        if key not in self._installations:
            self._installations[key] = self._look_for(owner)
        return self._installations[key]

    def _look_for(self, owner: str) -> Installation | None:
        for kind in ("orgs", "users"):
            reply = self._calls.get(f"/{kind}/{quote(owner, safe='')}/installation")
            if is_unknown(reply):
                raise not_accepted(reply, self._now())
            if reply.status != HTTPStatus.NOT_FOUND:
                return read_installation(owner, expect(reply, f"look for the GitHub App's installation for {owner}").data)
        return None

    def _revoke(self, token: _Token) -> None:
        api = GitHubApi(self._around.url, _Fixed(token.secret), timeout=_REVOKE_SECONDS)
        try:
            reply = api.send("DELETE", "/installation/token")
        except (ConnectionLostError, RobotActionError) as error:
            reason = str(error)
        else:
            if reply.status in {204, 401}:  # 401: it is dead already
                return
            reason = message_of(reply)
        finally:
            api.close()
        dies = datetime.fromtimestamp(token.dies, UTC)
        _LOG.warning("a token of the GitHub App could not be revoked, and lives until %s UTC: %s", f"{dies:%H:%M:%S}", reason)


class _Signer:
    """The App itself, for the calls that only it may make; a `robot_action.ports.Keys`."""

    def __init__(self, key: AppKey, now: Callable[[], float]) -> None:
        self._key, self._now = key, now

    def find(self, url: str, use: Use = Use.LOOK, about: str = "") -> Credential:
        """Return a new statement of who asks, signed."""
        del url, use, about
        import jwt  # loads cryptography, for which only runs with an App pay

        now = int(self._now())
        claims = {"iat": now - _SKEW, "exp": now + _JWT_SECONDS, "iss": self._key.client_id}
        try:
            return Credential(_USER, jwt.encode(claims, self._key.private_key, algorithm="RS256"))
        except (ValueError, TypeError, jwt.PyJWTError):  # their words may quote the key
            raise ConfigurationError(
                "the private key of the GitHub App cannot be used: it is no RSA key in PEM",
                hint="Make a new one in the App's settings on GitHub, and give the whole file's text.",
            ) from None


@dataclass(frozen=True, slots=True)
class _Fixed:
    """One token, shown with whatever is asked; a `robot_action.ports.Keys`."""

    token: str = field(repr=False)

    def find(self, url: str, use: Use = Use.LOOK, about: str = "") -> Credential:
        """Return it."""
        del url, use, about
        return Credential(_USER, self.token)


def _seconds(text: object) -> float:
    """Return GitHub's word on when a token dies, in seconds since 1970; never, where it makes no sense."""
    try:
        return datetime.fromisoformat(clean_text(text)).timestamp()
    except (ValueError, OverflowError):
        return float("inf")
