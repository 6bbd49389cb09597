"""What every planner of a step shares."""

from __future__ import annotations

from robot_action.errors import FailedError, Position
from robot_action.model.facts import Destination
from robot_action.model.plan import Step
from robot_action.model.template import Rendering, Template
from robot_action.planning.situation import Situation

EXISTS = "the project exists already"
COMMITTED = "the project is committed already"
PACKED = "the project comes packed"


def skipped(stage: str, title: str, reason: str, known: object = None) -> Step:
    """Return a step with nothing to do."""
    return Step(stage=stage, title=title, skip=reason, known=known)


def rendered(situation: Situation) -> tuple[Rendering, Template]:
    """Return the rendering and its template, which a project that is still to be made always has."""
    if situation.facts.rendering is None or situation.facts.template is None:
        raise FailedError("the template was not rendered")
    return situation.facts.rendering, situation.facts.template


def destination_of(situation: Situation) -> Destination:
    """Return what stands at the destination."""
    if situation.facts.destination is None:
        raise FailedError("the destination was not looked at")
    return situation.facts.destination


def earlier_of(situation: Situation) -> frozenset[str]:
    """Return the files that were there before the project; in a repository, git tells them from ours."""
    local, earlier = situation.facts.local, destination_of(situation).earlier
    if situation.again and local is not None:
        return earlier & frozenset(local.dirty)
    return frozenset() if local is not None and local.head else earlier


def position_of(situation: Situation, key: str) -> Position | None:
    """Return where a key of the manifest stands, or else where the manifest begins."""
    manifest = situation.request.manifest
    return manifest.positions.get(key, manifest.position)


def as_whom(situation: Situation) -> str:
    """Return, in a few words, as which user template code runs; the step prepare says more."""
    return "as a user of its own, on a private copy" if situation.is_isolated else "in place, as the present user"


def message_of(situation: Situation) -> str:
    """Return what the template wants to be shown when the project is there, or ``""``."""
    rendering = situation.facts.rendering
    return rendering.messages.get("after_copy", "") if rendering and not situation.exists else ""
