"""Whole ids of commits, as git writes them."""

from __future__ import annotations

import re

_WHOLE = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def is_commit_id(text: str) -> bool:
    """Tell whether ``text`` is a whole id, SHA-1 or SHA-256."""
    return bool(_WHOLE.fullmatch(text))
