"""What GitHub says about a repository -> facts; everything that it says is hostile."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from robot_action.clients.github.calls import GitHubCalls, expect
from robot_action.clients.github.errors import clean_text
from robot_action.errors import InputError, UnavailableError
from robot_action.model.facts import Repository
from robot_action.model.manifest import MergeSettings, RepositoryWanted
from robot_action.model.state import STATE_FILE, State
from robot_action.parsing.state_file import parse_state

MERGE_FIELDS: Mapping[str, str] = {
    "squash": "allow_squash_merge",
    "merge_commit": "allow_merge_commit",
    "rebase": "allow_rebase_merge",
    "auto_merge": "allow_auto_merge",
    "delete_branch": "delete_branch_on_merge",
}
"""The fields of `MergeSettings` and GitHub's names for them."""

_ROLES = {"read": "pull", "write": "push"}  # people are listed with other words than they are added with
_FULL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/(?!\.{1,2}$)[A-Za-z0-9_.-]{1,100}")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_MESSAGE_LIMIT = 1 << 16


class GitHubFacts:
    """Reads repositories."""

    def __init__(self, calls: GitHubCalls, server: str) -> None:
        self._calls, self._server = calls, server

    def find(self, wanted: RepositoryWanted) -> Repository | None:
        """Return a repository as it is, or None when there is none that the token may see.

        A renamed repository is found under its former name, and has its new one.
        Teams and collaborators are read where some are wanted.
        """
        reply = self._calls.get(repository_path(wanted.name))
        if reply.status == HTTPStatus.NOT_FOUND:
            return None
        found = expect(reply, f"look at {wanted.name}").data
        name = found.get("full_name") if isinstance(found, Mapping) else None
        if not isinstance(name, str) or not _FULL_NAME.fullmatch(name):
            raise UnavailableError(f"GitHub's answer about {wanted.name} is no repository")
        heads, default = dict(self._commits(name, "branches")), _branch(found.get("default_branch"))
        branch = default if default in heads else wanted.default_branch
        state, message = (self._state(name, branch), self._message(name, heads[branch])) if branch in heads else (None, "")
        return Repository(
            name=name,
            url=f"{self._server}/{name}",
            clone_url=f"{self._server}/{name}.git",
            visibility=_visibility(found),
            description=clean_text(found.get("description")),
            homepage=clean_text(found.get("homepage")),
            topics=_topics(found.get("topics")),
            default_branch=default,
            merge=MergeSettings(**{ours: _flag(found.get(theirs)) for ours, theirs in MERGE_FIELDS.items()}),
            teams=self._teams(name) if wanted.teams else None,
            collaborators=self._collaborators(name) if wanted.collaborators else None,
            heads=heads,
            tags=dict(self._commits(name, "tags")),
            state=state,
            head_message=message,
            archived=found.get("archived") is True,
        )

    def _commits(self, name: str, kind: str) -> Iterator[tuple[str, str]]:
        """Yield the names of branches or tags with their commits; an empty repository has none."""
        for item in self._calls.pages(f"{repository_path(name)}/{kind}", f"list the {kind} of {name}"):
            commit = item.get("commit")
            sha = commit.get("sha") if isinstance(commit, Mapping) else None
            label = item.get("name")
            if isinstance(label, str) and label.isprintable() and isinstance(sha, str) and _COMMIT.fullmatch(sha):
                yield label, sha

    def _state(self, name: str, branch: str) -> State | None:
        file, path = f"{name}: {STATE_FILE}", f"{repository_path(name)}/contents/{STATE_FILE}"
        reply = self._calls.get(path, {"ref": branch})
        if reply.status == HTTPStatus.NOT_FOUND:
            return None
        data = expect(reply, f"read {STATE_FILE} of {name}").data
        if not isinstance(data, Mapping) or data.get("type") != "file":
            raise InputError(f"{file} is no regular file")
        if data.get("encoding") != "base64" or not isinstance(data.get("content"), str):
            raise InputError(f"{file} is too large to be a state file")
        try:
            content = base64.b64decode(data["content"])
        except (binascii.Error, ValueError):
            raise UnavailableError(f"GitHub's answer about {file} cannot be decoded") from None
        return parse_state(content, file)

    def _message(self, name: str, commit: str) -> str:
        data = expect(self._calls.get(f"{repository_path(name)}/git/commits/{commit}"), f"read the newest commit of {name}").data
        message = data.get("message") if isinstance(data, Mapping) else None
        return message[:_MESSAGE_LIMIT] if isinstance(message, str) else ""

    def _teams(self, name: str) -> Mapping[str, str] | None:
        return self._roles(f"{repository_path(name)}/teams", "slug", "permission")

    def _collaborators(self, name: str) -> Mapping[str, str] | None:
        """Return people and their roles, those who did not accept their invitation yet included."""
        path = repository_path(name)
        present = self._roles(f"{path}/collaborators", "login", "role_name", {"affiliation": "direct"})
        invited = self._roles(f"{path}/invitations", "invitee", "permissions")
        return None if present is None or invited is None else {**invited, **present}

    def _roles(self, path: str, key: str, role: str, query: Mapping[str, str] | None = None) -> Mapping[str, str] | None:
        """Return names and roles of a list, or None where the token may not read it."""
        first = self._calls.get(path, {**(query or {}), "per_page": "1"})
        if first.status in {401, 403, 404}:
            return None
        rows = ((item.get(key), item.get(role)) for item in self._calls.pages(path, f"list {path}", query))
        named = ((value.get("login") if isinstance(value, Mapping) else value, granted) for value, granted in rows)
        return {
            clean_text(value): _ROLES.get(text, text) for value, granted in named if (text := clean_text(granted)) and clean_text(value)
        }


def repository_path(name: str) -> str:
    """Return the path of ``owner/name`` in the API."""
    owner, _, short = name.partition("/")
    return f"/repos/{quote(owner, safe='')}/{quote(short, safe='')}"


def _visibility(found: Mapping[str, Any]) -> str:
    return clean_text(found.get("visibility")) or ("public" if found.get("private") is False else "private")


def _topics(value: object) -> tuple[str, ...]:
    return tuple(filter(None, map(clean_text, value))) if isinstance(value, list) else ()


def _branch(value: object) -> str:
    return value if isinstance(value, str) and value.isprintable() else ""


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None
