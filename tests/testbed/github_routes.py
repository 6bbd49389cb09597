"""The operations of the test bed's GitHub, one function each."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.testbed.bare import git
from tests.testbed.github_fake import ADMINISTRATION, Answer, GitHubFake, RefusedError, Request, Route
from tests.testbed.github_state import MERGE_DEFAULTS, Account, Record, Token

REPOSITORY = r"/repos/(?P<owner>[^/]+)/(?P<name>[^/]+)"
_INLINE_LIMIT = 1_000_000


# Reading


def _get_user(fake: GitHubFake, _request: Request, token: Token) -> Answer:
    if token.is_installation:
        raise RefusedError(403, "Resource not accessible by integration")
    return Answer(200, fake.shapes.whole_user(fake.accounts[token.login.lower()]))


def _get_repository(fake: GitHubFake, _request: Request, token: Token, owner: str, name: str) -> Answer:
    record = find(fake, token, owner, name, "GET")
    size = int(git(fake.git.path_of(record.full_name), "count-objects").split()[0])
    return Answer(200, fake.shapes.repository(record, size=size))


def _get_moved(fake: GitHubFake, request: Request, token: Token, number: str) -> Answer:
    record = next((record for record in fake.repositories.values() if record.number == int(number)), None)
    if record is None:
        raise RefusedError(404, "Not Found")
    return _get_repository(fake, request, token, record.owner.login, record.name)


def _list_branches(fake: GitHubFake, request: Request, token: Token, owner: str, name: str) -> Answer:
    record = _readable(fake, token, owner, name)
    return page(fake, request, [fake.shapes.branch(record, *item) for item in fake.git.heads(record.full_name).items()])


def _list_tags(fake: GitHubFake, request: Request, token: Token, owner: str, name: str) -> Answer:
    record = _readable(fake, token, owner, name)
    return page(fake, request, [fake.shapes.tag(record, *item) for item in fake.git.refs(record.full_name, "refs/tags/").items()])


def _get_commit(fake: GitHubFake, _request: Request, token: Token, owner: str, name: str, commit: str) -> Answer:
    record = _readable(fake, token, owner, name)
    folder = fake.git.path_of(record.full_name)
    message = git(folder, "show", "--no-patch", "--format=%B", commit)
    tree, *parents = git(folder, "show", "--no-patch", "--format=%T %P", commit).split()
    return Answer(200, fake.shapes.commit(record, commit, message=message, tree=tree, parents=parents))


def _list_teams(fake: GitHubFake, request: Request, token: Token, owner: str, name: str) -> Answer:
    record = _administered(fake, token, owner, name, "GET")
    return page(fake, request, [fake.shapes.team(record, slug) for slug in record.teams])


def _list_collaborators(fake: GitHubFake, request: Request, token: Token, owner: str, name: str) -> Answer:
    record = _administered(fake, token, owner, name, "GET")
    people = [fake.shapes.collaborator(fake.accounts[login.lower()], role) for login, role in record.collaborators.items()]
    return page(fake, request, people)


def _list_invitations(fake: GitHubFake, request: Request, token: Token, owner: str, name: str) -> Answer:
    record = _administered(fake, token, owner, name, "GET")
    inviter = fake.accounts[token.login.lower()]
    return page(fake, request, [fake.shapes.invitation(record, fake.accounts[login.lower()], inviter) for login in record.invitations])


def _get_content(fake: GitHubFake, request: Request, token: Token, owner: str, name: str, path: str) -> Answer:
    record = _readable(fake, token, owner, name)
    heads, branch = fake.git.heads(record.full_name), request.query("ref", record.default_branch)
    if branch not in heads:
        raise RefusedError(404, f"No commit found for the ref {branch}" if heads else "This repository is empty.")
    folder = fake.git.path_of(record.full_name)
    listed = git(folder, "ls-tree", "--long", f"refs/heads/{branch}", path)
    if not listed:
        raise RefusedError(404, "Not Found")
    mode, kind, sha, size = listed.partition("\t")[0].split()
    if kind == "tree":
        return Answer(200, [fake.shapes.content(record, {"type": "dir", "path": path, "sha": sha, "size": 0})])
    entry: dict[str, Any] = {"type": "file", "path": path, "sha": sha, "size": int(size)}
    content = fake.git.blob(record.full_name, sha)
    if mode == "120000":
        entry |= {"type": "symlink", "target": content.decode()}
    elif int(size) > _INLINE_LIMIT:
        entry |= {"encoding": "none", "content": ""}
    else:
        entry |= {"encoding": "base64", "content": base64.encodebytes(content).decode()}
    return Answer(200, fake.shapes.content(record, entry))


# Writing


def _create_for_user(fake: GitHubFake, request: Request, token: Token) -> Answer:
    if token.is_installation or not token.administers:
        raise RefusedError(403, f"Resource not accessible by {token.kind}", headers=ADMINISTRATION)
    return _create(fake, request, fake.accounts[token.login.lower()])


def _create_for_organisation(fake: GitHubFake, request: Request, token: Token, owner: str) -> Answer:
    account = fake.accounts.get(owner.lower())
    if account is None or not account.is_organisation:
        raise RefusedError(404, "Not Found")
    check_sso(token, account)
    if not token.administers or token.reach is not None or token.owner.lower() not in {"", owner.lower()}:
        raise RefusedError(403, f"Resource not accessible by {token.kind}", headers=ADMINISTRATION)
    return _create(fake, request, account)


def _create(fake: GitHubFake, request: Request, owner: Account) -> Answer:
    body: Mapping[str, Any] = request.body
    visibility = body.get("visibility", "private" if body.get("private") else "public")
    if owner.forbids_public and visibility == "public":
        raise _invalid("Repository creation failed.", "visibility", "Visibility can't be public")
    if f"{owner.login}/{body['name']}".lower() in fake.repositories:
        raise _invalid("Repository creation failed.", "name", "name already exists on this account")
    fake.renamed.pop(f"{owner.login}/{body['name']}".lower(), None)
    record = fake.add_repository(f"{owner.login}/{body['name']}", visibility)
    record.unreadable = fake.unreadable
    _change(record, body)
    return Answer(201, fake.shapes.repository(record, size=0))


def _change_repository(fake: GitHubFake, request: Request, token: Token, owner: str, name: str) -> Answer:
    record = _administered(fake, token, owner, name, "PATCH")
    body: Mapping[str, Any] = request.body
    if record.archived and body.get("archived") is not False:
        raise RefusedError(403, "Repository was archived so is read-only.")
    branch = body.get("default_branch", record.default_branch)
    heads = fake.git.heads(record.full_name)
    if "default_branch" in body and not heads:
        message = "Cannot update default branch for an empty repository. Please init the repository and push first."
        raise _invalid("Validation Failed", "default_branch", message)
    if "default_branch" in body and branch not in heads:
        message = f"The branch {branch} was not found. Please push that ref first or create it via the Git Data API."
        raise _invalid("Validation Failed", "default_branch", message)
    if record.owner.forbids_public and body.get("visibility") == "public":
        raise _invalid("Validation Failed", "visibility", "Visibility can't be public")
    record.default_branch = branch
    fake.git.git(record.full_name, "symbolic-ref", "HEAD", f"refs/heads/{branch}")
    record.visibility = body.get("visibility", record.visibility)
    record.archived = body.get("archived", record.archived)
    _change(record, body)
    return Answer(200, fake.shapes.repository(record, size=0))


def _change(record: Record, body: Mapping[str, Any]) -> None:
    record.description = body.get("description", record.description)
    record.homepage = body.get("homepage", record.homepage)
    record.merge |= {key: value for key, value in body.items() if key in MERGE_DEFAULTS}


def _delete_repository(fake: GitHubFake, _request: Request, token: Token, owner: str, name: str) -> Answer:
    record = _administered(fake, token, owner, name, "DELETE")
    del fake.repositories[record.full_name.lower()]
    fake.git.delete(record.full_name)
    return Answer(204)


def _set_topics(fake: GitHubFake, request: Request, token: Token, owner: str, name: str) -> Answer:
    record = _administered(fake, token, owner, name, "PUT")
    record.topics = [topic.lower() for topic in request.body["names"]]
    return Answer(200, {"names": record.topics})


def _set_team(fake: GitHubFake, request: Request, token: Token, *, organisation: str, slug: str, owner: str, name: str) -> Answer:
    record = _administered(fake, token, owner, name, "PUT")
    account = fake.accounts.get(organisation.lower())
    if account is None or slug not in account.teams:
        raise RefusedError(404, "Not Found")
    record.teams[slug] = request.body["permission"]
    return Answer(204)


def _set_collaborator(fake: GitHubFake, request: Request, token: Token, owner: str, name: str, login: str) -> Answer:
    record = _administered(fake, token, owner, name, "PUT")
    account, role = fake.accounts.get(login.lower()), request.body["permission"]
    if account is None:
        raise RefusedError(404, "Not Found")
    if account.login in record.collaborators:
        record.collaborators[account.login] = role
        return Answer(204)
    record.invitations[account.login] = role
    return Answer(201, fake.shapes.invitation(record, account, fake.accounts[token.login.lower()]))


# Shared


def find(fake: GitHubFake, token: Token, owner: str, name: str, method: str) -> Record:
    """Return a repository that a token sees."""
    key = f"{owner}/{name}".lower()
    if key in fake.renamed:
        status, message = (301, "Moved Permanently") if method == "GET" else (307, "Temporary Redirect")
        where = f"{fake.url}/repositories/{fake.renamed[key].number}"
        raise RefusedError(status, message, headers={"Location": where}, url=where)
    record = fake.repositories.get(key)
    if record is None or not (token.reaches(key) or (record.visibility == "public" and method == "GET")):
        raise RefusedError(404, "Not Found")
    check_sso(token, record.owner)
    if record.unreadable > 0:
        record.unreadable -= 1
        raise RefusedError(404, "Not Found")
    _follow_first_push(fake, record)
    return record


def _administered(fake: GitHubFake, token: Token, owner: str, name: str, method: str) -> Record:
    record = find(fake, token, owner, name, method)
    if not (token.administers or (token.permissions and method == "GET" and token.may("administration", "read"))):
        raise RefusedError(403, f"Resource not accessible by {token.kind}", headers=ADMINISTRATION)
    return record


def _readable(fake: GitHubFake, token: Token, owner: str, name: str) -> Record:
    """Return a repository whose git data the token may read."""
    record = find(fake, token, owner, name, "GET")
    if not token.may("contents", "read"):
        raise RefusedError(403, f"Resource not accessible by {token.kind}", headers={"X-Accepted-GitHub-Permissions": "contents=read"})
    return record


def check_sso(token: Token, account: Account) -> None:
    """Refuse a token that was not authorised for an organisation's single sign-on."""
    if token.lacks_sso and account.is_organisation:
        message = (
            "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization."
        )
        url = f"https://github.example/orgs/{account.login}/sso?authorization_request=AZSCKtL4U8yX1H3sCQIVnVgmjmon5fWxks5YrqhJgah0b2tlbl9pZM4EuMz4"
        raise RefusedError(403, message, headers={"X-GitHub-SSO": f"required; url={url}"})


