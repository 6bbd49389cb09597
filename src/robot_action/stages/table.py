"""All stages, in one visible place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, Protocol, cast

from robot_action.model.facts import Facts
from robot_action.model.report import Outcome, Outcomes
from robot_action.model.request import CreateRequest
from robot_action.ports import Ports


class Stage(Protocol):
    """One kind of step: how to look, and how to act."""

    def inspect(self, ports: Ports, request: CreateRequest, facts: Facts) -> Facts:
        """Add what this stage finds out to the facts; only reads the world."""

    def apply(self, ports: Ports, step: Any, outcomes: Outcomes) -> Outcome:  # noqa: ANN401 - each stage takes its own kind of step
        """Carry out one step, and say what it did."""


STAGES = (
    *("prepare", "fetch", "render", "tasks", "install", "start", "commit", "repository", "push", "publish", "unpack", "pack"),
    *("update", "adopt", "bundle", "branch", "pull", "status", "keep"),  # look at other requests than those above, by commands of their own
)
"""Each is the module of its name; it is loaded when it is first needed, for most commands need few of them."""


class _Table(Mapping[str, Stage]):
    """The stages by name."""

    def __getitem__(self, name: str) -> Stage:
        """Return a stage."""
        if name not in STAGES:
            raise KeyError(name)
        return cast("Stage", import_module(f"robot_action.stages.{name}"))

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names."""
        return iter(STAGES)

    def __len__(self) -> int:
        """Return the number of stages."""
        return len(STAGES)


TABLE: Mapping[str, Stage] = _Table()
