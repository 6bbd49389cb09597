"""Bringing a template's changes into a project: what is asked for, what was found, and the step that does it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from robot_action.errors import Position
from robot_action.model.facts import LocalRepository
from robot_action.model.kept import KeepingHost, KeepWanted, Kept, KeptBase
from robot_action.model.link import Link
from robot_action.model.merge import Attributes, Conflict, Merged, Policy
from robot_action.model.plan import Step
from robot_action.model.request import Trust
from robot_action.model.source import Source
from robot_action.model.template import Rendering, RenderRequest, Template, Unset
from robot_action.model.tree import Entry
from robot_action.model.values import Value


@dataclass(frozen=True, slots=True)
class UpdateRequest:
    """One project to update.

    Attributes:
        project: the project's folder.
        file: the state file, where the project has several; ``""``: the one that is there.
        source: where the template is now, or None: where the state file says.
        ref: the version that is wanted: a branch, tag, commit or range; ``""``: the newest release, or the branch followed.
        prereleases: whether pre-releases count.
        data: answers that are given anew; places: where they stand.
        policy: what a file becomes in which both sides changed the same.
        environment: names of variables handed to template code.
        epoch: what both renderings take for now, seconds since 1970, UTC.
        seed: what random values come from, in both renderings.
        keep_base: whether the new version's rendering is kept in the project's repository, for the next update.
        host: where renderings are kept instead, and looked for as well, when the update is proposed there; or None.
        resume: the command line, as arguments.
        in_place: the one that updates the folder, instead of proposing that.
        again: what to do instead of going on by that, in words, where nobody typed a command line.
    """

    project: Path
    epoch: int
    file: str = ""
    source: Source | None = None
    ref: str = ""
    prereleases: bool = False
    data: Mapping[str, Value] = field(default_factory=dict)
    places: Mapping[str, Position] = field(default_factory=dict)
    policy: Policy = Policy.MARKERS
    trust: Trust = field(default_factory=Trust)
    skip_tasks: bool = False
    environment: tuple[str, ...] = ()
    seed: str = ""
    dry_run: bool = False
    keep_base: bool = False
    host: KeepingHost | None = None
    resume: tuple[str, ...] = ()
    in_place: tuple[str, ...] = ()
    again: str = ""


def required_secrets(template: Template, among: Collection[str]) -> tuple[str, ...]:
    """Return those of some names that are secret questions without a default."""
    questions = template.specification.questions
    return tuple(one.name for one in questions if one.secret and isinstance(one.default, Unset) and one.name in among)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A template at one version, rendered for the project.

    Attributes:
        request: what the worker was asked for; None: an earlier run was.
    """

    template: Template
    rendering: Rendering
    request: RenderRequest | None = field(default=None, repr=False)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The secret questions that are answered by something else, for nobody tells their answers."""
        asked = self.request.unknown if self.request else ()
        return required_secrets(self.template, asked)

    @property
    def secret_defaults(self) -> tuple[str, ...]:
        """The secret questions that are answered by their defaults, for nobody tells their answers."""
        asked = self.request.unknown if self.request else ()
        return tuple(name for name in self.rendering.secret if name in asked and name not in self.unknown)


@dataclass(frozen=True, slots=True)
class UpdateFacts:
    """What is known before an update is planned.

    Attributes:
        top: the top of the repository; prefix: where in it the project lies, ``""`` or a path with ``/`` behind it.
        source: the template's, without a version.
        has: the version that the project has, for people; newest: the one that it could have; ref: how ``--ref`` names that one.
        wanted: its commit, or ``""`` where the template has no versions.
        base: the template as the project has it; theirs: as it shall have it; None where there is nothing to do.
        merged: the template's changes, fit for the project.
        attributes: how the project stores the paths that change.
        dropped: answers that the template asks for no longer, or no longer takes, and why.
        present: every path that the project has.
        ignored: what is new, and left out by the ``.gitignore`` that comes with it.
        migrations: what was run between the versions, for people.
        kept: what becomes of kept renderings.
        moved: where the template is followed from now on, if that is another place than before.
        exact: whether the base is known to be what the project was made of, to the byte; None: nobody can tell.
    """

    top: Path
    local: LocalRepository
    link: Link
    source: Source
    base: Rendered | None = None
    theirs: Rendered | None = None
    merged: Merged = field(default_factory=lambda: Merged({}))
    attributes: Mapping[str, Attributes] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    present: frozenset[str] = frozenset()
    ignored: tuple[str, ...] = ()
    migrations: tuple[str, ...] = ()
    exact: bool | None = None
    prefix: str = ""
    kept: KeptBase = field(default_factory=KeptBase)
    has: str = ""
    newest: str = ""
    ref: str = ""
    wanted: str = ""
    moved: str = ""

    @property
    def staying(self) -> frozenset[str]:
        """The project's paths, without those that go away."""
        return self.present - {path for path, entry in self.merged.changes.items() if entry is None}

    @property
    def secret(self) -> tuple[str, ...] | None:
        """The names of secret answers; None: the template is not known yet."""
        return None if self.theirs is None else self.theirs.rendering.secret


@dataclass(frozen=True, slots=True)
class Obstacles:
    """What in a work tree forbids that an update is written into it: paths below the project.

    Attributes:
        dirty: what is neither committed nor what an earlier, broken run of this update wrote.
        in_the_way: what stands where the changes go, and git does not show, because it ignores it.
        left_out: changes that ``git add`` would pass over, because a sparse checkout leaves these paths out.
        marked: what has the conflict markers of an earlier update, uncommitted; it forbids nothing where there is nothing to bring in.
    """

    dirty: tuple[str, ...] = ()
    in_the_way: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    marked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateStep(Step):
    """Write the template's changes into the project's work tree; nothing is committed.

    Attributes:
        changes: by path below the destination, as they stand in a work tree; None: the file goes away.
        moved: which of those that go away come to another place, and where.
        state: the path that is written last.
        there: the project's paths, as far as they stay.
        keep: the new version's rendering, to be kept, or None.
    """

    destination: Path
    changes: Mapping[str, Entry | None]
    state: str
    moved: Mapping[str, str] = field(default_factory=dict)
    there: frozenset[str] = frozenset()
    conflicts: tuple[Conflict, ...] = ()
    keep: tuple[KeepWanted, Kept] | None = None


@dataclass(frozen=True, slots=True)
class Updated:
    """A project that has the template's changes, uncommitted."""

    folder: Path
    conflicts: tuple[Conflict, ...] = ()
