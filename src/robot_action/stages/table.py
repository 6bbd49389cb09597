"""All stages, in one visible place: those of create, each of which looks and acts, and those that only act."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from robot_action.model.facts import Facts
from robot_action.model.report import Outcome, Outcomes
from robot_action.model.request import CreateRequest
from robot_action.ports import Ports
from robot_action.stages import commit, fetch, install, pack, prepare, publish, push, render, repository, start, tasks, unpack, update


class Actor(Protocol):
    """One kind of step: how to act."""

    def apply(self, ports: Ports, step: Any, outcomes: Outcomes) -> Outcome:  # noqa: ANN401 - each stage takes its own kind of step
        """Carry out one step, and say what it did."""


class Stage(Actor, Protocol):
    """The same, and how to look."""

    def inspect(self, ports: Ports, request: CreateRequest, facts: Facts) -> Facts:
        """Add what this stage finds out to the facts; only reads the world."""


TABLE: Mapping[str, Stage] = {
    "prepare": prepare,
    "fetch": fetch,
    "render": render,
    "tasks": tasks,
    "install": install,
    "start": start,
    "commit": commit,
    "repository": repository,
    "push": push,
    "publish": publish,
    "unpack": unpack,
    "pack": pack,
}

ACTORS: Mapping[str, Actor] = {**TABLE, "update": update}
"""By the names that steps have."""
