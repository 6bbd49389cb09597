"""Branches of bare repositories in a folder; a `robot_action.hosting.Branches`. What is said beside a commit is a line of a file."""

from __future__ import annotations

import json
from pathlib import Path

from robot_action.clients.git.proposals import proposal
from robot_action.clients.git.runner import GitRunner
from robot_action.clients.local_host import explained
from robot_action.clients.local_pull_files import commit_of, place_of, pulls_folder, replace_file, settle
from robot_action.errors import FailedError
from robot_action.exchange import Delivered, DeliveryWanted
from robot_action.model.pull_request import BRANCH_PREFIX, BranchCommit, BranchHead, BranchRule, CheckState, CommitStatus, Signature

_FORM = "%H%x00%an%x00%ae%x00%ad%x00%cn%x00%ce%x00%cd%x00%B%x00%T%x00%P%x00"
_FIELDS = 10
_STATUSES = "statuses"


class LocalBranches:
    """The branches of bare repositories; each is named by its folder.

    Args:
        runner: runs git.
    """

    def __init__(self, runner: GitRunner) -> None:
        self._runner = runner

    def head(self, repository: str, branch: str) -> BranchHead | None:
        """Return a branch's newest commit, or None where there is no such branch."""
        form = "--format=%H%x00%T%x00%P%x00%B"
        asked = ("log", "--max-count=1", "--no-show-signature", form, "--end-of-options", f"refs/heads/{branch}^{{commit}}", "--")
        try:
            done = self._runner.run(place_of(repository), *asked)
        except FailedError:
            if commit_of(self._runner, repository, branch):  # or it fails itself, and says why
                raise
            return None
        commit, tree, parents, message = done.text.split("\0", 3)
        return BranchHead(commit, tree, tuple(parents.split()), message)

    def ours(self, repository: str) -> tuple[str, ...]:
        """Return the names of the branches below our prefix."""
        place = place_of(repository)
        return tuple(self._runner.run(place, "for-each-ref", "--format=%(refname:lstrip=2)", f"refs/heads/{BRANCH_PREFIX}").text.split())

    def commits(self, repository: str, base: str, head: str) -> tuple[BranchCommit, ...]:
        """Return the commits that ``head`` has and ``base`` has not, the oldest first."""
        place = place_of(repository)
        ends = [commit_of(self._runner, repository, name) or name for name in (base, head)]
        options = (
            "--reverse",
            "--topo-order",
            "--no-show-signature",
            "--date=iso-strict",
            f"--format={_FORM}",
            "--end-of-options",
            f"{ends[0]}..{ends[1]}",
        )
        fields = self._runner.run(place, "log", *options).stdout.decode(errors="replace").split("\0")[:-1]
        rows = [[field.removeprefix("\n") for field in fields[at : at + _FIELDS]] for at in range(0, len(fields), _FIELDS)]
        return tuple(
            BranchCommit(row[0], row[7], Signature(*row[1:4]), Signature(*row[4:7]), row[8], tuple(row[9].split())) for row in rows
        )

    def rules(self, repository: str, branch: str) -> tuple[BranchRule, ...]:
        """Return no rules: a folder has none."""
        del repository, branch
        return ()

    def authorise(self, repository: str, *, workflows: bool) -> None:
        """See that there is a bare repository; a folder wants no credential, whatever is pushed."""
        del workflows
        place_of(repository)

    def signs(self, repository: str) -> bool:
        """Tell that nobody signs here."""
        del repository
        return False

    def deliver(self, wanted: DeliveryWanted) -> Delivered:
        """Push a commit to a branch, if that is still as it was seen."""
        settle(self._runner, wanted.repository, wanted.branch)
        with proposal(self._runner, wanted.folder, wanted.commit) as ours:
            ours.push(wanted)
        return Delivered(wanted.commit)

    def status(self, repository: str, commit: str, context: str) -> CheckState | None:
        """Return what is said beside a commit under a name, or None."""
        place_of(repository)
        said = _read_statuses(_status_file(repository, commit)).get(context)
        return next((state for state in CheckState if isinstance(said, dict) and said.get("state") == state.value), None)

    def set_status(self, repository: str, commit: str, status: CommitStatus) -> bool:
        """Say something beside a commit, in the folder of the pull requests; return whether it was not said already."""
        place_of(repository)
        file = _status_file(repository, commit)
        with explained(f"write {file}"):
            known = _read_statuses(file)
            new = {"state": status.state.value, "description": status.description}
            if known.get(status.context) == new:
                return False
            file.parent.mkdir(parents=True, exist_ok=True)
            replace_file(file, json.dumps({**known, status.context: new}, indent=2).encode())
        return True


def _status_file(repository: str, commit: str) -> Path:
    return pulls_folder(repository) / _STATUSES / f"{commit}.json"


def _read_statuses(file: Path) -> dict[str, object]:
    """Return what was said beside a commit; a file that makes no sense says nothing."""
    try:
        found = json.loads(file.read_bytes()) if file.is_file() else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
