"""What a command was asked to do, besides the manifest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from robot_action.model.manifest import Author, Manifest

STAGES = ("prepare", "fetch", "render", "install", "start", "commit", "repository", "push", "publish")
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
class CreateRequest:
    """One project to create.

    Attributes:
        epoch: seconds since 1970, UTC: the date that the commit, packages and the context's year take.
        stages: the stages that may act; the others are skipped and say so.
        environment: names of variables handed to template code.
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
    actor: Author | None = None
    pack: Path | None = None
    unpack: Path | None = None
    digests: tuple[str, ...] = ()
    resume: tuple[str, ...] = ()
    again: str = ""
