"""A commit for a branch of ours, read and sent from a scratch repository: the project's own is hostile, and only read."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from robot_action.clients.git.environment import GitOutput, Invocation, Place
from robot_action.clients.git.project import borrowed, locate
from robot_action.clients.git.push import RECEIVE_PACK
from robot_action.clients.git.read import ObjectReader
from robot_action.clients.git.references import list_refs
from robot_action.clients.git.refusals import explain_refusal
from robot_action.clients.git.runner import GitRunner
from robot_action.clients.git.tree_changes import tree_changes
from robot_action.errors import FailedError, RobotActionError, TryAgainError
from robot_action.exchange import DeliveryWanted
from robot_action.model.proposal import Change
from robot_action.parsing.git_urls import is_local

_HEADS = "refs/heads/"
_ANY = Invocation(accept=range(256))
# The base may have moved on, so that no branch there has a commit that is here: without asking, all of it is sent, if it is here at all.
# What a folder has needs no asking: its objects can be looked at.
_NEGOTIATING = Invocation(accept=range(256), configuration=(("push.negotiate", "true"),))
# A reference outside of branches and tags may be refused where its objects are not: those reasons count for the branch as well.
_OF_THE_OBJECTS = re.compile(r"workflow|[Pp]ush [Pp]rotection|GH001|GH008|GH009|cannot contain secrets|[Ll]arge files")
_OF_THE_NAME = re.compile(r"\[remote rejected\]|\[rejected\]|hook declined|GH006|GH013|hidden ref|[Pp]rotected|rule violations")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A commit, in a scratch repository that can send it.

    Attributes:
        base_tree: the tree of its first parent.
    """

    runner: GitRunner
    place: Place
    commit: str
    tree: str
    parents: tuple[str, ...]
    message: str
    base_tree: str
    changes: tuple[Change, ...]

    def read(self, blobs: Collection[str]) -> Mapping[str, bytes]:
        """Return the contents of blobs."""
        ordered = sorted(set(blobs))
        objects = ObjectReader(self.runner, self.place).read(ordered)
        return {name: one.content for name, one in zip(ordered, objects, strict=True)}

    def lend(self, url: str, ref: str) -> bool:
        """Push the commit to a reference that is no branch, whatever was there; return False where none may be made.

        Raises:
            RobotActionError: when the repository takes nothing, or not these files.
        """
        done = self._push(url, f"+{self.commit}:{ref}")
        if done.code == 0:
            return True
        said = f"{done.stdout.decode(errors='replace')}\n{done.errors}"
        if _OF_THE_NAME.search(said) and not _OF_THE_OBJECTS.search(said):
            return False
        raise explain_refusal(done, url, ref) or self.runner.failure("push", url, done)

    def push(self, wanted: DeliveryWanted) -> None:
        """Push the commit to its branch, if that is still as it was seen.

        Raises:
            TryAgainError: when it is not.
        """
        name = f"{_HEADS}{wanted.branch}"
        # No plus sign before the commit: it would overrule the lease. What is there already is up to date, whatever the lease says.
        done = self._push(wanted.url, f"{self.commit}:{name}", f"--force-with-lease={name}:{wanted.seen}")
        if done.code == 0:
            return
        there = list_refs(self.runner, wanted.url).get(name, "")
        if there == self.commit:  # a run beside this one pushed the very same
            return
        if there != wanted.seen:
            raise moved(wanted)
        raise explain_refusal(done, wanted.url, wanted.branch) or self.runner.failure("push", wanted.url, done)

    def _push(self, url: str, refspec: str, *lease: str) -> GitOutput:
        options = ("--porcelain", "--progress", "--no-verify", "--no-signed", "--no-follow-tags", "--recurse-submodules=no", *lease)
        if is_local(url):
            with (self.place.folder / "objects/info/alternates").open("a") as alternates:
                alternates.write(f"{url}/objects\n")
            return self.runner.remote(self.place, url, "push", *options, f"--receive-pack={RECEIVE_PACK}", "--", url, refspec, how=_ANY)
        return self.runner.remote(self.place, url, "push", *options, "--", url, refspec, how=_NEGOTIATING)


@contextmanager
def proposal(runner: GitRunner, folder: Path, commit: str) -> Iterator[Proposal]:
    """Give a commit of a project's repository, ready to be looked at and sent.

    Raises:
        FailedError: when there is no such repository or commit.
    """
    found = locate(runner, folder)
    if found is None:
        raise FailedError(f"{folder} is no git repository, so there is nothing to propose")
    with borrowed(runner, found, objects_alone=True) as project:
        place = project.bare
        yield _read(runner, place, folder, commit)


def moved(wanted: DeliveryWanted) -> RobotActionError:
    """Return the error for a branch that is not as it was seen."""
    return TryAgainError(
        f"somebody else changed the branch {wanted.branch} of {wanted.repository} meanwhile",
        hint="Nothing of theirs was overwritten. Run the same command again: it looks at what is there now.",
    )


def _read(runner: GitRunner, place: Place, folder: Path, commit: str) -> Proposal:
    done = runner.run(place, "cat-file", "commit", commit, how=Invocation(accept=(0, 128)))
    if done.code:
        raise FailedError(f"{folder} does not have the commit {commit}")
    head, _, message = done.stdout.decode(errors="replace").partition("\n\n")
    fields = [line.split(" ", 1) for line in head.split("\n") if " " in line]
    parents = tuple(value for key, value in fields if key == "parent")
    tree = next(value for key, value in fields if key == "tree")
    if not parents:
        raise FailedError(f"the commit {commit} has no parent, so there is nothing that it could be merged into")
    base = runner.run(place, "rev-parse", "--verify", f"{parents[0]}^{{tree}}").text
    return Proposal(runner, place, commit, tree, parents, message, base, tree_changes(runner, place, base, tree))
