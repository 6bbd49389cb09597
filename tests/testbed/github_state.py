"""What the GitHub of the test bed knows, and how it looks as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MERGE_DEFAULTS = {
    "allow_squash_merge": True,
    "allow_merge_commit": True,
    "allow_rebase_merge": True,
    "allow_auto_merge": False,
    "delete_branch_on_merge": False,
}
ROLE_NAMES = {"pull": "read", "push": "write"}  # collaborators are listed with these; the other roles are named alike
_WHEN = "2026-01-02T03:04:05Z"
_REPOSITORY_LINKS = [
    "archive",
    "assignees",
    "blobs",
    "branches",
    "collaborators",
    "comments",
    "commits",
    "compare",
    "contents",
    "contributors",
    "deployments",
    "downloads",
    "events",
    "forks",
    "git_commits",
    "git_refs",
    "git_tags",
    "hooks",
    "issue_comment",
    "issue_events",
    "issues",
    "keys",
    "labels",
    "languages",
    "merges",
    "milestones",
    "notifications",
    "pulls",
    "releases",
    "stargazers",
    "statuses",
    "subscribers",
    "subscription",
    "tags",
    "teams",
    "trees",
]
_COUNTED = ["forks", "open_issues", "stargazers", "watchers", "network", "subscribers"]
_COUNTS = ["forks", "open_issues", "watchers", *(f"{name}_count" for name in _COUNTED)]
_USER_LINKS = ["events", "followers", "following", "gists", "organizations", "received_events", "repos", "starred", "subscriptions"]


@dataclass
class Account:
    """A user or an organisation.

    Attributes:
        forbids_public: an organisation whose members may not create public repositories.
        teams: slugs of an organisation's teams.
    """

    login: str
    number: int
    is_organisation: bool = False
    forbids_public: bool = False
    teams: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Token:
    """What a token may do.

    Attributes:
        login: whose it is; for an installation the App's name.
        is_installation: an App's token, or a workflow's own; it has no user.
        administers: whether it may create repositories and change settings.
        reach: the only repositories that it sees, or None for all.
        lacks_sso: the organisation's single sign-on was not passed.
        owner: the only one whose repositories a minted token reaches; ``""`` for other tokens.
        permissions: what a minted token, or a fine-grained one, may do; None: everything that its user may.
        scopes: those of a classic token, which GitHub tells with every answer; ``""`` for other tokens.
        dies: when, in seconds since 1970.
    """

    login: str
    is_installation: bool = False
    administers: bool = True
    reach: frozenset[str] | None = None
    lacks_sso: bool = False
    owner: str = ""
    permissions: Mapping[str, str] | None = None
    scopes: str = ""
    dies: float = float("inf")

    def reaches(self, name: str) -> bool:
        """Tell whether it sees a private repository, ``owner/name``."""
        owner = name.partition("/")[0]
        return (self.reach is None or name.lower() in self.reach) and self.owner.lower() in {"", owner.lower()}

    def may(self, permission: str, level: str) -> bool:
        """Tell whether it has a permission; one with all rights has every one."""
        if permission == "workflows" and self.scopes:
            return "workflow" in self.scopes.split(", ")
        granted = "write" if self.permissions is None else self.permissions.get(permission, "")
        return granted in {level, "write"}

    @property
    def kind(self) -> str:
        """The token as GitHub's messages call it."""
        return "integration" if self.is_installation else "personal access token"


@dataclass
class Pull:
    """A pull request.

    Attributes:
        commit: the branch's newest commit, or its last one, once it is closed.
        reviews: logins of those who reviewed.
    """

    number: int
    author: Account
    title: str
    body: str | None
    branch: str
    base: str
    commit: str
    draft: bool = False
    state: str = "open"
    merged: bool = False
    auto_merge: str = ""
    labels: list[str] = field(default_factory=list)
    reviewers: list[str] = field(default_factory=list)
    teams: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    reviews: list[str] = field(default_factory=list)


