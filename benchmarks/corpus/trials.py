"""Histories of templates, what became of projects that were updated along them, and the table of that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.corpus.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class History:
    """One template, and two of its versions.

    Attributes:
        answers: those that have no default.
        state: the answers file, where it is not the usual one.
    """

    repository: str
    tool: str
    before: str
    after: str
    directory: str = ""
    answers: Mapping[str, object] = field(default_factory=dict)
    state: str = ".copier-answers.yml"

    @property
    def name(self) -> str:
        """The name of its row."""
        return f"{self.repository}{f'/{self.directory}' if self.directory else ''} {self.before}..{self.after}"

    @property
    def key(self) -> str:
        """Its name as one part of a path."""
        return f"{self.tool}+{self.name.replace('/', '+').replace(' ', '+')}"


@dataclass(frozen=True, slots=True)
class Trial:
    """One set of edits, and what became of it on both sides.

    Attributes:
        changing: how many files the template changes.
        left: what the template deleted or moved away, also where the user moved it, and the places that are new with the template.
    """

    files: int
    changing: int
    ours: Outcome
    peer: Outcome
    differing: Sequence[str]
    needless: Sequence[str]
    left: frozenset[str]

    def conflicts(self, outcome: Outcome) -> tuple[int, int]:
        """Return the files with conflicts, and the places in them, but for files that the template deleted or moved."""
        counted = [places for path, places in outcome.conflicts.items() if path not in self.left]
        return len(counted), sum(counted)

    def gone(self) -> int:
        """Return how many files the template deleted or moved and the user had edited or moved, as far as ours has conflicts there."""
        return len(self.left & self.ours.conflicts.keys())

    def missing(self, one: Outcome, other: Outcome) -> int:
        """Return how many of the template's lines one has not brought in, and the other has."""
        return len(set(one.missing) - set(other.missing))


def row(history: History, trials: Sequence[Trial]) -> str:
    """Return a history's row: sums over its sets of edits."""
    name = f"[{history.repository}](https://github.com/{history.repository}) {history.directory}".strip()
    cells = [name, f"{history.before} → {history.after}", f"{trials[0].changing} of {trials[0].files}"]
    peers = [trial.peer for trial in trials]
    ours = [trial.ours for trial in trials]
    cells.append(_conflicts(trials, ours))
    cells += [_conflicts(trials, peers) if history.tool == tool else "" for tool in ("copier", "cruft")]
    cells.append(str(sum(trial.gone() for trial in trials)))
    cells += [f"{sum(len(one.lost) for one in ours)} / {sum(len(one.lost) for one in peers)}"]
    cells += [f"{sum(len(one.undone) for one in ours)} / {sum(len(one.undone) for one in peers)}"]
    cells += [f"{sum(one.missing(one.ours, one.peer) for one in trials)} / {sum(one.missing(one.peer, one.ours) for one in trials)}"]
    cells += [str(sum(len(getattr(trial, what)) for trial in trials)) for what in ("needless", "differing")]
    return f"| {' | '.join(cells)} |"


def _conflicts(trials: Sequence[Trial], outcomes: Sequence[Outcome]) -> str:
    failed = [outcome.error for outcome in outcomes if outcome.error]
    if failed:
        return f"fails: {failed[0][:60]}".replace("|", "\\|")
    files, places = (
        sum(counts) for counts in zip(*(trial.conflicts(one) for trial, one in zip(trials, outcomes, strict=True)), strict=True)
    )
    return f"{files} ({places})"


HEAD = (
    "| template | versions | files changed | conflicts: ours | Copier's | Cruft's | deleted, moved | lost: ours / theirs "
    "| undone | missing | needless | differing |\n|---|---|---|---|---|---|---|---|---|---|---|---|"
)


def details(trials: Sequence[Trial]) -> str:
    """Return what was lost, undone or missing, and what differs."""
    return "".join(f"{line}\n" for number, trial in enumerate(trials, 1) for line in _details(number, trial))


def _details(number: int, trial: Trial) -> Iterator[str]:
    for side, outcome in (("ours", trial.ours), ("peer", trial.peer)):
        yield f"  {number} {side}: {outcome.error} {dict(outcome.conflicts)}"
        for what in ("lost", "undone", "missing"):
            yield from (f"    {what}: {one}" for one in getattr(outcome, what))
    for what in ("needless", "differing"):
        yield from (f"    {what}: {path}" for path in getattr(trial, what))
