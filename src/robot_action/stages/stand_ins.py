"""What stands for files of a template that are not rendered for an update: what the project has in their place.

Base and theirs get the same there, so that the merge leaves the project's file as it is; nothing else depends on what it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from robot_action.model.cookiecutter import CookiecutterSettings
from robot_action.model.template import Rendering, Specification
from robot_action.model.tree import Entry, Tree
from robot_action.ports import Ports

StandIns = Mapping[str, bytes]
"""By the path in the template."""


def likely(ports: Ports, project: Path, specification: Specification, spared: Collection[str]) -> frozenset[str]:
    """Return those of the spared files that the project has, as far as their paths tell before anything is rendered."""
    settings = specification.settings
    top = (settings.folder if isinstance(settings, CookiecutterSettings) else specification.directory).strip("/")
    start, suffix = f"{top}/" if top else "", "" if isinstance(settings, CookiecutterSettings) else specification.suffix
    places = {path: path.removeprefix(start).removesuffix(suffix) for path in spared}
    return frozenset(path for path, place in places.items() if "{" in place or ports.files.exists(project / place))


def find_stand_ins(ports: Ports, project: Path, base: Rendering, spared: Collection[str]) -> StandIns:
    """Return what the project has in the place of the spared files; not of those that it has not, or that make several files."""
    made: dict[str, list[str]] = {}
    for path, source in base.sources.items():
        if source in spared:
            made.setdefault(source, []).append(path)
    single = {paths[0]: source for source, paths in made.items() if len(paths) == 1}
    present = ports.files.read_tree(project, list(single))
    return {source: present[path].content for path, source in single.items() if path in present}


def put_in(rendering: Rendering, stand_ins: StandIns) -> Rendering:
    """Return a rendering with the stand-ins in their places."""
    if not stand_ins:
        return rendering
    entries = {
        path: Entry(entry.mode, stand_ins[source]) if (source := rendering.sources.get(path, "")) in stand_ins else entry
        for path, entry in rendering.tree.items()
    }
    return replace(rendering, tree=Tree(entries))
