"""A GitHub App's tokens: minted for what is concerned, renewed, revoked; the key never leaves."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from robot_action.clients.git.runner import GitRunner
from robot_action.clients.github.access import Access, Proposing
from robot_action.clients.github.api import GitHubApi
from robot_action.clients.github.app import Surroundings
from robot_action.clients.github.host import GitHubHost
from robot_action.errors import ConfigurationError, NotPermittedError, RobotActionError, UnavailableError
from robot_action.model.credentials import AppKey, Credential, Credentials, GitHubTokens, Use, host_of
from robot_action.model.manifest import RepositoryWanted
from tests.clients.github.support import EVERYTHING, WANTED, Waiting
from tests.testbed.fixtures import GitHubBed
from tests.testbed.github_apps import App, add_app, make_key

MINTING = "POST /app/installations/.*"


@dataclass
class Minting:
    """An App as the operator gives it, on the test bed's GitHub.

    Attributes:
        hidden: what was to be hidden from then on.
    """

    github: GitHubBed
    app: App
    waiting: Waiting = field(default_factory=Waiting)
    hidden: list[str] = field(default_factory=list)
    opened: list[Access] = field(default_factory=list)
    apis: list[GitHubApi] = field(default_factory=list)

    def access(self, *, client_id: str = "", private_key: str = "", workflow: str = "", own: str = "") -> Access:
        key = AppKey(client_id or self.app.client_id, private_key or self.app.private_key)
        hosts = frozenset({host_of(self.github.api_url), host_of(self.github.server_url)})
        tokens = GitHubTokens(hosts, workflow=Credential("x-access-token", workflow) if workflow else None, own=own, app=key)
        around = Surroundings(self.github.api_url, self.hidden.extend, self.waiting.patience)
        self.opened.append(Access(Credentials(github=tokens), around))
        return self.opened[-1]

    def host(self, access: Access | None = None) -> GitHubHost:
        api = GitHubApi(self.github.api_url, access or self.access())
        self.apis.append(api)
        return GitHubHost(api, self.github.server_url, self.waiting.patience)

    @property
    def asked(self) -> list[tuple[tuple[str, ...], dict[str, str]]]:
        """The repositories and permissions of every token that was asked for."""
        bodies = [request.body for request in self.github.fake.requests if "access_tokens" in request.path]
        return [(tuple(body.get("repositories", ())), body["permissions"]) for body in bodies]


@pytest.fixture
def minting(github: GitHubBed) -> Iterator[Minting]:
    made = Minting(github, add_app(github.fake))
    made.app.install(github.fake.accounts["acme"])
    github.fake.now = lambda: made.waiting.time
    yield made
    for opened in (*made.opened, *made.apis):
        opened.close()


def shown(credential: Credential | None) -> str:
    assert credential is not None
    return credential.password


# Scopes


def test_before_a_repository_exists_a_token_can_administer_and_nothing_else(minting: Minting) -> None:
    access = minting.access()
    shown(access.find(minting.github.api_url, Use.CREATE, "acme/demo"))
    assert minting.asked == [((), {"administration": "write", "metadata": "read"})]


def test_afterwards_a_token_is_for_that_repository_alone(minting: Minting) -> None:
    minting.github.fake.add_repository("acme/demo")
    access = minting.access()
    shown(access.find(minting.github.server_url, Use.WRITE, "acme/demo"))
    wanted = {"administration": "write", "contents": "write", "metadata": "read", "workflows": "write", "members": "read"}
    assert minting.asked == [(("demo",), wanted)]


def test_a_template_is_fetched_with_a_token_that_reads_its_repository(minting: Minting) -> None:
    minting.github.fake.add_repository("acme/templates")
    minting.github.git.commit("acme/templates", {"a": "b"})
    runner = GitRunner({}, credentials=minting.access(), allowed_protocols=frozenset({"http"}))
    url = minting.github.git.url_of("acme/templates")
    with runner.scratch("t") as folder:
        from robot_action.clients.git.environment import Place

        assert b"refs/heads/main" in runner.remote(Place(folder), url, "ls-remote", "--", url).stdout
    assert minting.asked == [(("templates",), {"contents": "read", "metadata": "read"})]


def test_looking_writes_nothing_so_its_token_cannot(minting: Minting) -> None:
    minting.github.fake.add_repository("acme/demo")
    assert minting.host().find(WANTED) is not None
    assert minting.asked == [(("demo",), {"administration": "read", "contents": "read", "metadata": "read"})]


def test_a_repository_is_made_set_up_and_found(minting: Minting) -> None:
    minting.github.fake.unreadable = 2
    host = minting.host()
    assert host.find(EVERYTHING) is None
    host.authorise(EVERYTHING, create=True)
    assert host.create(EVERYTHING).is_empty
    host.settle(RepositoryWanted("acme/demo", topics=("service",), teams={"platform": "push"}))
    record = minting.github.fake.repositories["acme/demo"]
    assert record.topics == ["service"]
    assert record.teams == {"platform": "push"}
    wide = [permissions for names, permissions in minting.asked if not names]
    assert wide == [{"metadata": "read"}, {"administration": "write", "metadata": "read"}]


def test_a_token_for_one_repository_is_refused_for_another(minting: Minting) -> None:
    for name in ("acme/demo", "acme/other"):
        minting.github.fake.add_repository(name)
    token = shown(minting.access().find(minting.github.api_url, Use.WRITE, "acme/demo"))
    hosts = Credentials({host_of(minting.github.api_url): Credential("x", token)})
    api = GitHubApi(minting.github.api_url, hosts)
    minting.apis.append(api)
    assert api.send("GET", "/repos/acme/demo").status == 200
    assert api.send("GET", "/repos/acme/other").status == 404
    assert api.send("POST", "/orgs/acme/repos", body={"name": "third"}).status == 403


def test_tokens_are_kept_for_what_they_are_for(minting: Minting) -> None:
    minting.github.fake.add_repository("acme/demo")
    access = minting.access()
    first, again, other = (
        shown(access.find(minting.github.api_url, use, about))
        for use, about in ((Use.WRITE, "acme/demo"), (Use.WRITE, "ACME/Demo"), (Use.LOOK, "acme/demo"))
    )
    assert first == again != other
    assert len(minting.github.fake.calls("GET")) == 1


def test_workflows_are_asked_for_only_where_they_were_granted(minting: Minting) -> None:
    minting.github.fake.add_repository("acme/demo")
    minting.app.install(minting.github.fake.accounts["acme"], {"administration": "write", "contents": "write", "metadata": "read"})
    shown(minting.access().find(minting.github.api_url, Use.WRITE, "acme/demo"))
    assert "workflows" not in minting.asked[0][1]


def test_the_workflow_s_own_repository_needs_no_app(minting: Minting) -> None:
    access = minting.access(workflow="workflow-token", own="acme/platform")
    for use in (Use.FETCH, Use.LOOK, Use.WRITE):
        assert shown(access.find(minting.github.api_url, use, "acme/platform")) == "workflow-token"
    assert minting.asked == []


@pytest.mark.parametrize("trouble", ["not installed", "suspended", "no contents", "another repository"])
def test_what_the_app_cannot_fetch_may_be_readable_without_it(minting: Minting, trouble: str) -> None:
    installation = minting.app.installations["acme"]
    installation.suspended = trouble == "suspended"
    if trouble == "no contents":
        installation.permissions = {"metadata": "read"}
    about = "mona/templates" if trouble == "not installed" else "acme/none"
    access = minting.access(workflow="workflow-token", own="acme/platform")
    assert shown(access.find(minting.github.server_url, Use.FETCH, about)) == "workflow-token"
    assert minting.access().find(minting.github.server_url, Use.FETCH, about) is None


@pytest.mark.parametrize("url", ["https://elsewhere.example/acme/demo", "http://github.invalid/acme/demo"])
def test_nobody_else_is_shown_a_token(minting: Minting, url: str) -> None:
    assert minting.access().find(url, Use.FETCH, "acme/demo") is None
    assert minting.github.fake.requests == []


# Time


def test_a_token_is_renewed_when_less_than_five_minutes_are_left(minting: Minting) -> None:
    access = minting.access()

    def token() -> str:
        return shown(access.find(minting.github.api_url, Use.CREATE, "acme/demo"))

    first = token()
    minting.waiting.time += 3600 - 301
    assert token() == first
    minting.waiting.time += 2
    second = token()
    assert second != first
    minting.waiting.time += 7200
    assert token() not in {first, second}
    assert minting.host(access).find(WANTED) is None, "the newest one lives"


def test_github_s_word_on_a_token_s_end_may_make_no_sense(minting: Minting) -> None:
    minting.github.fake.fail(MINTING, 201, {"token": "ghs_odd_one", "expires_at": "soon"})
    access = minting.access()
    assert shown(access.find(minting.github.api_url, Use.CREATE, "acme/demo")) == "ghs_odd_one"
    minting.waiting.time += 3400
    assert shown(access.find(minting.github.api_url, Use.CREATE, "acme/demo")) != "ghs_odd_one"


@pytest.mark.parametrize("skew", [-45, 45])
def test_clocks_may_differ_by_less_than_a_minute(minting: Minting, skew: int) -> None:
    minting.github.fake.now = lambda: minting.waiting.time + skew
    assert shown(minting.access().find(minting.github.api_url, Use.CREATE, "acme/demo"))


@pytest.mark.parametrize(("skew", "word"), [(-1000, "1000 s ahead of"), (1000, "1000 s behind")])
def test_a_clock_that_is_far_off_is_named(minting: Minting, skew: int, word: str) -> None:
    minting.github.fake.now = lambda: minting.waiting.time + skew
    with pytest.raises(NotPermittedError, match=f"clock is {word} GitHub's"):
        minting.access().find(minting.github.api_url, Use.CREATE, "acme/demo")


# The end


def test_every_token_is_revoked_at_the_end(minting: Minting) -> None:
    minting.github.fake.add_repository("acme/demo")
    access = minting.access()
    tokens = {shown(access.find(minting.github.api_url, use, "acme/demo")) for use in Use}
    assert len(tokens) == 5, "where workflow files may be written anyway, one serves all proposals"
    assert tokens == set(minting.hidden) == access.secrets - {minting.app.private_key}
    access.close()
    assert tokens.isdisjoint(minting.github.fake.tokens)
    access.close()
    assert len(minting.github.fake.calls("DELETE")) == 5, "and none of them twice"


def test_a_proposal_takes_no_right_to_administer(minting: Minting) -> None:
    minting.github.fake.add_repository("acme/demo")
    installation = minting.app.installations["acme"]
    installation.permissions = {"contents": "write", "metadata": "read", "pull_requests": "write"}
    proposing = Proposing(minting.access())
    for use in (Use.LOOK, Use.WRITE):
        proposing.find(minting.github.api_url, use, "acme/demo")
    (token,) = minting.app.minted
    assert token.permissions == installation.permissions
    assert proposing.secrets == set(minting.hidden) | {minting.app.private_key}
    with pytest.raises(NotPermittedError, match="needed: workflows: write"):
        proposing.find(minting.github.api_url, Use.WORKFLOWS, "acme/demo")


def test_a_proposal_beyond_the_installations_reach_is_refused(minting: Minting) -> None:
    minting.github.fake.add_repository("acme/demo")
    minting.app.installations["acme"].repositories = set()
    with pytest.raises(NotPermittedError, match="does not reach the repository demo"):
        minting.access().find(minting.github.api_url, Use.PROPOSE, "acme/demo")


def test_what_is_dead_needs_no_revoking(minting: Minting) -> None:
    access = minting.access()
    access.find(minting.github.api_url, Use.CREATE, "acme/demo")
    minting.waiting.time += 3601
    access.close()
    assert minting.github.fake.calls("DELETE") == []


@pytest.mark.parametrize("trouble", ["drop", "fail"])
def test_a_token_that_cannot_be_revoked_is_told_and_does_not_stop_the_others(
    minting: Minting, caplog: pytest.LogCaptureFixture, trouble: str
) -> None:
    access = minting.access()
    tokens = [shown(access.find(minting.github.api_url, use, "acme/demo")) for use in (Use.LOOK, Use.CREATE)]
    if trouble == "drop":
        minting.github.fake.drop("DELETE /installation/token")
    else:
        minting.github.fake.fail("DELETE /installation/token", 503)
    with caplog.at_level(logging.WARNING, "robot_action"):
        access.close()
    assert [token in minting.github.fake.tokens for token in tokens] == [True, False]
    assert "could not be revoked, and lives until" in caplog.text
    assert not [token for token in tokens if token in caplog.text]


def test_one_that_died_before_is_no_trouble(minting: Minting, caplog: pytest.LogCaptureFixture) -> None:
    access = minting.access()
    del minting.github.fake.tokens[shown(access.find(minting.github.api_url, Use.CREATE, "acme/demo"))]
    access.close()
    assert "could not" not in caplog.text


# What goes wrong


def refused(minting: Minting, use: Use = Use.CREATE, about: str = "acme/demo", **given: str) -> RobotActionError:
    with pytest.raises(RobotActionError) as caught:
        minting.access(**given).find(minting.github.api_url, use, about)
    return caught.value


def test_a_wrong_key_is_told(minting: Minting) -> None:
    error = refused(minting, private_key=make_key()[0])
    assert isinstance(error, NotPermittedError)
    assert "ROBOT_ACTION_APP_CLIENT_ID is the App's client id" in str(error)


def test_a_wrong_client_id_is_told(minting: Minting) -> None:
    error = refused(minting, client_id="Iv23another")
    assert isinstance(error, NotPermittedError)
    assert "Integration not found" in str(error)
    assert "ROBOT_ACTION_APP_CLIENT_ID" in str(error)


@pytest.mark.parametrize(
    "key",
    ["no key at all", "-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----"],
)
def test_a_key_that_is_none_is_told_and_not_shown(minting: Minting, key: str) -> None:
    error = refused(minting, private_key=key)
    assert isinstance(error, ConfigurationError)
    assert "no RSA key in PEM" in str(error)
    assert "c2VjcmV0" not in str(error)
    assert error.__cause__ is None
    assert error.__suppress_context__


def test_an_app_that_is_not_installed_is_told(minting: Minting) -> None:
    error = refused(minting, about="closed/demo")
    assert isinstance(error, NotPermittedError)
    assert "not installed for closed" in str(error)


def test_a_suspended_app_is_told(minting: Minting) -> None:
    minting.app.installations["acme"].suspended = True
    assert "is suspended" in str(refused(minting))


def test_no_app_makes_repositories_for_a_user(minting: Minting) -> None:
    minting.app.install(minting.github.fake.accounts["mona"])
    error = refused(minting, about="mona/demo")
    assert isinstance(error, NotPermittedError)
    assert "fine-grained personal token" in str(error)


def test_a_permission_that_was_not_granted_is_named_before_anything_is_made(minting: Minting) -> None:
    minting.app.installations["acme"].permissions = {"administration": "write", "contents": "read", "metadata": "read"}
    error = refused(minting)
    assert isinstance(error, NotPermittedError)
    assert "what is needed: contents: write" in str(error)
    assert minting.asked == []


def test_a_permission_that_was_withdrawn_meanwhile_is_named(minting: Minting) -> None:
    access = minting.access()
    minting.github.fake.add_repository("acme/demo")
    access.find(minting.github.api_url, Use.CREATE, "acme/demo")
    minting.app.installations["acme"].permissions = {"metadata": "read"}
    with pytest.raises(NotPermittedError, match=r"administration: write, contents: write.*not granted to this installation"):
        access.find(minting.github.api_url, Use.WRITE, "acme/demo")


def test_a_repository_that_the_installation_does_not_reach_is_not_written_to(minting: Minting) -> None:
    minting.github.fake.add_repository("acme/demo")
    minting.app.installations["acme"].repositories = {"acme/platform"}
    assert "does not reach the repository demo" in str(refused(minting, Use.WRITE))


def test_a_key_that_was_deleted_meanwhile_is_told(minting: Minting) -> None:
    access = minting.access()
    access.find(minting.github.api_url, Use.LOOK, "acme")
    minting.app.public_key = make_key()[1]
    with pytest.raises(NotPermittedError, match="does not accept the GitHub App's client id and key"):
        access.find(minting.github.api_url, Use.CREATE, "acme/demo")


def test_minting_is_tried_again_when_nobody_knows_whether_it_worked(minting: Minting) -> None:
    minting.github.fake.drop(MINTING)
    minting.github.fake.fail(MINTING, 502)
    assert shown(minting.access().find(minting.github.api_url, Use.CREATE, "acme/demo"))
    minting.github.fake.fail(MINTING, 502, times=100)
    assert isinstance(refused(minting), UnavailableError)


@pytest.mark.parametrize("answer", [{}, {"token": ""}, {"token": 1}, [], None])
def test_an_answer_without_token_is_told(minting: Minting, answer: object) -> None:
    minting.github.fake.fail(MINTING, 201, answer)
    assert isinstance(refused(minting), UnavailableError)


@pytest.mark.parametrize("answer", [{}, {"id": "x"}, {"id": True}, [], None])
def test_an_answer_that_is_no_installation_is_told(minting: Minting, answer: object) -> None:
    minting.github.fake.fail("GET /orgs/acme/installation", 200, answer)
    assert isinstance(refused(minting), UnavailableError)


# Secrets


def test_neither_key_nor_token_is_in_the_log_or_in_any_repr(minting: Minting, caplog: pytest.LogCaptureFixture) -> None:
    minting.github.fake.add_repository("acme/demo")
    access = minting.access()
    with caplog.at_level(logging.DEBUG):
        token = shown(access.find(minting.github.api_url, Use.WRITE, "acme/demo"))
        minting.host(access).find(WANTED)
        access.close()
    assert "access_tokens" in caplog.text, "PyGithub logged nothing: it proves nothing"
    statements = {request.token for request in minting.github.fake.requests}
    said = caplog.text + repr(access) + repr(access.__dict__) + repr(AppKey("x", minting.app.private_key))
    assert not [secret for secret in {token, *statements, *minting.hidden} if secret in said]
    assert minting.app.private_key.splitlines()[3] not in said


def test_the_key_is_never_sent(minting: Minting) -> None:
    shown(minting.access().find(minting.github.api_url, Use.CREATE, "acme/demo"))
    line = minting.app.private_key.splitlines()[3]
    for request in minting.github.fake.requests:
        assert line not in json.dumps([request.body, dict(request.headers), request.target])
