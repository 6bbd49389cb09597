"""A template that moved gives a project's pull requests another branch; the one that is left behind is told."""

from __future__ import annotations

from tests.propose.world import BRANCH, LINES, World
from tests.testbed.bare import git

OTHER = "robot-action/moved"
TOLD = f"pull request 1 stays open: it is for the same project, from {BRANCH}"


def move(world: World) -> None:
    """Open a pull request, and have the project follow the template in another place."""
    world.version("v2.0.0", a_txt=LINES.replace("line 2\n", "LINE 2\n"))
    assert world.propose().pull["number"] == 1
    git(world.root, "clone", "--quiet", "tpl", "moved")
    git(world.root / "moved", "tag", "v3.0.0")
    assert world.run("update", "demo", "--source", "./moved", "--ref", "v1.0.0").code == 0
    world.commit({}, "Follow the template where it is now")


def test_a_pull_request_that_is_left_behind_is_told_until_somebody_closes_it(world: World) -> None:
    move(world)
    run = world.propose()
    assert (run.code, run.pull["branch"], run.pull["number"], run.pull["operation"]) == (0, OTHER, 2, "created"), run.said
    assert TOLD in run.out
    assert [pull.state for pull in world.pulls()] == ["open", "open"]
    run = world.propose()
    assert (run.pull["number"], run.pull["operation"], TOLD in run.out) == (2, "unchanged", True), run.said
    world.close(1)
    assert "stays open" not in world.propose().out


def test_other_projects_and_other_bases_have_pull_requests_of_their_own(world: World) -> None:
    world.version("v2.0.0", a_txt=LINES.replace("line 2\n", "LINE 2\n"))
    assert world.run("render", "./tpl", "demo/below", "--ref", "v1.0.0").code == 0
    world.commit({}, "Another project")
    git(world.project, "push", "--quiet", str(world.bare.path_of("acme/demo")), "main:refs/heads/stable")
    assert world.run("update", "demo/below", "--pull-request", "--branch", "robot-action/below").code == 0
    assert world.propose("--base", "stable", "--branch", "robot-action/stable").pull["number"] == 2
    run = world.propose()
    assert (run.pull["number"], "stays open" in run.out) == (3, False), run.said


def test_where_branches_cannot_be_listed_nothing_is_said_of_them(on_github: World) -> None:
    move(on_github)
    assert on_github.github
    on_github.github.fake.fail("GET .*/git/matching-refs/.*", 404, {"message": "Not Found"}, times=99)
    run = on_github.propose()
    assert (run.code, run.pull["number"], "stays open" in run.out) == (0, 2, False), run.said
