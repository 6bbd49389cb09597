from __future__ import annotations

from dataclasses import replace

import pytest

from robot_action.clients.github.host import GitHubHost
from robot_action.errors import FailedError, InputError, NotPermittedError, UnavailableError
from robot_action.model.manifest import MergeSettings
from robot_action.planning.repositories import differences
from tests.clients.github.support import EVERYTHING, STATE, WANTED, Hosts, found
from tests.testbed.fixtures import GitHubBed

CREATION = "POST /orgs/acme/repos"


@pytest.fixture
def host(hosts: Hosts) -> GitHubHost:
    return hosts.host()


def test_nothing_is_there(github: GitHubBed, host: GitHubHost) -> None:
    assert host.find(WANTED) is None
    assert len(github.fake.requests) == 1


def test_what_was_pushed_is_found(github: GitHubBed, host: GitHubHost) -> None:
    host.create(WANTED)
    commit = github.git.commit("acme/demo", {".robot-action.yml": STATE}, message="Create acme/demo\n\nRobot-Action-Project: acme/demo\n")
    github.git.git("acme/demo", "-c", "user.name=x", "-c", "user.email=x@x.example", "tag", "-a", "-m", "first", "v0.1.0", commit)
    there = found(host)
    assert there.heads == {"main": commit}
    assert there.tags == {"v0.1.0": commit}, "an annotated tag stands for its commit"
    assert there.state is not None
    assert there.state.project == "acme/demo"
    assert "Robot-Action-Project: acme/demo" in there.head_message.splitlines()
    assert not there.is_empty


def test_all_branches_are_found_page_by_page(github: GitHubBed, host: GitHubHost) -> None:
    github.fake.add_repository("acme/demo")
    commit = github.git.commit("acme/demo", {"a": "b"})
    lines = "".join(f"create refs/heads/b{number} {commit}\n" for number in range(149))
    (github.git.path_of("acme/demo") / "packed-refs").write_text(
        "# pack-refs with: peeled fully-peeled sorted\n" + "".join(sorted(f"{commit} {line.split()[1]}\n" for line in lines.splitlines()))
    )
    assert len(found(host).heads) == 150


def test_endless_pages_end(github: GitHubBed, hosts: Hosts) -> None:
    github.fake.add_repository("acme/demo")
    github.fake.fail("GET /repos/acme/demo/tags", 200, [], headers={"Link": '<http://x.example>; rel="next"'}, times=10_000)
    found(hosts.host())
    assert len([path for path in github.fake.calls("GET") if path.endswith("/tags")]) == 50
    assert any("more than 5000" in line for line in hosts.waiting.said)


def test_the_state_is_read_from_the_wanted_branch_where_nobody_pushed_the_default_one(
    github: GitHubBed, host: GitHubHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    github.fake.add_repository("acme/demo")
    github.git.commit("acme/demo", {".robot-action.yml": STATE}, branch="trunk")
    monkeypatch.setattr("tests.testbed.github_routes._follow_first_push", lambda *_args: None)
    there = found(host, replace(WANTED, default_branch="trunk"))
    assert there.default_branch == "main"
    assert there.state is not None


def test_a_repository_without_state_file_is_somebody_elses(github: GitHubBed, host: GitHubHost) -> None:
    github.fake.add_repository("acme/demo")
    github.git.commit("acme/demo", {"README": "mine"})
    assert found(host).state is None


@pytest.mark.parametrize("text", ["just text", "{", "schema: 1\nproject: [1]\n", b"\xff\xfe", b"\x00"])
def test_a_broken_state_file_is_reported_with_its_repository(github: GitHubBed, host: GitHubHost, text: str | bytes) -> None:
    github.fake.add_repository("acme/demo")
    github.git.commit("acme/demo", {".robot-action.yml": text})
    with pytest.raises(InputError, match=r"acme/demo: \.robot-action\.yml"):
        host.find(WANTED)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({".robot-action.yml/file": "x"}, "no regular file"),
        ({".robot-action.yml": "x" * 1_000_001}, "too large"),
    ],
)
def test_a_state_file_that_is_none_is_refused(github: GitHubBed, host: GitHubHost, files: dict[str, str | bytes], words: str) -> None:
    github.fake.add_repository("acme/demo")
    github.git.commit("acme/demo", files)
    with pytest.raises(InputError, match=words):
        host.find(WANTED)


def test_a_renamed_repository_is_found_under_its_new_name(github: GitHubBed, host: GitHubHost) -> None:
    github.fake.add_repository("acme/demo")
    github.git.commit("acme/demo", {".robot-action.yml": STATE})
    github.fake.rename("acme/demo", "acme/better")
    there = found(host)
    assert there.name == "acme/better"
    assert there.clone_url.endswith("/acme/better.git")
    assert any("it was renamed: it is acme/better now" in line for line in differences(WANTED, there))


