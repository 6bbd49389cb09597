"""Makes the decision log: answers come as JSON on standard input, files go to the working directory."""

import json
import re
import sys
from pathlib import Path

RECORD = """\
# {number}. {title}

Status: {status}

## Context

What made us decide?

## Decision

What do we do from now on?

## Consequences

What is easier now, what is harder?
"""

INDEX = """\
# {heading}

One record a decision, numbered in the order in which they were taken. A record is never rewritten:
a later one that replaces it says so, and so does its own status.

| number | decision | status |
|---|---|---|
{rows}
"""


def file_name(number: int, title: str) -> str:
    """Return a record's file name, such as ``0001-record-our-decisions.md``."""
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    return f"{number:04}-{words[:60].rstrip('-') or 'untitled'}.md"


def make_log(folder: Path, heading: str, decisions: list[str], status: str) -> None:
    """Write one record a decision, and the index of them all."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for number, title in enumerate(decisions, 1):
        name = file_name(number, title)
        (folder / name).write_text(RECORD.format(number=number, title=title, status=status), encoding="utf-8")
        rows.append(f"| {number} | [{title}]({name}) | {status} |")
    (folder / "README.md").write_text(INDEX.format(heading=heading, rows="\n".join(rows)), encoding="utf-8")


def main() -> None:
    """Read the answers and make the log."""
    answers = json.load(sys.stdin)
    folder = Path(answers["folder"])
    if folder.is_absolute() or ".." in folder.parts:
        sys.exit(f"the folder {folder} leaves the project")
    make_log(folder, "Decisions", answers["decisions"], answers["status"])


if __name__ == "__main__":
    main()
