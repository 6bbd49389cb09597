"""When tasks run, and on what."""

from dataclasses import replace

from robot_action.model.facts import Facts, LocalRepository
from robot_action.model.plan import RenderStep, Step
from robot_action.model.request import CreateRequest, Trust
from robot_action.model.state import STATE_FILE
from robot_action.model.task_step import TasksStep
from robot_action.planning.create import plan_create
from tests.planning.foreign import AFTER, BEFORE, NAMING, only, with_tasks
from tests.planning.values import COMMITTED, MANIFEST, NOTHING, RENDERED, REQUEST, TEMPLATE, WANTED

ALONE = replace(REQUEST, manifest=replace(MANIFEST, repository=None, publish=()))


def steps(facts: Facts, request: CreateRequest = ALONE) -> list[Step]:
    return [step for step in plan_create(request, facts).steps if step.stage in {"render", "tasks"}]


def test_a_template_without_tasks_has_no_such_step() -> None:
    assert [step.stage for step in steps(NOTHING)] == ["render"]
    assert [step.stage for step in steps(NOTHING, only(ALONE, "render"))] == ["render"]


def test_tasks_run_in_the_project_after_it_is_written() -> None:
    render, tasks = steps(with_tasks(AFTER))
    assert isinstance(render, RenderStep)
    assert isinstance(tasks, TasksStep)
    assert (tasks.tasks, tasks.tree, tasks.removes, tasks.template) == ((AFTER,), None, False, None)


def test_those_before_the_files_run_apart_on_the_whole_tree() -> None:
    first, render, last = steps(with_tasks(BEFORE, AFTER))
    assert isinstance(first, TasksStep)
    assert isinstance(last, TasksStep)
    assert (first.tasks, first.tree, render.stage, last.tasks) == ((BEFORE,), WANTED, "render", (AFTER,))
    assert [step.stage for step in steps(with_tasks(BEFORE))] == ["tasks", "render"]


def test_the_template_is_handed_to_tasks_that_name_its_folder() -> None:
    _, tasks = steps(with_tasks(AFTER, NAMING))
    assert isinstance(tasks, TasksStep)
    assert tasks.template == TEMPLATE.tree


def test_without_trust_the_step_is_shown_and_cannot_be_begun() -> None:
    _, tasks = steps(with_tasks(AFTER), replace(ALONE, trust=Trust()))
    assert [problem.message for problem in tasks.objections][1:] == ["it would run the task make all"]


def test_left_out_tasks_are_skipped_with_the_reason() -> None:
    render, tasks = steps(with_tasks(BEFORE, AFTER), replace(ALONE, skip_tasks=True, trust=Trust()))
    assert (render.skip, tasks.skip) == (None, "not wanted (--skip-tasks)")
    render, tasks = steps(with_tasks(BEFORE, AFTER), only(ALONE, "render"))
    assert (render.skip, tasks.skip) == (None, "not asked for (--stages, --skip-stages)")


def test_a_project_that_is_committed_runs_none() -> None:
    local = LocalRepository("a" * 40, "main", COMMITTED.state)
    render, tasks = steps(with_tasks(AFTER, facts=replace(COMMITTED, local=local)))
    assert render.skip
    assert tasks.skip


def test_an_uncommitted_project_is_written_again_for_its_tasks_but_for_the_state_file() -> None:
    render, tasks = steps(with_tasks(AFTER, facts=RENDERED))
    assert isinstance(render, RenderStep)
    assert (render.into_existing, STATE_FILE in render.tree, set(render.tree)) == (True, False, set(WANTED) - {STATE_FILE})
    assert "again" in render.title
    assert tasks.skip is None
    for request in (replace(ALONE, skip_tasks=True), only(ALONE, "render", "commit")):
        render, _ = steps(with_tasks(AFTER, facts=RENDERED), request)
        assert render.skip == "it is there already"
