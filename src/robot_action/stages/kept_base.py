"""The version that a project has, taken from where an earlier update kept it rendered, or rendered again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from robot_action.errors import RobotActionError
from robot_action.model.kept import KeepingHost, KeepWanted, Kept, KeptBase
from robot_action.model.link import Link
from robot_action.model.template import Rendering, Template
from robot_action.model.tree import Entry
from robot_action.model.update import Rendered, UpdateFacts, UpdateRequest
from robot_action.parsing.links import parse_links

if TYPE_CHECKING:
    from robot_action.planning.versions import Chosen
    from robot_action.ports import Ports
    from robot_action.stages.renderings import Renderings

_THERE = "the host keeps it already"
_READING = "with --bundle nothing is written to the host"


def find_base(
    ports: Ports, request: UpdateRequest, facts: UpdateFacts, renderings: Renderings, current: Chosen
) -> tuple[Rendered, KeptBase]:
    """Return the template as the project has it, and what becomes of that on the host where there is one.

    What was kept counts where it is what the state file has the digest of. The peers' state files have none: theirs counts
    where the old version cannot be rendered any more.

    Raises:
        RobotActionError: when it can be had in neither way.
    """
    template = renderings.present(current)
    base = _base(facts, renderings, current, template, _look(ports, request, facts, template))
    return base.rendered, _kept_base(request, facts, base)


def keep_present(ports: Ports, request: UpdateRequest, facts: UpdateFacts, renderings: Renderings, current: Chosen) -> KeptBase:
    """Return what becomes of the version that the project has, on its host, where nothing else is to be done."""
    if request.host is None or not request.host.writes:
        return KeptBase(told=(_READING,) if request.host else ())
    try:
        template = renderings.present(current)
        found = _look(ports, request, facts, template)
        if found.there and found.there is found.kept:
            return KeptBase(told=(_THERE,))
        return _kept_base(request, facts, _base(facts, renderings, current, template, found))
    except RobotActionError as error:
        return KeptBase(told=(f"it cannot be rendered any more: {error.problems[0].message}",))


@dataclass(frozen=True, slots=True)
class _Found:
    """What is kept of a version.

    Attributes:
        kept: what may be used; there: what the host has.
        problem: why the host cannot be asked, or ``""``.
    """

    kept: Kept | None = None
    there: Kept | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Base:
    """The template as the project has it, and where that is from.

    Attributes:
        is_proven: whether it is what the project was made of, as far as that can be known.
    """

    rendered: Rendered
    found: _Found
    note: str
    is_proven: bool


def _look(ports: Ports, request: UpdateRequest, facts: UpdateFacts, template: Template) -> _Found:
    """Look at the host first, and in the project's own repository for what the host does not have."""
    if not template.commit:
        return _Found()
    near, there, problem = _wanted(facts, facts.link, template), None, ""
    if request.host is not None:
        try:
            there = ports.git.kept(_far(request.host, near))
        except RobotActionError as error:
            problem = f"; {error.problems[0].message}"
    if there and facts.link.digest in {"", there.tree.digest}:
        return _Found(there, there)
    return _Found(ports.git.kept(near) or there, there, problem)


def _base(facts: UpdateFacts, renderings: Renderings, current: Chosen, template: Template, looked: _Found) -> _Base:
    link, found = facts.link, looked.kept
    where = " on the host" if found and found is looked.there else ""
    if found and link.digest and found.tree.digest == link.digest:
        return _Base(_rendered(template, link, found), looked, f"the kept rendering of the old version{where} was used", is_proven=True)
    try:
        rendered = renderings.base(current)
    except RobotActionError as error:
        if found is None or link.digest:
            raise
        why = f"since it cannot be rendered any more: {error.problems[0].message}"
        note = f"the kept rendering of the old version{where} was used, {why}"
        return _Base(_rendered(template, link, found), looked, note, is_proven=False)
    why = "none was kept" if found is None else "what was kept is something else" if link.digest else "nothing proves what was kept"
    is_proven = link.digest in {"", rendered.rendering.tree.digest}
    return _Base(rendered, looked, f"the old version was rendered again: {why}{looked.problem}", is_proven)


def _kept_base(request: UpdateRequest, facts: UpdateFacts, base: _Base) -> KeptBase:
    """Return what becomes of the version that the project has: where it is merged, its host is to keep it."""
    if request.host is None:
        return KeptBase(base.note)
    template, rendering = base.rendered.template, base.rendered.rendering
    what = Kept(rendering.tree, rendering.kept, rendering.sources)
    if why := next(_objections(request.host, base, what), ""):
        return KeptBase(told=(base.note, why))
    return KeptBase(keep=(_far(request.host, _wanted(facts, facts.link, template)), what), told=(base.note,))


def _objections(host: KeepingHost, base: _Base, what: Kept) -> Iterator[str]:
    """Yield why the host is not to keep a rendering."""
    rendered = base.rendered
    if base.found.there == what:
        yield _THERE
    if not host.writes:
        yield _READING
    if not rendered.template.commit:
        yield "a template without versions is not kept"
    if rendered.rendering.secret or any(question.secret for question in rendered.template.specification.questions):
        yield "it is not kept, for the template asks for secrets"
    if not base.is_proven:
        yield "it is not kept, for nothing proves that the project was made of it"


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


def _far(host: KeepingHost, near: KeepWanted) -> KeepWanted:
    return replace(near, url=host.url, state=f"{host.branch}:{near.state}")


def _rendered(template: Template, link: Link, found: Kept) -> Rendered:
    return Rendered(template, Rendering(found.tree, link.answers, link.answers, kept=found.kept, sources=found.sources))