def test_a_renamed_repository_is_not_changed_under_its_former_name(github: GitHubBed, host: GitHubHost) -> None:
    github.fake.add_repository("acme/demo")
    github.fake.rename("acme/demo", "acme/better")
    with pytest.raises(FailedError, match="was renamed or moved"):
        host.settle(EVERYTHING)
    assert github.fake.repositories["acme/better"].description is None


def test_an_archived_repository_is_told(github: GitHubBed, host: GitHubHost) -> None:
    github.fake.add_repository("acme/demo").archived = True
    assert found(host).archived
    with pytest.raises(NotPermittedError, match="archived"):
        host.settle(EVERYTHING)


def test_teams_and_collaborators_are_asked_for_where_some_are_wanted(github: GitHubBed, host: GitHubHost) -> None:
    record = github.fake.add_repository("acme/demo")
    record.teams["platform"] = "maintain"
    record.collaborators["robot"] = "push"
    record.invitations["mona"] = "pull"
    there = found(host, EVERYTHING)
    assert there.teams == {"platform": "maintain"}
    assert there.collaborators == {"robot": "push", "mona": "pull"}, "who did not accept yet counts"
    before = len(github.fake.requests)
    there = found(host)
    assert (there.teams, there.collaborators) == (None, None)
    assert len(github.fake.requests) - before == 3


def test_teams_that_the_token_may_not_read_are_unknown(github: GitHubBed, hosts: Hosts) -> None:
    github.fake.add_repository("acme/demo")
    there = found(hosts.host(github.reader_token), EVERYTHING)
    assert (there.teams, there.collaborators) == (None, None)


def test_text_of_the_api_is_bounded_and_moves_no_cursor(github: GitHubBed, host: GitHubHost) -> None:
    record = github.fake.add_repository("acme/demo")
    record.description = "a\x1b[2Jb\r\n::error::c\u202e" + "x" * 10_000
    record.homepage = "\x00"
    there = found(host)
    assert there.description.startswith("a[2Jb  ::error::cxxx")
    assert there.description.isprintable()
    assert len(there.description) == 500
    assert there.homepage == ""


@pytest.mark.parametrize(
    "body",
    [
        [],
        "text",
        {},
        {"full_name": 1},
        {"full_name": "acme/demo/../../x"},
        {"full_name": "../x"},
        {"full_name": "acme/.."},
        {"full_name": "a/b\n"},
    ],
    ids=str,
)
def test_an_answer_that_is_no_repository_is_refused(github: GitHubBed, host: GitHubHost, body: object) -> None:
    github.fake.fail("GET /repos/acme/demo", 200, body)
    with pytest.raises(UnavailableError):
        host.find(WANTED)


def test_odd_answers_about_a_repository_make_odd_facts_and_no_failure(github: GitHubBed, host: GitHubHost) -> None:
    github.fake.add_repository("acme/demo")
    odd = {"full_name": "acme/demo", "private": False, "topics": 5, "default_branch": 7, "allow_squash_merge": "yes"}
    github.fake.fail("GET /repos/acme/demo", 200, odd)
    entries = [1, {}, {"name": 1, "commit": {"sha": "a" * 40}}, {"name": "x", "commit": 1}, {"name": "x", "commit": {"sha": "zz"}}]
    github.fake.fail("GET /repos/acme/demo/branches", 200, [*entries, {"name": "a\nb", "commit": {"sha": "a" * 40}}])
    github.fake.fail("GET /repos/acme/demo/tags", 200, {"message": "a list was expected"})
    there = found(host)
    assert (there.visibility, there.topics, there.default_branch, there.heads, there.tags) == ("public", (), "", {}, {})
    assert there.merge == MergeSettings()


def test_a_content_that_is_no_base64_is_refused(github: GitHubBed, host: GitHubHost) -> None:
    github.fake.add_repository("acme/demo")
    github.git.commit("acme/demo", {".robot-action.yml": STATE})
    github.fake.fail("GET /repos/acme/demo/contents/.*", 200, {"type": "file", "encoding": "base64", "content": "A"})
    with pytest.raises(UnavailableError, match="cannot be decoded"):
        host.find(WANTED)


def test_a_commit_without_message_has_none(github: GitHubBed, host: GitHubHost) -> None:
    github.fake.add_repository("acme/demo")
    github.git.commit("acme/demo", {"a": "b"})
    github.fake.fail("GET /repos/acme/demo/git/commits/.*", 200, [])
    assert found(host).head_message == ""


def test_without_a_token_what_is_public_is_seen(github: GitHubBed, hosts: Hosts) -> None:
    github.fake.add_repository("acme/demo", "public")
    commit = github.git.commit("acme/demo", {".robot-action.yml": STATE})
    there = hosts.host("").find(EVERYTHING)
    assert there is not None
    assert (there.heads, there.teams, there.collaborators) == ({"main": commit}, None, None)
    assert not [request for request in github.fake.requests if request.token]


def test_without_a_token_what_is_private_is_not_there(github: GitHubBed, hosts: Hosts) -> None:
    github.fake.add_repository("acme/demo", "private")
    assert hosts.host("").find(WANTED) is None
