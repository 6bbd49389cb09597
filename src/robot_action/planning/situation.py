"""How far a project is: what the facts say about it as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from robot_action.model.facts import DestinationKind, Facts
from robot_action.model.request import CreateRequest
from robot_action.planning.identity import is_first_commit, is_without_install, state_differences
from robot_action.planning.permission import is_trusted
from robot_action.planning.repositories import Decision, decide, differences


@dataclass(frozen=True, slots=True)
class Situation:
    """The request, the facts, and what follows from them for every stage.

    Attributes:
        committed: the destination's checked-out commit is this project's, and stays.
        again: it was made without install and pushed nowhere, so that it is made again, after install.
        placement: what is to be done about the repository; None when the manifest wants none.
        exists: the project was made before: it is on its host, or committed where no host is wanted.
        untouched: nobody has committed to it on its host since.
        trusted: the operator trusts the template's source.
    """

    request: CreateRequest
    facts: Facts
    committed: bool
    again: bool
    placement: Decision | None
    exists: bool
    untouched: bool
    trusted: bool

    @property
    def is_isolated(self) -> bool:
        """Whether template code runs as a second user."""
        return bool(self.facts.machine and self.facts.machine.isolated)

    @property
    def may_run(self) -> bool:
        """Whether the template's own commands may run: its source is trusted, or they run as a second user."""
        return self.trusted or self.is_isolated

    @property
    def has_moved_on(self) -> bool:
        """Whether somebody has pushed to the project since it was made."""
        return self.exists and not self.untouched

    @property
    def needs_template(self) -> bool:
        """Whether the template's tree must be known: not where the project is finished, or comes packed."""
        return self.facts.pack is None and (not self.exists or (self.untouched and bool(self.request.manifest.publish)))


def assess(request: CreateRequest, facts: Facts) -> Situation:
    """Return the situation of a project; pure, and meaningful as soon as destination, commit and repository are known."""
    manifest, state = request.manifest, facts.state
    here = _is_committed(facts)
    placement = decide(manifest.repository, facts.repository, state) if manifest.repository and state else None
    found = facts.repository
    again = here and placement in {Decision.CREATE, Decision.ADOPT} and _wants_install(request, facts)
    committed = here and not again
    exists = placement is Decision.EXISTS if placement else committed
    return Situation(
        request=request,
        facts=facts,
        committed=committed,
        again=again,
        placement=placement,
        exists=exists,
        untouched=found is None or is_first_commit(found.head_message, manifest.project),
        trusted=is_trusted(manifest.template, request.trust),
    )


def _is_committed(facts: Facts) -> bool:
    """Tell whether the destination is ours, and the commit there is one of this very project."""
    if facts.destination is None or facts.destination.kind is not DestinationKind.OURS or facts.local is None:
        return False
    made, wanted = facts.local.state, facts.state
    return made is not None and wanted is not None and made.is_same_project(wanted)


def _wants_install(request: CreateRequest, facts: Facts) -> bool:
    """Tell whether this run is to make up for an install that was left out when the project was committed."""
    missing = facts.pack is None and facts.local is not None and is_without_install(facts.local.message)
    return missing and not request.skip_tasks and {"install", "commit"} <= set(request.stages)


def existing_differences(situation: Situation) -> tuple[str, ...]:
    """Return how an existing project departs from its manifest: settings, template version, answers, releases."""
    request, found = situation.request, situation.facts.repository
    if not situation.exists:
        return ()
    settings = differences(request.manifest.repository, found) if request.manifest.repository and found else ()
    local = situation.facts.destination.state if situation.facts.destination else None
    state = found.state if found and found.state else local
    answers = state_differences(request.manifest, state) if state else ()
    return (*settings, *_elsewhere(situation), *answers, *_unpublished(situation))


def _elsewhere(situation: Situation) -> Iterator[str]:
    """Tell when the folder here stands at another commit than the repository."""
    local, found = situation.facts.local, situation.facts.repository
    head = found.heads.get(found.default_branch) if found else None
    if situation.committed and local is not None and head and local.head != head:
        yield f"the folder is at commit {local.head[:12]}, the repository at {head[:12]}"


def _unpublished(situation: Situation) -> Iterator[str]:
    """Tell of releases that are missing, and that nobody makes here any more."""
    for release in situation.facts.releases:
        if not release.is_complete and situation.has_moved_on:
            missing = f"{release.project} {release.version} is not on {release.target.place}"
            yield f"{missing}: the project has moved on, and its own releases publish it"
