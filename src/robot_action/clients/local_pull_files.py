"""The files that hold the pull requests of bare repositories in a folder, and what git tells of their branches."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from robot_action.clients.git.environment import Invocation, Place
from robot_action.clients.git.runner import GitRunner
from robot_action.clients.local_host import explained
from robot_action.errors import InputError
from robot_action.model.pull_request import PullRequest, PullRequestState
from robot_action.parsing.pull_request_file import dump_pull_request, parse_pull_request

_NAME = re.compile(r"([1-9][0-9]{0,8})\.md")
_SIZE_LIMIT = 1 << 20


def place_of(repository: str) -> Place:
    """Return where a bare repository is.

    Raises:
        InputError: when there is none.
    """
    path = Path(repository)
    if not path.is_absolute() or not (path / "HEAD").is_file() or not (path / "objects").is_dir():
        raise InputError(f"{path} is no bare git repository", hint="Nothing there was touched. Name another repository.")
    return Place(path, git_dir=path)


def pulls_folder(repository: str) -> Path:
    """Return the folder beside a repository that holds its pull requests: ``demo.pulls`` for ``demo.git``."""
    path = Path(repository)
    return path.with_name(f"{path.name.removesuffix('.git')}.pulls")


def files_of(repository: str) -> dict[int, Path]:
    """Return the files of pull requests by their numbers."""
    place_of(repository)
    folder = pulls_folder(repository)
    with explained(f"look at {folder}"):
        files = list(folder.iterdir()) if folder.is_dir() else []
    return {int(match[1]): file for file in files if (match := _NAME.fullmatch(file.name))}


def read_pull(repository: str, number: int) -> PullRequest:
    """Return what a pull request's file says."""
    file = _file(repository, number)
    with explained(f"read {file}"), file.open("rb") as opened:
        text = opened.read(_SIZE_LIMIT + 1)
    if len(text) > _SIZE_LIMIT:
        raise InputError(f"{file} is larger than a pull request can be")
    return parse_pull_request(text, str(file), repository, number)


def write_pull(better: PullRequest) -> PullRequest:
    """Write what a pull request's file shall say, where it does not say it yet."""
    file = _file(better.repository, better.number)
    if dump_pull_request(read_pull(better.repository, better.number)) != dump_pull_request(better):
        with explained(f"write {file}"):
            replace_file(file, dump_pull_request(better))
    return better


def replace_file(file: Path, content: bytes) -> None:
    """Write a file at once and whole."""
    new = file.with_name(f".new-{file.name}")
    new.write_bytes(content)
    new.replace(file)


def link_new(pull: PullRequest) -> bool:
    """Write a new file at once and whole; return False where there is one of that number."""
    file = _file(pull.repository, pull.number)
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=".new-") as new:
        new.write(dump_pull_request(pull))
        new.flush()
        path = Path(new.name)
        path.chmod(0o644)
        try:
            file.hardlink_to(path)
        except FileExistsError:
            return False
    return True


def commit_of(runner: GitRunner, repository: str, branch: str) -> str:
    """Return a branch's newest commit, or ``""`` where there is no such branch."""
    asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"refs/heads/{branch}")
    return runner.run(place_of(repository), *asked, how=Invocation(accept=(0, 1))).text


def as_it_is(runner: GitRunner, one: PullRequest) -> PullRequest:
    """Return one as its branch is now: merged where the base has what it proposes, or proposed last; closed where it is gone."""
    if one.state is not PullRequestState.OPEN:
        return one
    head, base = (commit_of(runner, one.repository, branch) for branch in (one.branch, one.base))
    ever = (commit for commit in (head, one.head) if commit and base)  # the branch may have gone on since, or away
    counts = not _was_merged_before(one)  # what was taken out again, and is proposed again, is not merged by what the base once had
    if merged := next((commit for commit in ever if _is_in(runner, one.repository, commit, base, ever=counts)), ""):
        return replace(one, head=merged, state=PullRequestState.MERGED)
    return replace(one, head=head) if head and base else replace(one, state=PullRequestState.CLOSED)


def settle(runner: GitRunner, repository: str, branch: str) -> None:
    """Write down which pull requests of a branch are merged, or closed because it is gone: it tells no more once it is pushed to."""
    found = (read_pull(repository, number) for number in files_of(repository))
    for now in (as_it_is(runner, one) for one in found if one.branch == branch):
        if now.state is not PullRequestState.OPEN:
            write_pull(now)


def _file(repository: str, number: int) -> Path:
    return pulls_folder(repository) / f"{number}.md"


def _was_merged_before(one: PullRequest) -> bool:
    """Tell whether an earlier pull request proposed the very same commit, and was merged."""
    numbers = (number for number in files_of(one.repository) if number < one.number)
    earlier = (read_pull(one.repository, number) for number in numbers)
    return any(other.branch == one.branch and other.head == one.head and other.state is PullRequestState.MERGED for other in earlier)


def _is_in(runner: GitRunner, repository: str, commit: str, base: str, *, ever: bool) -> bool:
    """Tell whether the base has a commit or, as after a squash, everything that it changed; ``ever``: or had that at some time since."""
    place, any_end = place_of(repository), Invocation(accept=(0, 1, 128))  # 128: it is gone
    began = runner.run(place, "merge-base", commit, base, how=any_end).text
    if began in {commit, ""}:
        return began == commit
    changed = _differing(runner, place, commit, [began])[began]
    since = _changing(runner, place, changed, (base, f"^{began}")) if ever else ()
    return not all(map(changed.intersection, _differing(runner, place, commit, [base, *since]).values()))


def _changing(runner: GitRunner, place: Place, paths: Iterable[bytes], commits: Iterable[str]) -> Sequence[str]:
    """Return those of some commits that change some paths."""
    how = Invocation(stdin=b"\n".join((b"--", *sorted(paths))), variables={"GIT_LITERAL_PATHSPECS": "1"})
    return runner.run(place, "rev-list", "--stdin", *commits, how=how).text.split()


def _differing(runner: GitRunner, place: Place, commit: str, others: Iterable[str]) -> Mapping[str, set[bytes]]:
    """Return the paths at which a commit differs from each of some others (git-diff-tree(1), ``--stdin``)."""
    found: dict[str, set[bytes]] = {other: set() for other in others}
    stdin = "".join(f"{other} {commit}\n" for other in found).encode()
    items = iter(runner.run(place, "diff-tree", "--stdin", "-r", "-z", "--raw", "--no-renames", how=Invocation(stdin=stdin)).items)
    other = ""
    for item in items:
        if item.startswith(b":"):
            found[other].add(next(items))
        else:
            other = item.decode()
    return found
