"""Each kind of token on GitHub: what it brings, how its commits get there, and what it may not do is told before anything is written."""

from __future__ import annotations

import pytest

from tests.propose.test_pull_request import BOTTOM, OTHER, TOP
from tests.propose.world import BRANCH, NAME, Run, World
from tests.testbed.bare import git

WORKFLOW = ".github/workflows/ci.yml"
RIGHTS = {"contents": "write", "pull_requests": "write", "metadata": "read"}


@pytest.mark.parametrize(("by", "author"), [("app_token", "acme-robot"), ("workflow_token", "github-actions")])
def test_what_github_signs_is_made_by_github_and_known_again(on_github: World, by: str, author: str) -> None:
    assert on_github.github
    on_github.github.fake.add_token(on_github.github.workflow_token, login="github-actions", is_installation=True)
    on_github.use(by)
    on_github.version("v2.0.0", a_txt=TOP)
    run = on_github.propose()
    assert (run.code, run.pull["verified"], on_github.github.git.pushes) == (0, True, []), run.said
    people = on_github.bare.git("acme/demo", "log", "-1", "--format=%an %cn <%ce>", BRANCH)
    assert people == f"{author}[bot] GitHub <noreply@github.com>"
    on_github.version("v3.0.0", a_txt=BOTTOM)
    assert on_github.propose().pull["operation"] == "updated"
    assert on_github.log() == ["Update from the template tpl to 3.0.0"]
    ada = on_github.person({"own.txt": "Ada's\n"})
    on_github.version("v4.0.0", a_txt=TOP)
    run = on_github.propose()
    assert (run.pull["operation"], run.pull["verified"]) == ("updated", True)
    assert on_github.bare.git("acme/demo", "rev-parse", f"{BRANCH}^1") == ada
    assert (on_github.show(f"{BRANCH}:own.txt"), on_github.show(f"{BRANCH}:a.txt")) == ("Ada's\n", TOP)


def test_what_github_does_not_sign_is_pushed_as_it_was_committed(on_github: World) -> None:
    assert on_github.github
    (on_github.root / ".gitconfig").write_text("[user]\n\tname = Grace\n\temail = grace@example.com\n")
    on_github.version("v2.0.0", a_txt=TOP)
    run = on_github.propose(SOURCE_DATE_EPOCH="1700000000")
    assert (run.code, run.pull["verified"], len(on_github.github.git.pushes)) == (0, False, 1), run.said
    assert not any("/git/trees" in path or "/git/commits" in path for path in on_github.github.fake.calls("POST"))
    people = on_github.bare.git("acme/demo", "log", "-1", "--format=%an <%ae> %at %cn <%ce> %ct", BRANCH)
    assert people == "Grace <grace@example.com> 1700000000 Grace <grace@example.com> 1700000000"
    assert on_github.github.token not in run.said
    on_github.variables["HOME"] = str(on_github.root / "elsewhere")
    on_github.version("v3.0.0", a_txt=BOTTOM)
    assert on_github.propose().pull["operation"] == "updated", "whoever ran it last, a commit that nobody changed is ours"
    assert on_github.log() == ["Update from the template tpl to 3.0.0"]


def test_a_token_for_another_repository_stops_the_run_before_anything_is_written(on_github: World) -> None:
    on_github.version("v2.0.0", a_txt=TOP)
    assert on_github.github
    run = on_github.propose(GITHUB_TOKEN=on_github.github.workflow_token)
    assert run.code == 77, run.said
    assert (set(on_github.heads()), on_github.pulls(), on_github.writes()) == ({"main"}, [], 0)


def test_a_token_that_may_not_see_what_is_said_beside_commits_goes_on(on_github: World) -> None:
    assert on_github.github
    rights = {"contents": "write", "pull_requests": "write", "metadata": "read"}
    on_github.github.fake.add_token("ghs_few", login="acme-robot", is_installation=True, permissions=rights)
    on_github.variables["GITHUB_TOKEN"] = "ghs_few"
    on_github.commit({"a.txt": OTHER})
    on_github.version("v2.0.0", a_txt=TOP)
    assert on_github.propose().code == 0
    run = on_github.propose()
    assert (run.code, run.pull["operation"]) == (0, "unchanged"), run.said


# Refused


