"""Tokens, bound to the hosts that the operator named for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Credential:
    """A user name and a password or token; neither is ever part of a ``repr``."""

    username: str = field(repr=False)
    password: str = field(repr=False)


def host_of(url: str) -> str:
    """Return ``host`` or ``host:port`` of a URL, in lower case; the scheme's own port is left out."""
    parts = urlsplit(url)
    default = {"https": 443, "http": 80}.get(parts.scheme)
    host = (parts.hostname or "").lower()
    return host if parts.port in {None, default} else f"{host}:{parts.port}"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What to show to which host; a host that is not named gets nothing.

    Attributes:
        hosts: ``host`` or ``host:port`` and its credential.
    """

    hosts: Mapping[str, Credential] = field(default_factory=dict, repr=False)

    def find(self, url: str) -> Credential | None:
        """Return the credential for a URL's host, over ``https``, or over ``http`` to this machine only."""
        parts = urlsplit(url)
        if parts.scheme == "https" or parts.hostname in {"127.0.0.1", "localhost", "::1"}:
            return self.hosts.get(host_of(url))
        return None

    @property
    def secrets(self) -> frozenset[str]:
        """Every password, to be masked wherever text is shown."""
        return frozenset(credential.password for credential in self.hosts.values())
