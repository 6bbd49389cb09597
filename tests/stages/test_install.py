from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from robot_action.errors import FailedError, Position
from robot_action.model.facts import Facts
from robot_action.model.plan import InstallStep, Status
from robot_action.model.report import Outcomes
from robot_action.model.template import Command, Commands
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.stages import install
from robot_action.stages.install import Installed
from tests.stages.running import World, choose_user, make

ENTRY = """
import json, os, pathlib, sys
answers = json.load(sys.stdin)
pathlib.Path('made.json').write_text(json.dumps({'answers': answers, 'here': sorted(os.listdir('.'))}))
print('made it')
"""


@pytest.fixture(params=["second user", "in place"])
def world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[World]:
    choose_user(request, monkeypatch)
    found = World(tmp_path)
    found.write(".gitignore", "cache/\n")
    found.write(
        "Makefile",
        "all:\n\techo done > made\n\tmkdir -p cache && touch cache/x\nbad:\n\t@echo no luck; exit 3\nslow:\n\tsleep 60\nshow:\n\t@env\n",
    )
    with found.scope:
        yield found


def step(world: World, **values: Any) -> InstallStep:
    return InstallStep(stage="install", title="install", destination=world.project, **values)


def template(code: str = ENTRY, **files: str) -> Tree:
    return Tree({path: Entry(Mode.FILE, text.encode()) for path, text in {"hooks/make.py": code, **files}.items()})


def test_a_command_that_fails_is_told_at_the_line_that_asked_for_it_with_its_exit_code(world: World) -> None:
    place = Position("./t: template.yml", 7, 5)
    with pytest.raises(FailedError) as failed:
        install.apply(world.ports, step(world, commands=Commands((Command(("make", "bad"), place),))), Outcomes())
    (problem,) = failed.value.problems
    assert problem.position == place
    assert problem.message == "the command 'make bad' failed: exit code 2"
    assert "no luck" in (problem.hint or "")


def test_looking_changes_nothing() -> None:
    facts = Facts()
    assert install.inspect(cast("Any", None), cast("Any", None), facts) is facts


def test_commands_run_in_order_and_what_they_made_is_in_the_project(world: World) -> None:
    world.write("Makefile", "one:\n\t@echo 1 >> made\ntwo:\n\t@echo 2 >> made\n")
    outcome = install.apply(world.ports, step(world, commands=make("one", "two")), Outcomes())
    assert (outcome.stage, outcome.status, outcome.summary) == ("install", Status.DONE, "ran make one, make two")
    assert (world.project / "made").read_text() == "1\n2\n"
    assert world.said.lines == ["$ make one", "$ make two"]


def test_the_workspace_is_handed_on_with_what_git_ignores_and_closed_with_the_scope(world: World) -> None:
    ports = world.ports
    outcome = install.apply(ports, step(world, commands=make("all")), Outcomes())
    installed = Outcomes((outcome,)).find(Installed)
    assert installed is not None
    assert (installed.workspace.folder / "cache/x").exists()
    isolated = ports.sandbox.isolated
    assert (world.project / "cache").exists() is not isolated
    world.scope.close()
    assert installed.workspace.folder.exists() is not isolated


def test_after_a_failure_nothing_else_runs_and_the_reason_is_told(world: World) -> None:
    with pytest.raises(FailedError, match="'make bad' failed: exit code 2") as caught:
        install.apply(world.ports, step(world, commands=make("bad", "all")), Outcomes())
    assert "no luck" in str(caught.value)
    assert not (world.project / "made").exists()


def test_each_command_has_its_time(world: World) -> None:
    with pytest.raises(FailedError, match="took longer than"):
        install.apply(world.ports, step(world, commands=make("slow", timeout=0.3)), Outcomes())


def test_commands_see_the_variables_that_were_handed_over_and_no_secret(world: World) -> None:
    install.apply(world.ports, step(world, commands=make("show"), environment=("API_URL",)), Outcomes())
    assert "API_URL=https://api.example" in world.said.lines
    assert not any("a-secret" in line for line in world.said.lines)


def test_a_custom_entry_gets_the_answers_and_works_in_the_project(world: World) -> None:
    answers = {"name": "naïve", "list": [1, None, True]}
    outcome = install.apply(world.ports, step(world, entry="hooks/make.py", template=template(), answers=answers), Outcomes())
    made = json.loads((world.project / "made.json").read_text())
    assert made == {"answers": answers, "here": [".gitignore", "Makefile"]}
    assert outcome.summary == "ran the entry hooks/make.py"
    assert world.said.lines == ["$ python hooks/make.py", "made it"]


def test_a_custom_entry_can_be_a_module_and_import_its_siblings(world: World) -> None:
    tree = template(**{"acme/__init__.py": "", "acme/make.py": "from acme.names import NAME\nprint(NAME)", "acme/names.py": "NAME = 'x'"})
    install.apply(world.ports, step(world, entry="-m acme.make", template=tree), Outcomes())
    assert world.said.lines == ["$ python -m acme.make", "x"]


def test_a_custom_entry_reads_the_files_of_its_template(world: World) -> None:
    code = "import pathlib; print((pathlib.Path(__file__).parent.parent / 'data.txt').read_text())"
    install.apply(world.ports, step(world, entry="hooks/make.py", template=template(code, **{"data.txt": "data"})), Outcomes())
    assert world.said.lines[-1] == "data"


@pytest.mark.parametrize(("end", "told"), [("sys.exit(42)", "exit code 42"), ("os.kill(os.getpid(), 15)", r"signal 15 \(SIGTERM\)")])
def test_a_custom_entrys_exit_code_or_signal_is_passed_on(world: World, end: str, told: str) -> None:
    tree = template(f"import os, sys\nopen('half', 'w')\n{end}")
    with pytest.raises(FailedError, match=told):
        install.apply(world.ports, step(world, entry="hooks/make.py", template=tree), Outcomes())


def test_commands_follow_a_custom_entry(world: World) -> None:
    code = "open('Makefile', 'w').write('new:\\n\\techo new')"
    outcome = install.apply(world.ports, step(world, entry="hooks/make.py", template=template(code), commands=make("new")), Outcomes())
    assert outcome.summary == "ran the entry hooks/make.py, make new"


def test_an_entry_without_a_template_is_refused(world: World) -> None:
    with pytest.raises(FailedError, match="entry"):
        install.apply(world.ports, replace(step(world), entry="x.py"), Outcomes())


def test_answers_are_in_no_argument(world: World) -> None:
    code = "import sys; print(open('/proc/self/cmdline').read()); print(open('/proc/self/environ').read())"
    if not Path("/proc/self/cmdline").exists():
        pytest.skip("there is no /proc here")
    install.apply(world.ports, step(world, entry="hooks/make.py", template=template(code), answers={"password": "hunter2"}), Outcomes())
    assert "hunter2" not in "\n".join(world.said.lines)
