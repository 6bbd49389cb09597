from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from robot_action.clients.github.host import GitHubHost
from robot_action.errors import FailedError, InputError, NotPermittedError, RobotActionError, TryAgainError, UnavailableError
from robot_action.model.facts import Repository
from robot_action.model.manifest import RepositoryWanted
from robot_action.planning.repositories import differences
from tests.clients.github.support import EVERYTHING, WANTED, Hosts, found
from tests.testbed.fixtures import GitHubBed

CREATION = "POST /orgs/acme/repos"


@pytest.fixture
def host(hosts: Hosts) -> GitHubHost:
    return hosts.host()


# Creating


def test_a_new_repository_is_empty_and_has_its_settings(github: GitHubBed, host: GitHubHost) -> None:
    created = host.create(EVERYTHING)
    assert created.is_empty
    assert created.name == "acme/demo"
    assert created.url == f"{github.server_url}/acme/demo"
    assert created.clone_url == f"{github.server_url}/acme/demo.git"
    assert (created.visibility, created.description, created.homepage) == ("private", "Takes payments", "https://demo.example")
    assert created.merge == EVERYTHING.merge
    assert github.git.path_of("acme/demo").is_dir()


def test_a_repository_is_private_unless_the_manifest_says_otherwise(github: GitHubBed, host: GitHubHost) -> None:
    assert host.create(WANTED).visibility == "private"
    assert host.create(RepositoryWanted("robot/demo")).visibility == "private"
    assert host.create(RepositoryWanted("acme/open", visibility="public")).visibility == "public"
    assert host.create(RepositoryWanted("robot/open", visibility="public")).visibility == "public"
    assert host.create(RepositoryWanted("acme/inner", visibility="internal")).visibility == "internal"
    assert github.fake.calls("POST") == ["/orgs/acme/repos", "/user/repos", "/orgs/acme/repos", "/user/repos", "/orgs/acme/repos"]


def test_what_the_manifest_does_not_say_is_left_to_github(github: GitHubBed, host: GitHubHost) -> None:
    host.create(WANTED)
    body = next(request.body for request in github.fake.requests if request.method == "POST")
    assert body == {"name": "demo", "auto_init": False, "private": True, "visibility": "private"}


def test_the_owner_s_name_is_compared_as_github_does(github: GitHubBed, host: GitHubHost) -> None:
    host.create(RepositoryWanted("Robot/demo"))
    assert github.fake.calls("POST") == ["/user/repos"]


def test_an_app_s_token_creates_in_an_organisation(github: GitHubBed, hosts: Hosts) -> None:
    assert hosts.host(github.app_token).create(WANTED).is_empty


def test_a_user_has_no_internal_repositories(host: GitHubHost) -> None:
    with pytest.raises(InputError, match="robot/demo cannot be internal"):
        host.create(RepositoryWanted("robot/demo", visibility="internal"))


def test_a_workflow_s_own_token_is_told_what_is_needed_instead(github: GitHubBed, hosts: Hosts) -> None:
    with pytest.raises(NotPermittedError, match="cannot create acme/demo") as caught:
        hosts.host(github.workflow_token).create(WANTED)
    hint = caught.value.problems[0].hint or ""
    assert "GITHUB_TOKEN" in hint
    assert "ROBOT_ACTION_REPOSITORY_TOKEN" in hint
    assert "administration=write" in hint


def test_a_token_without_the_right_quotes_the_permission(github: GitHubBed, hosts: Hosts) -> None:
    with pytest.raises(NotPermittedError, match="administration=write"):
        hosts.host(github.reader_token).create(WANTED)


def test_an_unknown_owner_is_explained(host: GitHubHost) -> None:
    with pytest.raises(NotPermittedError, match="there is no organisation nobody in which this token may create nobody/demo"):
        host.create(RepositoryWanted("nobody/demo"))


