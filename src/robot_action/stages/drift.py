"""Drift: which files of a project are not as its template gives them, and giving them back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from robot_action.errors import FailedError, InputError, Position, RobotActionError
from robot_action.exchange import Compared, CompareWanted
from robot_action.merging.attributes import as_checked_out
from robot_action.model.check import CheckRequest, Drift
from robot_action.model.paths import parents_of
from robot_action.model.request import Trust
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.model.update import Rendered, UpdateRequest
from robot_action.parsing.wording import listed
from robot_action.planning.healing import choose_healed
from robot_action.ports import Ports
from robot_action.rendering.patterns import make_matcher
from robot_action.stages.behind import Followed
from robot_action.stages.links import find_top
from robot_action.stages.renderings import Renderings


@dataclass(frozen=True, slots=True)
class Drifted:
    """What was found in one project.

    Attributes:
        top: of the repository; prefix: where in it the project lies.
        tree: what the template gives, without the state file.
        compared: how the project's commit differs from it.
        drift: the same in three parts.
    """

    top: Path
    prefix: str
    tree: Tree
    compared: Compared
    drift: Drift


def inspect(ports: Ports, request: CheckRequest, followed: Followed) -> Drifted:
    """Render the template as the project has it, with the project's answers, and compare.

    Raises:
        FailedError: when the project is not committed, or its state file says something else than what is committed.
        InputError: when template or answers are wrong, or the version that the project has is not known.
        NotPermittedError: when the template cannot be rendered without running its own code, and its source is not trusted.
    """
    link = followed.link
    top, prefix = find_top(ports, followed.project, "Commit the project first: what is committed is compared.")
    epoch = ports.git.committed_at(top, f"{prefix}{link.file}")
    renderings, rendered = _rendered(ports, request, followed, epoch)
    _check_known(followed, rendered)
    tree = Tree({path: entry for path, entry in rendered.rendering.tree.items() if path != link.file and entry.mode is not Mode.DIRECTORY})
    compared = _compared(ports, followed, CompareWanted(top, prefix, tree))
    skip = make_matcher(link.skip, "skip", link.file)
    kept = rendered.rendering.kept
    differing = {*compared.changed, *compared.missing}
    left = {path for path in differing if skip(path)} | kept.intersection(compared.changed)
    if rendered.rendering.secret and differing - left:
        left |= differing & _with_secrets(renderings, rendered)
    drift = Drift(changed=_without(compared.changed, left), deleted=_without(compared.missing, left), left_alone=tuple(sorted(left)))
    return Drifted(top, prefix, tree, compared, drift)


def _check_known(followed: Followed, rendered: Rendered) -> None:
    """See that a template that is taken as it stands is what the project was made from.

    Raises:
        InputError: when it is another one by now, or may be.
    """
    link = followed.link
    if rendered.template.commit or (link.digest == rendered.rendering.tree.digest if link.digest else not followed.unversioned):
        return
    if followed.unversioned:
        raise followed.unversioned
    raise InputError(
        f"{followed.project} was made from {followed.source.text} as it stood, so that nobody knows what that gave then",
        position=Position(link.file),
        hint="Keep templates in git, so that each version stays at hand.",
    )


def _compared(ports: Ports, followed: Followed, wanted: CompareWanted) -> Compared:
    """Compare what is committed, as it was made: a state file that was only just written tells of another version."""
    file, project = followed.link.file, followed.project
    compared = ports.git.compare(replace(wanted, tree=wanted.tree.with_entries(ports.files.read_tree(project, [file]))))
    if file in compared.changed and file in _dirty(ports, wanted.folder, wanted.prefix):  # git may convert line ends (core.autocrlf)
        raise FailedError(f"{project / file} has changes that are not committed", hint="Commit them: what is committed is compared.")
    changed, missing = (_without(paths, {file}) for paths in (compared.changed, compared.missing))  # a new one: it was linked just now
    return replace(compared, changed=changed, missing=missing)


def heal(ports: Ports, request: CheckRequest, followed: Followed, found: Drifted) -> Drift:
    """Give chosen files back what the template gives, in the work tree; nothing is committed.

    Raises:
        UsageError: when a chosen path is none of the template's.
        FailedError: when it has changes in the work tree that are not committed, or something else is in its way; nothing is
            written then.
    """
    drift, project = found.drift, followed.project
    chosen = choose_healed(request.heal, found.tree, drift.left_alone)
    with ports.files.lock(f"destination {project}", str(project)):
        wanted = {path: _checked_out(found, path) for path in chosen}
        present = _present(ports, project, wanted)
        stale = {path for path, entry in wanted.items() if present.get(path) != entry}
        _check_loss(ports, found, project, {path: present.get(path) for path in stale})
        drifted = {*drift.changed, *drift.deleted}
        healed = tuple(path for path in chosen if path in drifted)
        if request.dry_run:
            return replace(drift, to_heal=healed)
        ports.files.write_into(Tree({path: wanted[path] for path in stale & drifted}), project)
    return replace(drift, healed=healed)


def _with_secrets(renderings: Renderings, rendered: Rendered) -> set[str]:
    """Return the paths that secret answers make what they are: no state file has those, so nobody knows what the template gives."""
    with suppress(RobotActionError):  # the template does not take every answer
        other = renderings.other(rendered, rendered.rendering.secret).rendering.tree
        return {path for path, entry in rendered.rendering.tree.items() if other.get(path) != entry}
    return set()


def _rendered(ports: Ports, request: CheckRequest, followed: Followed, epoch: int) -> tuple[Renderings, Rendered]:
    """Render at the moment of the project's last update, as far as its commits tell: a dated file has not drifted."""
    wanted = UpdateRequest(
        project=followed.project,
        epoch=epoch or request.epoch,
        file=followed.link.file,
        source=request.source,
        trust=request.trust or Trust(),
        skip_tasks=request.skip_tasks,
        environment=request.environment,
        seed=request.seed,
    )
    renderings = Renderings(ports, wanted, followed.link, followed.source)
    current = followed.standing.current
    return renderings, renderings.again(current) if request.source else renderings.base(current)


