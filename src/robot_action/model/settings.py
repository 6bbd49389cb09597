"""What the environment says: folders, addresses, tokens."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from robot_action.model.credentials import Credentials

GITHUB_API = "https://api.github.com"
GITHUB_SERVER = "https://github.com"


@dataclass(frozen=True, slots=True)
class Settings:
    """The operator's settings, read once from the environment.

    Attributes:
        home: where `ROBOT_ACTION_HOME` points, or None for the platform's own folders.
        github_api, github_server: the addresses of GitHub's API and of its repositories.
        epoch: ``SOURCE_DATE_EPOCH``, seconds since 1970.
        check_updates: whether to look for a newer robot-action.
        in_ci: whether nobody sits at a terminal.
        workspace: the folder of the runner's checkout, to which the files of annotations are relative.
        ref, commit: the reference that a workflow runs for (``refs/heads/main``), and its commit.
        terminal: the kind of terminal (``TERM``).
        actor: who started the workflow run, as a committer.
    """

    home: Path | None = None
    credentials: Credentials = field(default_factory=Credentials)
    github_api: str = GITHUB_API
    github_server: str = GITHUB_SERVER
    epoch: int | None = None
    log_level: str = ""
    check_updates: bool = True
    in_ci: bool = False
    in_github_actions: bool = False
    summary_file: str = ""
    output_file: str = ""
    workspace: str = ""
    ref: str = ""
    commit: str = ""
    terminal: str = ""
    actor: tuple[str, str] | None = None
    no_color: bool = False
