"""The mark in a pull request's body: what it proposes, and whether we withdrew it. Invisible where Markdown is shown."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MARK = re.compile(r"<!-- robot-action: (?P<revision>[A-Za-z0-9._:/@+-]{1,200})(?P<withdrawn> withdrawn)? -->")
_REVISION = re.compile(r"[A-Za-z0-9._:/@+-]{1,200}")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a body's mark says.

    Attributes:
        revision: what is proposed: a commit, a version or a digest.
        withdrawn: whether it was we who closed it.
    """

    revision: str = ""
    withdrawn: bool = False

    def __str__(self) -> str:
        """Return the mark as it stands in a body.

        Raises:
            ValueError: when the revision is not one word of letters, digits and ``._:/@+-``, which is a bug.
        """
        if not _REVISION.fullmatch(self.revision) or "--" in self.revision:
            raise ValueError(self.revision)
        return f"<!-- robot-action: {self.revision}{' withdrawn' if self.withdrawn else ''} -->"


def read_mark(body: str) -> Mark:
    """Return the last mark of a body; none where there is none."""
    found = list(_MARK.finditer(body))
    return Mark(found[-1]["revision"], found[-1]["withdrawn"] is not None) if found else Mark()


def withdrawn(body: str) -> str:
    """Return a body whose last mark says that we close it ourselves; one without a mark gets one."""
    mark = read_mark(body)
    new = str(Mark(mark.revision or "unknown", withdrawn=True))
    if not mark.revision:
        return f"{body.rstrip()}\n\n{new}\n"
    last = list(_MARK.finditer(body))[-1]
    return f"{body[: last.start()]}{new}{body[last.end() :]}"
