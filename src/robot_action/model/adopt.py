"""Linking a project to a template that it was made from without anybody remembering it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from robot_action.errors import Position
from robot_action.model.link import Link
from robot_action.model.plan import Step
from robot_action.model.request import Trust
from robot_action.model.source import Source
from robot_action.model.template import Format, Template
from robot_action.model.tree import Entry
from robot_action.model.values import Value


@dataclass(frozen=True, slots=True)
class AdoptRequest:
    """One project to link.

    Attributes:
        project: its folder.
        source: the template, with the version that the project was made from.
        file: the path of Copier's answers file, where it is not the template's own; or ``""``.
        name, description: what a template of our own format gets to see of a manifest; ``""``: it is called after its repository or folder.
        data: the answers that were given then; places: where they stand.
        format: the template's format, where its files leave that open.
        environment: names of variables handed to template code.
        epoch: what the rendering takes for now, seconds since 1970, UTC.
        seed: what random values come from.
        resume: the command line, as arguments.
        again: what to do instead of that, in words, where nobody typed a command line.
    """

    project: Path
    source: Source
    epoch: int
    file: str = ""
    name: str = ""
    description: str = ""
    data: Mapping[str, Value] = field(default_factory=dict)
    places: Mapping[str, Position] = field(default_factory=dict)
    format: Format | None = None
    trust: Trust = field(default_factory=Trust)
    skip_tasks: bool = False
    environment: tuple[str, ...] = ()
    seed: str = ""
    dry_run: bool = False
    resume: tuple[str, ...] = ()
    again: str = ""


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near a project is to what a template gives: paths with the same contents, with others, and those that it has not."""

    same: tuple[str, ...] = ()
    different: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AdoptFacts:
    """What is known before a project is linked.

    Attributes:
        state: what the state file is to hold; its path is the link's.
        defaulted: the questions that nobody answered.
    """

    link: Link
    template: Template
    state: Entry
    nearness: Nearness
    defaulted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptStep(Step):
    """Write a state file, and nothing else."""

    destination: Path
    file: str
    state: Entry


@dataclass(frozen=True, slots=True)
class Adopted:
    """A project that follows a template now."""

    folder: Path
