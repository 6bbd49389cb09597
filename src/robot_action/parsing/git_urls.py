"""URLs of git repositories: which transport they take, whether it is allowed, where a submodule's URL leads."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from robot_action.errors import InputError, NotPermittedError

ALWAYS_ALLOWED = frozenset({"https", "ssh"})
ALLOWABLE = frozenset({"http", "file"})
"""Transports that the operator may allow; ``ext`` and other helpers run programs, and never are."""

_HELPER = re.compile(r"([A-Za-z0-9][A-Za-z0-9+.-]*)::")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_SCP = re.compile(r"[^/:]+:")  # host:path, without a slash before the colon
_HTTP_USER = re.compile(r"^((?:git\+)?https?://)[^/]*@", re.IGNORECASE)
_PASSWORD = re.compile(rf"^({_SCHEME.pattern}[^/:@]*):[^/]*@")
_UNSAFE = re.compile(r"[\x00-\x20\x7f]")
_SSH_NAMES = {"git+ssh", "ssh+git"}


def protocol_of(url: str) -> str:
    """Return the name by which git allows or forbids a URL's transport (``GIT_ALLOW_PROTOCOL`` in git(1))."""
    if helper := _HELPER.match(url):
        return helper[1]
    if scheme := _SCHEME.match(url):
        return "ssh" if scheme[1] in _SSH_NAMES else scheme[1]
    return "ssh" if _SCP.match(url) else "file"


def is_local(url: str) -> bool:
    """Tell whether a URL names a folder of this machine."""
    return protocol_of(url) == "file"


def check_url(url: str, allowed: frozenset[str], what: str = "the repository") -> str:
    """Return ``url`` as it is.

    Args:
        url: as git would get it.
        allowed: transports that are allowed besides https and ssh.
        what: whose URL it is, for the message.

    Raises:
        InputError: when it cannot be a URL, or holds a password.
        NotPermittedError: when its transport is not allowed.
    """
    if not url or url.startswith("-") or _UNSAFE.search(url):
        raise InputError(f"{what} has a URL that git must not see: {url!r}", hint="Write it as https://host/path.")
    protocol = protocol_of(url)
    if protocol not in ALWAYS_ALLOWED | allowed:
        raise NotPermittedError(
            f"{what} is at {without_user(url)}, and the protocol {protocol!r} is not allowed",
            hint=f"Use https or ssh, or allow it with --allow-protocol {protocol}." if protocol in ALLOWABLE else "Use https or ssh.",
        )
    if protocol in {"http", "https"} and "@" in urlsplit(url).netloc:
        raise InputError(
            f"{what} has a URL with credentials in it: {without_user(url)}",
            hint="Take them out, and give the token by the environment: URLs end in logs and configuration files.",
        )
    return url


def without_user(url: str) -> str:
    """Return a URL without its password; where it is an http(s) one, also without its user name, which may be a token."""
    return _PASSWORD.sub(r"\1@", _HTTP_USER.sub(r"\1", url))


def resolve(base: str, url: str) -> str:
    """Return a submodule's URL; one that begins with ``./`` or ``../`` is relative to its parent's URL (gitmodules(5)).

    Raises:
        InputError: when it climbs above the parent's host.
    """
    if not url.startswith(("./", "../")):
        return url
    start, rest = _split(base)
    parts = [part for part in rest.split("/") if part]
    climbed = [*parts]
    for part in url.split("/"):
        if part == "..":
            if not climbed:
                raise InputError(f"the submodule URL {url!r} leads out of {base}")
            climbed.pop()
        elif part not in {".", ""}:
            climbed.append(part)
    return start + "/".join(climbed)


def _split(url: str) -> tuple[str, str]:
    """Return what a relative URL cannot change, and the path after it."""
    if match := re.match(r"[A-Za-z][A-Za-z0-9+.-]*://[^/]*/?", url):
        return match[0], url[match.end() :]
    if match := _SCP.match(url):
        return match[0], url[match.end() :]
    return ("/" if url.startswith("/") else ""), url
