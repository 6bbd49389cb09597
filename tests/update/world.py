"""A project in a repository, and the template that it was made from, which goes on."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.render.world import TEMPLATES, Run
from tests.render.world import World as RenderWorld
from tests.testbed.bare import git
from tests.testbed.git_bed import write_files
from tests.testbed.git_server import GitServer

_RENDERED: dict[tuple[object, ...], tuple[Path, Run]] = {}
"""Projects as they were rendered already: what a template gives is not what these tests are about."""


@contextmanager
def template_server(folder: Path) -> Iterator[GitServer]:
    """Give a git server for all tests of a module, so that its templates stay where their projects know them to be."""
    with GitServer(folder, {"write-token": "write", "read-token": "read"}) as server:
        yield server


def make_world(folder: Path, server: GitServer) -> World:
    """Return a world with nothing in it but an empty repository for the template."""
    root, home = folder / "work", folder / "home"
    root.mkdir()
    home.mkdir()
    server.anonymous_read = True
    server.requests.clear()
    if server.path_of(TEMPLATES).exists():
        server.delete(TEMPLATES)
    server.create(TEMPLATES)
    return World(root, home, server)


class World(RenderWorld):
    """The same machine, with projects that are kept in step."""

    __slots__ = ()

    def render(self, *arguments: str | Path, trust: bool = True, template: str = "", **options: Any) -> Run:
        """Render the template on the server into the project's folder; what was rendered by an earlier test is copied."""
        refs = tuple(sorted(self.git.refs(TEMPLATES, "refs/").items()))
        key = (self.url, refs, arguments, trust, template, tuple(options.items()))
        if self.project.exists() or self.variables:
            return super().render(*arguments, trust=trust, template=template, **options)
        if key not in _RENDERED:
            run = super().render(*arguments, trust=trust, template=template, **options)
            kept = Path(tempfile.mkdtemp(prefix="rendered-")) / "project"
            atexit.register(shutil.rmtree, kept.parent, ignore_errors=True)
            if self.project.exists():
                shutil.copytree(self.project, kept, symlinks=True)
            _RENDERED[key] = kept, run
            return run
        kept, run = _RENDERED[key]
        if kept.exists():
            shutil.copytree(kept, self.project, symlinks=True)
        return run

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
