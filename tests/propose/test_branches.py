"""Which branch a project's update is proposed on: one that no other project has."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.propose.test_pull_request import BOTTOM, OTHER, TOP
from tests.propose.world import BRANCH, NAME, World, commit_all
from tests.testbed.bare import git
from tests.testbed.git_bed import write_files

SECRET = "secret.txt"

CRUFTS = "{{ cookiecutter.name }}/c.txt"


def follow_another(world: World) -> None:
    """Let the project follow a second template, whose name is the first one's, by Cruft; both have a newer version."""
    other = world.root / "other/tpl"
    write_files(other, {"cookiecutter.json": '{"name": "demo"}', CRUFTS: "1\n"})
    git(world.root, "init", "--quiet", str(other))
    commit_all(other, "1")
    made = git(other, "rev-parse", "HEAD")
    state = {"template": str(other), "commit": made, "checkout": None, "context": {"cookiecutter": {"name": "demo"}}, "directory": None}
    world.commit({".cruft.json": json.dumps(state), "c.txt": "1\n"})
    write_files(other, {CRUFTS: "2\n"})
    commit_all(other, "2")
    world.version("v2.0.0", a_txt="2\n")


def test_two_templates_of_one_name_in_one_folder_do_not_replace_each_others_pull_requests(local: World) -> None:
    follow_another(local)
    runs = [local.propose("--answers-file", file) for file in (".robot-action.yml", ".cruft.json", ".robot-action.yml", ".cruft.json")]
    assert [run.pull["operation"] for run in runs] == ["created", "created", "unchanged", "unchanged"], [run.said for run in runs]
    assert (local.show(f"{BRANCH}:a.txt"), local.show(f"{runs[1].pull['branch']}:c.txt")) == ("2\n", "2\n")
    titles = [pull.title.partition(" to ")[0] for pull in local.pulls()]
    assert titles == ["Update from the template tpl", "Update .cruft.json from the template tpl"]
    before = local.heads(), local.pulls()
    refused = local.propose("--answers-file", ".cruft.json", "--branch", BRANCH)
    assert refused.code == 64, refused.said
    assert "has the update of another project of the repository: ." in refused.said
    assert (local.heads(), local.pulls()) == before


def test_of_a_project_in_a_folder_every_path_of_a_report_is_below_that(local: World) -> None:
    shutil.copytree(local.project, local.project / "svc", ignore=shutil.ignore_patterns(".git"))
    local.commit({"svc/a.txt": OTHER})
    local.version("v2.0.0", a_txt=TOP)
    update = ("update", "demo/svc", "--source", "./tpl", "--pull-request", "--json")
    run = local.run(*update)
    assert (run.pull["operation"], run.project["conflicts"]) == ("created", ["a.txt"]), run.said
    assert "conflict in a.txt: contents" in run.said
    local.person({"svc/a.txt": TOP.replace("line 20\n", "ADA\n")}, branch=run.pull["branch"])
    local.version("v3.0.0", a_txt=BOTTOM)
    run = local.run(*update)
    assert (run.pull["operation"], run.project["conflicts"]) == ("blocked", ["a.txt"]), run.said


# The base


def test_a_base_may_have_any_name_that_git_takes(world: World) -> None:
    git(world.project, "switch", "--quiet", "--create", "feat#1@x/größe")
    git(world.project, "push", "--quiet", str(world.bare.path_of(NAME)), "HEAD")
    world.version("v2.0.0", a_txt=TOP)
    assert world.propose().pull["operation"] == "created"
    world.version("v3.0.0", a_txt=BOTTOM)
    run = world.propose()
    assert (run.code, run.pull["operation"], len(world.pulls())) == (0, "updated", 1), run.said


def test_with_another_base_the_branch_has_nothing_of_the_former_one(world: World) -> None:
    world.commit({"main.txt": "of main\n"})
    world.version("v2.0.0", a_txt=TOP)
    assert world.propose().pull["operation"] == "created"
    git(world.project, "switch", "--quiet", "--create", "next", "HEAD~1")
    git(world.project, "push", "--quiet", str(world.bare.path_of(NAME)), "next")
    run = world.propose()
    assert (run.code, run.pull["operation"]) == (0, "updated"), run.said
    assert world.bare.git(NAME, "log", "--format=%s", f"next..{BRANCH}").splitlines() == [world.pulls()[0].title]


# It is rewritten


@pytest.fixture
def rewritten(world: World) -> World:
    """A pull request that was made on a commit which the base does not have any more."""
    world.commit({SECRET: "PASSWORD=oops\n"})
    world.version("v2.0.0", a_txt=TOP)
    assert world.propose().pull["operation"] == "created"
    git(world.project, "reset", "--quiet", "--hard", "HEAD~1")
    git(world.project, "push", "--quiet", "--force", str(world.bare.path_of(NAME)), "HEAD:refs/heads/main")
    return world


