"""What tests of proposals share: a project that was cloned, changed and committed, and the repository that it is to go to."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from robot_action.clients.git.runner import GitRunner
from robot_action.exchange import DeliveryWanted
from robot_action.model.credentials import Credential, Credentials, host_of
from robot_action.model.pull_request import TREE_TRAILER, UPDATE_TRAILER
from tests.testbed.bare import BareRepositories, git, git_environment
from tests.testbed.git_bed import HTTP

NAME = "acme/demo"
BRANCH = "robot-action/python-service"
MESSAGE = f"Update to v2\n\n{UPDATE_TRAILER}: gh:acme/templates v2\n"
PEOPLE = {
    f"GIT_{who}_{key}": value
    for who in ("AUTHOR", "COMMITTER")
    for key, value in (("NAME", "Robot"), ("EMAIL", "robot@acme.example"), ("DATE", "1700000000 +0000"))
}
BINARY = bytes(range(256))
EXECUTABLE = {"run.sh", "tool.bin"}


def signed(message: str, tree: str) -> str:
    """Return a message of ours with the trailer that names the commit's files."""
    return f"{message}{TREE_TRAILER}: {tree}\n"


@dataclass
class Clone:
    """A clone of a repository of the test bed.

    Attributes:
        url: what git pushes to; repository: what the host calls it.
    """

    folder: Path
    bare: BareRepositories
    url: str
    repository: str = NAME

    def commit(self, files: Mapping[str, bytes | None], *, message: str = MESSAGE, start: str = "origin/main", date: int = 0) -> str:
        """Commit changed files on a commit; None takes a path away."""
        variables = {**git_environment(), **PEOPLE}
        if date:
            variables |= {f"GIT_{who}_DATE": f"{date} +0000" for who in ("AUTHOR", "COMMITTER")}
        git(self.folder, "fetch", "--quiet", str(self.bare.path_of(NAME)), "+refs/heads/*:refs/remotes/origin/*")
        git(self.folder, "checkout", "--quiet", "--force", "--detach", start)
        for path, content in files.items():
            full = self.folder / path
            if full.is_dir():
                shutil.rmtree(full)
            full.unlink(missing_ok=True)
            if content is not None:
                full.parent.mkdir(parents=True, exist_ok=True)
                full.write_bytes(content)
        for path in files.keys() & EXECUTABLE:
            (self.folder / path).chmod(0o755)
        git(self.folder, "add", "--all")
        text = signed(message, git(self.folder, "write-tree")) if message == MESSAGE else message
        command = ["git", "-C", str(self.folder), "commit", "--quiet", "--allow-empty", f"--message={text}"]
        subprocess.run(command, env=variables, check=True)
        return git(self.folder, "rev-parse", "HEAD")

    def wanted(self, commit: str, seen: str = "") -> DeliveryWanted:
        """Return the delivery of a commit."""
        return DeliveryWanted(self.folder, self.repository, self.url, BRANCH, commit, seen)


def clone(bare: BareRepositories, folder: Path, url: str, repository: str = NAME) -> Clone:
    """Make a repository with one commit, and a clone of it."""
    bare.commit(NAME, {"a.txt": "one\n", "gone.txt": "gone\n", "d/e.txt": "e\n", "run.sh": "#!/bin/sh\n"})
    subprocess.run(["git", "clone", "--quiet", str(bare.path_of(NAME)), str(folder)], check=True, env=git_environment())
    return Clone(folder, bare, url, repository)


def runner_for(credentials: Credentials | None = None) -> GitRunner:
    """Return git with credentials."""
    return GitRunner({"PATH": os.environ["PATH"]}, credentials=credentials, allowed_protocols=HTTP)


def credentials_for(urls: tuple[str, ...], token: str) -> Credentials:
    """Return one token for the hosts of several URLs."""
    return Credentials({host_of(url): Credential("x-access-token", token) for url in urls})