def test_an_organisation_that_forbids_public_repositories_is_quoted(github: GitHubBed, host: GitHubHost) -> None:
    with pytest.raises(FailedError, match=r"cannot create closed/demo: .*Visibility can't be public"):
        host.create(RepositoryWanted("closed/demo", visibility="public"))
    assert not github.git.path_of("closed/demo").exists()


def test_single_sign_on_is_explained_with_its_address(github: GitHubBed, hosts: Hosts) -> None:
    with pytest.raises(NotPermittedError, match=r"authorise the token for it: https://github\.example/orgs/acme/sso\?"):
        hosts.host(github.unauthorised_token).create(WANTED)


def test_a_bad_token_is_explained(hosts: Hosts) -> None:
    for attempt in (hosts.host("wrong-token").create, hosts.host("wrong-token").find):
        with pytest.raises(NotPermittedError, match="GitHub does not accept the token: Bad credentials"):
            attempt(WANTED)


def test_a_new_repository_is_waited_for_until_it_answers(github: GitHubBed, hosts: Hosts) -> None:
    github.fake.unreadable = 3
    assert hosts.host().create(WANTED).is_empty
    assert hosts.waiting.slept == [0.5, 1.0, 2.0]


def test_one_that_never_answers_is_for_the_next_run(github: GitHubBed, hosts: Hosts) -> None:
    github.fake.unreadable = 1000
    with pytest.raises(TryAgainError, match="GitHub does not show acme/demo yet"):
        hosts.host().create(WANTED)
    assert sum(hosts.waiting.slept) < 60
    assert github.fake.calls("POST") == ["/orgs/acme/repos"]


def test_one_whose_parts_answer_later_is_waited_for_too(github: GitHubBed, hosts: Hosts) -> None:
    github.fake.fail("GET /repos/acme/demo/branches", 404, {"message": "Not Found"}, times=2)
    assert hosts.host().create(WANTED).is_empty
    github.fake.fail("GET /repos/acme/late/branches", 404, {"message": "Not Found"}, times=100)
    with pytest.raises(NotPermittedError, match="cannot list the branches of acme/late"):
        hosts.host().create(RepositoryWanted("acme/late"))


# Lost answers: nothing is made twice


@pytest.mark.parametrize("carried_out", [True, False], ids=["it was created", "it was not"])
@pytest.mark.parametrize("answer", ["502", "500 with JSON", "none"])
@pytest.mark.parametrize("times", [1, 3])
def test_after_a_lost_answer_there_is_one_repository(
    github: GitHubBed, host: GitHubHost, answer: str, times: int, carried_out: bool
) -> None:
    if answer == "none":
        github.fake.drop(CREATION, after=carried_out, times=times)
    elif answer == "502":
        github.fake.fail(CREATION, 502, after=carried_out, times=times)
    else:
        github.fake.fail(CREATION, 500, {"message": "Server Error"}, after=carried_out, times=times)
    assert host.create(WANTED).is_empty
    assert list(github.fake.repositories) == ["acme/demo"]
    assert len(github.fake.calls("POST")) == (1 if carried_out else times + 1)


def test_one_that_was_made_behind_a_lost_answer_and_shows_later_is_taken(github: GitHubBed, host: GitHubHost) -> None:
    github.fake.unreadable = 2
    github.fake.fail(CREATION, 502, after=True)
    assert host.create(WANTED).is_empty
    assert len(github.fake.repositories) == 1
    assert len(github.fake.calls("POST")) == 2, "the second one is refused, for the name is taken"


