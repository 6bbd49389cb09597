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


def variable_part(host: str) -> str:
    """Return ``host`` or ``host:port`` as the end of a variable's name; several hosts may share one."""
    return host.replace("-", "__").replace(".", "_").replace(":", "_")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What to show to which host; a host that is not named gets nothing.

    Attributes:
        hosts: ``host`` or ``host:port`` and its credential.
        variables: ends of variables' names (`variable_part`, folded) and their credentials, which come first.
            The user name is empty where only a token was given: the user of it knows what its service expects.
        default_index: for the default Python package index, wherever the libraries say that it is.
    """

    hosts: Mapping[str, Credential] = field(default_factory=dict, repr=False)
    variables: Mapping[str, Credential] = field(default_factory=dict, repr=False)
    default_index: Credential | None = None

    def find(self, url: str) -> Credential | None:
        """Return the credential for a URL's host, over ``https``, or over ``http`` to this machine only."""
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
            return None
        host = host_of(url)
        return self.variables.get(variable_part(host).casefold()) or self.hosts.get(host)

    @property
    def secrets(self) -> frozenset[str]:
        """Every password, to be masked wherever text is shown."""
        every = [*self.hosts.values(), *self.variables.values(), *([self.default_index] if self.default_index else [])]
        return frozenset(credential.password for credential in every)
