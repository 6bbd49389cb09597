"""render's plan: files, tasks, and nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest

from robot_action.errors import NotPermittedError
from robot_action.model.facts import Destination, DestinationKind, Facts
from robot_action.model.plan import Plan, RenderStep
from robot_action.model.request import RenderWanted
from robot_action.model.task_step import TasksStep
from robot_action.planning.render import plan_render
from tests.planning.foreign import AFTER, BEFORE, RENDER, UNTRUSTED, in_place, with_tasks
from tests.planning.values import DESTINATION, NOTHING, RENDERING, STATE, WANTED


def stages(plan: Plan) -> list[str]:
    return [step.stage for step in plan.steps]


def at(kind: DestinationKind, facts: Facts = NOTHING, **values: object) -> Facts:
    return replace(facts, destination=replace(Destination(DESTINATION, kind), **values))


def test_it_fetches_and_writes() -> None:
    plan = plan_render(RENDER, NOTHING)
    assert stages(plan) == ["fetch", "render"]
    assert plan.project == "acme/demo"


def test_as_a_second_user_a_new_project_is_written_when_all_its_tasks_are_done() -> None:
    plan = plan_render(RENDER, with_tasks(BEFORE, AFTER))
    _, tasks, render = plan.steps
    assert isinstance(tasks, TasksStep)
    assert isinstance(render, RenderStep)
    assert (tasks.tasks, tasks.tree, tasks.removes) == ((BEFORE, AFTER), WANTED, False)


def test_in_place_tasks_run_in_the_project_which_goes_with_a_failure() -> None:
    plan = plan_render(RENDER, in_place(with_tasks(BEFORE, AFTER)))
    _, before, render, after = plan.steps
    assert isinstance(before, TasksStep)
    assert isinstance(after, TasksStep)
    assert (before.tree, after.tree, after.removes, render.stage) == (WANTED, None, True, "render")


def test_a_folder_that_was_there_is_shown_to_tasks_and_never_removed() -> None:
    plan = plan_render(RENDER, at(DestinationKind.FREE, with_tasks(AFTER), earlier=frozenset({"mine"})))
    _, render, tasks = plan.steps
    assert isinstance(tasks, TasksStep)
    assert isinstance(render, RenderStep)
    assert (tasks.removes, tasks.earlier, render.into_existing) == (False, frozenset(), True)


def test_left_out_tasks_are_told() -> None:
    plan = plan_render(replace(UNTRUSTED, skip_tasks=True), with_tasks(BEFORE, AFTER))
    assert [(step.stage, step.skip) for step in plan.steps[1:]] == [("render", None), ("tasks", "not wanted (--skip-tasks)")]
    assert plan.objections == ()


def test_what_wants_to_run_without_trust_is_named_once() -> None:
    plan = plan_render(UNTRUSTED, in_place(with_tasks(BEFORE, AFTER)))
    assert len(plan.objections) == 3


def test_what_would_be_replaced_is_refused_by_name() -> None:
    facts = at(DestinationKind.FOREIGN, replaced=("README.md",), state=STATE)
    with pytest.raises(NotPermittedError, match=r"is not empty: README\.md"):
        plan_render(RENDER, facts)
    plan = plan_render(replace(RENDER, overwrite=True), facts)
    (render,) = [step for step in plan.steps if isinstance(step, RenderStep)]
    assert render.overwrites == ("README.md",)


def test_another_project_is_refused_by_its_name() -> None:
    with pytest.raises(NotPermittedError, match="holds another project: other"):
        plan_render(RENDER, at(DestinationKind.FOREIGN, state=replace(STATE, project="other")))


def test_the_messages_are_in_the_plan() -> None:
    facts = replace(NOTHING, rendering=replace(RENDERING, messages={"before_copy": "hello", "after_copy": "bye"}))
    plan = plan_render(RENDER, facts)
    assert (getattr(plan.steps[0], "message", None), plan.message) == ("hello", "bye")


def test_a_replay_file_is_written_with_the_project() -> None:
    facts = replace(NOTHING, rendering=replace(RENDERING, replay={"cookiecutter": {"a": "b"}}))
    wanted = replace(RENDER, render=RenderWanted(replay=Path("/x/r.json")))
    (render,) = [step for step in plan_render(wanted, facts).steps if isinstance(step, RenderStep)]
    assert render.replay == (Path("/x/r.json"), b'{\n  "cookiecutter": {\n    "a": "b"\n  }\n}')
