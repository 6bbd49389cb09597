"""Secret answers, which no state file keeps: projects that were made with some are updated all the same."""

from __future__ import annotations

import pytest

from tests.update.world import World

pytestmark = pytest.mark.usefixtures("real_workers")

QUESTIONS = """\
name: tiny
questions:
  token:
    type: str
    secret: true
    validator: "{{ 'too short' if token|length < 3 }}"
  pin: {type: int, secret: true}
  sure: {type: bool, secret: true}
  mode: {type: str, choices: [fast, slow], secret: true}
  ways: {type: str, choices: [land, sea], multiselect: true, secret: true}
  login: {type: str, default: "robot:{{ token }}"}
"""
TEMPLATE = {
    "template.yml": QUESTIONS,
    "template/token.txt.jinja": "one\n{{ login }} {{ pin + 1 }} {{ sure }} {{ mode }} {{ ways|join }}\ntwo\n\n\n",
}
GIVEN = tuple(part for answer in ("token=hush-hush", "pin=4321", "sure=true", "mode=slow", "ways=[sea]") for part in ("-d", answer))
MADE = "one\nrobot:hush-hush 4322 True slow sea\ntwo\n\n\n"


def make(world: World) -> None:
    """Make a project from the first of two versions."""
    world.set_up(TEMPLATE)
    assert world.render(*GIVEN).code == 0
    world.commit()
    assert world.read("token.txt") == MADE
    world.set_up({**TEMPLATE, "template/token.txt.jinja": f"{TEMPLATE['template/token.txt.jinja']}three\n"}, "v2.0.0")


@pytest.mark.parametrize("given", [(), GIVEN], ids=["not told", "told again"])
def test_what_was_made_of_secret_answers_stays_and_the_rest_is_merged(world: World, given: tuple[str, ...]) -> None:
    make(world)
    run = world.update(*given)
    assert run.code == 0, run.said
    assert world.read("token.txt") == f"{MADE}three\n"
    assert "does not render to what it did then" not in run.said
    assert "login" not in world.read(".robot-action.yml")
    world.commit()
    world.set_up({**TEMPLATE, "template/token.txt.jinja": f"zero\n{TEMPLATE['template/token.txt.jinja']}three\n"}, "v3.0.0")
    run = world.update(*GIVEN)
    assert (run.code, world.read("token.txt")) == (0, f"zero\n{MADE}three\n"), run.said
    assert "does not render to what it did then" not in run.said


def test_what_a_project_remembers_is_the_same_whatever_the_secret_answers_are(world: World) -> None:
    make(world)
    assert "digest" not in world.read(".robot-action.yml")
    assert world.update(*GIVEN).code == 0
    assert "digest" not in world.read(".robot-action.yml")
    world.commit()
    run = world.update(*GIVEN, "-d", "pin=1234")
    assert (run.code, world.status()) == (0, []), run.said
    assert "the project has all that comes of it already" in run.said


@pytest.mark.parametrize("path", ["new.txt", "{{ token }}.txt"])
def test_nothing_that_stands_for_a_secret_answer_comes_into_the_project(world: World, path: str) -> None:
    make(world)
    world.set_up({**TEMPLATE, f"template/{path}.jinja": "{{ token|upper }}\n"}, "v3.0.0")
    run = world.update()
    assert (run.code, world.status()) == (65, []), run.said
    assert "answers are missing: token, pin, sure, mode, ways" in run.said
    assert "they belong into what the template changes: " in run.said
    run = world.update(*GIVEN)
    assert run.code == 0, run.said
    assert world.read("hush-hush.txt" if "token" in path else path) == "HUSH-HUSH\n"


def test_a_secret_question_that_is_new_has_to_be_answered(world: World) -> None:
    make(world)
    world.set_up({**TEMPLATE, "template.yml": f"{QUESTIONS}  key: {{type: str, secret: true}}\n"}, "v3.0.0")
    run = world.update()
    assert (run.code, world.status()) == (65, [])
    assert "an answer is missing: key" in run.said
    assert world.update("-d", "key=k").code == 0


@pytest.mark.parametrize("where", [(), ("--source", "URL")], ids=["where it was", "--source"])
def test_drift_leaves_what_is_made_of_them_alone(world: World, where: tuple[str, ...]) -> None:
    make(world)
    world.commit(files={"token.txt": "mine\n"})
    named = tuple(world.url if part == "URL" else part for part in where)
    run = world.run("check", "demo", "--drift", "--allow-protocol", "http", *named)
    assert run.code == 2, run.said
    assert "no drift\n  left alone  token.txt\n" in run.out


def test_the_default_of_a_secret_question_is_told_where_it_comes_into_the_project(world: World) -> None:
    files = {
        "copier.yml": "name: demo\napi_key: {type: str, secret: true, default: 'no key'}\n",
        "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml -}}\n",
        "old.env.jinja": "key={{ api_key }}\n",
    }
    world.set_up(files)
    assert world.render("-d", "api_key=sekrit").code == 0
    world.commit()
    world.set_up({**files, "a.txt": "a\n"}, "v1.1.0")
    run = world.update()
    assert (run.code, "the default counts" in run.said) == (0, False), run.said
    world.commit()
    world.set_up({**files, "a.txt": "a\n", "config.env.jinja": "key={{ api_key }}\n"}, "v1.2.0")
    run = world.update()
    assert (run.code, world.read("config.env"), world.read("old.env")) == (0, "key=no key\n", "key=sekrit\n"), run.said
    assert "no state file keeps secret answers, so that the default counts for api_key in config.env" in " ".join(run.out.split())
