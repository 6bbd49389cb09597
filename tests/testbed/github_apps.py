"""GitHub Apps in the test bed's GitHub: who asks, what an installation was granted, and tokens that are minted and die."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.testbed.github_fake import Answer, GitHubFake, RefusedError, Request, Route
from tests.testbed.github_state import Account, Token

EVERYTHING = {
    **dict.fromkeys(("administration", "contents", "pull_requests", "statuses", "workflows"), "write"),
    **dict.fromkeys(("members", "metadata"), "read"),
}
LIFETIME = 3600.0
_LEVELS = ("", "read", "write", "admin")
_JWT_LIMIT = 600
_BOT = "acme-robot"
_WHEN = "2026-01-02T03:04:05Z"


@dataclass
class Installation:
    """An App where it is installed.

    Attributes:
        repositories: the chosen ones (``owner/name`` in lower case), or None for all.
    """

    number: int
    account: Account
    permissions: dict[str, str]
    repositories: set[str] | None = None
    suspended: bool = False


@dataclass
class App:
    """A GitHub App; its private key in PEM is what the operator gets."""

    client_id: str
    private_key: str = field(repr=False)
    public_key: str
    installations: dict[str, Installation] = field(default_factory=dict)
    minted: list[Token] = field(default_factory=list)

    def install(self, account: Account, permissions: Mapping[str, str] | None = None) -> Installation:
        """Install it for an owner, for all repositories."""
        made = Installation(7000 + account.number, account, dict(EVERYTHING if permissions is None else permissions))
        self.installations[account.login.lower()] = made
        return made


def make_key() -> tuple[str, str]:
    """Return a new private key as GitHub hands it out, and its public one."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


def add_app(fake: GitHubFake, client_id: str = "Iv23liTestTestTest") -> App:
    """Register an App that is installed nowhere yet."""
    private, public = make_key()
    fake.add_account(_BOT)
    app = fake.apps[client_id] = App(client_id, private, public)
    return app


def _asking(fake: GitHubFake, request: Request) -> App:
    """Return the App that signed a request; refusals in GitHub's words."""
    try:
        claims = jwt.decode(request.token, options={"verify_signature": False})
        app: App | None = fake.apps.get(str(claims.get("iss")))
        if app is None:
            raise RefusedError(404, "Integration not found")
        jwt.decode(request.token, app.public_key, algorithms=["RS256"], options={"verify_exp": False, "verify_iat": False})
    except jwt.PyJWTError:
        raise RefusedError(401, "A JSON web token could not be decoded") from None
    now = fake.now()
    if claims["iat"] > now:
        message = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
        raise RefusedError(401, message)
    if claims["exp"] <= now:
        message = "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires"
        raise RefusedError(401, message)
    if claims["exp"] > now + _JWT_LIMIT:
        raise RefusedError(401, "'Expiration time' claim ('exp') is too far in the future")
    return app


def _get_installation(fake: GitHubFake, request: Request, _token: Token | None, kind: str, owner: str) -> Answer:
    app = _asking(fake, request)
    found = app.installations.get(owner.lower())
    if found is None or found.account.is_organisation != (kind == "orgs"):
        raise RefusedError(404, "Not Found")
    return Answer(200, _shape(fake, app, found))


def _mint(fake: GitHubFake, request: Request, _token: Token | None, number: str) -> Answer:
    app = _asking(fake, request)
    found = next((one for one in app.installations.values() if one.number == int(number)), None)
    if found is None:
        raise RefusedError(404, "Not Found")
    if found.suspended:
        raise RefusedError(403, "This installation has been suspended")
    body: Mapping[str, Any] = request.body or {}
    permissions: Mapping[str, str] = body.get("permissions", found.permissions)
    if any(_LEVELS.index(level) > _LEVELS.index(found.permissions.get(name, "")) for name, level in permissions.items()):
        raise RefusedError(422, "The permissions requested are not granted to this installation.")
    names = [f"{found.account.login}/{name}".lower() for name in body.get("repositories", ())]
    if any(name not in fake.repositories or (found.repositories is not None and name not in found.repositories) for name in names):
        raise RefusedError(422, "There is at least one repository that does not exist or is not accessible to the parent installation.")
    dies = fake.now() + LIFETIME
    secret = f"ghs_{secrets.token_hex(18)}"
    token = Token(
        login=_BOT,
        is_installation=True,
        administers=permissions.get("administration") == "write",
        reach=frozenset(names) or (frozenset(found.repositories) if found.repositories is not None else None),
        owner=found.account.login,
        permissions=permissions,
        dies=dies,
    )
    fake.add_token(secret, token)
    app.minted.append(token)
    expires = f"{datetime.fromtimestamp(dies, UTC):%Y-%m-%dT%H:%M:%SZ}"
    selection = "selected" if names else "all"
    return Answer(201, {"token": secret, "expires_at": expires, "permissions": permissions, "repository_selection": selection})


def _revoke(fake: GitHubFake, request: Request, token: Token | None) -> Answer:
    if token is None or not token.permissions:
        raise RefusedError(403, "Resource not accessible by personal access token")
    del fake.tokens[request.token]
    return Answer(204)


def _shape(fake: GitHubFake, app: App, found: Installation) -> dict[str, Any]:
    url = f"{fake.url}/app/installations/{found.number}"
    return {
        "id": found.number,
        "account": fake.shapes.user(found.account),
        "repository_selection": "all" if found.repositories is None else "selected",
        "access_tokens_url": f"{url}/access_tokens",
        "repositories_url": f"{fake.url}/installation/repositories",
        "html_url": f"{fake.git.url}/settings/installations/{found.number}",
        "app_id": 1,
        "client_id": app.client_id,
        "target_id": found.account.number,
        "target_type": "Organization" if found.account.is_organisation else "User",
        "permissions": found.permissions,
        "events": [],
        "created_at": _WHEN,
        "updated_at": _WHEN,
        "single_file_name": None,
        "app_slug": _BOT,
        "suspended_by": fake.shapes.user(found.account) if found.suspended else None,
        "suspended_at": _WHEN if found.suspended else None,
    }


APP_ROUTES: tuple[Route, ...] = (
    ("GET", r"/(?P<kind>orgs|users)/(?P<owner>[^/]+)/installation", _get_installation),
    ("POST", r"/app/installations/(?P<number>\d+)/access_tokens", _mint),
    ("DELETE", "/installation/token", _revoke),
)
