"""Tasks as people see them, and with the template's folder in them."""

import pytest

from robot_action.errors import Position
from robot_action.model.tasks import TEMPLATE_FOLDER, Task

HOOK = Position("gh:a/t: hooks/post_gen_project.py", 1)


@pytest.mark.parametrize(
    ("task", "arguments", "title"),
    [
        (Task("echo a && b"), ("/bin/sh", "-c", "echo a && b"), "echo a && b"),
        (Task(("echo", "a b")), ("echo", "a b"), "echo 'a b'"),
        (Task((), script=(".py", b""), position=HOOK), ("python", "hooks/post_gen_project.py"), "python hooks/post_gen_project.py"),
        (Task(("-x",), script=(".sh", b"")), ("script.sh", "-x"), "script.sh -x"),
    ],
)
def test_what_runs_is_told(task: Task, arguments: tuple[str, ...], title: str) -> None:
    assert (task.arguments, task.title) == (arguments, title)


def test_the_templates_folder_is_put_wherever_it_is_named() -> None:
    named = [
        Task(f"cp {TEMPLATE_FOLDER}/x ."),
        Task(("cp", f"{TEMPLATE_FOLDER}/x")),
        Task("x", environment={"FROM": TEMPLATE_FOLDER}),
        Task((), script=(".py", f"open('{TEMPLATE_FOLDER}/x')".encode())),
    ]
    assert all(task.names_template for task in named)
    assert not Task("cp x y").names_template
    assert [task.located("/real") for task in named] == [
        Task("cp /real/x ."),
        Task(("cp", "/real/x")),
        Task("x", environment={"FROM": "/real"}),
        Task((), script=(".py", b"open('/real/x')")),
    ]
