from __future__ import annotations

import time

import pytest

from robot_action.clients.github.api import Reply
from robot_action.clients.github.calls import GitHubCalls, Pace, Patience, UnclearError, expect
from robot_action.errors import FailedError, NotPermittedError, TryAgainError, UnavailableError
from tests.clients.github.support import START, Hosts
from tests.testbed.fixtures import GitHubBed

LIMITED = {"message": "API rate limit exceeded for user ID 1."}


@pytest.fixture
def calls(hosts: Hosts) -> GitHubCalls:
    return GitHubCalls(hosts.api(), hosts.waiting.patience)


# What can be repeated


@pytest.mark.parametrize("lost", ["502", "connection"])
@pytest.mark.parametrize("method", ["GET", "PATCH", "PUT"])
def test_what_can_be_repeated_is_repeated_with_growing_pauses(
    github: GitHubBed, hosts: Hosts, calls: GitHubCalls, method: str, lost: str
) -> None:
    github.fake.add_repository("acme/demo")
    path, body = {"PUT": ("/repos/acme/demo/topics", {"names": ["a"]})}.get(method, ("/repos/acme/demo", {"description": "d"}))
    if lost == "502":
        github.fake.fail(f"{method} {path}", 502, times=3)
    else:
        github.fake.drop(f"{method} {path}", times=3)
    reply = calls.get(path) if method == "GET" else calls.change(method, path, body)
    assert reply.status == 200
    assert hosts.waiting.slept == [0.5, 1.0, 2.0]


@pytest.mark.parametrize("lost", ["503", "connection"])
def test_a_github_that_does_not_answer_is_given_up_in_bounded_time(github: GitHubBed, hosts: Hosts, calls: GitHubCalls, lost: str) -> None:
    if lost == "503":
        github.fake.fail(".*", 503, times=1000)
    else:
        github.fake.drop(".*", times=1000)
    with pytest.raises(UnavailableError, match=r"cannot be reached: the connection was closed|answers with status 503"):
        calls.get("/user")
    assert len(github.fake.requests) == 5
    assert sum(hosts.waiting.slept) == 7.5


def test_a_refusal_is_not_repeated(github: GitHubBed, calls: GitHubCalls) -> None:
    assert calls.get("/repos/acme/none").status == 404
    assert len(github.fake.requests) == 1


# What cannot


@pytest.mark.parametrize("lost", ["502", "connection"])
def test_a_creation_is_sent_once(github: GitHubBed, calls: GitHubCalls, lost: str) -> None:
    if lost == "502":
        github.fake.fail("POST .*", 502)
    else:
        github.fake.drop("POST .*")
    with pytest.raises(UnclearError):
        calls.post("/user/repos", {"name": "demo"})
    assert len(github.fake.requests) == 1


# Limits


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_retry_after_is_honoured(github: GitHubBed, hosts: Hosts, calls: GitHubCalls, status: int, method: str) -> None:
    github.fake.add_repository("acme/demo")
    github.fake.limit(f"{method} .*", 42, status=status)
    if method == "GET":
        reply = calls.get("/user")
    elif method == "POST":
        reply = calls.post("/user/repos", {"name": "new", "private": True})
    else:
        reply = calls.change("PUT", "/repos/acme/demo/topics", {"names": []})
    assert reply.status < 300
    assert hosts.waiting.slept == [42.0]
    assert hosts.waiting.said == ["GitHub's rate limit is reached; going on in 42 s"]


@pytest.mark.parametrize("status", [403, 429])
def test_the_primary_limit_is_waited_for_until_it_is_reset(github: GitHubBed, hosts: Hosts, calls: GitHubCalls, status: int) -> None:
    headers = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(START) + 30)}
    github.fake.fail("GET /user", status, LIMITED, headers=headers)
    assert calls.get("/user").status == 200
    assert hosts.waiting.slept == [31.0]


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, 60.0),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, 60.0),
        ({"Retry-After": "0"}, 1.0),
        ({"Retry-After": "-5"}, 60.0),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}, 1.0),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "12.5"}, 60.0),
    ],
)
def test_a_limit_that_does_not_say_how_long_is_waited_for_a_minute(
    github: GitHubBed, hosts: Hosts, calls: GitHubCalls, headers: dict[str, str], wait: float
) -> None:
    github.fake.fail("GET /user", 403, {"message": "You have exceeded a secondary rate limit."}, headers=headers)
    assert calls.get("/user").status == 200
    assert hosts.waiting.slept == [wait]