def _follow_first_push(fake: GitHubFake, record: Record) -> None:
    """Make the branch that was pushed first the default one, as GitHub does."""
    heads = fake.git.heads(record.full_name)
    if heads and record.default_branch not in heads:
        record.default_branch = min(heads)
        fake.git.git(record.full_name, "symbolic-ref", "HEAD", f"refs/heads/{record.default_branch}")


def page(fake: GitHubFake, request: Request, items: Sequence[Any]) -> Answer:
    """Return the part of a list that a request asks for, and the link to the next one."""
    size, page = int(request.query("per_page", "30")), int(request.query("page", "1"))
    rest = items[size * page :]
    url = f"{fake.url}{urlsplit(request.target).path}?{urlencode({'per_page': size, 'page': page + 1})}"
    return Answer(200, list(items[size * (page - 1) : size * page]), {"Link": f'<{url}>; rel="next"'} if rest else {})


def _invalid(message: str, subject: str, detail: str) -> RefusedError:
    errors = [{"resource": "Repository", "code": "custom", "field": subject, "message": detail}]
    return RefusedError(422, message, errors=errors)


ROUTES: tuple[Route, ...] = (
    ("GET", "/user", _get_user),
    ("POST", "/user/repos", _create_for_user),
    ("POST", r"/orgs/(?P<owner>[^/]+)/repos", _create_for_organisation),
    ("GET", r"/repositories/(?P<number>\d+)", _get_moved),
    ("GET", REPOSITORY, _get_repository),
    ("PATCH", REPOSITORY, _change_repository),
    ("DELETE", REPOSITORY, _delete_repository),
    ("GET", f"{REPOSITORY}/branches", _list_branches),
    ("GET", f"{REPOSITORY}/tags", _list_tags),
    ("GET", f"{REPOSITORY}/git/commits/(?P<commit>[0-9a-f]+)", _get_commit),
    ("GET", f"{REPOSITORY}/teams", _list_teams),
    ("GET", f"{REPOSITORY}/collaborators", _list_collaborators),
    ("GET", f"{REPOSITORY}/invitations", _list_invitations),
    ("GET", f"{REPOSITORY}/contents/(?P<path>.+)", _get_content),
    ("PUT", f"{REPOSITORY}/topics", _set_topics),
    ("PUT", rf"/orgs/(?P<organisation>[^/]+)/teams/(?P<slug>[^/]+){REPOSITORY}", _set_team),
    ("PUT", f"{REPOSITORY}/collaborators/(?P<login>[^/]+)", _set_collaborator),
)