@dataclass
class Proposals:
    """What a repository has of pull requests and their branches.

    Attributes:
        statuses: commits, and what was said of them, the newest first.
        rules: as GitHub lists them for a branch; bypass: rulesets, and whether the token passes them by.
        verified: commits that GitHub signed.
        allows_drafts: whether its plan knows drafts; allows_actions: whether a workflow's own token may open pull requests.
        knows_rules: whether its plan has rulesets.
        outsiders: logins that have no access, and are dropped.
    """

    pulls: list[Pull] = field(default_factory=list)
    statuses: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    rules: list[dict[str, Any]] = field(default_factory=list)
    bypass: dict[int, str] = field(default_factory=dict)
    verified: set[str] = field(default_factory=set)
    allows_drafts: bool = True
    allows_actions: bool = True
    knows_rules: bool = True
    outsiders: set[str] = field(default_factory=set)

    @property
    def open(self) -> list[Pull]:
        """Those that can be merged."""
        return [pull for pull in self.pulls if pull.state == "open"]


@dataclass
class Record:
    """A repository as GitHub keeps it beside its git data.

    Attributes:
        unreadable: how many more requests get 404, as new repositories do.
        invitations: logins that did not accept yet, and their roles.
        proposals: pull requests and what belongs to them.
    """

    number: int
    owner: Account
    name: str
    visibility: str
    description: str | None = None
    homepage: str | None = None
    topics: list[str] = field(default_factory=list)
    merge: dict[str, bool] = field(default_factory=lambda: dict(MERGE_DEFAULTS))
    default_branch: str = "main"
    teams: dict[str, str] = field(default_factory=dict)
    collaborators: dict[str, str] = field(default_factory=dict)
    invitations: dict[str, str] = field(default_factory=dict)
    archived: bool = False
    unreadable: int = 0
    proposals: Proposals = field(default_factory=Proposals)

    @property
    def full_name(self) -> str:
        """``owner/name``."""
        return f"{self.owner.login}/{self.name}"


