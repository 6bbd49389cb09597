"""Pull requests of bare repositories in a folder; a `robot_action.hosting.PullRequests`.

Each is a Markdown file in a folder beside the repository (``acme/demo.pulls/1.md`` for ``acme/demo.git``). Merging is what
git does: once the base has the branch's commits, or all that they changed (a squash), the pull request counts as merged. To
decline one, write ``state: closed`` into its header, or delete the branch.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import replace
from pathlib import Path

from robot_action.clients.git.environment import Invocation
from robot_action.clients.git.runner import GitRunner
from robot_action.clients.local_branches import LocalBranches, place_of, pulls_folder, replace_file
from robot_action.clients.local_host import explained
from robot_action.errors import FailedError, InputError
from robot_action.model.pull_request import PullRequest, PullRequestFacts, PullRequestState, PullRequestWanted, choose
from robot_action.parsing.pull_request import read_mark, withdrawn
from robot_action.parsing.pull_request_file import dump_pull_request, parse_pull_request

_NAME = re.compile(r"([1-9][0-9]{0,8})\.md")
_SIZE_LIMIT = 1 << 20


class LocalPulls:
    """The pull requests of bare repositories; each repository is named by its folder.

    Args:
        runner: runs git.
    """

    def __init__(self, runner: GitRunner) -> None:
        self._runner = runner
        self._branches = LocalBranches(runner)

    def find(self, repository: str, branch: str, base: str) -> PullRequestFacts:
        """Return the pull requests of a branch."""
        files = _files(repository).items()
        found = (_read(file, repository, number) for number, file in files)
        return choose([self._as_it_is(one) for one in found if one.branch == branch], base)

    def create(self, wanted: PullRequestWanted) -> PullRequest:
        """Open one, or return the one that is open already."""
        if (there := self.find(wanted.repository, wanted.branch, wanted.base).open) is not None:
            return there
        head = self._branches.head(wanted.repository, wanted.branch)
        if head is None or self._branches.head(wanted.repository, wanted.base) is None:
            raise FailedError(f"{wanted.repository} does not have both the branches {wanted.branch} and {wanted.base}")
        folder = pulls_folder(wanted.repository)
        with explained(f"write to {folder}"):
            folder.mkdir(exist_ok=True)
            self._settle_merged(wanted)
            number = max(_files(wanted.repository), default=0) + 1
            while not _link_new(folder / f"{number}.md", dump_pull_request(_new(wanted, number, head.commit))):
                number += 1
        return _read(folder / f"{number}.md", wanted.repository, number)

    def update(self, found: PullRequest, wanted: PullRequestWanted) -> PullRequest:
        """Bring title, body and base to what is wanted, and the commit to the branch's."""
        found = _now(found)
        mark = read_mark(wanted.body)
        better = replace(found, title=wanted.title, body=wanted.body, base=wanted.base, revision=mark.revision, withdrawn=mark.withdrawn)
        return self._write(found, better)

    def close(self, found: PullRequest) -> PullRequest:
        """Close one, and mark it as withdrawn."""
        found = _now(found)
        body = withdrawn(found.body)
        closed = replace(found, state=PullRequestState.CLOSED, body=body, revision=read_mark(body).revision, withdrawn=True)
        return self._write(found, closed)

    def assign(self, found: PullRequest, wanted: PullRequestWanted) -> tuple[str, ...]:
        """Write down labels, reviewers and assignees."""
        found = _now(found)
        better = replace(
            found,
            labels=_both(found.labels, wanted.labels),
            reviewers=_both(found.reviewers, wanted.reviewers),
            teams=_both(found.teams, wanted.teams),
            assignees=_both(found.assignees, wanted.assignees),
        )
        self._write(found, better)
        return ()

    def set_draft(self, found: PullRequest, *, draft: bool) -> None:
        """Make it a draft, or ready for review."""
        there = _now(found)
        self._write(there, replace(there, draft=draft))

    def enable_auto_merge(self, found: PullRequest) -> str:
        """Tell that a folder merges nothing by itself."""
        del found
        return "a folder of repositories merges nothing by itself"

    def _write(self, found: PullRequest, better: PullRequest) -> PullRequest:
        file = _file(found)
        if dump_pull_request(_read(file, found.repository, found.number)) != dump_pull_request(better):
            with explained(f"write {file}"):
                replace_file(file, dump_pull_request(better))
        return better

    def _settle_merged(self, wanted: PullRequestWanted) -> None:
        """Write down which earlier ones of the branch were merged."""
        for number, file in _files(wanted.repository).items():
            there = _read(file, wanted.repository, number)
            if there.branch == wanted.branch and (now := self._as_it_is(there)).state is PullRequestState.MERGED:
                self._write(there, now)

    def _as_it_is(self, one: PullRequest) -> PullRequest:
        """Return one as its branch is now: merged where the base has what it proposes, or proposed last; closed where it is gone."""
        if one.state is not PullRequestState.OPEN:
            return one
        head, base = (self._branches.head(one.repository, branch) for branch in (one.branch, one.base))
        if head is None or base is None:
            return replace(one, state=PullRequestState.CLOSED)
        merged = next((commit for commit in (head.commit, one.head) if self._is_in(one.repository, commit, base.commit)), None)
        if merged is not None:  # the branch may have gone on since
            return replace(one, head=merged, state=PullRequestState.MERGED)
        return replace(one, head=head.commit)

    def _is_in(self, repository: str, commit: str, base: str) -> bool:
        """Tell whether the base has a commit or, as after a squash, everything that it changed."""
        place, any_end = place_of(repository), Invocation(accept=(0, 1, 128))  # 128: it is gone
        began = self._runner.run(place, "merge-base", commit, base, how=any_end).text
        if began in {commit, ""}:
            return began == commit
        changed, differing = (
            set(self._runner.run(place, "diff-tree", "-r", "-z", "--no-renames", "--name-only", before, commit).items)
            for before in (began, base)
        )
        return not changed & differing


