"""Renderings that a project's repository on a host keeps: read and written by repositories of ours, so that the project stays as it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from robot_action.clients.git.environment import GitOutput, Invocation, Place
from robot_action.clients.git.fetch import make_scratch
from robot_action.clients.git.push import RECEIVE_PACK
from robot_action.clients.git.references import UPLOAD_PACK, is_folder, list_refs
from robot_action.clients.git.refusals import explain_refusal
from robot_action.clients.git.rendered import KEPT, made, read, subject_of
from robot_action.clients.git.runner import GitRunner
from robot_action.errors import FailedError, RobotActionError
from robot_action.model.kept import KeepWanted, Kept
from robot_action.parsing.git_objects import algorithm_of

_FETCHED = "refs/robot-action/fetched"
_ANY = Invocation(accept=range(256))
_LOOK = Invocation(accept=(0, 1, 128))


def kept(runner: GitRunner, wanted: KeepWanted) -> Kept | None:
    """Return what is kept under a name; see `robot_action.repositories.Git.kept`."""
    name = f"{KEPT}{wanted.name}"
    there = list_refs(runner, wanted.url).get(name)
    if there is None:
        return None
    with runner.scratch("rendered") as folder:
        place = make_scratch(runner, folder / "git", algorithm_of(there))
        _fetch(runner, place, wanted.url, f"+{name}:{_FETCHED}")
        commit = runner.run(place, "rev-parse", "--verify", "--quiet", f"{_FETCHED}^{{commit}}", how=_LOOK).text
        return read(runner, place, commit) if commit else None


def keep(runner: GitRunner, wanted: KeepWanted, what: Kept) -> str:
    """Keep a rendering under a name, whatever was there; see `robot_action.repositories.Git.keep`.

    Raises:
        RobotActionError: when the host does not take it.
    """
    name, there = f"{KEPT}{wanted.name}", list_refs(runner, wanted.url)
    if not there:
        raise FailedError(f"{wanted.url} has no branch yet")
    with runner.scratch("rendered") as folder:
        place = make_scratch(runner, folder / "git", algorithm_of(next(iter(there.values()))))
        commit = made(runner, place, wanted, what)
        if there.get(name) != commit:
            done = _push(runner, place, wanted.url, [f"+{commit}:{name}"])
            if done.code:
                raise explain_refusal(done, wanted.url, name) or runner.failure("push", wanted.url, done)
        staying = {name, f"{KEPT}{wanted.beside}"}
        others = {ref: target for ref, target in there.items() if ref.startswith(KEPT) and ref not in staying}
        try:
            _prune(runner, make_scratch(runner, folder / "others", algorithm_of(commit)), wanted, others)
        except RobotActionError as error:
            return f"what was kept for older versions stays: {error.problems[0].message}"
    return ""


def _prune(runner: GitRunner, place: Place, wanted: KeepWanted, others: Mapping[str, str]) -> None:
    """Remove what else is kept for the same project, unless it was written anew meanwhile."""
    if not others:
        return
    # Titles are enough. Who knows no filters gives all, and git takes none for a folder: a promisor's name begins with no slash.
    titles = () if is_folder(wanted.url) else ("--filter=tree:0",)
    _fetch(runner, place, wanted.url, f"+{KEPT}*:{KEPT}*", *titles)
    listed = runner.run(place, "for-each-ref", "--format=%(refname)%00%(contents:subject)", KEPT).text.splitlines()
    subjects = {ref: subject for ref, _, subject in (line.partition("\0") for line in listed)}
    old = [ref for ref in others if subjects.get(ref) == subject_of(wanted)]
    if old:
        done = _push(runner, place, wanted.url, [f":{ref}" for ref in old], [f"--force-with-lease={ref}:{others[ref]}" for ref in old])
        if done.code:
            raise explain_refusal(done, wanted.url, old[0]) or runner.failure("push", wanted.url, done)


def _fetch(runner: GitRunner, place: Place, url: str, refspec: str, *more: str) -> None:
    local = (f"--upload-pack={UPLOAD_PACK}",) if is_folder(url) else ()
    runner.remote(place, url, "fetch", "--progress", "--no-tags", "--no-write-fetch-head", "--depth=1", *local, *more, "--", url, refspec)


def _push(runner: GitRunner, place: Place, url: str, refspecs: Collection[str], leases: Collection[str] = ()) -> GitOutput:
    options = ("--porcelain", "--progress", "--no-verify", "--no-signed", "--no-follow-tags", "--recurse-submodules=no")
    local = (f"--receive-pack={RECEIVE_PACK}",) if is_folder(url) else ()
    return runner.remote(place, url, "push", *options, *leases, *local, "--", url, *refspecs, how=_ANY)
