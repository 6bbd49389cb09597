"""Pushing a project's commit, and getting a project back: the network only ever sees repositories of ours."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from robot_action.clients.files import staging
from robot_action.clients.git.environment import GitOutput, Invocation, Place
from robot_action.clients.git.project import Located, borrowed, locate
from robot_action.clients.git.references import UPLOAD_PACK, list_refs
from robot_action.clients.git.refusals import explain_refusal
from robot_action.clients.git.runner import GitRunner
from robot_action.errors import FailedError, RobotActionError
from robot_action.exchange import PushWanted
from robot_action.parsing.git_urls import is_local, without_user

_HEADS = "refs/heads/"
_TAGS = "refs/tags/"
# How receive-pack is started in a folder of this machine: nothing that is configured there runs.
RECEIVE_PACK = (
    "GIT_ALLOW_PROTOCOL=none git -c safe.directory='*' -c core.hooksPath=/dev/null -c core.fsmonitor=false "
    "-c core.alternateRefsCommand=true -c receive.autogc=false receive-pack"
)


def push(runner: GitRunner, wanted: PushWanted) -> None:
    """Bring a commit to a branch, and a tag; see `robot_action.repositories.Git.push`.

    Raises:
        FailedError: when the project lacks the commit, or the repository has other commits.
        NotPermittedError: when a rule or the token forbids it.
    """
    found = locate(runner, wanted.folder)
    if found is None:
        raise FailedError(f"{wanted.folder} is no git repository, so there is nothing to push")
    _check(runner, wanted.url)
    _set_origin(runner, found, wanted)
    with borrowed(runner, found) as project:
        place = project.bare
        if refspecs := _missing(runner, place, found, wanted):
            _send(runner, place, found, wanted, refspecs)
    _track(runner, found, wanted)


def _check(runner: GitRunner, url: str) -> None:
    """Refuse a forbidden transport; a folder is the host ``local``, which the manifest names as it names a destination."""
    if not is_local(url):
        runner.check(url)
    elif not url.startswith("/"):
        raise FailedError(f"{url!r} is no absolute folder")


def _missing(runner: GitRunner, place: Place, found: Located, wanted: PushWanted) -> list[str]:
    """Return the refspecs of what the repository lacks.

    Raises:
        FailedError: when it has something else there.
    """
    there = list_refs(runner, wanted.url)
    branch = f"{_HEADS}{wanted.branch}"
    refspecs = []
    if there.get(branch) != wanted.commit:
        _check_ancestor(runner, place, wanted, there.get(branch))
        refspecs.append(f"{wanted.commit}:{branch}")
    if wanted.tag:
        name = f"{_TAGS}{wanted.tag}"
        if name not in found.refs:
            raise FailedError(f"the project has no tag {wanted.tag!r}")
        if name not in there:
            refspecs.append(f"{found.refs[name]}:{name}")
        elif there[name] != runner.run(place, "rev-parse", "--verify", f"{found.refs[name]}^{{}}").text:
            raise FailedError(
                f"{wanted.url} has a tag {wanted.tag!r} already, of another commit", hint="Name another version: tags are never moved."
            )
    return refspecs


def _check_ancestor(runner: GitRunner, place: Place, wanted: PushWanted, there: str | None) -> None:
    if there is None:
        return
    how = Invocation(accept=(0, 1, 128))  # 128: a commit that the project does not know
    if runner.run(place, "merge-base", "--is-ancestor", there, wanted.commit, how=how).code:
        raise FailedError(
            f"{wanted.url} has commits on {wanted.branch!r} that the project does not have ({there[:12]})",
            hint="Somebody pushed there; nothing was overwritten. Look at them, and merge them into the project by hand.",
        )


def _send(runner: GitRunner, place: Place, found: Located, wanted: PushWanted, refspecs: list[str]) -> None:
    """Push all or nothing, where the server can promise that."""
    done = _push(runner, place, wanted, "--atomic", refspecs)
    if "does not support --atomic" in done.errors:
        done = _push(runner, place, wanted, "--no-atomic", refspecs)
    if done.code and _is_still_missing(runner, place, found, wanted):
        raise explain_refusal(done, wanted.url, wanted.branch) or runner.failure("push", wanted.url, done)


def _push(runner: GitRunner, place: Place, wanted: PushWanted, atomic: str, refspecs: list[str]) -> GitOutput:
    options = ("--porcelain", "--progress", "--no-verify", "--no-signed", "--no-follow-tags", "--recurse-submodules=no", atomic)
    local = (f"--receive-pack={RECEIVE_PACK}",) if is_local(wanted.url) else ()
    return runner.remote(place, wanted.url, "push", *options, *local, "--", wanted.url, *refspecs, how=Invocation(accept=range(256)))


def _is_still_missing(runner: GitRunner, place: Place, found: Located, wanted: PushWanted) -> bool:
    """Look again after a refusal: another run may have pushed the very same commit at once."""
    try:
        return bool(_missing(runner, place, found, wanted))
    except RobotActionError:
        return True


def _config(found: Located) -> tuple[str, str, str]:
    return ("config", "--file", str(found.common_dir / "config"))


def _set_origin(runner: GitRunner, found: Located, wanted: PushWanted) -> None:
    """Name the repository ``origin`` in the project, if it has none; before the push, so that a killed one is found."""
    config = _config(found)
    if runner.run(found.place, *config, "--get", "remote.origin.url", how=Invocation(accept=(0, 1))).code == 0:
        return
    for key, value in _origin(wanted.url, wanted.branch).items():
        runner.run(found.place, *config, key, value)


def _origin(url: str, branch: str) -> Mapping[str, str]:
    """Return the configuration of a clone; the URL comes last, for where it stands the rest is not looked for."""
    return {
        "remote.origin.fetch": "+refs/heads/*:refs/remotes/origin/*",
        f"branch.{branch}.remote": "origin",
        f"branch.{branch}.merge": f"{_HEADS}{branch}",
        "remote.origin.url": without_user(url),
    }


def _track(runner: GitRunner, found: Located, wanted: PushWanted) -> None:
    """Remember in the project what is on ``origin`` now, as a push of the user's own would."""
    how = Invocation(accept=(0, 1))
    if runner.run(found.place, *_config(found), "--get", "remote.origin.url", how=how).text == without_user(wanted.url):
        runner.run(found.place, "update-ref", f"refs/remotes/origin/{wanted.branch}", wanted.commit)


