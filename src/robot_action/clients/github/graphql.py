"""Queries to GitHub's other API, for what REST does not have. A refusal comes there with status 200."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from robot_action.clients.github.api import GRAPHQL, Reply
from robot_action.clients.github.calls import GitHubCalls, expect_proposal
from robot_action.clients.github.errors import PROPOSAL_HINT, clean_text, explain
from robot_action.errors import FailedError, RobotActionError, TryAgainError

_FORBIDDEN = {"FORBIDDEN": 403, "INSUFFICIENT_SCOPES": 403, "NOT_FOUND": 404}


@dataclass(frozen=True, slots=True)
class QueryReply:
    """What a query brought.

    Attributes:
        data: hostile.
        kind: GitHub's word for why it was refused, or ``""``.
        message: what GitHub says about it; ``""`` where it was carried out.
    """

    data: Mapping[str, Any]
    kind: str = ""
    message: str = ""


def ask(calls: GitHubCalls, query: str, variables: Mapping[str, object], *, about: str, doing: str) -> QueryReply:
    """Send a query that may be sent twice.

    Args:
        calls: sends it.
        query: GraphQL.
        variables: its variables; nothing from outside is ever part of the query itself.
        about: ``owner/name``, for which a token is wanted.
        doing: what it does, for errors.
    """
    reply = expect_proposal(calls.change("POST", GRAPHQL, {"query": query, "variables": dict(variables)}, owner=about), doing)
    body = reply.data if isinstance(reply.data, Mapping) else {}
    data, errors = body.get("data"), body.get("errors")
    found = data if isinstance(data, Mapping) else {}
    if not errors and isinstance(data, Mapping):
        return QueryReply(found)
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], Mapping) else {}
    return QueryReply(found, clean_text(first.get("type")) or "UNKNOWN", clean_text(first.get("message")) or "no reason given")


def explain_refusal(reply: QueryReply, doing: str) -> RobotActionError:
    """Return the error for a query that was refused."""
    if reply.kind == "RATE_LIMITED":
        return TryAgainError(f"cannot {doing}: {reply.message}", hint="Run the same command again in an hour.")
    if reply.kind in _FORBIDDEN:
        return explain(Reply(_FORBIDDEN[reply.kind], data={"message": reply.message}), doing, PROPOSAL_HINT)
    return FailedError(f"cannot {doing}: GitHub says: {reply.message}")


def expect_data(reply: QueryReply, doing: str) -> Mapping[str, Any]:
    """Return what a query brought that was carried out."""
    if reply.message:
        raise explain_refusal(reply, doing)
    return reply.data
