"""What ``update`` and ``deliver`` share: what the operator wishes of a pull request, and the machine's place in the world."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields, replace
from pathlib import Path

from robot_action.entrypoints.shell import Shell
from robot_action.errors import UsageError
from robot_action.model.proposal import ProposalRequest, Surroundings, Wishes
from robot_action.model.pull_request import MESSAGE_LIMIT

_DELIVERERS = ("labels", "reviewers", "assignees", "draft", "auto_merge", "anew")
_PROPOSALS = ("repository", "base", "branch", "title", "commit_message", *_DELIVERERS)


@dataclass(frozen=True, kw_only=True)
class DeliveryOptions:
    """The options of whoever opens pull requests: ``deliver``, and ``update`` where it is not prepared by another job."""

    repository: str | None = None
    base: str | None = None
    branch: str | None = None
    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    draft: bool = False
    auto_merge: bool = False
    anew: bool = False


@dataclass(frozen=True, kw_only=True)
class ProposalOptions(DeliveryOptions):
    """The options of ``update`` that are about pull requests."""

    pull_request: bool = False
    bundle: Path | None = None
    title: str | None = None
    commit_message: str | None = None


PROPOSING = frozenset(one.name for one in fields(ProposalOptions))
"""The options that mean nothing to an update of a folder."""


def proposal_of(shell: Shell, options: ProposalOptions) -> ProposalRequest | None:
    """Return how an update is proposed; None: it is not.

    Raises:
        UsageError: when options do not go together.
    """
    if options.pull_request and options.bundle:
        raise UsageError("both --pull-request and --bundle are given", hint="With --bundle, another job opens the pull request: deliver.")
    if options.bundle:
        _refuse(options, _DELIVERERS, "the job that delivers the bundle says it")
        return ProposalRequest(around(shell), _wishes(options), Path(os.path.normpath(Path.cwd() / options.bundle)))
    if not options.pull_request:
        _refuse(options, _PROPOSALS, "it is about pull requests: add --pull-request")
        return None
    return ProposalRequest(around(shell), _wishes(options))


def _refuse(options: ProposalOptions, names: tuple[str, ...], why: str) -> None:
    for name in names:
        if getattr(options, name):
            flag = {"anew": "again"}.get(name, name).replace("_", "-")
            raise UsageError(f"--{flag} has no meaning here", hint=f"{why[0].upper()}{why[1:]}.")


def _wishes(options: ProposalOptions) -> Wishes:
    """Return what the operator wishes, with texts that what makes a commit known as ours can stand behind.

    Raises:
        UsageError: when one is too long.
    """
    title, message = options.title or "", options.commit_message or ""
    for flag, text in (("--title", title), ("--commit-message", message)):
        if len(text) > MESSAGE_LIMIT:
            raise UsageError(f"{flag} has {len(text)} characters", hint=f"{MESSAGE_LIMIT} are the most that are taken.")
    return replace(wishes_of(options), title=title, message=message)


def wishes_of(options: DeliveryOptions) -> Wishes:
    """Return what the operator wishes of a pull request, whichever job says it; a reviewer with a slash is a team."""
    return Wishes(
        repository=options.repository or "",
        base=options.base or "",
        branch=options.branch or "",
        labels=options.labels,
        reviewers=tuple(name for name in options.reviewers if "/" not in name),
        teams=tuple(name.rpartition("/")[2] for name in options.reviewers if "/" in name),
        assignees=options.assignees,
        draft=options.draft,
        auto_merge=options.auto_merge,
        again=options.anew,
    )


def around(shell: Shell) -> Surroundings:
    """Return the machine's place in the world."""
    settings = shell.settings
    return Surroundings(
        settings.github_server,
        Path.cwd(),
        own=settings.credentials.github.own,
        ref=settings.ref,
        commit=settings.commit,
        epoch=settings.epoch,
    )
