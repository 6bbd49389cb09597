"""Tasks and hooks, with real programs: as a second user and in place."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from robot_action.errors import FailedError, Position
from robot_action.model.facts import Facts
from robot_action.model.plan import Status
from robot_action.model.report import Outcomes
from robot_action.model.source import Source, SourceKind
from robot_action.model.task_step import TasksStep, Worked
from robot_action.model.tasks import TEMPLATE_FOLDER, Task
from robot_action.model.template import Specification, Template
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.stages import tasks
from tests.stages.running import World, choose_user

PLACE = Position("./t: copier.yml", 7, 5)


@pytest.fixture(params=["second user", "in place"])
def world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[World]:
    choose_user(request, monkeypatch)
    found = World(tmp_path)
    found.write("x", "x\n")
    with found.scope:
        yield found


def run(world: World, *wanted: Task, **values: Any) -> Outcomes:
    step = TasksStep(stage="tasks", title="run", destination=world.project, tasks=wanted, **values)
    return Outcomes((tasks.apply(world.ports, step, Outcomes()),))


def files(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def tree(**texts: str) -> Tree:
    return Tree({path: Entry(Mode.FILE, text.encode()) for path, text in texts.items()})


def python(text: str, *, before: bool = False) -> Task:
    return Task((), script=(".py", text.encode()), before=before, position=Position("./t: hooks/hook.py", 1))


def test_looking_changes_nothing() -> None:
    facts = Facts()
    assert tasks.inspect(cast("Any", None), cast("Any", None), facts) is facts


def test_a_text_is_for_the_shell_and_a_list_for_nobody(world: World) -> None:
    run(world, Task("echo one > a && echo two >> a"), Task(("touch", "b && c", "$HOME")))
    assert files(world.project) == {"a": "one\ntwo\n", "b && c": "", "$HOME": "", "x": "x\n"}


def test_each_is_told_before_it_runs_and_all_in_the_end(world: World) -> None:
    (outcome,) = run(world, Task("true"), Task(("echo", "a b"))).items
    assert world.said.lines == ["$ true", "$ echo 'a b'", "a b"]
    assert (outcome.status, outcome.summary, outcome.details) == (Status.DONE, "ran 2 tasks", ("true", "echo 'a b'"))


def test_a_task_has_its_own_variables_beside_the_allowed_ones(world: World) -> None:
    run(world, Task("echo $STAGE $GITHUB_TOKEN $API_URL > a", environment={"STAGE": "task"}), environment=("API_URL",))
    assert files(world.project)["a"] == "task https://api.example\n"


def test_a_task_runs_in_its_folder(world: World) -> None:
    world.write("sub/y", "y\n")
    run(world, Task("cat y > z", folder="sub"))
    assert files(world.project)["sub/z"] == "y\n"


def test_a_folder_that_is_not_there_is_told_at_the_task(world: World) -> None:
    with pytest.raises(FailedError, match="the folder 'missing'") as failed:
        run(world, Task("true", folder="missing", position=PLACE))
    assert failed.value.problems[0].position == PLACE


def test_a_failure_is_told_at_the_task_with_its_output_and_nothing_after_it_runs(world: World) -> None:
    with pytest.raises(FailedError) as failed:
        run(world, Task("echo no luck; exit 3", position=PLACE), Task("touch never"))
    (problem,) = failed.value.problems
    assert problem.position == PLACE
    assert "exit code 3" in problem.message
    assert "no luck" in (problem.hint or "")
    assert "never" not in files(world.project)


def test_a_folder_that_this_run_made_goes_with_a_failure(world: World) -> None:
    with pytest.raises(FailedError):
        run(world, Task("touch half; exit 1"), removes=True)
    assert not world.project.exists()


def test_a_folder_that_was_there_stays(world: World) -> None:
    with pytest.raises(FailedError):
        run(world, Task("exit 1"))
    assert files(world.project) == {"x": "x\n"}


def test_what_git_ignores_is_there_and_comes_back_but_no_new_folders_of_it(world: World) -> None:
    world.write(".gitignore", ".env\nnode_modules/\nenvs/\n")
    world.write("envs/local", "old\n")
    run(world, Task("cat envs/local > .env; echo new > envs/local; mkdir node_modules; touch node_modules/x; mkdir -p a/b; touch a/b/c"))
    found = files(world.project)
    assert (found[".env"], found["envs/local"], found["a/b/c"]) == ("old\n", "new\n", "")
    assert ("node_modules/x" in found) is not world.ports.sandbox.isolated


def test_what_tasks_delete_is_gone_and_modes_change(world: World) -> None:
    world.write("docs/a", "")
    run(world, Task("rm -r docs; chmod +x x"))
    assert files(world.project) == {"x": "x\n"}
    assert (world.project / "x").stat().st_mode & stat.S_IXUSR
    assert not (world.project / "docs").exists()


def test_files_from_before_the_project_are_not_shown_as_a_second_user(world: World) -> None:
    run(world, Task("cat x > seen || true"), earlier=frozenset({"x"}))
    assert files(world.project)["seen"] == ("" if world.ports.sandbox.isolated else "x\n")
    assert files(world.project)["x"] == "x\n"


def test_a_python_script_runs_with_python_and_another_by_its_first_line(world: World) -> None:
    shell = Task((), script=(".sh", b"#!/bin/sh\necho $0 > shell; pwd -P > where\n"))
    run(world, python("import pathlib; pathlib.Path('python').write_text('made')"), shell)
    found = files(world.project)
    assert found["python"] == "made"
    assert found["shell"].strip().endswith(".sh")
    assert set(found) == {"x", "python", "shell", "where"}


def test_a_task_may_take_an_hour(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tasks.TASK_SECONDS == 3600
    monkeypatch.setattr(tasks, "TASK_SECONDS", 0.5)
    with pytest.raises(FailedError, match=r"took longer than 0\.5 seconds"):
        run(world, Task("sleep 30"))


def test_a_script_that_no_system_can_run_fails(world: World) -> None:
    for content in (b"", b"touch made\n"):
        with pytest.raises(FailedError, match=r"no first line"):
            run(world, Task((), script=(".sh", content)))
    assert files(world.project) == {"x": "x\n"}


def test_a_project_can_be_worked_on_before_it_is_written(world: World) -> None:
    new = world.folder / "new"
    step = TasksStep(stage="tasks", title="run", destination=new, tasks=(Task('rm a; echo > b; basename "$PWD"'),), tree=tree(a="a", c="c"))
    worked = Outcomes((tasks.apply(world.ports, step, Outcomes()),)).find(Worked)
    assert worked is not None
    assert dict(worked.tree) == dict(tree(b="\n", c="c"))
    assert not new.exists()


def test_tasks_before_the_files_see_none_and_what_they_make_gives_way(world: World) -> None:
    before = python(
        "import os, pathlib; pathlib.Path('seen').write_text(str(os.listdir())); pathlib.Path('a').write_text('mine')", before=True
    )
    worked = run(world, before, Task("cat a > after"), tree=tree(a="theirs")).find(Worked)
    assert worked is not None
    assert dict(worked.tree) == dict(tree(a="theirs", seen="[]", after="theirs"))


def test_the_template_is_there_for_tasks_that_name_it(world: World) -> None:
    task = Task(f"cp {TEMPLATE_FOLDER}/tool made", environment={"FROM": TEMPLATE_FOLDER})
    run(world, task, template=tree(tool="a tool\n"))
    assert files(world.project)["made"] == "a tool\n"


def test_a_second_user_leaves_only_regular_files_and_inward_links(world: World) -> None:
    if not world.ports.sandbox.isolated:
        pytest.skip("in place, template code is the user's own")
    run(world, Task("ln -s /etc/passwd out; ln -s x in; mkfifo pipe; mkdir .git; touch .git/config; rm x; ln -s /etc/shadow x"))
    assert sorted(path.name for path in world.project.iterdir()) == ["in", "x"]
    assert (world.project / "x").read_text() == "x\n"
    assert any("'out'" in line for line in world.said.lines)


def test_nothing_of_a_second_user_is_left_running(world: World) -> None:
    if not world.ports.sandbox.isolated:
        pytest.skip("in place, template code is the user's own")
    run(world, Task("(sleep 300 & echo $! > pid)"))
    status = Path(f"/proc/{(world.project / 'pid').read_text().strip()}/status")
    assert not status.exists() or "State:\tZ" in status.read_text()  # dead, and perhaps not buried yet


# pre_prompt


def template(code: str) -> Template:
    script = Entry(Mode.FILE, code.encode())
    source = Source(SourceKind.DIRECTORY, "/t", "./t")
    return Template(
        source, Specification("t", directory=""), Tree({"hooks/pre_prompt.py": script, "cookiecutter.json": Entry(Mode.FILE, b"{}")})
    )


def test_a_pre_prompt_hook_changes_a_copy_of_the_template(world: World) -> None:
    given = template("open('cookiecutter.json', 'w').write('{\"a\": 1}'); open('new', 'w').close()")
    after = tasks.run_pre_prompt(world.ports, given, ("hooks/pre_prompt.py",), ())
    assert after["cookiecutter.json"].content == b'{"a": 1}'
    assert "new" in after
    assert after["hooks/pre_prompt.py"].content == given.tree["hooks/pre_prompt.py"].content


def test_a_pre_prompt_hook_that_fails_is_told_at_its_file(world: World) -> None:
    with pytest.raises(FailedError) as failed:
        tasks.run_pre_prompt(world.ports, template("raise SystemExit('no docker')"), ("hooks/pre_prompt.py",), ())
    assert failed.value.problems[0].position == Position("./t: hooks/pre_prompt.py")
    assert "no docker" in (failed.value.problems[0].hint or "")
