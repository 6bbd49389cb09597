"""What ``git describe --tags --always`` says of a commit, as a PEP 440 version: the one that Copier compares (``copier/_template.py``)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # only templates with migrations need the library
    from packaging.version import Version

_DISTANT = re.compile(r"(?P<tag>.+)-(?P<count>\d+)-g(?P<commit>[0-9a-f]+)")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")  # git abbreviates to seven digits at least; tags such as 2024 are shorter


def described_version(text: str) -> Version | None:
    """Return the version of a described commit; None where its tag is none.

    A commit behind a tag comes after its version, as a development release of the next ``post`` one; a commit of a repository
    without tags comes before all versions.
    """
    from packaging.version import Version

    try:
        if found := _DISTANT.fullmatch(text):
            base = Version(found["tag"])
            post = f".dev{found['count']}" if base.is_postrelease else f".post{found['count']}.dev0"
            return Version(f"{base}{post}+{found['commit']}")
        return Version(f"0.0.0.post1.dev0+{text}" if _COMMIT.fullmatch(text) else text)
    except ValueError:  # a number of thousands of digits, too
        return None
