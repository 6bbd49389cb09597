"""What a command was asked to do, besides the manifest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from robot_action.model import choices
from robot_action.model.manifest import Author, Manifest
from robot_action.model.template import Format

STAGES = choices.STAGES
"""The names of create's stages, in order."""


@dataclass(frozen=True, slots=True)
class Trust:
    """The operator's word on whose code may run.

    Attributes:
        everything_named: trust the source that the command line itself names, or that its manifests name (``--trust``).
        patterns: fnmatch patterns over normalised sources.
        programs: program names allowed in install and start commands besides the built-in package managers.
    """

    everything_named: bool = False
    patterns: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RenderWanted:
    """What ``render`` asks for besides the files: what another tool needs to go on with the project.

    Attributes:
        answers_file: the name of Copier's answers file; ``""``: the template's own.
        cruft: whether Cruft's state file is written.
        replay: where Cookiecutter's replay file is written, or None.
    """

    answers_file: str = ""
    cruft: bool = False
    replay: Path | None = None


@dataclass(frozen=True, slots=True)
class CreateRequest:
    """One project to create, or only to render.

    Attributes:
        epoch: seconds since 1970, UTC: the date that the commit, packages and the context's year take.
        stages: the stages that may act; the others are skipped and say so.
        environment: names of variables handed to template code.
        format: whose rules the template goes by, where the operator names them; None: its files tell.
        seed: what random values of templates come from.
        dry_run: whether only the plan is wanted, so that nothing of the template may run while it is made.
        render: what ``render`` asks for; None: the whole project is wanted, with a state file of our own.
        actor: who asked for it, from the event that started the run, or None.
        pack: a folder to leave the committed project and its built packages in, for another job.
        unpack: the folder in which another job left them.
        digests: what may be unpacked, as the other job told it; empty for whatever is there.
        resume: the command line that goes on with this project alone, as arguments.
        again: what to do instead of that, in words, where nobody typed a command line.
    """

    manifest: Manifest
    epoch: int
    trust: Trust = Trust()
    stages: tuple[str, ...] = STAGES
    overwrite: bool = False
    skip_tasks: bool = False
    environment: tuple[str, ...] = ()
    format: Format | None = None
    seed: str = ""
    dry_run: bool = False
    render: RenderWanted | None = None
    actor: Author | None = None
    pack: Path | None = None
    unpack: Path | None = None
    digests: tuple[str, ...] = ()
    resume: tuple[str, ...] = ()
    again: str = ""
