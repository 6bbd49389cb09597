"""What tests of git share: clients with tokens for a server, and stand-ins for the `git` program."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from robot_action.clients.files import LocalFiles
from robot_action.clients.git.client import GitClient
from robot_action.clients.git.runner import GitRunner
from robot_action.clients.store import DiskStore
from robot_action.exchange import CommitWanted
from robot_action.model.credentials import Credential, Credentials, host_of
from robot_action.model.facts import Machine
from robot_action.model.manifest import Author
from robot_action.ports import Ports
from tests.testbed.git_server import GitServer

AUTHOR = Author("Ada", "ada@example.com")
DATE = 1_700_000_000
HTTP = frozenset({"http"})
REAL_GIT = shutil.which("git") or "git"
REAL_PATH = {"PATH": os.environ["PATH"]}


def make_runner(server: GitServer | None = None, token: str = "write-token", **options: Any) -> GitRunner:
    """Return a runner that may use http, and shows one token to a server."""
    hosts = {host_of(server.url): Credential("", token)} if server and token else {}
    chosen = {"environment": REAL_PATH, "allowed_protocols": HTTP, "credentials": Credentials(hosts), **options}
    return GitRunner(chosen.pop("environment"), **chosen)


def make_client(server: GitServer | None = None, token: str = "write-token", **options: Any) -> GitClient:
    """Return a git client; see `make_runner`."""
    return GitClient(make_runner(server, token, **options))


def make_ports(folder: Path, git: GitClient, **others: Any) -> Ports:
    """Return ports with real files and a real store below a folder; what is not given must not be used."""
    machine = Machine("1.2.0", "3.11.0", folder / "home", folder / "cache")
    nothing = cast("Any", None)
    given = {
        "files": LocalFiles(folder / "locks"),
        "store": DiskStore(folder / "store", lambda _: None),
        **others,
    }
    names = ("hosts", "indexes", "sandbox", "renderer", "http", "clock", "progress")
    return Ports(machine=machine, git=git, **{**dict.fromkeys(names, nothing), **given})


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files into a folder, which may be new."""
    for path, content in files.items():
        full = folder / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def wanted(folder: Path, client: GitClient, **changes: Any) -> CommitWanted:
    """Return the usual commit of everything in a folder."""
    usual = {"paths": client.unignored(folder), "branch": "main", "message": "Create demo\n", "author": AUTHOR, "date": DATE}
    return CommitWanted(folder=folder, **{**usual, **changes})


def stand_in(folder: Path, script: str) -> dict[str, str]:
    """Put a shell script named ``git`` first on a PATH; ``$REAL`` is the true one, ``$COMMAND`` what it shall do."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "git"
    find_command = 'for COMMAND in "$@"; do break; done\n'
    program.write_text(f"#!/bin/sh\nREAL={REAL_GIT}\n{find_command}{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