def _without(paths: Collection[str], left: Collection[str]) -> tuple[str, ...]:
    return tuple(path for path in paths if path not in left)


def _checked_out(found: Drifted, path: str) -> Entry:
    """Return a file as it stands in a work tree."""
    entry, attributes = found.tree[path], found.compared.attributes
    return as_checked_out(entry, attributes[path]) if path in attributes else entry


def _present(ports: Ports, project: Path, paths: Collection[str]) -> Mapping[str, Entry]:
    return ports.files.read_tree(project, [path for path in paths if ports.files.exists(project / path)], empty_folders=False)


def _check_loss(ports: Ports, found: Drifted, project: Path, stale: Mapping[str, Entry | None]) -> None:
    """See that nothing goes away that nobody could bring back.

    Args:
        ports: to look.
        found: what the project is compared with.
        project: its folder.
        stale: what is not as it is wanted, as it stands in the work tree; None: it is not there.

    Raises:
        FailedError: when something would; see `heal`.
    """
    if taken := sorted(set(_taken(ports, project, stale))):
        raise FailedError(
            f"{project} has something else where the template's files go: {listed(taken)}",
            hint="A file, a link, a folder or another repository is there. Move it away, or name other paths with --heal.",
        )
    unknown = {path for path, entry in stale.items() if entry is not None and path in found.compared.missing}  # git may ignore such
    if lost := sorted(_dirty(ports, found.top, found.prefix).intersection(stale) | unknown):
        raise FailedError(
            f"{project} has changes that are not committed: {listed(lost)}",
            hint="Commit them, or put them away with git stash --include-untracked: what the template gives would replace them.",
        )


def _taken(ports: Ports, project: Path, stale: Mapping[str, Entry | None]) -> Iterator[str]:
    """Yield what stands where a path, or a folder on the way to it, has to be."""
    yield from (path for path, entry in stale.items() if entry is not None and entry.mode is Mode.DIRECTORY)
    folders = {folder for path in stale for folder in parents_of(path)}
    for folder, entry in ports.files.read_tree(project, sorted(folders)).items():
        if entry.mode is not Mode.DIRECTORY or ports.files.exists(project / folder / ".git"):
            yield folder


def _dirty(ports: Ports, top: Path, prefix: str) -> set[str]:
    local = ports.git.inspect(top)
    paths = local.dirty if local else ()
    return {path.removeprefix(prefix) for path in paths if path.startswith(prefix)}
