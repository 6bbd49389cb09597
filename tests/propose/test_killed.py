"""Killed anywhere, run again: one branch, one pull request, same content."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.propose.test_pull_request import BOTTOM, OTHER, TOP
from tests.propose.world import BRANCH, World

TOOLS = str(Path(__file__).parents[2])
KILL = (
    "import sys; sys.path.insert(0, {top!r}); from tests.create.killed import arrange; arrange({moment!r}); "
    "from robot_action.__main__ import main; main()"
)
PEOPLE = ("--label", "template", "--assignee", "mona", "--reviewer", "mona")
PUSHED = ["before:branch", "after:branch", *(f"sent:{number}" for number in range(1, 7)), *(f"answered:{number}" for number in (1, 5))]
SIGNED = [*(f"sent:{number}" for number in range(1, 10)), *(f"answered:{number}" for number in (3, 4, 8))]
TOKENS = [*(("token", moment) for moment in PUSHED), *(("app_token", moment) for moment in SIGNED)]


def killed(moment: str) -> str:
    return KILL.format(top=TOOLS, moment=moment)


def content(world: World) -> str:
    return world.bare.git("acme/demo", "rev-parse", f"{BRANCH}^{{tree}}")


@pytest.mark.parametrize("moment", ["after:branch", "after:pull"])
def test_on_a_folder(local: World, moment: str) -> None:
    begin(local)
    assert local.propose(*PEOPLE, code=killed(moment)).code == -9
    finish(local)


@pytest.mark.parametrize(("by", "moment"), TOKENS)
def test_on_github(on_github: World, by: str, moment: str) -> None:
    """The requests are: the pull request, labels, the reviewer, the assignee, the status; for an App first a tree, a commit, the branch."""
    on_github.use(by)
    begin(on_github)
    ended = on_github.propose(*PEOPLE, code=killed(moment)).code
    assert ended == (0 if moment == {"token": "sent:6", "app_token": "sent:9"}[by] else -9), "fewer requests write than are tried"
    finish(on_github)


def begin(world: World) -> None:
    world.commit({"a.txt": OTHER})
    world.version("v2.0.0", a_txt=TOP)


def finish(world: World) -> None:
    run = world.propose(*PEOPLE)
    assert run.code == 0, run.said
    assert set(world.heads()) == {"main", BRANCH}
    (pull,) = world.pulls()
    assert (pull.state, pull.draft, pull.labels, world.status()) == ("open", True, ["template"], "error")
    assert len(world.log()) == 1
    before = world.heads(), world.pulls()
    assert world.propose(*PEOPLE).pull["operation"] == "unchanged"
    assert (world.heads(), world.pulls()) == before


@pytest.mark.parametrize(
    ("by", "moment"),
    [
        *(("token", moment) for moment in ("before:branch", "after:branch", "sent:1", "answered:1")),
        *(("app_token", f"sent:{number}") for number in range(1, 6)),
    ],
)
def test_the_next_version_with_work_of_people_on_the_branch(on_github: World, by: str, moment: str) -> None:
    world = on_github
    world.use(by)
    world.version("v2.0.0", a_txt=TOP)
    assert world.propose().code == 0
    ada = world.person({"own.txt": "Ada's\n"})
    world.version("v3.0.0", a_txt=BOTTOM)
    assert world.propose(code=killed(moment)).code == -9
    run = world.propose()
    assert run.code == 0, run.said
    assert world.propose().pull["operation"] == "unchanged"
    (pull,) = world.pulls()
    assert pull.title.endswith("to 3.0.0")
    assert world.bare.git("acme/demo", "rev-parse", f"{BRANCH}^1") == ada
    assert (world.show(f"{BRANCH}:own.txt"), world.show(f"{BRANCH}:a.txt")) == ("Ada's\n", BOTTOM)
