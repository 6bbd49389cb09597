from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest

from robot_action.clients.github.calls import Patience
from robot_action.clients.github.pulls import GitHubPulls
from robot_action.errors import FailedError, NotPermittedError, RobotActionError, TryAgainError, UnavailableError
from robot_action.model.pull_request import Assigned, PullRequest, PullRequestState, PullRequestWanted
from robot_action.parsing.pull_request import Mark
from tests.clients.github.support import Hosts
from tests.testbed.fixtures import GitHubBed
from tests.testbed.github_state import Proposals

NAME = "acme/demo"
BRANCH = "robot-action/python-service"
WANTED = PullRequestWanted(NAME, "main", BRANCH, "Update to v2", f"From v1 to v2.\n\n{Mark('v2')}\n")
OPEN = f"POST /repos/{NAME}/pulls"


@pytest.fixture
def known(github: GitHubBed) -> Proposals:
    """A repository with a branch that has something to propose."""
    record = github.fake.add_repository(NAME)
    github.git.commit(NAME, {"a": "1"})
    push(github, "2")
    return record.proposals


@pytest.fixture
def pulls(hosts: Hosts, known: Proposals) -> GitHubPulls:
    assert known.pulls == []
    return make(hosts)


def make(hosts: Hosts, token: str | None = None) -> GitHubPulls:
    return GitHubPulls(hosts.api(token), hosts.waiting.patience)


def push(github: GitHubBed, text: str, branch: str = BRANCH) -> str:
    """Let the branch be main with one more commit."""
    main = github.git.heads(NAME)["main"]
    github.git.git(NAME, "update-ref", f"refs/heads/{branch}", main)
    return github.git.commit(NAME, {"a": text}, branch=branch)


def found_open(pulls: GitHubPulls) -> PullRequest:
    found = pulls.find(NAME, BRANCH, "main").open
    assert found is not None
    return found


def content_requests(github: GitHubBed) -> list[str]:
    return [path for method in ("POST", "PUT", "PATCH", "DELETE") for path in github.fake.calls(method)]


@pytest.mark.parametrize("answer", [{}, {"message": "try later"}, None])
def test_an_answer_that_is_no_list_does_not_say_that_there_are_none(github: GitHubBed, pulls: GitHubPulls, answer: object) -> None:
    github.fake.fail(f"GET /repos/{NAME}/pulls", 200, answer)
    with pytest.raises(UnavailableError, match="cannot list the pull requests of acme/demo: GitHub's answer is no list"):
        pulls.find(NAME, BRANCH, "main")


# Opened once


def test_a_pull_request_is_opened_by_one_request_and_found_again(github: GitHubBed, pulls: GitHubPulls) -> None:
    assert pulls.find(NAME, BRANCH, "main").open is None
    made = pulls.create(WANTED)
    assert content_requests(github) == [f"/repos/{NAME}/pulls"]
    assert made == found_open(pulls)
    assert (made.number, made.state, made.title, made.body) == (1, PullRequestState.OPEN, WANTED.title, WANTED.body)
    assert (made.base, made.branch, made.head) == ("main", BRANCH, github.git.heads(NAME)[BRANCH])
    assert made.revision == "v2"
    assert made.url.endswith("/acme/demo/pull/1")
    assert not made.draft


def test_a_draft_is_one(pulls: GitHubPulls) -> None:
    assert pulls.create(replace(WANTED, draft=True)).draft


def test_where_the_plan_knows_no_drafts_it_is_opened_all_the_same(known: Proposals, pulls: GitHubPulls) -> None:
    known.allows_drafts = False
    assert not pulls.create(replace(WANTED, draft=True)).draft
    assert len(known.pulls) == 1


@pytest.mark.parametrize("lost", ["before", "after"])
@pytest.mark.parametrize("how", ["502", "connection"])
def test_an_answer_that_is_lost_opens_none_twice(github: GitHubBed, known: Proposals, pulls: GitHubPulls, how: str, lost: str) -> None:
    if how == "502":
        github.fake.fail(OPEN, 502, after=lost == "after")
    else:
        github.fake.drop(OPEN, after=lost == "after")
    assert pulls.create(WANTED).number == 1
    assert len(known.pulls) == 1