@pytest.mark.parametrize("seconds", [181, 3600, 10**30])
def test_a_limit_that_lasts_too_long_is_for_a_later_run_and_says_when(
    github: GitHubBed, hosts: Hosts, calls: GitHubCalls, seconds: int
) -> None:
    github.fake.limit("GET /user", seconds)
    with pytest.raises(TryAgainError, match=r"rate limit") as caught:
        calls.get("/user")
    assert caught.value.exit_code == 75
    assert " UTC. Run the same command again then." in (caught.value.problems[0].hint or "")
    if seconds == 3600:
        assert "It is lifted at 2027-01-15 09:00:00 UTC" in (caught.value.problems[0].hint or "")
    assert hosts.waiting.slept == []


def test_limits_one_after_the_other_are_bounded_together(github: GitHubBed, hosts: Hosts, calls: GitHubCalls) -> None:
    github.fake.limit("GET /user", 50, times=1000)
    with pytest.raises(TryAgainError):
        calls.get("/user")
    assert sum(hosts.waiting.slept) <= 180


def test_a_permission_that_is_missing_is_no_limit(github: GitHubBed, hosts: Hosts, calls: GitHubCalls) -> None:
    github.fake.fail("GET /user", 403, {"message": "Resource not accessible by integration"}, headers={"X-RateLimit-Remaining": "0"})
    assert calls.get("/user").status == 403
    assert hosts.waiting.slept == []


# Pace


def test_writes_keep_a_pause_between_them_and_reads_do_not(github: GitHubBed, hosts: Hosts) -> None:
    github.fake.add_repository("acme/demo")
    hosts.waiting.between_writes = 1.0
    calls = GitHubCalls(hosts.api(), hosts.waiting.patience)
    calls.get("/user")
    for _ in range(3):
        calls.change("PUT", "/repos/acme/demo/topics", {"names": []})
    hosts.waiting.time += 0.75
    calls.change("PUT", "/repos/acme/demo/topics", {"names": []})
    calls.get("/user")
    assert hosts.waiting.slept == [1.0, 1.0, 0.25]


def test_a_clock_that_is_set_back_makes_nobody_wait_long(github: GitHubBed, hosts: Hosts) -> None:
    github.fake.add_repository("acme/demo")
    hosts.waiting.between_writes = 1.0
    calls = GitHubCalls(hosts.api(), hosts.waiting.patience)
    calls.change("PUT", "/repos/acme/demo/topics", {"names": []})
    hosts.waiting.time -= 100_000
    calls.change("PUT", "/repos/acme/demo/topics", {"names": []})
    assert hosts.waiting.slept == [1.0]


def test_nothing_is_said_and_real_time_is_taken_by_default() -> None:
    patience = Patience()
    assert patience.sleep is time.sleep
    assert patience.now is time.time
    patience.say("nobody hears this")


# Answers


def test_only_successes_are_expected() -> None:
    assert expect(Reply(204), "do it").status == 204
    for status, kind in ((301, FailedError), (403, NotPermittedError), (422, FailedError)):
        with pytest.raises(kind, match="cannot do it"):
            expect(Reply(status), "do it")


# What people are notified of


def test_pull_requests_go_slowly_and_a_refusal_halves_the_pace_for_good(github: GitHubBed, hosts: Hosts) -> None:
    waiting = hosts.waiting
    patience = Patience(
        between_writes=0, between_contents=6, contents_at_once=2, sleep=waiting.sleep, now=lambda: waiting.time, longest=1000
    )
    calls = GitHubCalls(hosts.api(), patience)

    def post() -> None:
        calls.post("/user/repos", {"name": f"demo-{len(github.fake.repositories)}", "private": True}, notifies=True)

    for _ in range(5):
        post()
    assert waiting.slept == [6.0, 6.0], "three at once, then one after the other"
    waiting.slept.clear()
    github.fake.limit("POST .*", 60)
    post()
    assert waiting.slept == [6.0, 60.0]
    waiting.slept.clear()
    post()
    post()
    assert waiting.slept == [12.0, 12.0]


def test_the_pace_is_slowed_down_within_bounds() -> None:
    pace = Pace(6, 3)
    for _ in range(20):
        pace.slow_down()
    assert pace.interval == 60.0
    assert [pace.step(0), pace.step(0)] == [0, 60.0]


def test_what_people_are_not_notified_of_keeps_the_usual_pace(github: GitHubBed, hosts: Hosts) -> None:
    waiting = hosts.waiting
    calls = GitHubCalls(
        hosts.api(), Patience(between_writes=1, at_once=0, between_contents=99, sleep=waiting.sleep, now=lambda: waiting.time)
    )
    for number in range(3):
        calls.post("/user/repos", {"name": f"demo-{number}", "private": True})
    assert waiting.slept == [1.0, 1.0]
    assert len(github.fake.repositories) == 3
