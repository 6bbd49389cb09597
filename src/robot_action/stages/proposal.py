"""Preparing a proposal: an update as one commit on the project's own, in a repository of ours; nothing of the project is touched."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

from robot_action.errors import FailedError
from robot_action.exchange import DraftWanted, SealWanted
from robot_action.model.kept import KeepingHost
from robot_action.model.manifest import OWN_IDENTITY
from robot_action.model.proposal import ANSWERED, ProposalRequest, Proposed, mark_of
from robot_action.model.update import Rendered, UpdateFacts, UpdateRequest
from robot_action.planning.branch_moves import digest_of, is_workflow, with_trailers
from robot_action.planning.targets import branch_for, distinctive, find_base, find_target, own_branch, project_key
from robot_action.planning.update import check_policy
from robot_action.ports import Ports
from robot_action.reporting.pull_request import update_title
from robot_action.stages.links import Surroundings, find_link, find_repository, state_files
from robot_action.stages.summary import summarise
from robot_action.stages.update import inspect

_REVISION_LENGTH = 120


def settled(ports: Ports, request: UpdateRequest, proposal: ProposalRequest) -> tuple[UpdateRequest, Surroundings]:
    """Return the request with its host, and with a moment and a seed of its commit: the same facts give the same proposal.

    Returns:
        The request, and the repository around the project.
    """
    find_link(ports, request.project, request.file)  # what is no project at all is told first
    surroundings = find_repository(ports, request.project)
    local = surroundings[2]
    epoch, host = proposal.around.epoch, None
    if request.keep_base:
        wishes, around = proposal.wishes, proposal.around
        target, base = find_target(wishes, around, local), find_base(wishes, around, local)
        host = KeepingHost(target.url, base, writes=proposal.bundle is None)
    return replace(request, epoch=local.date if epoch is None else epoch, seed=local.head, host=host), surroundings


def propose(
    ports: Ports, request: UpdateRequest, proposal: ProposalRequest, surroundings: Surroundings, place: Path
) -> tuple[Proposed, UpdateFacts]:
    """Look, render and merge, and make a commit of what comes of it.

    Args:
        ports: to look with; nothing but the place is written to.
        request: the update, with moment and seed settled.
        proposal: how it is proposed.
        surroundings: the repository around the project.
        place: an empty folder of ours.

    Returns:
        What is proposed, and what was found.

    Raises:
        FailedError: when the state file has changes that are not committed.
        ConflictError: when there are conflicts, and the policy is to fail then.
    """
    facts = inspect(ports, request, surroundings)
    prefix = _prefix(request, facts)
    if (state := f"{prefix}{facts.link.file}") in facts.local.dirty:
        raise FailedError(f"{state} has changes that are not committed", hint="Commit them: what is committed is updated.")
    wishes = proposal.wishes
    folder = f"{prefix}{facts.link.folder}".strip("/")
    file = distinctive(facts.link.file.rpartition("/")[2], state_files(ports, request.project / facts.link.folder))
    branch = own_branch(wishes.branch) if wishes.branch else branch_for(_template(facts), folder, file)
    blank = Proposed(
        find_target(wishes, proposal.around, facts.local),
        facts.link.project or request.project.name,
        find_base(wishes, proposal.around, facts.local),
        facts.local.head,
        branch,
        title=wishes.title,
        prefix=prefix,
        state=state,
        key=project_key(folder, file),
        asked=facts.wanted if request.ref else "",
    )
    return (_drafted(ports, request, proposal, facts, blank, place) if facts.theirs else blank), facts


def _template(facts: UpdateFacts) -> str:
    return f"{facts.link.source}/{facts.link.subdirectory}" if facts.link.subdirectory else facts.link.source


def _prefix(request: UpdateRequest, facts: UpdateFacts) -> str:
    prefix = request.project.relative_to(facts.top).as_posix()
    return "" if prefix == "." else f"{prefix}/"


def _drafted(ports: Ports, request: UpdateRequest, proposal: ProposalRequest, facts: UpdateFacts, blank: Proposed, place: Path) -> Proposed:
    conflicts = facts.merged.conflicts
    check_policy(request.policy, conflicts)
    drafts = ports.git.drafts
    draft = drafts.draft(place, DraftWanted(facts.top, facts.local.head, blank.prefix, facts.merged.changes))
    if not draft.changes or facts.theirs is None:
        return blank
    revision = _revision(request, facts.theirs)
    digest = digest_of(revision, draft.changes, conflicts)
    summary = summarise(ports, facts, branch=blank.branch, revision=mark_of(revision, digest))
    assert summary is not None  # noqa: S101 - both renderings are there
    text = proposal.wishes.message or blank.title or update_title(summary, blank.place)
    message = with_trailers(text, digest, draft.tree, blank.key, blank.parent)
    author = ports.git.identity(facts.top) or OWN_IDENTITY
    epoch = proposal.around.epoch
    date = facts.local.date if epoch is None else epoch
    return replace(
        blank,
        commit=drafts.seal(place, SealWanted(draft.tree, (facts.local.head,), message, author, date)),
        digest=digest,
        revision=revision,
        message=message,
        summary=summary,
        workflows=tuple(change.path for change in draft.changes if is_workflow(change.path)),
    )


def _revision(request: UpdateRequest, theirs: Rendered) -> str:
    """Return which version is brought: the template's commit, or else its files; with the answers that were given anew."""
    version = theirs.template.commit or theirs.template.tree.digest
    if not request.data:
        return version[:_REVISION_LENGTH]
    told = {name: None if name in theirs.rendering.secret else value for name, value in request.data.items()}
    digest = hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()
    return f"{version[:_REVISION_LENGTH]}{ANSWERED}{digest[:12]}"
