"""Other people's uncommitted changes: a commit of everything would take them along."""

from __future__ import annotations

from robot_action.errors import NotPermittedError
from robot_action.model.facts import DestinationKind, LocalRepository
from robot_action.parsing.wording import listed
from robot_action.planning.situation import Situation

_SHOWN = 5


def branch_of(situation: Situation) -> str:
    """Return the branch that is committed to: the wanted repository's, or else the one that is checked out here."""
    wanted, local = situation.request.manifest.repository, situation.facts.local
    return wanted.default_branch if wanted else (local and local.branch) or "main"


def check_uncommitted(situation: Situation) -> None:
    """Refuse to commit where the repository at the destination has changes that are none of ours.

    Ours is what the template writes (files that it replaces are told before), and everything in a folder whose
    state file names this project: an earlier run was stopped there after it installed, and before it committed.

    Raises:
        NotPermittedError: naming some of them.
    """
    facts = situation.facts
    ours = facts.destination is not None and facts.destination.kind is DestinationKind.OURS
    if ours or facts.local is None or "commit" not in situation.request.stages:
        return
    _check_place(situation, facts.local)
    others = [path for path in facts.local.dirty if path not in (facts.wanted or ())]
    if others:
        raise NotPermittedError(
            f"the repository {situation.request.manifest.destination} has uncommitted changes: {listed(others, _SHOWN)}",
            hint="Commit them, stash them (git stash -u) or ignore them (.gitignore) first: they are no part of what was asked for.",
        )


def _check_place(situation: Situation, local: LocalRepository) -> None:
    """Refuse a repository with another branch checked out, or with a tag of the wanted name, before anything is written."""
    manifest, branch = situation.request.manifest, branch_of(situation)
    where = f"the repository {manifest.destination}"
    if local.head and local.branch != branch:
        raise NotPermittedError(
            f"{where} has {local.branch or 'no branch'} checked out, not {branch}",
            hint=f"Run: git switch {branch} (or, to make that branch, git switch -c {branch})",
        )
    if manifest.tag in local.tags:
        raise NotPermittedError(
            f"{where} has a tag {manifest.tag} already", hint="Give the manifest another version, or take the tag away."
        )
