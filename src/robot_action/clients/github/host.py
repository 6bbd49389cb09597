"""GitHub as a host of repositories."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import quote

from robot_action.clients.github.api import GitHubApi, Reply
from robot_action.clients.github.calls import GitHubCalls, Patience, UnclearError, expect
from robot_action.clients.github.errors import CREATION_HINT, is_name_taken, message_of
from robot_action.clients.github.facts import MERGE_FIELDS, GitHubFacts, repository_path
from robot_action.errors import FailedError, InputError, NotPermittedError, RobotActionError, TryAgainError, UnavailableError
from robot_action.model.credentials import Use
from robot_action.model.facts import Repository
from robot_action.model.manifest import RepositoryWanted


class GitHubHost:
    """Repositories on GitHub; a `robot_action.hosting.Host`.

    Args:
        api: the connection to the API.
        server: the address of the repositories, such as ``https://github.com``.
        patience: how long to wait, and how.
    """

    def __init__(self, api: GitHubApi, server: str, patience: Patience | None = None) -> None:
        self._calls = GitHubCalls(api, patience or Patience())
        self._server = server.rstrip("/")
        self._facts = GitHubFacts(self._calls, self._server)

    def find(self, wanted: RepositoryWanted) -> Repository | None:
        """Return the repository of the wanted name as it is, or None.

        Raises:
            InputError: when its state file cannot be understood.
        """
        return self._facts.find(wanted)

    def authorise(self, wanted: RepositoryWanted, *, create: bool) -> None:
        """See whether a repository can be made, set up and pushed to; see `robot_action.hosting.Host.authorise`."""
        api = self._calls.api
        use = Use.CREATE if create else Use.WRITE
        if all(api.keyring.find(url, use, wanted.name) is not None for url in (api.url, f"{self._server}/{wanted.name}.git")):
            return
        what = "make the repository" if create else "set up and push to the repository"
        raise NotPermittedError(f"there is no token that may {what} {wanted.name}", hint=CREATION_HINT)

    def create(self, wanted: RepositoryWanted) -> Repository:
        """Create it, empty, and wait until it answers; never twice.

        After an answer that does not say whether it was created, it is looked for, and taken if it is there and empty.

        Raises:
            TryAgainError: when somebody else made it meanwhile, or it does not answer yet.
            NotPermittedError: when the token may not, or must not see the repository that has the name.
        """
        path, body = self._creation(wanted)
        reason = ""
        for _ in self._calls.pauses():
            try:
                reply = self._calls.post(path, body, owner=wanted.owner)
            except UnclearError as error:
                reason = str(error)
                if (found := self.find(wanted)) is not None:
                    return self._adopt(found, wanted)
                continue
            if is_name_taken(reply):
                return self._take_over(wanted, ours_perhaps=bool(reason))
            self._expect_created(reply, wanted)
            return self._await(wanted)
        raise UnavailableError(f"GitHub does not create {wanted.name}: {reason}", hint="Run the same command again later.")

    def settle(self, wanted: RepositoryWanted) -> tuple[str, ...]:
        """Bring the settings of an empty repository to what is wanted; return what was changed, for people."""
        found = self.find(wanted)
        if found is None:
            raise FailedError(f"the repository {wanted.name} is gone, or the token may not see it any more")
        changed: list[str] = []
        body = _changes(wanted, found)
        if body:
            self._change("PATCH", _path(wanted), body, f"change the settings of {wanted.name}")
            changed.append(f"set {', '.join(body)}")
        if wanted.topics and {topic.lower() for topic in wanted.topics} != set(found.topics):
            self._change("PUT", f"{_path(wanted)}/topics", {"names": list(wanted.topics)}, f"set the topics of {wanted.name}")
            changed.append(f"set the topics {', '.join(wanted.topics)}")
        for slug, role in _missing(wanted.teams, found.teams):
            path = f"/orgs/{quote(wanted.owner, safe='')}/teams/{quote(slug, safe='')}{_path(wanted)}"
            self._change("PUT", path, {"permission": role}, f"give the team {slug} access to {wanted.name}")
            changed.append(f"gave the team {slug} the role {role}")
        for login, role in _missing(wanted.collaborators, found.collaborators):
            path = f"{_path(wanted)}/collaborators/{quote(login, safe='')}"
            self._change("PUT", path, {"permission": role}, f"give {login} access to {wanted.name}")
            changed.append(f"gave {login} the role {role}")
        return tuple(changed)

    def set_default_branch(self, wanted: RepositoryWanted) -> None:
        """Make the wanted branch, which was pushed, the default one."""
        doing = f"make {wanted.default_branch} the default branch of {wanted.name}"
        refused = Reply(404)
        for _ in self._calls.pauses():  # GitHub may take a moment to see the pushed branch
            found = expect(self._calls.get(_path(wanted)), doing).data
            if found.get("default_branch") == wanted.default_branch:
                return
            refused = self._calls.change("PATCH", _path(wanted), {"default_branch": wanted.default_branch})
            if refused.status != HTTPStatus.UNPROCESSABLE_ENTITY:
                break
        expect(refused, doing)

    def _change(self, method: str, path: str, body: Mapping[str, object], doing: str) -> None:
        expect(self._calls.change(method, path, body), doing)

    def _creation(self, wanted: RepositoryWanted) -> tuple[str, Mapping[str, object]]:
        """Return where and with what a repository is created: for the token's own user, or in an organisation."""
        body: dict[str, object] = {"name": wanted.name.rpartition("/")[2], "auto_init": False, **_merge_body(wanted)}
        body["private"] = wanted.visibility != "public"  # with visibility beside it, for servers that do not know that
        body |= {key: value for key, value in (("description", wanted.description), ("homepage", wanted.homepage)) if value}
        if self._login(wanted.owner).casefold() != wanted.owner.casefold():
            return f"/orgs/{quote(wanted.owner, safe='')}/repos", {**body, "visibility": wanted.visibility}
        if wanted.visibility == "internal":
            raise InputError(f"{wanted.name} cannot be internal: internal repositories belong to organisations")
        return "/user/repos", body

    def _login(self, owner: str) -> str:
        """Return the user of the token for an owner; an App's token and a workflow's own have none."""
        reply = self._calls.get("/user", owner=owner)
        if reply.status == HTTPStatus.FORBIDDEN:
            return ""
        return str(expect(reply, "ask GitHub whose token this is").data.get("login", ""))

    def _expect_created(self, reply: Reply, wanted: RepositoryWanted) -> None:
        if reply.status == HTTPStatus.NOT_FOUND:
            raise NotPermittedError(
                f"there is no organisation {wanted.owner} in which this token may create {wanted.name}: {message_of(reply)}",
                hint=CREATION_HINT,
            )
        expect(reply, f"create {wanted.name}")

    def _take_over(self, wanted: RepositoryWanted, *, ours_perhaps: bool) -> Repository:
        """Return the repository that has the name, if it can be the one that an unclear answer made."""
        try:
            found = self._await(wanted)
        except TryAgainError:
            raise NotPermittedError(
                f"the name {wanted.name} is taken by a repository that this token cannot see",
                hint="Use a token that may read it, or another name.",
            ) from None
        if not ours_perhaps:
            raise _made_meanwhile(wanted)
        return self._adopt(found, wanted)

    def _adopt(self, found: Repository, wanted: RepositoryWanted) -> Repository:
        if not found.is_empty or found.archived:
            raise _made_meanwhile(wanted)
        return found

    def _await(self, wanted: RepositoryWanted) -> Repository:
        """Wait until a repository that exists can be read, with all that belongs to it."""
        error: RobotActionError = TryAgainError(f"GitHub does not show {wanted.name} yet", hint="Run the same command again in a minute.")
        for _ in self._calls.pauses():
            try:
                found = self.find(wanted)
            except NotPermittedError as refused:
                error = refused
            else:
                if found is not None:
                    return found
        raise error


