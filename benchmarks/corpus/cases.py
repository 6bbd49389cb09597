"""The templates that are compared, and what the comparison found, as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

SHOWN = 4
"""Differing paths that a table's cell names."""
WIDTH = 160
"""Characters of an error that it takes."""

Row = tuple["Case", "Result", "Result | None"]
"""A template, what came of it without its tasks and hooks, and with them where it has some."""


@dataclass(frozen=True, slots=True)
class Case:
    """One template as ``templates.yml`` lists it.

    Attributes:
        directory: the folder below the repository's top that holds the template.
        answers: where the defaults do not suffice; ``why`` says why.
        network: why its tasks or hooks cannot run without one, where they wait for it instead of failing.
        differs: paths (of both passes) that differ for a known reason, by path or by a folder's path with a slash behind it.
    """

    repository: str
    commit: str
    format: str
    directory: str = ""
    answers: Mapping[str, object] = field(default_factory=dict)
    why: str = ""
    network: str = ""
    differs: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of its row."""
        return f"{self.repository}{f'/{self.directory}' if self.directory else ''}"

    @property
    def key(self) -> str:
        """Its name as one part of a path."""
        return f"{self.format}+{self.name.replace('/', '+')}"


@dataclass(frozen=True, slots=True)
class Result:
    """What a comparison found: an error of either side, or what differs by path; or why there was none."""

    files: int = 0
    skipped: str = ""
    peer_error: str = ""
    our_error: str = ""
    differences: Mapping[str, str] = field(default_factory=dict)
    explained: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_identical(self) -> bool:
        """Whether both sides made the same."""
        return not (self.skipped or self.peer_error or self.our_error or self.differences or self.explained)

    def text(self) -> str:
        """Return the table's cell."""
        if self.skipped:
            return f"not tried: {self.skipped}"
        if self.peer_error:
            return f"the peer fails: {_cell(self.peer_error)}"
        if self.our_error:
            return f"**we fail**: {_cell(self.our_error)}"
        parts = [f"**{len(self.differences)} differ**: {_list(self.differences)}"] if self.differences else []
        parts += [f"{len(self.explained)} differ: {_list(self.explained)}"] if self.explained else []
        return "; ".join(parts) or "identical"


def read_cases(file: Path) -> list[Case]:
    """Return the templates of a list."""
    return [Case(**item) for item in yaml.safe_load(file.read_text(encoding="utf-8"))]


def table(rows: Sequence[Row]) -> str:
    """Return the results as a table, with a line that counts them."""
    lines = [count(rows), "", "| template | format | files | names, bytes, modes, links | with its tasks or hooks |"]
    lines.append("|---|---|---|---|---|")
    for case, plain, coded in rows:
        name = f"[{case.name}](https://github.com/{case.repository}/tree/{case.commit})"
        with_code = coded.text() if coded else "has none"
        lines.append(f"| {name} | {case.format} | {plain.files or ''} | {plain.text()} | {with_code} |")
    return "\n".join(lines)


def count(rows: Sequence[Row]) -> str:
    """Return how many are identical, in words."""
    plain = [row[1] for row in rows if not row[1].peer_error]
    coded = [row[2] for row in rows if row[2] and not row[2].peer_error and not row[2].skipped]
    same, same_coded = sum(result.is_identical for result in plain), sum(result.is_identical for result in coded)
    explained = sum(bool(result.explained) and not result.differences for result in plain)
    return (
        f"Of {len(rows)} templates the peers render {len(plain)} without network; **{same} are identical**, {explained} more differ "
        f"for a reason that is given. With tasks and hooks the peers carry out {len(coded)}; {same_coded} are identical."
    )


def _cell(text: str) -> str:
    short = text if len(text) <= WIDTH else f"{text[:WIDTH]}…"
    return short.replace("|", "\\|").replace("<", "&lt;").replace("{", "&#123;")


def _list(paths: Mapping[str, str]) -> str:
    shown = [f"`{path}` ({what})".replace("|", "\\|") for path, what in list(paths.items())[:SHOWN]]
    return ", ".join(shown) + (f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else "")