def nothing_is_written(world: World, run: Run) -> None:
    assert run.code == 77, run.said
    assert (set(world.heads()), world.pulls()) == ({"main"}, [])


def brings_a_workflow(world: World) -> World:
    world.version_with("v2.0.0", {WORKFLOW: "on: push\n", "a.txt": TOP})
    return world


def test_a_classic_token_without_the_scope_for_workflows_is_refused_before_anything_is_written(on_github: World) -> None:
    world = brings_a_workflow(on_github)
    assert world.github
    world.variables["GITHUB_TOKEN"] = world.github.fake.add_token("ghp_less", login="robot", scopes="repo, read:org")
    run = world.propose()
    nothing_is_written(world, run)
    assert world.writes() == 0
    assert "classic token: the scope workflow" in run.project["problems"][0]["hint"]
    world.variables["GITHUB_TOKEN"] = world.github.fake.add_token("ghp_more", login="robot", scopes="repo, workflow")
    assert world.propose().pull["operation"] == "created"
    assert world.show(f"{BRANCH}:{WORKFLOW}") == "on: push\n"


def test_a_fine_grained_token_without_that_right_is_refused_by_the_push_and_told_which_it_takes(on_github: World) -> None:
    world = brings_a_workflow(on_github)
    assert world.github
    world.variables["GITHUB_TOKEN"] = world.github.fake.add_token("github_pat_less", login="robot", permissions=RIGHTS)
    run = world.propose()
    nothing_is_written(world, run)
    assert "the token may not push workflow files" in run.said
    assert "Workflows, write" in run.said


def test_a_token_that_may_only_read_is_told(on_github: World) -> None:
    assert on_github.github
    on_github.version("v2.0.0", a_txt=TOP)
    rights = {**RIGHTS, "contents": "read"}
    on_github.variables["GITHUB_TOKEN"] = on_github.github.fake.add_token("github_pat_reads", login="robot", permissions=rights)
    run = on_github.propose()
    nothing_is_written(on_github, run)
    assert "may the token read (to push: write) this repository?" in run.said


def test_what_a_hook_of_the_server_says_is_told(on_github: World) -> None:
    on_github.version("v2.0.0", a_txt=TOP)
    on_github.bare.refuse_pushes("acme/demo", "Commits need the number of an issue")
    run = on_github.propose()
    assert run.code == 1, run.said
    assert "Commits need the number of an issue" in run.said
    assert (set(on_github.heads()), on_github.pulls()) == ({"main"}, [])
    on_github.bare.accept_pushes("acme/demo")
    assert on_github.propose().pull["operation"] == "created", "the next run finishes it"


def test_a_rule_that_wants_signatures_is_told_to_whom_github_signs_nothing_for(on_github: World) -> None:
    assert on_github.github
    on_github.version("v2.0.0", a_txt=TOP)
    on_github.github.fake.repositories["acme/demo"].proposals.rules = [{"type": "required_signatures", "ruleset_id": 7}]
    run = on_github.propose()
    nothing_is_written(on_github, run)
    assert on_github.writes() == 0
    assert "commits must have verified signatures" in run.said
    on_github.use("app_token")
    assert on_github.propose().pull["verified"] is True


def test_commits_are_by_whom_git_names_in_the_project(local: World) -> None:
    (local.root / ".gitconfig").write_text("[user]\nname = Ada\nemail = ada@example.com\n")
    git(local.project, "config", "user.name", "Acme Robot")
    by = "%an <%ae> %cn <%ce>"
    local.version("v2.0.0", a_txt="two\n")
    assert local.propose().code == 0
    assert local.bare.git(NAME, "log", "-1", f"--format={by}", BRANCH).strip() == " ".join(["Acme Robot <ada@example.com>"] * 2)
    local.person({"mine.txt": "mine\n"})
    local.version("v3.0.0", a_txt="three\n")
    grace = {"GIT_AUTHOR_NAME": "Grace", "GIT_AUTHOR_EMAIL": "grace@example.com"}
    assert local.propose(**grace).pull["operation"] == "updated"
    made = local.bare.git(NAME, "log", "--no-walk", f"--format={by}", BRANCH, f"{BRANCH}^2").splitlines()
    assert made == [" ".join(["Grace <grace@example.com>"] * 2)] * 2, "the merge with people's work, too"