def test_a_github_that_never_answers_is_given_up(github: GitHubBed, known: Proposals, pulls: GitHubPulls) -> None:
    github.fake.fail(OPEN, 503, times=100)
    with pytest.raises(UnavailableError, match="does not open a pull request in acme/demo: GitHub answered with status 503"):
        pulls.create(WANTED)
    assert known.pulls == []


def test_a_run_that_was_killed_after_opening_finds_its_pull_request(known: Proposals, pulls: GitHubPulls) -> None:
    first = pulls.create(WANTED)
    assert pulls.create(WANTED) == first
    assert len(known.pulls) == 1


def test_of_two_runs_at_once_one_opens_it_and_both_have_it(known: Proposals, hosts: Hosts, pulls: GitHubPulls) -> None:
    made: list[PullRequest] = [pulls.create(WANTED)]
    runs = [threading.Thread(target=lambda: made.append(make(hosts).create(WANTED))) for _ in range(3)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert [one.number for one in made] == [1, 1, 1, 1]
    assert len(known.pulls) == 1


def test_one_that_is_said_to_be_there_and_is_not_shown_is_for_a_later_run(github: GitHubBed, pulls: GitHubPulls) -> None:
    body = {"message": "Validation Failed", "errors": [{"message": f"A pull request already exists for acme:{BRANCH}."}]}
    github.fake.fail(OPEN, 422, body)
    with pytest.raises(TryAgainError, match="already exists"):
        pulls.create(WANTED)


def test_limits_are_waited_for_and_slow_the_next_ones_down(github: GitHubBed, hosts: Hosts, known: Proposals) -> None:
    waiting = hosts.waiting
    patience = Patience(between_writes=0, between_contents=10, contents_at_once=5, sleep=waiting.sleep, now=lambda: waiting.time)
    pulls = GitHubPulls(hosts.api(), patience)
    github.fake.limit(OPEN, 70)
    for number in range(3):
        push(github, "x", f"robot-action/{number}")
        pulls.create(replace(WANTED, branch=f"robot-action/{number}"))
    assert len(known.pulls) == 3
    assert waiting.slept == [70.0, 20.0, 20.0]


def test_a_branch_that_github_does_not_see_yet_is_waited_for(github: GitHubBed, known: Proposals, pulls: GitHubPulls) -> None:
    unseen = {"message": "Validation Failed", "errors": [{"resource": "PullRequest", "field": "head", "code": "invalid"}]}
    github.fake.fail(OPEN, 422, unseen, times=2)
    assert pulls.create(WANTED).number == 1
    assert len(known.pulls) == 1


def test_a_branch_that_is_not_there_is_given_up(pulls: GitHubPulls) -> None:
    with pytest.raises(UnavailableError, match="does not see the branch robot-action/none"):
        pulls.create(replace(WANTED, branch="robot-action/none"))


# Refused


@pytest.mark.parametrize(
    ("refusal", "error", "told", "hint"),
    [
        ((403, "GitHub Actions is not permitted to create or approve pull requests."), NotPermittedError, "not permitted", "Allow GitHub"),
        ((403, "Resource not accessible by integration"), NotPermittedError, "forbids", "pull_requests=write"),
        ((404, "Not Found"), NotPermittedError, "does not find", "pull_requests=write"),
        ((409, "Conflict"), TryAgainError, "something else", "again"),
        ((410, "Gone"), FailedError, "Gone", "is pushed"),
        ((422, f"No commits between main and {BRANCH}"), FailedError, "has nothing that main lacks", "merged"),
        ((422, "Validation Failed"), FailedError, "Validation Failed", "the next run goes on"),
    ],
)
def test_a_refusal_says_why_and_what_to_do(
    github: GitHubBed, pulls: GitHubPulls, refusal: tuple[int, str], error: type[RobotActionError], told: str, hint: str
) -> None:
    status, message = refusal
    github.fake.fail(OPEN, status, {"message": message}, headers={"X-Accepted-GitHub-Permissions": "pull_requests=write"})
    with pytest.raises(error, match=told) as caught:
        pulls.create(WANTED)
    assert hint in (caught.value.problems[0].hint or "")
    assert len(github.fake.calls("POST")) == 1


def test_a_workflows_own_token_is_told_of_the_organisations_setting(github: GitHubBed, hosts: Hosts, known: Proposals) -> None:
    known.allows_actions = False
    github.fake.add_account("github-actions")
    github.fake.add_token("ghs_own", login="github-actions", is_installation=True)
    with pytest.raises(NotPermittedError, match="not permitted") as caught:
        make(hosts, "ghs_own").create(WANTED)
    assert "organisation" in (caught.value.problems[0].hint or "")


def test_a_branch_that_has_nothing_new_is_refused(github: GitHubBed, pulls: GitHubPulls) -> None:
    github.git.git(NAME, "update-ref", f"refs/heads/{BRANCH}", github.git.heads(NAME)["main"])
    with pytest.raises(FailedError, match="has nothing that main lacks"):
        pulls.create(WANTED)


@pytest.mark.parametrize("answer", [[], {}, {"number": "1"}, {"number": 1, "head": {}, "base": {}}, "text"])
def test_an_answer_that_is_no_pull_request_is_told(github: GitHubBed, pulls: GitHubPulls, answer: Any) -> None:
    github.fake.fail(OPEN, 201, answer if not isinstance(answer, str) else f'"{answer}"')
    with pytest.raises(UnavailableError, match="no pull request"):
        pulls.create(WANTED)


# Found


def test_a_declined_one_is_found_and_a_merged_one_is_not(known: Proposals, pulls: GitHubPulls) -> None:
    first = pulls.create(WANTED)
    known.pulls[0].state = "closed"
    facts = pulls.find(NAME, BRANCH, "main")
    assert facts.open is None
    assert facts.declined == (replace(first, state=PullRequestState.CLOSED),)
    known.pulls[0].merged = True
    assert pulls.find(NAME, BRANCH, "main").declined == ()


def test_all_declined_ones_count(known: Proposals, pulls: GitHubPulls) -> None:
    for number in range(3):
        pulls.create(replace(WANTED, body=str(Mark(f"v{number}"))))
        known.pulls[-1].state = "closed"
    declined = pulls.find(NAME, BRANCH, "main").declined
    assert [(one.number, one.revision) for one in declined] == [(3, "v2"), (2, "v1"), (1, "v0")]


def test_one_that_we_closed_ourselves_was_not_declined(github: GitHubBed, known: Proposals, pulls: GitHubPulls) -> None:
    pulls.create(WANTED)
    closed = pulls.close(found_open(pulls))
    assert (closed.state, closed.withdrawn, closed.revision) == (PullRequestState.CLOSED, True, "v2")
    assert known.pulls[0].state == "closed"
    facts = pulls.find(NAME, BRANCH, "main")
    assert (facts.open, facts.declined) == (None, ())
    assert len(github.fake.calls("PATCH")) == 1


def test_one_whose_branch_somebody_deleted_was_declined(github: GitHubBed, pulls: GitHubPulls) -> None:
    pulls.create(WANTED)
    github.git.git(NAME, "update-ref", "-d", f"refs/heads/{BRANCH}")
    assert len(pulls.find(NAME, BRANCH, "main").declined) == 1


def test_another_branchs_pull_requests_do_not_count(github: GitHubBed, pulls: GitHubPulls) -> None:
    push(github, "3", "robot-action/other")
    pulls.create(replace(WANTED, branch="robot-action/other"))
    assert pulls.find(NAME, BRANCH, "main").open is None


def test_a_forks_pull_request_is_none_of_ours(github: GitHubBed, pulls: GitHubPulls) -> None:
    pulls.create(WANTED)
    pull = {"number": 9, "state": "open", "base": {"ref": "main"}}
    head = {"ref": BRANCH, "sha": "a" * 40}
    foreign = [{**pull, "head": {**head, "repo": repo}} for repo in (None, {"full_name": "evil/demo"}, {})]
    github.fake.fail(f"GET /repos/{NAME}/pulls", 200, foreign)
    assert pulls.find(NAME, BRANCH, "main").open is None


def test_a_commit_of_somebody_is_seen_as_the_branchs_head(github: GitHubBed, pulls: GitHubPulls) -> None:
    pulls.create(WANTED)
    commit = github.git.commit(NAME, {"a": "theirs"}, branch=BRANCH)
    assert found_open(pulls).head == commit


# Updated


def test_what_is_as_wanted_is_not_sent(github: GitHubBed, pulls: GitHubPulls) -> None:
    made = pulls.create(WANTED)
    assert pulls.update(made, WANTED) == made
    assert github.fake.calls("PATCH") == []


def test_line_ends_and_blanks_of_githubs_editor_are_no_difference(github: GitHubBed, known: Proposals, pulls: GitHubPulls) -> None:
    pulls.create(WANTED)
    known.pulls[0].body = WANTED.body.replace("\n", "\r\n")
    pulls.update(found_open(pulls), WANTED)
    assert github.fake.calls("PATCH") == []


def test_only_what_differs_is_sent(github: GitHubBed, known: Proposals, pulls: GitHubPulls) -> None:
    made = pulls.create(WANTED)
    better = replace(WANTED, body=f"From v1 to v3.\n\n{Mark('v3')}\n")
    updated = pulls.update(made, better)
    assert (updated.body, updated.revision) == (better.body, "v3")
    assert [request.body for request in github.fake.requests if request.method == "PATCH"] == [{"body": better.body}]
    assert known.pulls[0].title == WANTED.title


def test_a_lost_answer_to_an_update_is_asked_for_again(github: GitHubBed, known: Proposals, pulls: GitHubPulls) -> None:
    made = pulls.create(WANTED)
    github.fake.drop("PATCH .*", after=True)
    pulls.update(made, replace(WANTED, title="Update to v3"))
    assert known.pulls[0].title == "Update to v3"


# Labels, reviewers, assignees


def test_nobody_is_asked_where_nothing_is_wanted(github: GitHubBed, pulls: GitHubPulls) -> None:
    made, count = pulls.create(WANTED), len(github.fake.requests)
    assert pulls.assign(made, WANTED).notes == ()
    assert len(github.fake.requests) == count


def test_labels_reviewers_and_assignees_are_added_once(github: GitHubBed, known: Proposals, pulls: GitHubPulls) -> None:
    wanted = replace(WANTED, labels=("template", "bot"), reviewers=("mona",), teams=("platform",), assignees=("mona",))
    made = pulls.create(wanted)
    known.pulls[0].labels.append("mine")
    assert pulls.assign(made, wanted) == Assigned(is_asked=True)
    pull = known.pulls[0]
    assert (pull.labels, pull.reviewers, pull.teams, pull.assignees) == (["mine", "template", "bot"], ["mona"], ["platform"], ["mona"])
    count = len(content_requests(github))
    found = found_open(pulls)
    assert (found.labels, found.reviewers, found.teams, found.assignees) == (("mine", *wanted.labels), ("mona",), ("platform",), ("mona",))
    assert pulls.assign(found, wanted).notes == ()
    assert len(content_requests(github)) == count


def test_whoever_reviewed_already_is_not_asked_again(github: GitHubBed, known: Proposals, pulls: GitHubPulls) -> None:
    wanted = replace(WANTED, reviewers=("mona",))
    made = pulls.create(wanted)
    known.pulls[0].reviews.append("mona")
    count = len(content_requests(github))
    assert pulls.assign(made, wanted) == Assigned()
    assert len(content_requests(github)) == count


def test_one_reviewer_who_is_refused_keeps_nobody_else_from_being_asked(known: Proposals, pulls: GitHubPulls) -> None:
    wanted = replace(WANTED, reviewers=("mona", "nobody"), teams=("platform", "no-team"))
    done = pulls.assign(pulls.create(wanted), wanted)
    assert done.is_asked
    assert known.pulls[0].reviewers == ["mona"]
    assert known.pulls[0].teams == ["platform"]
    assert [note.split()[0] for note in done.notes] == ["nobody", "no-team"]
    assert all("collaborators" in note for note in done.notes)


def test_the_author_cannot_review(pulls: GitHubPulls) -> None:
    wanted = replace(WANTED, reviewers=("robot",))
    (note,) = pulls.assign(pulls.create(wanted), wanted).notes
    assert note.startswith("robot cannot be asked for a review: ")


def test_whom_github_drops_without_a_word_is_told(known: Proposals, pulls: GitHubPulls) -> None:
    known.outsiders.add("mona")
    wanted = replace(WANTED, reviewers=("mona",), assignees=("mona",))
    done = pulls.assign(pulls.create(wanted), wanted)
    assert not done.is_asked
    assert done.notes == (
        "mona cannot be asked for a review: GitHub left out mona; has everybody access to the repository?",
        "mona cannot be assigned: no access to the repository, perhaps",
    )


def test_a_token_that_may_not_label_is_refused(github: GitHubBed, pulls: GitHubPulls) -> None:
    made = pulls.create(WANTED)
    github.fake.fail("POST .*/labels", 403, {"message": "Nope"}, headers={"X-Accepted-GitHub-Permissions": "issues=write"})
    with pytest.raises(NotPermittedError, match="cannot label pull request 1 of acme/demo") as caught:
        pulls.assign(made, replace(WANTED, labels=("x",)))
    assert "issues=write" in (caught.value.problems[0].hint or "")


# Drafts and merging by itself


def test_a_draft_becomes_ready_and_back_and_only_then(github: GitHubBed, known: Proposals, pulls: GitHubPulls) -> None:
    made = pulls.create(WANTED)
    pulls.set_draft(made, draft=False)
    assert github.fake.calls("POST") == [f"/repos/{NAME}/pulls"]
    pulls.set_draft(made, draft=True)
    assert known.pulls[0].draft
    pulls.set_draft(found_open(pulls), draft=False)
    assert not known.pulls[0].draft


@pytest.mark.parametrize(
    ("merge", "method"),
    [
        ({}, "SQUASH"),
        ({"allow_squash_merge": False}, "MERGE"),
        ({"allow_squash_merge": False, "allow_merge_commit": False}, "REBASE"),
    ],
)
def test_it_merges_itself_in_a_way_that_is_allowed(
    github: GitHubBed, known: Proposals, pulls: GitHubPulls, merge: dict[str, bool], method: str
) -> None:
    github.fake.repositories[NAME].merge |= {"allow_auto_merge": True, **merge}
    made = pulls.create(WANTED)
    assert pulls.enable_auto_merge(made) == ""
    assert known.pulls[0].auto_merge == method
    count = len(github.fake.requests)
    found = found_open(pulls)
    assert found.auto_merge
    assert pulls.enable_auto_merge(found) == ""
    assert len(github.fake.requests) == count + 1


def test_why_it_does_not_merge_itself_is_told(pulls: GitHubPulls) -> None:
    assert pulls.enable_auto_merge(pulls.create(WANTED)) == "Auto merge is not allowed for this repository"


@pytest.mark.parametrize(("kind", "error"), [("FORBIDDEN", NotPermittedError), ("RATE_LIMITED", TryAgainError)])
def test_a_token_that_may_not_is_refused(github: GitHubBed, pulls: GitHubPulls, kind: str, error: type[RobotActionError]) -> None:
    made = pulls.create(WANTED)
    github.fake.fail("POST /graphql", 200, {"errors": [{"type": kind, "message": "No"}]}, times=2)
    with pytest.raises(error, match=r"merge itself: .*No"):
        pulls.enable_auto_merge(made)
    with pytest.raises(error, match=r"a draft: .*No"):
        pulls.set_draft(made, draft=True)
