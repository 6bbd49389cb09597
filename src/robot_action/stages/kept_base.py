"""The version that a project has, taken from where an earlier update kept it rendered, or rendered again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from robot_action.errors import RobotActionError
from robot_action.model.kept import KeepWanted, Kept, KeptBase
from robot_action.model.link import Link
from robot_action.model.template import Rendering, Template
from robot_action.model.tree import Entry
from robot_action.model.update import Rendered, UpdateFacts
from robot_action.parsing.links import parse_links

if TYPE_CHECKING:
    from robot_action.planning.versions import Chosen
    from robot_action.ports import Ports
    from robot_action.stages.renderings import Renderings


def find_base(ports: Ports, facts: UpdateFacts, renderings: Renderings, current: Chosen) -> tuple[Rendered, KeptBase]:
    """Return the template as the project has it.

    What was kept counts where it is what the state file has the digest of. The peers' state files have none: theirs counts
    where the old version cannot be rendered any more.

    Raises:
        RobotActionError: when it can be had in neither way.
    """
    link = facts.link
    template = renderings.present(current)
    found = ports.git.kept(_wanted(facts, link, template)) if template.commit else None
    if found and link.digest and found.tree.digest == link.digest:
        return _rendered(template, link, found), KeptBase("the kept rendering of the old version was used")
    try:
        base = renderings.base(current)
    except RobotActionError as error:
        if found is None or link.digest:
            raise
        note = f"the kept rendering of the old version was used, since it cannot be rendered any more: {error.problems[0].message}"
        return _rendered(template, link, found), KeptBase(note)
    why = "none was kept" if found is None else "what was kept is something else" if link.digest else "nothing proves what was kept"
    return base, KeptBase(f"the old version was rendered again: {why}")


def with_new(facts: UpdateFacts, base: KeptBase, theirs: Rendered, state: Mapping[str, Entry]) -> KeptBase:
    """Return the same with the rendering to keep: none with secret answers in it, and none that could not be found again."""
    rendering, file = theirs.rendering, state.get(facts.link.file)
    if rendering.secret:
        return replace(base, note=f"{base.note}; the new one is not kept, for the template asks for secrets")
    if file is None or not theirs.template.commit or facts.base is None:
        return base
    link = parse_links(file.content, facts.link.file, facts.link.tool, None)[0]
    before = _wanted(facts, facts.link, facts.base.template)
    wanted = replace(_wanted(facts, link, theirs.template), beside=before.name)
    return replace(base, keep=(wanted, Kept(rendering.tree, rendering.kept, rendering.sources)))


def _wanted(facts: UpdateFacts, link: Link, template: Template) -> KeepWanted:
    """Return where a version is kept: by the digest of source, commit and answers."""
    what = [link.source, link.subdirectory, template.commit, dict(link.answers)]
    text = json.dumps(what, sort_keys=True, default=str)
    return KeepWanted(facts.top, hashlib.sha256(text.encode()).hexdigest(), f"{facts.prefix}{link.file}")


def _rendered(template: Template, link: Link, found: Kept) -> Rendered:
    return Rendered(template, Rendering(found.tree, link.answers, link.answers, kept=found.kept, sources=found.sources))
