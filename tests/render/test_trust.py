"""Whose code runs: without trust nothing, and each thing that wanted to is named."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.render.world import COOKIECUTTER, COPIER, World

EXTENDED = {**COPIER, "copier.yml": f"_jinja_extensions: [thing.Extension]\n{dedent(COPIER['copier.yml'])}"}


def untouched(world: World) -> bool:
    return list(world.root.iterdir()) == []


def test_each_task_is_named_with_its_line(world: World) -> None:
    world.set_up(COPIER)
    refused = world.render(trust=False)
    assert refused.code == 77, refused.said
    for text in ("echo $STAGE $COPIER_OPERATION demo > made.txt", "rm surplus.txt", "touch in-sub"):
        assert f"it would run the task {text}" in refused.said
    assert "touch never" not in refused.said
    for line in ("copier.yml:7", "copier.yml:8", "copier.yml:9"):
        assert f"{line}:5: error: it would run the task" in refused.said
    assert "--trust-source" in refused.said
    assert untouched(world)


def test_each_hook_is_named_with_its_file(world: World) -> None:
    world.set_up(COOKIECUTTER)
    refused = world.render(trust=False)
    assert refused.code == 77, refused.said
    assert "hooks/pre_gen_project.py" in refused.said
    assert "hooks/post_gen_project.sh" in refused.said
    assert untouched(world)


def test_a_pre_prompt_hook_never_runs_without_trust(world: World) -> None:
    world.set_up({**COOKIECUTTER, "hooks/pre_prompt.sh": "#!/bin/sh\necho it ran\n"})
    for more in ((), ("--dry-run",)):
        refused = world.render(*more, trust=False)
        assert refused.code == 77, refused.said
        for hook in ("pre_prompt", "pre_gen_project", "post_gen_project"):
            assert f"it would run the hook {hook}" in refused.said
        assert "it ran" not in refused.said
    assert untouched(world)
    assert world.render("--skip-tasks", trust=False).code == 0


def test_an_extension_needs_trust_though_tasks_are_left_out(world: World) -> None:
    world.set_up(EXTENDED)
    refused = world.render(trust=False)
    assert refused.code == 77, refused.said
    assert "it would load the extension thing.Extension" in refused.said
    assert "copier.yml:1" in refused.said
    assert "it would run the task [rm, surplus.txt]" in refused.said or "rm surplus.txt" in refused.said
    refused = world.render("--skip-tasks", trust=False)
    assert refused.code == 77, refused.said
    assert "thing.Extension" in refused.said
    assert "surplus" not in refused.said
    assert "--skip-tasks" not in refused.out.split("Trust it with")[1].splitlines()[0]
    assert untouched(world)


def test_a_pattern_trusts_a_source_and_no_other(world: World) -> None:
    world.set_up(COPIER)
    assert world.render("--trust-source", "https://github.com/*", trust=False).code == 77
    assert world.render("--trust-source", "http://127.0.0.1:*/acme/*", trust=False).code == 0


def test_neither_template_nor_answers_can_give_trust(world: World) -> None:
    world.set_up({**COPIER, "copier.yml": "trust: {default: true, type: bool}\n_trust: true\n_tasks: [touch made]\n"})
    assert world.render("-d", "trust=true", trust=False).code in {65, 77}
    assert untouched(world)


@pytest.mark.parametrize("files", [COPIER, COOKIECUTTER], ids=["copier", "cookiecutter"])
def test_a_plan_says_what_would_run_and_that_it_may_not(world: World, files: dict[str, str]) -> None:
    world.set_up(files)
    plan = world.render("--dry-run", "--json", trust=False)
    assert plan.code == 77, plan.said
    commands = [command for step in plan.project["plan"] for command in step["commands"]]
    assert len(commands) >= 2
    assert untouched(world)
    trusted = world.render("--dry-run")
    assert trusted.code == 0, trusted.said
    assert "$ " in trusted.out
    assert untouched(world)


def test_a_template_without_code_needs_no_trust(world: World) -> None:
    world.set_up({"copier.yml": "name: demo\n_jinja_extensions: [jinja2.ext.do]\n", "x.jinja": "{% do [].append(1) %}{{ name }}"})
    assert world.render(trust=False).code == 0
    assert world.files()["x"] == "demo"