def _file(pull: PullRequest) -> Path:
    return pulls_folder(pull.repository) / f"{pull.number}.md"


def _now(found: PullRequest) -> PullRequest:
    """Return what the file says by now, with the branch's commit as it was found."""
    return replace(_read(_file(found), found.repository, found.number), head=found.head)


def _both(there: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*there, *wanted)))


def _files(repository: str) -> dict[int, Path]:
    """Return the files of pull requests by their numbers."""
    place_of(repository)
    folder = pulls_folder(repository)
    with explained(f"look at {folder}"):
        files = list(folder.iterdir()) if folder.is_dir() else []
    return {int(match[1]): file for file in files if (match := _NAME.fullmatch(file.name))}


def _read(file: Path, repository: str, number: int) -> PullRequest:
    with explained(f"read {file}"), file.open("rb") as opened:
        text = opened.read(_SIZE_LIMIT + 1)
    if len(text) > _SIZE_LIMIT:
        raise InputError(f"{file} is larger than a pull request can be")
    return parse_pull_request(text, str(file), repository, number)


def _new(wanted: PullRequestWanted, number: int, head: str) -> PullRequest:
    return PullRequest(
        repository=wanted.repository,
        number=number,
        url="",
        state=PullRequestState.OPEN,
        base=wanted.base,
        branch=wanted.branch,
        head=head,
        title=wanted.title,
        body=wanted.body,
        draft=wanted.draft,
    )


def _link_new(file: Path, content: bytes) -> bool:
    """Write a new file at once and whole; return False where there is one of that name."""
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=".new-") as new:
        new.write(content)
        new.flush()
        path = Path(new.name)
        path.chmod(0o644)
        try:
            file.hardlink_to(path)
        except FileExistsError:
            return False
    return True