@pytest.mark.parametrize("unreadable", [0, 2])
def test_one_that_somebody_pushed_to_behind_a_lost_answer_is_not_taken(
    github: GitHubBed, host: GitHubHost, unreadable: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    github.fake.unreadable = unreadable
    github.fake.fail(CREATION, 502, after=True)
    make = github.git.create

    def make_and_push(name: str, *rest: str) -> object:
        path = make(name, *rest)
        github.git.commit(name, {"README": "somebody else's"})
        return path

    monkeypatch.setattr(github.git, "create", make_and_push)
    with pytest.raises(TryAgainError, match="somebody else made the repository acme/demo meanwhile"):
        host.create(WANTED)
    assert github.fake.calls("PATCH") == []


def test_a_github_that_answers_nothing_useful_is_given_up(github: GitHubBed, hosts: Hosts) -> None:
    github.fake.fail(CREATION, 503, times=100)
    with pytest.raises(UnavailableError, match="GitHub does not create acme/demo: GitHub answered with status 503"):
        hosts.host().create(WANTED)
    assert len(github.fake.calls("POST")) == 5
    assert sum(hosts.waiting.slept) < 60


def test_a_creation_that_a_rate_limit_refused_is_tried_again(github: GitHubBed, hosts: Hosts) -> None:
    github.fake.limit(CREATION, 17)
    assert hosts.host().create(WANTED).is_empty
    assert hosts.waiting.slept == [17.0]
    assert hosts.waiting.said == ["GitHub's rate limit is reached; going on in 17 s"]


# Races


def test_of_creators_at_once_one_alone_wins(github: GitHubBed, hosts: Hosts) -> None:
    def attempt(host: GitHubHost) -> Repository | RobotActionError:
        try:
            return host.create(WANTED)
        except RobotActionError as error:
            return error

    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(attempt, [hosts.host() for _ in range(3)]))
    assert sum(isinstance(result, Repository) for result in results) == 1
    assert sum(isinstance(result, TryAgainError) for result in results) == 2
    assert len(github.fake.repositories) == 1


@pytest.mark.parametrize("pushed", [True, False])
def test_what_somebody_made_meanwhile_is_left_alone(github: GitHubBed, host: GitHubHost, pushed: bool) -> None:
    github.fake.add_repository("acme/demo")
    if pushed:
        github.git.commit("acme/demo", {"README": "somebody else's"})
    with pytest.raises(TryAgainError, match="somebody else made the repository acme/demo meanwhile"):
        host.create(WANTED)
    assert github.fake.calls("PATCH") == github.fake.calls("PUT") == []


def test_a_name_that_is_taken_by_something_hidden_is_explained(github: GitHubBed, hosts: Hosts) -> None:
    github.fake.add_repository("acme/demo").unreadable = 1000
    with pytest.raises(NotPermittedError, match="taken by a repository that this token cannot see"):
        hosts.host().create(WANTED)


# Settings


def test_settings_are_brought_to_what_is_wanted_once(github: GitHubBed, host: GitHubHost) -> None:
    github.fake.add_repository("acme/demo", "public")
    changed = host.settle(EVERYTHING)
    record = github.fake.repositories["acme/demo"]
    assert (record.visibility, record.description, record.homepage) == ("private", "Takes payments", "https://demo.example")
    assert record.topics == ["service", "python"]
    assert record.teams == {"platform": "push", "security": "triage"}
    assert record.invitations == {"mona": "admin"}
    assert record.merge["allow_squash_merge"]
    assert not record.merge["allow_rebase_merge"]
    assert "set the topics service, python" in changed
    assert "gave the team platform the role push" in changed
    assert "gave mona the role admin" in changed
    assert changed[0].startswith("set visibility, description, homepage, ")
    writes = len(github.fake.calls("PATCH")) + len(github.fake.calls("PUT"))
    assert host.settle(EVERYTHING) == ()
    assert len(github.fake.calls("PATCH")) + len(github.fake.calls("PUT")) == writes
    assert differences(replace(EVERYTHING, default_branch="main"), found(host, EVERYTHING)) == ()


def test_a_role_that_is_wrong_is_changed_and_a_right_one_is_not(github: GitHubBed, host: GitHubHost) -> None:
    record = github.fake.add_repository("acme/demo")
    record.teams |= {"platform": "push", "security": "admin"}
    record.collaborators["mona"] = "pull"
    wanted = replace(WANTED, teams=EVERYTHING.teams, collaborators=EVERYTHING.collaborators)
    assert host.settle(wanted) == ("gave the team security the role triage", "gave mona the role admin")
    assert record.collaborators == {"mona": "admin"}


