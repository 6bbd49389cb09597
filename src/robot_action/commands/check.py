"""check: which projects are behind their templates and, on request, which of their files are not as the template gives them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from robot_action.errors import RobotActionError
from robot_action.model.check import Checked, CheckReport, CheckRequest, Drift, Rival, TemplateVersion
from robot_action.model.link import Link
from robot_action.parsing.git_urls import without_user
from robot_action.planning.standing import name_of, short_commit
from robot_action.stages.behind import Followed, Lookout
from robot_action.stages.links import find_places, find_tops, find_twin, read_links, top_of, unlinked
from robot_action.stages.rivals import look_for_rivals

if TYPE_CHECKING:
    from robot_action.ports import Ports, ReadPorts

_Look = Callable[[Followed], Drift | None]


def check_versions(ports: ReadPorts, request: CheckRequest) -> CheckReport:
    """Compare versions alone: nothing is fetched and nothing rendered."""
    return _check(ports, request, lambda _followed: None)


def check_drift(ports: Ports, request: CheckRequest) -> CheckReport:
    """Compare versions and files, and heal those that are named."""
    from robot_action.stages import drift  # rendering is loaded for those who ask for it

    def look(followed: Followed) -> Drift:
        found = drift.inspect(ports, request, followed)
        return drift.heal(ports, request, followed, found) if request.heal else found.drift

    return _check(ports, request, look)


def _check(ports: ReadPorts, request: CheckRequest, look: _Look) -> CheckReport:
    lookout = Lookout(ports, request)
    found = (checked for label, folder in request.projects for checked in _named(ports, lookout, (label, folder), look))
    return CheckReport(tuple(found), request.dry_run)


def _named(ports: ReadPorts, lookout: Lookout, named: tuple[str, Path], look: _Look) -> Sequence[Checked]:
    """Return the projects of a folder that somebody names; that there are none is told."""
    label, folder = named
    tops = ("",) if lookout.request.file else find_tops(ports, folder)
    found = [checked for top in tops for checked in _top(ports, lookout, (_joined(label, top), folder / top), look)]
    return found or [_failed(Checked(label), unlinked(ports, folder))]


def _top(ports: ReadPorts, lookout: Lookout, named: tuple[str, Path], look: _Look) -> Iterator[Checked]:
    """Yield the projects of a folder or a repository, one for each template that they follow."""
    label, folder = named
    try:
        places = (("", lookout.request.file),) if lookout.request.file else find_places(ports, folder)
    except RobotActionError as error:
        yield _failed(Checked(label), error)
        return
    for below, name in places:
        project = folder / below
        blank = Checked(_joined(label, below), name)
        try:
            links = read_links(ports, project, name)
        except RobotActionError as error:
            yield _failed(blank, error)
            continue
        for link in links:
            yield _link(ports, lookout, (replace(blank, tool=link.tool.value, template=without_user(link.source)), project, link), look)


def _link(ports: ReadPorts, lookout: Lookout, found: tuple[Checked, Path, Link], look: _Look) -> Checked:
    checked, project, link = found
    try:
        checked = replace(checked, rivals=look_for_rivals(ports.files, top_of(ports, project) or project, link.tool))
        followed = lookout.follow(checked.project, project, link)
        standing = followed.standing
        checked = replace(
            checked,
            current=TemplateVersion(standing.current.commit, name_of(standing.current, link.version)),
            newest=TemplateVersion(standing.newest.commit, name_of(standing.newest)),
            between=standing.between,
            is_behind=standing.is_behind,
            is_ahead=standing.is_ahead,
            is_asked=standing.is_asked,
        )
        checked = replace(checked, rivals=(*checked.rivals, *_twins(ports, lookout, followed)))
        looked = replace(checked, drift=look(followed))
        return _failed(looked, followed.unversioned) if followed.unversioned else looked
    except RobotActionError as error:
        return _failed(checked, error)


def _twins(ports: ReadPorts, lookout: Lookout, followed: Followed) -> Iterator[Rival]:
    """Yield Copier's answers file beside our own state file, if it tells of another version: Copier updated the project by itself."""
    link, mine = followed.link, followed.standing.current
    twin = find_twin(ports, followed.project, link)
    if twin is None or not mine.commit:
        return
    theirs = lookout.follow("", followed.project, replace(link, tool=twin.tool, version=twin.version, commit=twin.commit)).standing.current
    short = short_commit(twin)
    tells = theirs.commit or short  # the whole of it, where the template has it still
    if not mine.commit.startswith(tells):
        names = name_of(theirs, twin.version), name_of(mine, link.version)
        how = f"robot-action update --ref {short or twin.version} goes on from there"
        yield Rival(twin.file, f"it has {names[0]}, and {link.file} has {names[1]}; {how}")


def _failed(checked: Checked, error: RobotActionError) -> Checked:
    return replace(checked, problems=error.problems, exit_code=error.exit_code)


def _joined(label: str, below: str) -> str:
    if not below:
        return label
    return below if label in {"", "."} else f"{label.rstrip('/')}/{below}"