def has_secret(world: World) -> bool:
    return bool(world.bare.git(NAME, "log", "--format=%H", BRANCH, "--", SECRET))


@pytest.mark.parametrize("version", ["v2.0.0", "v3.0.0"])
def test_what_was_dropped_from_the_base_does_not_come_back_with_the_branch(rewritten: World, version: str) -> None:
    if version == "v3.0.0":
        rewritten.version(version, a_txt=BOTTOM)
    assert has_secret(rewritten)
    run = rewritten.propose()
    assert (run.code, run.pull["operation"], run.pull["number"]) == (0, "updated", 1), run.said
    assert not has_secret(rewritten)
    assert (len(rewritten.log()), rewritten.show(f"{BRANCH}:a.txt")) == (1, TOP if version == "v2.0.0" else BOTTOM)
    assert rewritten.propose().pull["operation"] == "unchanged"


def test_a_base_that_was_rewritten_from_its_first_commit_on_has_nothing_of_the_former_one(rewritten: World) -> None:
    git(rewritten.project, "switch", "--quiet", "--orphan", "anew")
    git(rewritten.project, "checkout", "--quiet", "main", "--", ".")
    commit_all(rewritten.project, "Begin anew")
    git(rewritten.project, "branch", "--quiet", "--force", "main")
    git(rewritten.project, "switch", "--quiet", "main")
    git(rewritten.project, "push", "--quiet", "--force", str(rewritten.bare.path_of(NAME)), "main")
    run = rewritten.propose()
    assert (run.code, run.pull["operation"], run.pull["number"]) == (0, "updated", 1), run.said
    assert (has_secret(rewritten), len(rewritten.log())) == (False, 1)


def test_people_who_built_on_what_was_dropped_stop_it_and_bring_theirs_over_as_told(rewritten: World) -> None:
    ada = rewritten.person({"b.txt": OTHER})
    run = rewritten.propose()
    assert (run.code, run.pull["operation"], rewritten.heads()[BRANCH]) == (4, "blocked", ada), run.said
    assert "below them 1 that main does not have any more" in run.said
    place, former = str(rewritten.bare.path_of(NAME)), rewritten.bare.git(NAME, "rev-parse", f"{BRANCH}~2")
    git(rewritten.project, "fetch", "--quiet", place, BRANCH)
    assert f"git rebase --onto {git(rewritten.project, 'rev-parse', 'main')[:12]} {former[:12]} FETCH_HEAD" in run.said
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    git(rewritten.project, *who, "rebase", "--quiet", "--onto", "main", former, "FETCH_HEAD")
    git(rewritten.project, "push", "--quiet", "--force", place, f"HEAD:refs/heads/{BRANCH}")
    git(rewritten.project, "switch", "--quiet", "main")
    assert rewritten.propose().pull["operation"] == "unchanged"
    assert (has_secret(rewritten), rewritten.show(f"{BRANCH}:b.txt")) == (False, OTHER)


def test_what_was_dropped_does_not_come_back_below_a_commit_of_ours_that_somebody_amended(rewritten: World) -> None:
    ada = rewritten.person({"b.txt": OTHER}, amend=True)
    rewritten.version("v3.0.0", a_txt=BOTTOM)
    run = rewritten.propose()
    assert (run.code, run.pull["operation"], rewritten.heads()[BRANCH]) == (4, "blocked", ada), run.said
    assert "below them 1 that main does not have any more" in run.said


def test_who_gives_up_what_people_built_on_what_was_dropped_has_it_proposed_anew_as_told(local: World) -> None:
    local.commit({SECRET: "PASSWORD=oops\n"})
    local.version("v2.0.0", a_txt=TOP)
    local.propose()
    local.person({"b.txt": OTHER})
    git(local.project, "reset", "--quiet", "--hard", "HEAD~1")
    git(local.project, "push", "--quiet", "--force", str(local.bare.path_of(NAME)), "HEAD:refs/heads/main")
    run = local.propose()
    assert f"git push origin --delete {BRANCH}, and update once with --again" in run.said
    local.bare.git(NAME, "branch", "-D", BRANCH)
    run = local.propose("--again")
    assert (run.code, run.pull["operation"], has_secret(local)) == (0, "created", False), run.said


# What was declined


def test_a_version_that_was_declined_before_another_one_is_not_proposed_when_that_is_withdrawn(local: World) -> None:
    local.version("v2.0.0", a_txt=TOP)
    local.propose()
    local.close(1)
    local.version("v3.0.0", a_txt=BOTTOM)
    local.propose()
    local.close(2)
    git(local.root / "tpl", "tag", "--delete", "v3.0.0")
    run = local.propose()
    assert (run.pull["operation"], run.pull["number"]) == ("declined", 1), run.said
    assert [pull.state for pull in local.pulls()] == ["closed", "closed"]
