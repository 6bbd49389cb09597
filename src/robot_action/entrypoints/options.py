"""What the command line's options are called inside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LogOptions:
    """What is shown, and where; ``file`` is None for the terminal."""

    verbose: bool = False
    debug: bool = False
    file: Path | None = None
    as_json: bool = False

    def level(self, default: str) -> str:
        """Return the log's level: the flags come before ``LOG_LEVEL``, and ``warning`` is the last word."""
        if self.debug:
            return "debug"
        return "info" if self.verbose else default or "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateOptions:
    """The options of ``create``, as they were given.

    Attributes:
        data: answers as one mapping in YAML or JSON: the action's input.
        again: how to go on after a failure, where that is no command line.
    """

    manifests: tuple[str, ...] = ()
    template: str | None = None
    destination: str | None = None
    pairs: tuple[str, ...] = ()
    data: str = ""
    data_file: Path | None = None
    ref: str | None = None
    stages: str | None = None
    index_url: str | None = None
    pack: Path | None = None
    unpack: Path | None = None
    commit: str | None = None
    skip_tasks: bool = False
    trust: bool = False
    trust_source: tuple[str, ...] = ()
    allow_program: tuple[str, ...] = ()
    allow_protocol: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    overwrite: bool = False
    again: str = ""

    def arguments(self) -> tuple[str, ...]:
        """Return the options as a command line, without the manifests: what a later run needs to go on."""
        single = {
            "--template": self.template,
            "--destination": self.destination,
            "--data-file": self.data_file and str(self.data_file),
            "--ref": self.ref,
            "--stages": self.stages,
            "--index-url": self.index_url,
            "--pack": self.pack and str(self.pack),
            "--unpack": self.unpack and str(self.unpack),
            "--commit": self.commit,
        }
        repeated = {
            "--trust-source": self.trust_source,
            "--allow-program": self.allow_program,
            "--allow-protocol": self.allow_protocol,
            "--env": self.environment,
            "--data": self.pairs,
        }
        flags = {"--skip-tasks": self.skip_tasks, "--trust": self.trust, "--overwrite": self.overwrite}
        return (
            *(part for name, value in single.items() if value for part in (name, value)),
            *(part for name, values in repeated.items() for value in values for part in (name, value)),
            *(name for name, given in flags.items() if given),
        )
