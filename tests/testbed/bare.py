"""Bare repositories in a folder, made and read by the real git."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from robot_action.model.tree import Entry, Mode

_CONFIGURED = {"maintenance.auto": "false", "core.fsync": "none"}  # what is made here lasts no longer than its test
_ISOLATED = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TEMPLATE_DIR": "",  # which would bring a dozen samples of hooks into each repository
    "GIT_CONFIG_COUNT": str(len(_CONFIGURED)),
    **{f"GIT_CONFIG_KEY_{number}": key for number, key in enumerate(_CONFIGURED)},
    **{f"GIT_CONFIG_VALUE_{number}": value for number, value in enumerate(_CONFIGURED.values())},
}


def git_environment() -> dict[str, str]:
    """Return an environment in which git sees no configuration of the machine or the user."""
    return {**{key: value for key, value in os.environ.items() if not key.startswith("GIT_")}, **_ISOLATED}


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder, without any configuration of the machine; return its output, stripped."""
    done = subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True, env=git_environment())
    return done.stdout.strip()


class BareRepositories:
    """Bare repositories ``owner/name.git`` below a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.root.mkdir(parents=True, exist_ok=True)

    def path_of(self, name: str) -> Path:
        """Return the bare repository of ``owner/name``."""
        return self.root / f"{name}.git"

    def create(self, name: str, default_branch: str = "main") -> Path:
        """Make an empty bare repository."""
        path = self.path_of(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        git(self.root, "init", "--quiet", "--bare", f"--initial-branch={default_branch}", str(path))
        git(path, "config", "http.receivepack", "true")
        return path

    def delete(self, name: str) -> None:
        """Remove a repository."""
        shutil.rmtree(self.path_of(name))

    def git(self, name: str, *arguments: str) -> str:
        """Run git inside a bare repository."""
        return git(self.path_of(name), *arguments)

    def blob(self, name: str, what: str) -> bytes:
        """Return a file's bytes, by its id or as ``branch:path``."""
        arguments = ["git", "-C", str(self.path_of(name)), "cat-file", "blob", what]
        return subprocess.run(arguments, check=True, capture_output=True, env=git_environment()).stdout

    def commit(self, name: str, files: Mapping[str, str | bytes | Entry], *, branch: str = "main", message: str = "a commit") -> str:
        """Make a commit with exactly these files straight in the bare repository; return its id."""
        stream = [f"commit refs/heads/{branch}\ncommitter Somebody <somebody@example.com> 1700000000 +0000\n".encode(), _data(message)]
        if branch in self.heads(name):
            stream.append(f"from refs/heads/{branch}^0\ndeleteall\n".encode())
        for path, content in files.items():
            entry = content if isinstance(content, Entry) else Entry(Mode.FILE, content.encode() if isinstance(content, str) else content)
            stream.append(f"M {entry.mode} inline {path}\n".encode() + _data(entry.content))
        subprocess.run(
            ["git", "-C", str(self.path_of(name)), "fast-import", "--quiet"],
            input=b"".join(stream),
            check=True,
            capture_output=True,
            env=git_environment(),
        )
        return self.heads(name)[branch]

    def heads(self, name: str) -> dict[str, str]:
        """Return the branches of a repository and their commits."""
        return self.refs(name, "refs/heads/")

    def refs(self, name: str, prefix: str) -> dict[str, str]:
        """Return the references below a prefix (left out of the names) and their commits, tags peeled."""
        form = f"%(refname:lstrip={prefix.count('/')})%00%(objectname)%00%(*objectname)"
        rows = (line.split("\0") for line in self.git(name, "for-each-ref", f"--format={form}", prefix).split("\n") if line)
        return {short: peeled or commit for short, commit, peeled in rows}

    def refuse_pushes(self, name: str, message: str) -> None:
        """Refuse every push to a repository with this message, as a ruleset does."""
        hook = self.path_of(name) / "hooks/pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ncat >&2 <<'END'\n{message}\nEND\nexit 1\n")
        hook.chmod(0o755)

    def accept_pushes(self, name: str) -> None:
        """Take pushes again."""
        (self.path_of(name) / "hooks/pre-receive").unlink(missing_ok=True)


def _data(content: str | bytes) -> bytes:
    raw = content.encode() if isinstance(content, str) else content
    return b"data %d\n%s\n" % (len(raw), raw)