class Shapes:
    """GitHub's JSON for what is known, with the addresses of one server."""

    def __init__(self, api: str, web: str) -> None:
        self._api, self._web = api, web

    def user(self, account: Account) -> dict[str, Any]:
        """Return a *simple user*."""
        url = f"{self._api}/users/{account.login}"
        return {
            "login": account.login,
            "id": account.number,
            "node_id": f"U_{account.number}",
            "avatar_url": f"{self._web}/avatars/{account.number}",
            "gravatar_id": "",
            "url": url,
            "html_url": f"{self._web}/{account.login}",
            **{f"{name}_url": f"{url}/{name}" for name in _USER_LINKS},
            "type": "Organization" if account.is_organisation else "User",
            "site_admin": False,
        }

    def whole_user(self, account: Account) -> dict[str, Any]:
        """Return a *public user*."""
        unknown = dict.fromkeys(("name", "company", "location", "email", "hireable", "bio", "twitter_username"))
        counts = dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0)
        return {**self.user(account), **unknown, **counts, "blog": "", "created_at": _WHEN, "updated_at": _WHEN}

    def repository(self, record: Record, *, size: int) -> dict[str, Any]:
        """Return a *full repository*; ``size`` is in KiB."""
        url, web = f"{self._api}/repos/{record.full_name}", f"{self._web}/{record.full_name}"
        answer: dict[str, Any] = {
            "id": record.number,
            "node_id": f"R_{record.number}",
            "name": record.name,
            "full_name": record.full_name,
            "owner": self.user(record.owner),
            "private": record.visibility != "public",
            "visibility": record.visibility,
            "html_url": web,
            "url": url,
            **{f"{name}_url": f"{url}/{name.replace('_', '/')}" for name in _REPOSITORY_LINKS},
            "clone_url": f"{web}.git",
            "git_url": f"git:{web.removeprefix('http:')}.git",
            "ssh_url": f"git@github.example:{record.full_name}.git",
            "svn_url": web,
            "description": record.description,
            "homepage": record.homepage,
            "topics": record.topics,
            "default_branch": record.default_branch,
            **record.merge,
            **dict.fromkeys(("fork", "disabled", "has_pages", "has_discussions", "is_template"), False),
            **dict.fromkeys(("has_issues", "has_projects", "has_wiki", "has_downloads"), True),
            **dict.fromkeys(("language", "mirror_url", "license"), None),
            **dict.fromkeys(_COUNTS, 0),
            **dict.fromkeys(("created_at", "updated_at", "pushed_at"), _WHEN),
            "archived": record.archived,
            "size": size,
            "permissions": {"admin": True, "maintain": True, "push": True, "triage": True, "pull": True},
        }
        if record.owner.is_organisation:
            answer["organization"] = self.user(record.owner)
        return answer

    def team(self, record: Record, slug: str) -> dict[str, Any]:
        """Return a *team* of a repository."""
        url = f"{self._api}/organizations/{record.owner.number}/team/{slug}"
        return {
            "id": 1,
            "node_id": f"T_{slug}",
            "name": slug.title(),
            "slug": slug,
            "description": None,
            "privacy": "closed",
            "permission": record.teams[slug],
            "url": url,
            "html_url": f"{self._web}/orgs/{record.owner.login}/teams/{slug}",
            "members_url": f"{url}/members{{/member}}",
            "repositories_url": f"{url}/repos",
            "parent": None,
            "type": "organization",
        }

    def collaborator(self, account: Account, role: str) -> dict[str, Any]:
        """Return a *collaborator*."""
        return {**self.user(account), "role_name": ROLE_NAMES.get(role, role)}

    def invitation(self, record: Record, invitee: Account, inviter: Account) -> dict[str, Any]:
        """Return a *repository invitation*."""
        role = record.invitations[invitee.login]
        return {
            "id": invitee.number,
            "node_id": f"I_{invitee.number}",
            "repository": self.repository(record, size=0),
            "invitee": self.user(invitee),
            "inviter": self.user(inviter),
            "permissions": ROLE_NAMES.get(role, role),
            "created_at": _WHEN,
            "url": f"{self._api}/user/repository_invitations/{invitee.number}",
            "html_url": f"{self._web}/{record.full_name}/invitations",
        }

    def branch(self, record: Record, name: str, commit: str) -> dict[str, Any]:
        """Return a *short branch*."""
        return {"name": name, "commit": self._commit(record, commit), "protected": False}

    def tag(self, record: Record, name: str, commit: str) -> dict[str, Any]:
        """Return a *tag*."""
        url = f"{self._api}/repos/{record.full_name}"
        return {
            "name": name,
            "commit": self._commit(record, commit),
            "zipball_url": f"{url}/zipball/refs/tags/{name}",
            "tarball_url": f"{url}/tarball/refs/tags/{name}",
            "node_id": f"REF_{name}",
        }

    def _commit(self, record: Record, commit: str) -> dict[str, str]:
        return {"sha": commit, "url": f"{self._api}/repos/{record.full_name}/commits/{commit}"}

    def commit(self, record: Record, sha: str, *, message: str, tree: str, parents: Sequence[str]) -> dict[str, Any]:
        """Return a *git commit*."""
        git = f"{self._api}/repos/{record.full_name}/git"
        web = f"{self._web}/{record.full_name}/commit"
        somebody = {"name": "Somebody", "email": "somebody@example.com", "date": _WHEN}
        return {
            "sha": sha,
            "node_id": f"C_{sha}",
            "url": f"{git}/commits/{sha}",
            "html_url": f"{web}/{sha}",
            "author": somebody,
            "committer": somebody,
            "message": message,
            "tree": {"sha": tree, "url": f"{git}/trees/{tree}"},
            "parents": [{"sha": parent, "url": f"{git}/commits/{parent}", "html_url": f"{web}/{parent}"} for parent in parents],
            "verification": {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None},
        }

    def content(self, record: Record, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Return a *content file* (or link); ``entry`` holds type, path, sha, size, and what belongs to its type."""
        url = f"{self._api}/repos/{record.full_name}/contents/{entry['path']}?ref={record.default_branch}"
        blob = f"{self._api}/repos/{record.full_name}/git/blobs/{entry['sha']}"
        web = f"{self._web}/{record.full_name}/blob/{record.default_branch}/{entry['path']}"
        return {
            **entry,
            "name": entry["path"].rpartition("/")[2],
            "url": url,
            "git_url": blob,
            "html_url": web,
            "download_url": f"{web}?raw=1",
            "_links": {"self": url, "git": blob, "html": web},
        }
