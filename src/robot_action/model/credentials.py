"""Tokens, bound to the hosts that the operator named for them, and to what they may be used for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

_REPOSITORY_PATH = re.compile(r"/+([A-Za-z0-9_.-]+)/([A-Za-z0-9_.-]+?)(?:\.git)?/*")


class Use(StrEnum):
    """What a credential is wanted for."""

    FETCH = "fetch"
    """Read a repository's git data."""
    LOOK = "look"
    """Ask about a repository."""
    WRITE = "write"
    """Push to a repository, or change its settings."""
    CREATE = "create"
    """Make a repository, for its owner."""
    PROPOSE = "propose"
    """Push a branch of ours, and open a pull request for it."""
    WORKFLOWS = "workflows"
    """The same, with changes of workflow files."""

    @property
    def is_proposal(self) -> bool:
        """Whether it is about pull requests: there a token that was given for them goes before the workflow's own."""
        return self in {Use.PROPOSE, Use.WORKFLOWS}


@dataclass(frozen=True, slots=True)
class Credential:
    """A user name and a password or token; neither is ever part of a ``repr``."""

    username: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AppKey:
    """A GitHub App's client id and its private key in PEM, which signs and is never shown to anybody."""

    client_id: str
    private_key: str = field(repr=False)


def host_of(url: str) -> str:
    """Return ``host`` or ``host:port`` of a URL, in lower case; the scheme's own port is left out."""
    parts = urlsplit(url)
    default = {"https": 443, "http": 80}.get(parts.scheme)
    host = (parts.hostname or "").lower()
    return host if parts.port in {None, default} else f"{host}:{parts.port}"


def is_private(url: str) -> bool:
    """Tell whether nobody can listen on the way to a URL: it is ``https``, or on this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or parts.hostname in {"127.0.0.1", "localhost", "::1"}


def repository_of(url: str) -> str:
    """Return the ``owner/name`` that a repository's URL ends with, or ``""`` where its path is another one."""
    match = _REPOSITORY_PATH.fullmatch(urlsplit(url).path)
    return "/".join(match.groups()) if match and not {".", ".."}.intersection(match.groups()) else ""


def variable_part(host: str) -> str:
    """Return ``host`` or ``host:port`` as the end of a variable's name; several hosts may share one."""
    return host.replace("-", "__").replace(".", "_").replace(":", "_")


@dataclass(frozen=True, slots=True)
class GitHubTokens:
    """What may be shown to GitHub: its own rule for which of two tokens serves what.

    On a runner the workflow's token serves the repository that the workflow runs in, and reading; it never makes or
    changes another repository. For pull requests the other token goes before it, for those that the workflow's own opens
    start no checks. At a terminal there is no such repository, and either token serves everything.

    Attributes:
        hosts: ``host`` or ``host:port`` of the API and of the repositories.
        repository: the token that makes, sets up and pushes to repositories.
        workflow: the workflow's own token; at a terminal, the user's.
        own: ``owner/name`` that the workflow runs in; ``""`` at a terminal.
        app: the App that mints tokens in the place of ``repository``.
    """

    hosts: frozenset[str] = frozenset()
    repository: Credential | None = field(default=None, repr=False)
    workflow: Credential | None = field(default=None, repr=False)
    own: str = ""
    app: AppKey | None = None

    def is_own(self, about: str) -> bool:
        """Tell whether ``owner/name`` is the repository that the workflow runs in, and that one's token is known."""
        return bool(self.own) and self.workflow is not None and about.casefold() == self.own.casefold()

    def find(self, use: Use, about: str) -> Credential | None:
        """Return what serves a use of ``owner/name``, or of an owner."""
        if use.is_proposal:
            return self.repository or (self.workflow if self.is_own(about) or not self.own else None)
        if self.is_own(about) and use is not Use.CREATE:
            return self.workflow
        if self.own and use in {Use.WRITE, Use.CREATE}:
            return self.repository
        return self.repository or self.workflow


@dataclass(frozen=True, slots=True)
class Credentials:
    """What to show to which host; a host that is not named gets nothing.

    Attributes:
        hosts: ``host`` or ``host:port`` and its credential.
        variables: ends of variables' names (`variable_part`, folded) and their credentials, which come first.
            The user name is empty where only a token was given: the user of it knows what its service expects.
        default_index: for the default Python package index, wherever the libraries say that it is.
        github: for GitHub's hosts.
    """

    hosts: Mapping[str, Credential] = field(default_factory=dict, repr=False)
    variables: Mapping[str, Credential] = field(default_factory=dict, repr=False)
    default_index: Credential | None = None
    github: GitHubTokens = field(default_factory=GitHubTokens)

    def find(self, url: str, use: Use = Use.LOOK, about: str = "") -> Credential | None:
        """Return the credential for a URL's host, over ``https``, or over ``http`` to this machine only.

        Args:
            url: whom it is to be shown to.
            use: what for; only GitHub's hosts have more than one credential.
            about: the repository that it is about (``owner/name``), or the owner.
        """
        if not is_private(url):
            return None
        host = host_of(url)
        if named := self.variables.get(variable_part(host).casefold()):
            return named
        return self.github.find(use, about) if host in self.github.hosts else self.hosts.get(host)

    def app_for(self, url: str, use: Use, about: str) -> AppKey | None:
        """Return the App that mints what `find` would have to name for this; None where `find` has the last word."""
        github, host = self.github, host_of(url)
        if not about or host not in github.hosts or not is_private(url) or variable_part(host).casefold() in self.variables:
            return None
        is_workflows = github.is_own(about) and use is not Use.CREATE and not use.is_proposal
        return None if is_workflows else github.app

    @property
    def secrets(self) -> frozenset[str]:
        """Every password and key, to be masked wherever text is shown."""
        single = (self.default_index, self.github.repository, self.github.workflow)
        passwords = {one.password for one in (*self.hosts.values(), *self.variables.values(), *single) if one is not None}
        return frozenset(passwords | ({self.github.app.private_key} if self.github.app else set()))