def test_settings_that_nobody_wants_stay_as_they_are(github: GitHubBed, host: GitHubHost) -> None:
    record = github.fake.add_repository("acme/demo")
    record.description, record.topics = "somebody wrote this", ["old"]
    assert host.settle(WANTED) == ()
    assert (record.description, record.topics) == ("somebody wrote this", ["old"])


def test_a_team_that_does_not_exist_is_named(github: GitHubBed, host: GitHubHost) -> None:
    github.fake.add_repository("acme/demo")
    with pytest.raises(NotPermittedError, match="cannot give the team nobody access to acme/demo: GitHub does not find it"):
        host.settle(replace(WANTED, teams={"nobody": "push"}))


def test_a_repository_that_vanished_is_reported(host: GitHubHost) -> None:
    with pytest.raises(FailedError, match="acme/demo is gone"):
        host.settle(WANTED)


# The default branch


def test_a_pushed_branch_becomes_the_default_one(github: GitHubBed, host: GitHubHost) -> None:
    github.fake.add_repository("acme/demo")
    github.git.commit("acme/demo", {"a": "b"})
    github.git.commit("acme/demo", {"a": "b"}, branch="trunk")
    host.set_default_branch(EVERYTHING)
    assert found(host).default_branch == "trunk"
    writes = len(github.fake.calls("PATCH"))
    host.set_default_branch(EVERYTHING)
    assert len(github.fake.calls("PATCH")) == writes


def test_a_push_that_github_sees_a_moment_later_is_waited_for(github: GitHubBed, hosts: Hosts) -> None:
    github.fake.add_repository("acme/demo")
    github.git.commit("acme/demo", {"a": "b"})
    github.git.commit("acme/demo", {"a": "b"}, branch="trunk")
    body = {"message": "Validation Failed", "documentation_url": "x"}
    github.fake.fail("PATCH /repos/acme/demo", 422, body, times=2)
    hosts.host().set_default_branch(EVERYTHING)
    assert hosts.waiting.slept == [0.5, 1.0]


@pytest.mark.parametrize("empty", [True, False])
def test_a_branch_that_nobody_pushed_does_not_become_the_default_one(github: GitHubBed, host: GitHubHost, empty: bool) -> None:
    github.fake.add_repository("acme/demo")
    if not empty:
        github.git.commit("acme/demo", {"a": "b"})
    with pytest.raises(FailedError, match=r"cannot make trunk the default branch of acme/demo: .*push"):
        host.set_default_branch(EVERYTHING)


# Tokens


def test_no_token_is_ever_shown(github: GitHubBed, hosts: Hosts, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    shown: list[str] = []

    def note(attempt: Callable[[RepositoryWanted], object]) -> None:
        try:
            shown.append(repr(attempt(EVERYTHING)))
        except RobotActionError as error:
            shown.append(f"{error!r} {error} {error.__cause__!r} {error.__context__!r}")

    for token in (*github.tokens, "wrong-token-4411"):
        host = hosts.host(token)
        for attempt in (host.find, host.create, host.settle, host.set_default_branch):
            note(attempt)
    github.fake.drop(".*", times=1000)
    note(hosts.host().find)
    seen = "\n".join(
        [
            *shown,
            caplog.text,
            *hosts.waiting.said,
            repr(hosts),
            repr(hosts.apis),
            str(vars(hosts.apis[0])),
            github.environment["GITHUB_API_URL"],
        ]
    )
    assert "acme/demo" in seen
    assert "DEBUG" in caplog.text
    for token in (*github.tokens, "wrong-token-4411"):
        assert token not in seen
    assert all(token not in request.target for token in github.tokens for request in github.fake.requests)
