"""A project in a repository, and the template that it was made from, which goes on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.render.world import Run
from tests.render.world import World as RenderWorld
from tests.testbed.bare import git
from tests.testbed.git_bed import write_files


class World(RenderWorld):
    """The same machine, with projects that are kept in step."""

    __slots__ = ()

    def commit(self, message: str = "Mine", files: Mapping[str, str] | None = None) -> str:
        """Write files into the project, and commit everything there."""
        write_files(self.project, files or {})
        if not (self.project / ".git").exists():
            git(self.project, "init", "--quiet", "--initial-branch=main")
        git(self.project, "add", "--all")
        git(self.project, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "--quiet", "--allow-empty", "-m", message)
        return git(self.project, "rev-parse", "HEAD")

    def peer_git(self, *arguments: str) -> str:
        """Run git beside the project."""
        return git(self.root, *arguments)

    def status(self) -> list[str]:
        """Return what git says of the project's work tree."""
        return git(self.project, "status", "--porcelain", "--untracked-files=all").splitlines()

    def staged(self) -> str:
        """Return what git's index has that the commit has not."""
        return git(self.project, "diff", "--cached", "--name-status")

    def read(self, path: str) -> str:
        """Return a file of the project."""
        return (self.project / path).read_text()

    def update(self, *arguments: str | Path, trust: bool = True, **options: Any) -> Run:
        """Update the project."""
        return self.run("update", "demo", "--allow-protocol", "http", *(("--trust",) if trust else ()), *arguments, **options)

    def cruft(self) -> Any:
        """Return what Cruft remembers."""
        return json.loads(self.read(".cruft.json"))