def restore(runner: GitRunner, source: tuple[str, str], branch: str, folder: Path) -> None:
    """Make ``folder`` a clone with a branch checked out at a commit; see `robot_action.repositories.Git.restore`.

    Args:
        runner: runs git.
        source: URL and commit.
        branch: the local branch.
        folder: must not exist.

    Raises:
        FailedError: when the repository does not have the commit, or the folder cannot be made.
    """
    url, commit = source
    _check(runner, url)
    with staging(folder) as stage:
        runner.run(Place(stage), "init", "--quiet", "--template=", f"--initial-branch={branch}", str(stage))
        place = Place(stage, git_dir=stage / ".git", work_tree=stage)
        for key, value in _origin(url, branch).items():
            runner.run(place, "config", "--file", str(stage / ".git/config"), key, value)
        local = (f"--upload-pack={UPLOAD_PACK}",) if is_local(url) else ()
        options = ("--progress", "--no-write-fetch-head", *local)
        runner.remote(place, url, "fetch", *options, "--", url, "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")
        if runner.run(place, "cat-file", "-e", f"{commit}^{{commit}}", how=Invocation(accept=(0, 1, 128))).code:
            raise FailedError(f"{url} does not have the commit {commit}")
        runner.run(place, "update-ref", f"{_HEADS}{branch}", commit)
        runner.run(place, "read-tree", "--reset", "-u", commit)
        try:
            stage.rename(folder)
        except OSError as error:
            raise FailedError(f"{folder} cannot be made: {error.strerror}") from error
