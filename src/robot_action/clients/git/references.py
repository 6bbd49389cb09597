"""The references of other repositories: all that a look at versions asks for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from robot_action.clients.git.environment import Invocation, Place

if TYPE_CHECKING:
    from robot_action.clients.git.runner import GitRunner

# How upload-pack is started in a folder of this machine: it may not fetch, and runs nothing of that repository.
UPLOAD_PACK = "GIT_ALLOW_PROTOCOL=none git -c safe.directory='*' -c core.hooksPath=/dev/null -c core.fsmonitor=false upload-pack"


def list_refs(runner: GitRunner, url: str) -> Mapping[str, str]:
    """Return a remote repository's references and their commits, tags peeled; see `robot_action.repositories.Git.list_refs`."""
    with runner.scratch("refs") as folder:
        arguments = ("ls-remote", "--quiet", f"--upload-pack={UPLOAD_PACK}" if is_folder(url) else "--", url)
        done = runner.remote(Place(folder), url, *arguments, how=Invocation(light=True))
    found: dict[str, str] = {}
    for line in done.stdout.splitlines():
        commit, _, name = line.partition(b"\t")
        try:
            text = name.decode()
        except UnicodeDecodeError:
            continue  # no source can name it
        found[text.removesuffix("^{}")] = commit.decode()  # a tag's commit comes after the tag itself
    return found


def is_folder(url: str) -> bool:
    """Tell whether a URL leads to this machine's own disk."""
    return url.startswith(("/", "file:"))


def folder_refs(runner: GitRunner, folder: Path) -> dict[str, str]:
    """Return the references of the repository around a folder, tags peeled; none where there is no repository, or no commit."""
    how = Invocation(accept=(0, 1, 128))
    listed = runner.run(Place(folder, discover=True), "show-ref", "--head", "--heads", "--tags", "--dereference", how=how).text
    pairs = (line.partition(" ")[::2] for line in listed.splitlines())
    return {name.removesuffix("^{}"): target for target, name in pairs}  # a tag's commit comes after the tag itself