def _path(wanted: RepositoryWanted) -> str:
    return repository_path(wanted.name)


def _merge_body(wanted: RepositoryWanted) -> dict[str, object]:
    values = ((theirs, getattr(wanted.merge, ours)) for ours, theirs in MERGE_FIELDS.items())
    return {theirs: value for theirs, value in values if value is not None}


def _changes(wanted: RepositoryWanted, found: Repository) -> dict[str, object]:
    """Return the settings to change, with GitHub's names."""
    body: dict[str, object] = {}
    if wanted.visibility != found.visibility:
        body["visibility"] = wanted.visibility
    for name in ("description", "homepage"):
        if (value := getattr(wanted, name)) and value != getattr(found, name):
            body[name] = value
    merge = ((ours, theirs, getattr(wanted.merge, ours)) for ours, theirs in MERGE_FIELDS.items())
    return body | {theirs: value for ours, theirs, value in merge if value not in {None, getattr(found.merge, ours)}}


def _missing(wanted: Mapping[str, str], found: Mapping[str, str] | None) -> list[tuple[str, str]]:
    """Return who has another role than the wanted one; where nobody can tell, all."""
    there = {key.casefold(): role for key, role in (found or {}).items()}
    return [(key, role) for key, role in wanted.items() if there.get(key.casefold()) != role]


def _made_meanwhile(wanted: RepositoryWanted) -> RobotActionError:
    return TryAgainError(
        f"somebody else made the repository {wanted.name} meanwhile",
        hint="Nothing in it was touched. Run the same command again to see what it is now.",
    )
