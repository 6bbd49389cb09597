"""Writes the README's tables that come from the code: ``python tools/readme.py [--check]``.

Each stands between ``<!-- NAME: begin -->`` and ``<!-- NAME: end -->``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from robot_action.parsing.settings import VARIABLES

README = Path(__file__).resolve().parent.parent / "README.md"


def environment() -> Iterator[str]:
    """Yield the table of environment variables."""
    yield "| variable | means |"
    yield "|---|---|"
    for name, meaning in VARIABLES.items():
        yield f"| `{name}` | {meaning} |"


TABLES: Mapping[str, Callable[[], Iterator[str]]] = {"environment": environment}


def with_tables(text: str) -> str:
    """Return the README with every table as the code has it."""
    for name, lines in TABLES.items():
        begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
        before, found, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            sys.exit(f"the README has no place for the table {name!r}")
        text = "".join((before, begin, *(f"{line}\n" for line in lines()), end, after))
    return text


def main() -> None:
    """Write the tables, or fail when they are not as they would be written."""
    text = README.read_text(encoding="utf-8")
    wanted = with_tables(text)
    if "--check" in sys.argv and text != wanted:
        sys.exit("the README's tables are not those of the code: run `make format`")
    README.write_text(wanted, encoding="utf-8")


if __name__ == "__main__":
    main()
