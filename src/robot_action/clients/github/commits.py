"""Commits that GitHub makes itself, by its git data API: those of Apps are signed and shown as verified, with all modes kept.

The objects get there in one of three ways: few texts inside the request that makes the tree; else by one push to a
reference that is no branch, which starts no workflow and goes away again; where a rule refuses that, one by one.
Author, committer and signature are left out, for only then does GitHub sign.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from robot_action.clients.git.proposals import Proposal, moved, proposal
from robot_action.clients.git.runner import GitRunner
from robot_action.clients.github.api import Reply
from robot_action.clients.github.calls import GitHubCalls, expect_proposal
from robot_action.clients.github.errors import RULES_HINT, WORKFLOWS_HINT, message_of
from robot_action.clients.github.facts import repository_path
from robot_action.clients.github.graphql import ask, explain_refusal
from robot_action.clients.github.pull_facts import is_commit
from robot_action.errors import FailedError, NotPermittedError, RobotActionError, UnavailableError
from robot_action.exchange import Delivered, DeliveryWanted
from robot_action.model.proposal import Change
from robot_action.model.pull_request import BranchHead

INLINE_LIMIT = 1 << 20
"""Bytes of texts that one request for a tree may carry."""
_SUBMODULE = "160000"
_MOVE = (
    "mutation($repository: ID!, $name: GitRefname!, $before: GitObjectID!, $after: GitObjectID!) { updateRefs(input: {repositoryId: "
    "$repository, refUpdates: [{name: $name, beforeOid: $before, afterOid: $after, force: true}]}) { clientMutationId } }"
)
_LOST = re.compile(r"fast[ -]forward|does not exist|Not Found")  # why a branch cannot be moved that somebody else moved
_LOG = logging.getLogger(__name__)


class GitHubCommits:
    """Brings commits to branches.

    Args:
        calls: the API.
        runner: runs git, with credentials for the same repositories.
        head: looks at a branch.
    """

    def __init__(self, calls: GitHubCalls, runner: GitRunner, head: Callable[[str, str], BranchHead | None]) -> None:
        self._calls, self._runner, self._head = calls, runner, head

    def deliver(self, wanted: DeliveryWanted) -> Delivered:
        """Make a commit like the wanted one on GitHub, and move the branch there; see `robot_action.hosting.Branches.deliver`."""
        with proposal(self._runner, wanted.folder, wanted.commit) as ours:
            there = self._head(wanted.repository, wanted.branch)
            if there is not None and _is_same(there, ours):
                return Delivered(there.commit)
            if (there.commit if there else "") != wanted.seen:
                raise moved(wanted)
            along = self._make_commit(wanted, wanted.along)["sha"] if wanted.along else ""
            made = self._commit_like(wanted, ours, along)
        commit = str(made["sha"])
        self._move(wanted, commit, rewrites=wanted.seen not in ours.parents)
        verification = made.get("verification")
        return Delivered(commit, verified=isinstance(verification, Mapping) and verification.get("verified") is True)

    def _make_commit(self, wanted: DeliveryWanted, commit: str) -> Mapping[str, Any]:
        with proposal(self._runner, wanted.folder, commit) as ours:
            return self._commit_like(wanted, ours)

    def _commit_like(self, wanted: DeliveryWanted, ours: Proposal, along: str = "") -> Mapping[str, Any]:
        """Make a commit like ours; ``along`` is GitHub's own in the place of the parent that comes along."""
        parents = [along if along and parent == wanted.along else parent for parent in ours.parents]
        body = {"message": ours.message, "tree": self._make_tree(wanted, ours), "parents": parents}
        return self._make(wanted, "commits", body, "make a commit")

    def _make_tree(self, wanted: DeliveryWanted, ours: Proposal) -> str:
        blobs = ours.read({change.after for change in ours.changes if change.after and change.after_mode != _SUBMODULE})
        inline = dict(_inline(blobs))
        if len(inline) == len(blobs):
            return self._tree_of(wanted, ours, inline)
        with self._lent(wanted, ours) as lent:
            if not lent:
                for name in blobs.keys() - inline.keys():
                    body = {"content": base64.b64encode(blobs[name]).decode(), "encoding": "base64"}
                    self._make(wanted, "blobs", body, "send a file")
            return self._tree_of(wanted, ours, {} if lent else inline)

    @contextmanager
    def _lent(self, wanted: DeliveryWanted, ours: Proposal) -> Iterator[bool]:
        """Have the objects on GitHub under a name that is no branch's, the same for all runs, and take that away in the end."""
        name = f"robot-action/objects/{hashlib.sha256(wanted.branch.encode()).hexdigest()[:16]}"
        if not ours.lend(wanted.url, f"refs/{name}"):
            yield False
            return
        try:
            yield True
        finally:
            self._forget(wanted, name)

    def _forget(self, wanted: DeliveryWanted, name: str) -> None:
        """Take the name away; if that fails, the next run uses it again."""
        try:
            reply = self._calls.change("DELETE", f"{repository_path(wanted.repository)}/git/refs/{name}")
        except RobotActionError as error:
            _LOG.warning("the reference refs/%s of %s stays: %s", name, wanted.repository, error)
            return
        if reply.status >= HTTPStatus.MULTIPLE_CHOICES:
            _LOG.warning("the reference refs/%s of %s stays: %s", name, wanted.repository, message_of(reply))

    def _tree_of(self, wanted: DeliveryWanted, ours: Proposal, inline: Mapping[str, str]) -> str:
        if not ours.changes:
            return ours.tree
        body = {"base_tree": ours.base_tree, "tree": [_entry(change, inline) for change in ours.changes]}
        made = str(self._make(wanted, "trees", body, "make a tree")["sha"])
        if made != ours.tree:
            raise FailedError(f"GitHub made another tree for {wanted.repository} than the commit's: {made}, not {ours.tree}")
        return made

    def _make(self, wanted: DeliveryWanted, kind: str, body: Mapping[str, object], what: str) -> Mapping[str, Any]:
        """Make an object; twice does no harm, for objects are named by what they hold and nothing leads to them yet."""
        doing = f"{what} in {wanted.repository}"
        reply = self._calls.change("POST", f"{repository_path(wanted.repository)}/git/{kind}", body)
        data = _accepted(reply, doing).data
        if not isinstance(data, Mapping) or not is_commit(data.get("sha")):
            raise UnavailableError(f"cannot {doing}: GitHub's answer names none", hint="Run the same command again later.")
        return data

    def _move(self, wanted: DeliveryWanted, commit: str, *, rewrites: bool) -> None:
        """Let the branch lead to the commit, if it is still as it was seen: GitHub checks that in the same step."""
        doing = f"move the branch {wanted.branch} of {wanted.repository}"
        refs = f"{repository_path(wanted.repository)}/git/refs"
        if not wanted.seen:
            reply = self._calls.change("POST", refs, {"ref": f"refs/heads/{wanted.branch}", "sha": commit})
            lost = reply.status == HTTPStatus.UNPROCESSABLE_ENTITY and "already exists" in message_of(reply)
        elif not rewrites:
            reply = self._calls.change("PATCH", f"{refs}/heads/{quote(wanted.branch)}", {"sha": commit, "force": False})
            said = message_of(reply)
            lost = reply.status in {404, 422} and _LOST.search(said) is not None
        else:
            self._rewrite(wanted, commit, doing)
            return
        if lost:
            self._check_moved(wanted, commit)
        else:
            _accepted(reply, doing)

    def _rewrite(self, wanted: DeliveryWanted, commit: str, doing: str) -> None:
        """Let the branch lead elsewhere; REST knows no lease for that, ``updateRefs`` does."""
        found = expect_proposal(self._calls.get(repository_path(wanted.repository)), doing).data
        node = found.get("node_id") if isinstance(found, Mapping) else None
        names = {"name": f"refs/heads/{wanted.branch}", "before": wanted.seen, "after": commit}
        reply = ask(self._calls, _MOVE, {"repository": node, **names}, about=wanted.repository, doing=doing)
        if not reply.message:
            return
        there = self._head(wanted.repository, wanted.branch)
        if there is not None and there.commit == wanted.seen:
            raise _special(reply.message, doing) or explain_refusal(reply, doing)
        self._check_moved(wanted, commit)

    def _check_moved(self, wanted: DeliveryWanted, commit: str) -> None:
        """See whether it was we who moved the branch, by a request whose answer was lost."""
        there = self._head(wanted.repository, wanted.branch)
        if there is None or there.commit != commit:
            raise moved(wanted)


