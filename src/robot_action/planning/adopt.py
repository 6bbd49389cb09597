"""adopt's plan: a pure function of the facts."""

from __future__ import annotations

from collections.abc import Iterator

from robot_action.model.adopt import AdoptFacts, AdoptRequest, AdoptStep
from robot_action.model.plan import Plan
from robot_action.planning.summary import described

_SHOWN = 20


def plan_adopt(request: AdoptRequest, facts: AdoptFacts) -> Plan:
    """Return the one step that links a project to its template."""
    step = AdoptStep(
        stage="adopt",
        title=f"link to {facts.link.source} at {described(facts.template)}, in {facts.link.file}",
        details=tuple(_details(request, facts)),
        destination=request.project,
        file=facts.link.file,
        state=facts.state,
    )
    return Plan(request.project.name, (step,))


def _details(request: AdoptRequest, facts: AdoptFacts) -> Iterator[str]:
    near, project = facts.nearness, facts.link.project
    if project:  # its name is in what the template gives, so people have to know where it comes from
        whose = "folder" if project == request.project.name else "repository"
        yield f"the project is called {project}{'' if request.name else f', after its {whose}; --name says otherwise'}"
    yield f"files as the template gives them: {len(near.same):,}; different: {len(near.different):,}; missing: {len(near.missing):,}"
    for what, paths in (("different", near.different), ("missing", near.missing)):
        yield from (f"{what}: {path}" for path in paths[:_SHOWN])
        if len(paths) > _SHOWN:
            yield f"{what}: {len(paths) - _SHOWN:,} more"
    if facts.defaulted:
        yield f"answers taken from the defaults: {', '.join(facts.defaulted)}"
