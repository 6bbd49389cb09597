"""check and adopt as commands of the action."""

from __future__ import annotations

from tests.render.world import Run
from tests.update.world import World

COPIER = {"copier.yml": "name: demo\n", "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml -}}\n", "a.txt": "one\n"}


def act(world: World, command: str, *, event: str = "schedule", **inputs: str) -> Run:
    given = {f"INPUT_{name.upper().replace('_', '-')}": value for name, value in {**inputs, "allow_protocol": "http"}.items()}
    runner = {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": event, "GITHUB_OUTPUT": str(world.root / "output")}
    return world.run("action", INPUT_COMMAND=command, **runner, **given)


def test_projects_are_checked(world: World) -> None:
    world.set_up(COPIER)
    assert world.render().code == 0
    (world.root / "plain").mkdir()
    assert act(world, "check", projects="demo\nplain").code == 65, "there is no project"
    run = act(world, "check", projects="demo")
    assert (run.code, run.out) == (0, "demo: up to date, 1.0.0\n"), run.said
    world.set_up({**COPIER, "b.txt": "two\n"}, "v2.0.0")
    run = act(world, "check", projects="demo", event="pull_request")
    assert run.code == 2
    assert "nothing is written" not in run.said, "it would not write anyway"
    assert "exit-code<<" in (world.root / "output").read_text()


def test_nothing_is_healed_on_a_proposal(world: World) -> None:
    world.set_up(COPIER)
    assert world.render().code == 0
    world.commit(files={"a.txt": "mine\n"})
    run = act(world, "check", projects="demo", heal="a.txt", event="pull_request")
    assert (run.code, world.read("a.txt")) == (3, "mine\n"), run.said
    assert "On pull_request nothing is written" in run.said
    assert act(world, "check", projects="demo", heal="a.txt").code == 0
    assert world.read("a.txt") == "one\n"


def test_a_project_is_adopted(world: World) -> None:
    world.set_up(COPIER)
    world.project.mkdir()
    run = act(world, "adopt", template=world.url, project="demo", ref="v1.0.0", data="name: mine")
    assert run.code == 0, run.said
    assert "name: mine" in world.read(".copier-answers.yml")