def _is_same(there: BranchHead, ours: Proposal) -> bool:
    return there.commit == ours.commit or (
        there.tree == ours.tree and there.parents == ours.parents and there.message.strip() == ours.message.strip()
    )


def _inline(blobs: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Yield what can travel as text in one request, as much as fits."""
    room = INLINE_LIMIT
    for name, content in blobs.items():
        if len(content) > room or b"\0" in content:
            continue
        try:
            text = content.decode()
        except UnicodeDecodeError:
            continue
        room -= len(content)
        yield name, text


def _entry(change: Change, inline: Mapping[str, str]) -> dict[str, object]:
    mode = change.after_mode or change.before_mode
    kind = "commit" if mode == _SUBMODULE else "blob"
    entry: dict[str, object] = {"path": change.path, "mode": mode, "type": kind}
    if change.after in inline:
        return {**entry, "content": inline[change.after]}
    return {**entry, "sha": change.after or None}


def _accepted(reply: Reply, doing: str) -> Reply:
    """Return an answer that grants what was asked for; GitHub has no one status for what it refuses here."""
    if reply.status >= HTTPStatus.BAD_REQUEST and (error := _special(message_of(reply), doing)) is not None:
        raise error
    return expect_proposal(reply, doing)


def _special(said: str, doing: str) -> RobotActionError | None:
    if "workflow" in said and "refusing" in said:
        return NotPermittedError(f"cannot {doing}: {said}", hint=WORKFLOWS_HINT)
    if "rule violations" in said or "protected branch" in said.lower():
        return NotPermittedError(f"cannot {doing}: {said}", hint=RULES_HINT)
    return None
