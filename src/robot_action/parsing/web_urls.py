"""Where browsers find a repository, on hosts whose pages are known."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_SCP = re.compile(r"[^@/:]+@(?P<host>[^@/:]+):(?P<path>[^:].*)")
_COMPARISONS = {"github.com": "compare/{}...{}", "gitlab.com": "-/compare/{}...{}", "codeberg.org": "compare/{}...{}"}


def comparison_url(location: str, old: str, new: str) -> str:
    """Return the page that compares two commits of a repository; ``""`` on a host whose pages are not known.

    Args:
        location: the repository's URL for git, without credentials.
        old: a commit id; new: another.
    """
    page = _page(location)
    host = urlsplit(page).hostname or ""
    return f"{page}/{_COMPARISONS[host].format(old, new)}" if host in _COMPARISONS and old and new else ""


def _page(location: str) -> str:
    if scp := _SCP.fullmatch(location):
        host, path = scp["host"], scp["path"]
    else:
        parts = urlsplit(location)
        if parts.scheme not in {"https", "ssh"}:
            return ""
        host, path = parts.hostname or "", parts.path
    return f"https://{host}/{path.strip('/').removesuffix('.git')}"
