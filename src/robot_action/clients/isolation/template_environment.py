"""The environment of template code: what is allowed comes through, everything else does not."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

PLAIN = frozenset(
    {"PATH", "LANG", "LANGUAGE", "TZ", "TERM", "CI", "SOURCE_DATE_EPOCH"}
    | {"SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "PIP_CERT"}
)
"""Variables that come through as they are, as every ``LC_*`` does."""
ADDRESSES = frozenset(
    {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"}
    | {"PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST", "NPM_CONFIG_REGISTRY"}
    | {"UV_INDEX", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_INSECURE_HOST"}
)
"""Proxies and package indexes, in upper or lower case: they come through unless they may carry credentials."""
IN_PLACE = frozenset({"HOME", "USER", "LOGNAME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"})
"""The user's own folders, for code that runs as this user: package managers have their caches there."""


def template_environment(ours: Mapping[str, str], names: Iterable[str], *, isolated: bool) -> dict[str, str]:
    """Return what template code may see of our environment.

    Args:
        ours: the whole environment.
        names: more variables, which the operator handed over with ``--env``; those that are not set are left out.
        isolated: whether the code runs as a second user, who gets folders of its own.
    """
    wanted = {*PLAIN, *names, *(() if isolated else IN_PLACE)}
    allowed = {name: value for name, value in ours.items() if name in wanted or name.startswith("LC_") or _is_plain_address(name, value)}
    path = ours.get("PATH", os.defpath).split(os.pathsep)
    # A relative entry would find programs in the project itself.
    return {**allowed, "PATH": os.pathsep.join(folder for folder in path if Path(folder).is_absolute())}


def _is_plain_address(name: str, value: str) -> bool:
    """Tell whether a variable is an address without user, password or query, where tokens stand."""
    return name.upper() in ADDRESSES and not {"@", "?"}.intersection(value)
