"""The operations of the test bed's GitHub on branches and git data: real objects of real git, with GitHub's rules before them."""

from __future__ import annotations

import base64
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.testbed.bare import git, git_environment
from tests.testbed.github_fake import Answer, GitHubFake, RefusedError, Request, Route
from tests.testbed.github_routes import REPOSITORY, check_sso, find, page
from tests.testbed.github_state import Record, Token

NOTHING = "0" * 40
_WHEN = "2026-01-02T03:04:05Z"
_SIGNED = {"reason": "valid", "signature": "-----BEGIN PGP SIGNATURE-----", "payload": "tree", "verified_at": _WHEN}
_UNSIGNED = {"reason": "unsigned", "signature": None, "payload": None, "verified_at": None}


def run(folder: Path, *arguments: str, stdin: bytes = b"", variables: Mapping[str, str] | None = None) -> str:
    """Run git in a bare repository; raises `RefusedError` where it fails."""
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        input=stdin,
        capture_output=True,
        env={**git_environment(), **(variables or {})},
        check=False,
    )
    if done.returncode:
        raise RefusedError(422, f"GitRPC::BadObjectState: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout.decode().strip()


def permitted(fake: GitHubFake, token: Token, where: tuple[str, str], permission: str, level: str = "write") -> Record:
    """Return a repository for which a token has a permission."""
    record = find(fake, token, *where, "GET" if level == "read" else "POST")
    check_sso(token, record.owner)
    if not token.may(permission, level) or (level == "write" and not token.login):
        headers = {"X-Accepted-GitHub-Permissions": f"{permission}={level}"}
        raise RefusedError(403, f"Resource not accessible by {token.kind}", headers=headers)
    if record.archived and level == "write":
        raise RefusedError(403, "Repository was archived so is read-only.")
    return record


# Reading


def commit_shape(fake: GitHubFake, record: Record, sha: str) -> dict[str, Any]:
    """Return a *commit*, as lists and comparisons show it."""
    folder, url = fake.git.path_of(record.full_name), f"{fake.url}/repos/{record.full_name}"
    form = "%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B"
    tree, parents, *people, message = git(folder, "show", "--no-patch", f"--format={form}", sha).split("\0")
    author, committer = ({"name": name, "email": mail, "date": date} for name, mail, date in (people[:3], people[3:]))
    verified = sha in record.proposals.verified
    return {
        "sha": sha,
        "node_id": f"C_{sha}",
        "url": f"{url}/commits/{sha}",
        "html_url": f"{fake.git.url}/{record.full_name}/commit/{sha}",
        "comments_url": f"{url}/commits/{sha}/comments",
        "author": None,
        "committer": None,
        "commit": {
            "url": f"{url}/git/commits/{sha}",
            "author": author,
            "committer": committer,
            "message": message,
            "comment_count": 0,
            "tree": {"sha": tree, "url": f"{url}/git/trees/{tree}"},
            "verification": {"verified": verified, **(_SIGNED if verified else _UNSIGNED)},
        },
        "parents": [{"sha": one, "url": f"{url}/commits/{one}", "html_url": f"{url}/commit/{one}"} for one in parents.split()],
    }


def _get_ref(fake: GitHubFake, _request: Request, token: Token, owner: str, name: str, ref: str) -> Answer:
    record = permitted(fake, token, (owner, name), "contents", "read")
    commit = fake.git.refs(record.full_name, "refs/").get(ref)
    if commit is None:
        raise RefusedError(404, "Not Found")
    return Answer(200, _ref_shape(fake, record, f"refs/{ref}", commit))


def _match_refs(fake: GitHubFake, _request: Request, token: Token, owner: str, name: str, ref: str) -> Answer:
    record = permitted(fake, token, (owner, name), "contents", "read")
    refs = {f"refs/{one}": commit for one, commit in fake.git.refs(record.full_name, "refs/").items() if one.startswith(ref)}
    return Answer(200, [_ref_shape(fake, record, *item) for item in refs.items()])


def _compare(fake: GitHubFake, request: Request, token: Token, owner: str, name: str, basehead: str) -> Answer:
    record = permitted(fake, token, (owner, name), "contents", "read")
    folder, heads = fake.git.path_of(record.full_name), fake.git.heads(record.full_name)
    base, _, head = basehead.partition("...")
    try:
        ends = [git(folder, "rev-parse", "--verify", f"{heads.get(one, one)}^{{commit}}") for one in (base, head)]
    except subprocess.CalledProcessError:
        raise RefusedError(404, "Not Found") from None
    if not git(folder, "rev-parse", f"{ends[0]}...{ends[1]}").partition("^")[2]:
        raise RefusedError(404, f"No common ancestor between {base} and {head}.")
    ahead = git(folder, "rev-list", "--reverse", "--topo-order", f"{ends[0]}..{ends[1]}").split()
    behind = int(git(folder, "rev-list", "--count", f"{ends[1]}..{ends[0]}"))
    status = {(True, True): "diverged", (True, False): "ahead", (False, True): "behind"}.get((bool(ahead), behind > 0), "identical")
    url = f"{fake.url}/repos/{record.full_name}/compare/{basehead}"
    listed = page(fake, request, ahead)
    body = {
        **dict.fromkeys(("url", "html_url", "permalink_url", "diff_url", "patch_url"), url),
        "base_commit": commit_shape(fake, record, ends[0]),
        "merge_base_commit": commit_shape(fake, record, git(folder, "merge-base", *ends)),
        "status": status,
        "ahead_by": len(ahead),
        "behind_by": behind,
        "total_commits": len(ahead),
        "commits": [commit_shape(fake, record, sha) for sha in listed.body],
        "files": [],
    }
    return Answer(200, body, listed.headers)


def _list_commits(fake: GitHubFake, request: Request, token: Token, owner: str, name: str) -> Answer:
    record = permitted(fake, token, (owner, name), "contents", "read")
    sha = request.query("sha", "HEAD")
    found = git(fake.git.path_of(record.full_name), "rev-list", fake.git.heads(record.full_name).get(sha, sha)).split()
    listed = page(fake, request, found)
    return Answer(200, [commit_shape(fake, record, one) for one in listed.body], listed.headers)


def _list_rules(fake: GitHubFake, request: Request, token: Token, owner: str, name: str, branch: str) -> Answer:
    record = permitted(fake, token, (owner, name), "metadata", "read")
    assert branch
    if not record.proposals.knows_rules:
        raise RefusedError(403, "Upgrade to GitHub Pro or make this repository public to enable this feature.")
    return page(fake, request, record.proposals.rules)


def _get_ruleset(fake: GitHubFake, _request: Request, token: Token, owner: str, name: str, number: str) -> Answer:
    record = permitted(fake, token, (owner, name), "metadata", "read")
    if int(number) not in record.proposals.bypass:
        raise RefusedError(404, "Not Found")
    body = {"id": int(number), "name": "bots", "source": record.owner.login, "enforcement": "active"}
    return Answer(200, {**body, "current_user_can_bypass": record.proposals.bypass[int(number)]})


def _get_status(fake: GitHubFake, _request: Request, token: Token, owner: str, name: str, commit: str) -> Answer:
    record = permitted(fake, token, (owner, name), "statuses", "read")
    newest: dict[str, dict[str, Any]] = {}
    for status in record.proposals.statuses.get(commit, []):
        newest.setdefault(status["context"], {key: value for key, value in status.items() if key != "creator"})
    states = {status["state"] for status in newest.values()}
    url = f"{fake.url}/repos/{record.full_name}/commits/{commit}"
    body = {"state": "failure" if "error" in states else "success", "statuses": list(newest.values()), "sha": commit}
    repository = fake.shapes.repository(record, size=0)
    return Answer(200, {**body, "total_count": len(newest), "repository": repository, "commit_url": url, "url": f"{url}/status"})


def _set_status(fake: GitHubFake, request: Request, token: Token, owner: str, name: str, commit: str) -> Answer:
    record = permitted(fake, token, (owner, name), "statuses")
    run(fake.git.path_of(record.full_name), "cat-file", "-e", f"{commit}^{{commit}}")
    known = record.proposals.statuses.setdefault(commit, [])
    number = sum(map(len, record.proposals.statuses.values())) + 1
    status = {
        "url": f"{fake.url}/repos/{record.full_name}/statuses/{commit}",
        "avatar_url": None,
        "id": number,
        "node_id": f"S_{number}",
        "state": request.body["state"],
        "description": request.body.get("description"),
        "target_url": request.body.get("target_url"),
        "context": request.body.get("context", "default"),
        "created_at": _WHEN,
        "updated_at": _WHEN,
        "creator": fake.shapes.user(fake.accounts[token.login.lower()]),
    }
    known.insert(0, status)
    return Answer(201, status)


# Git data


def _make_blob(fake: GitHubFake, request: Request, token: Token, owner: str, name: str) -> Answer:
    record = permitted(fake, token, (owner, name), "contents")
    text, coding = request.body["content"], request.body.get("encoding", "utf-8")
    content = base64.b64decode(text) if coding == "base64" else text.encode()
    sha = run(fake.git.path_of(record.full_name), "hash-object", "-w", "--stdin", stdin=content)
    return Answer(201, {"sha": sha, "url": f"{fake.url}/repos/{record.full_name}/git/blobs/{sha}"})


def _make_tree(fake: GitHubFake, request: Request, token: Token, owner: str, name: str) -> Answer:
    record = permitted(fake, token, (owner, name), "contents")
    folder, lines = fake.git.path_of(record.full_name), []
    for entry in request.body["tree"]:
        sha = entry.get("sha")
        if "content" in entry:
            sha = run(folder, "hash-object", "-w", "--stdin", stdin=entry["content"].encode())
        elif sha is not None and entry["type"] == "blob":
            run(folder, "cat-file", "-e", sha)
        lines.append(f"{'0' if sha is None else entry['mode']} {sha or NOTHING}\t{entry['path']}\0")
    with tempfile.TemporaryDirectory() as scratch:
        index = {"GIT_INDEX_FILE": f"{scratch}/index"}
        if "base_tree" in request.body:
            run(folder, "read-tree", request.body["base_tree"], variables=index)
        run(folder, "update-index", "-z", "--index-info", stdin="".join(lines).encode(), variables=index)
        tree = run(folder, "write-tree", variables=index)
    return Answer(201, {"sha": tree, "url": f"{fake.url}/repos/{record.full_name}/git/trees/{tree}", "truncated": False, "tree": []})


def _make_commit(fake: GitHubFake, request: Request, token: Token, owner: str, name: str) -> Answer:
    record = permitted(fake, token, (owner, name), "contents")
    body, folder = request.body, fake.git.path_of(record.full_name)
    who = f"{token.login}[bot]" if token.is_installation else token.login
    author = {"name": who, "email": f"{who}@users.example", "date": "2026-01-02T03:04:05Z"}
    github = {**author, "name": "GitHub", "email": "noreply@github.com"}  # who commits what it signs
    is_signed = token.is_installation and not {"author", "committer", "signature"} & body.keys()
    given = {"author": body.get("author", author), "committer": body.get("committer", github if is_signed else author)}
    variables = {f"GIT_{role.upper()}_{key.upper()}": text for role, one in given.items() for key, text in one.items()}
    parents = [part for parent in body.get("parents", []) for part in ("-p", parent)]
    sha = run(folder, "commit-tree", *parents, body["tree"], stdin=body["message"].encode(), variables=variables)
    if is_signed:
        record.proposals.verified.add(sha)
    made = fake.shapes.commit(record, sha, message=body["message"], tree=body["tree"], parents=body.get("parents", []))
    if sha in record.proposals.verified:
        made["verification"] = {"verified": True, **_SIGNED}
    return Answer(201, made)


def _ref_shape(fake: GitHubFake, record: Record, ref: str, sha: str) -> dict[str, Any]:
    url = f"{fake.url}/repos/{record.full_name}/git"
    kind = {"type": "commit", "sha": sha, "url": f"{url}/commits/{sha}"}
    return {"ref": ref, "node_id": f"REF_{ref}", "url": f"{url}/{ref}", "object": kind}


def check_rules(fake: GitHubFake, record: Record, token: Token, ref: str, before: str, after: str, *, forced: bool) -> None:
    """Refuse what rules, or missing rights to workflow files, forbid."""
    folder = fake.git.path_of(record.full_name)
    kinds = {rule["type"] for rule in record.proposals.rules if record.proposals.bypass.get(rule["ruleset_id"]) != "always"}
    broken = {"pull_request"} & kinds | ({"creation"} if before == NOTHING else {"update"}) & kinds
    broken |= {"non_fast_forward"} & kinds if forced else set()
    broken |= {"required_signatures"} & kinds if after not in record.proposals.verified else set()
    if broken and ref.startswith("refs/heads/"):
        raise RefusedError(422, f"Repository rule violations found\n\n{', '.join(sorted(broken))}\n\n")
    changed = git(folder, "diff-tree", "--name-only", "-r", f"{after}^", after, "--", ".github/workflows") if after != NOTHING else ""
    if changed and not token.may("workflows", "write"):
        file = changed.splitlines()[0]
        raise RefusedError(403, f"refusing to allow a GitHub App to create or update workflow `{file}` without `workflows` permission")


def move(fake: GitHubFake, record: Record, ref: str, before: str, after: str) -> None:
    """Move, make or delete a reference; open pull requests follow."""
    if after == NOTHING:
        run(fake.git.path_of(record.full_name), "update-ref", "-d", ref)
    else:
        run(fake.git.path_of(record.full_name), "update-ref", ref, after, before)


def _make_ref(fake: GitHubFake, request: Request, token: Token, owner: str, name: str) -> Answer:
    record = permitted(fake, token, (owner, name), "contents")
    ref, sha = request.body["ref"], request.body["sha"]
    if ref.removeprefix("refs/") in fake.git.refs(record.full_name, "refs/"):
        raise RefusedError(422, "Reference already exists")
    run(fake.git.path_of(record.full_name), "cat-file", "-e", f"{sha}^{{commit}}")
    check_rules(fake, record, token, ref, NOTHING, sha, forced=False)
    move(fake, record, ref, NOTHING, sha)
    return Answer(201, _ref_shape(fake, record, ref, sha))


def _move_ref(fake: GitHubFake, request: Request, token: Token, owner: str, name: str, ref: str) -> Answer:
    record = permitted(fake, token, (owner, name), "contents")
    sha, before = request.body["sha"], fake.git.refs(record.full_name, "refs/").get(ref)
    if before is None:
        raise RefusedError(422, "Reference does not exist")
    forward = git(fake.git.path_of(record.full_name), "merge-base", before, sha) == before
    if not forward and not request.body.get("force"):
        raise RefusedError(422, "Update is not a fast forward")
    check_rules(fake, record, token, f"refs/{ref}", before, sha, forced=not forward)
    move(fake, record, f"refs/{ref}", before, sha)
    return Answer(200, _ref_shape(fake, record, f"refs/{ref}", sha))


def _delete_ref(fake: GitHubFake, _request: Request, token: Token, owner: str, name: str, ref: str) -> Answer:
    record = permitted(fake, token, (owner, name), "contents")
    if ref not in fake.git.refs(record.full_name, "refs/"):
        raise RefusedError(422, "Reference does not exist")
    move(fake, record, f"refs/{ref}", "", NOTHING)
    return Answer(204)


OBJECT_ROUTES: tuple[Route, ...] = (
    ("GET", f"{REPOSITORY}/git/ref/(?P<ref>.+)", _get_ref),
    ("GET", f"{REPOSITORY}/git/matching-refs/(?P<ref>.+)", _match_refs),
    ("GET", f"{REPOSITORY}/commits", _list_commits),
    ("GET", f"{REPOSITORY}/compare/(?P<basehead>.+)", _compare),
    ("GET", f"{REPOSITORY}/rules/branches/(?P<branch>.+)", _list_rules),
    ("GET", rf"{REPOSITORY}/rulesets/(?P<number>\d+)", _get_ruleset),
    ("GET", f"{REPOSITORY}/commits/(?P<commit>[0-9a-f]+)/status", _get_status),
    ("POST", f"{REPOSITORY}/statuses/(?P<commit>[0-9a-f]+)", _set_status),
    ("POST", f"{REPOSITORY}/git/blobs", _make_blob),
    ("POST", f"{REPOSITORY}/git/trees", _make_tree),
    ("POST", f"{REPOSITORY}/git/commits", _make_commit),
    ("POST", f"{REPOSITORY}/git/refs", _make_ref),
    ("PATCH", f"{REPOSITORY}/git/refs/(?P<ref>.+)", _move_ref),
    ("DELETE", f"{REPOSITORY}/git/refs/(?P<ref>.+)", _delete_ref),
)
