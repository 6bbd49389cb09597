"""What git says when it fails -> an error that explains it. The texts are those of git in the C locale."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from robot_action.errors import (
    FailedError,
    InputError,
    NotPermittedError,
    RobotActionError,
    TryAgainError,
    UnavailableError,
)
from robot_action.parsing.git_urls import protocol_of
from robot_action.parsing.settings import token_variable

_SHOWN_LINES = 8


@dataclass(frozen=True, slots=True)
class GitFailure:
    """A git command that failed.

    Attributes:
        command: its name, such as ``fetch``.
        text: what it wrote to standard error, cleaned and without secrets.
        url: of the repository it spoke with, or ``""``.
        has_token: whether a token was shown there.
    """

    command: str
    text: str
    url: str = ""
    has_token: bool = False

    @property
    def lines(self) -> str:
        """The last lines that git wrote."""
        return "\n".join(line for line in self.text.splitlines()[-_SHOWN_LINES:] if line.strip())


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: str
    error: type[RobotActionError]
    message: str
    hint: str


# The first that matches counts. {url} and {lines} are filled in, {token} says what is known about the token.
_RULES: Sequence[_Rule] = (
    _Rule(r"transport '[^']*' not allowed", NotPermittedError, "git refused the protocol of {url}", "{lines}"),
    _Rule(
        r"terminal prompts disabled|could not read (Username|Password)|Authentication failed|returned error: 40[13]|Repository not found"
        r"|repository '.*' not found|[Pp]ermission (to .* )?denied|Write access to repository not granted|denied to",
        NotPermittedError,
        "{url} does not let us in, or there is no such repository",
        "{token}",
    ),
    _Rule(
        r"Host key verification failed",
        NotPermittedError,
        "the host key of {url} is not known",
        "Add the host to ~/.ssh/known_hosts after you compared its key.",
    ),
    _Rule(
        r"unable to update url base from redirection|returned error: 30\d",
        FailedError,
        "{url} answers with a redirect, and redirects are not followed",
        "The repository may have moved: use its new URL. Nothing was sent to the other address.",
    ),
    _Rule(r"returned error: 429", TryAgainError, "{url} wants us to slow down (429)", "Try again in some minutes."),
    _Rule(
        r"Could not resolve (host|proxy)",
        UnavailableError,
        "{url} cannot be reached: the host's name is not known",
        "Look at the address, the network and the proxy.\n{lines}",
    ),
    _Rule(
        r"Connection refused|Failed to connect|Couldn't connect|Could not connect|Network is unreachable|No route to host",
        UnavailableError,
        "{url} cannot be reached",
        "Look at the address, the network and the proxy.\n{lines}",
    ),
    _Rule(
        r"certificate|SSL_connect|SSL routines|gnutls_handshake",
        UnavailableError,
        "{url} cannot be reached safely: TLS fails",
        "Is the host's certificate valid, and its authority known to this machine?\n{lines}",
    ),
    _Rule(
        r"[Tt]imed out|too slow|Empty reply"
        r"|returned error: 5\d\d|SSL|GnuTLS|early EOF|unexpected disconnect|Connection reset|RPC failed|hung up unexpectedly",
        UnavailableError,
        "{url} does not answer",
        "Try again later.\n{lines}",
    ),
    _Rule(r"does not appear to be a git repository|does not exist", InputError, "there is no git repository at {url}", "{lines}"),
    _Rule(
        r"bad tree object|unable to read tree",
        FailedError,
        "the repository lacks folders of its own commit",
        "Where it is a clone without them (--filter=tree:0, --no-checkout), check the commit out: git checkout HEAD. Or clone it with "
        "--filter=blob:none, or whole.\n{lines}",
    ),
    _Rule(r"No space left on device|Disk quota exceeded", FailedError, "the disk is full", "{lines}"),
    _Rule(
        r"\.lock': File exists|could not lock config file .*: File exists|Another git process",
        TryAgainError,
        "another git process is working on this repository",
        "{lines}",
    ),
)


def explain(failure: GitFailure) -> RobotActionError:
    """Return the error that says what happened and what to do."""
    for rule in _RULES:
        if re.search(rule.pattern, failure.text):
            known = {"url": failure.url or "the repository", "lines": failure.lines, "token": _token_advice(failure)}
            return rule.error(rule.message.format_map(known), hint=rule.hint.format_map(known))
    about = f" ({failure.url})" if failure.url else ""
    return FailedError(f"git {failure.command} failed{about}", hint=failure.lines or "It said nothing.")


def _token_advice(failure: GitFailure) -> str:
    if protocol_of(failure.url) == "ssh":
        return f"Is the address right, and does the host know your SSH key? git said: {failure.lines}"
    if protocol_of(failure.url) not in {"http", "https"}:
        return failure.lines
    if failure.has_token:
        return (
            "A token was shown. Is the address right, and may the token read (to push: write) this repository? "
            "Hosts answer 'not found' for private repositories that a token may not see."
        )
    host = re.sub(r"^https?://([^/]*).*", r"\1", failure.url)
    return (
        f"No token is known for {host}: set {token_variable(failure.url)} (for GitHub also ROBOT_ACTION_REPOSITORY_TOKEN or GITHUB_TOKEN). "
        "Hosts answer 'not found' for private repositories."
    )
