"""Tasks and messages come back from the worker as they were, or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from robot_action.errors import InputError, Position
from robot_action.model.tasks import Task
from robot_action.model.template import Rendering
from robot_action.model.tree import Tree
from robot_action.rendering.frames import ProtocolError
from robot_action.rendering.response_tasks import MAX_TASKS, decode_tasks, decode_texts, encode_extras

AT = Position("t: copier.yml", 3, 5)
TASKS = (
    Task("echo $A", folder="sub", environment={"STAGE": "task"}, position=AT),
    Task(("cp", "a b", "c")),
    Task((), script=(".py", "print('ü')\n".encode()), before=True, position=AT),
)
PLAIN: list[Any] = ["true", "", {}, None, False, True, None]


def sent(rendering: Rendering) -> Any:
    return json.loads(json.dumps(encode_extras(rendering)))


def changed(place: int, value: object) -> list[Any]:
    return [*PLAIN[:place], value, *PLAIN[place + 1 :]]


def test_tasks_come_back_as_they_were() -> None:
    assert decode_tasks(sent(Rendering(Tree(), {}, {}, tasks=TASKS))["tasks"]) == TASKS


def test_what_a_template_does_not_have_does_not_travel() -> None:
    assert sent(Rendering(Tree(), {}, {})) == {}
    extras = sent(Rendering(Tree(), {}, {}, messages={"after_copy": "bye"}, kept=frozenset({"b", "a"}), answers_file="x"))
    assert extras == {"messages": {"after_copy": "bye"}, "kept": ["a", "b"], "answers_file": "x"}


def test_a_folder_is_told_in_its_shortest_form() -> None:
    assert [decode_tasks([changed(1, folder)])[0].folder for folder in ("", ".", "./", "a/./b/")] == ["", "", "", "a/b"]


@pytest.mark.parametrize("folder", ["..", "a/../..", "/etc", "../demo", ".git", "a/.GIT/hooks"])
def test_a_folder_out_of_the_project_is_refused_at_the_task(folder: str) -> None:
    with pytest.raises(InputError, match="a task would run in") as refused:
        decode_tasks([[*changed(1, folder)[:-1], ["t: copier.yml", 3, 5]]])
    assert refused.value.problems[0].position == AT


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        ["true"],
        [PLAIN[:-1]],
        [changed(0, None)],
        [changed(0, ["a", 1])],
        [changed(0, "a\0b")],
        [changed(0, "\ud800")],
        [changed(1, 1)],
        [changed(2, [])],
        [changed(2, {"A": 1})],
        [changed(2, {"A=B": "x"})],
        [changed(2, {"A": "a\0b"})],
        [changed(3, "x")],
        [changed(3, [".py"])],
        [changed(3, ["/../x", ""])],
        [changed(4, 1)],
        [changed(5, False)],
        [changed(6, "x")],
        [changed(6, ["x", "1", 1])],
        [PLAIN] * (MAX_TASKS + 1),
    ],
)
def test_what_is_no_task_is_refused(value: object) -> None:
    with pytest.raises(ProtocolError):
        decode_tasks(value)


@pytest.mark.parametrize("value", [None, [], {"a": 1}, {"a": "\ud800"}])
def test_what_is_no_mapping_of_texts_is_refused(value: Mapping[str, str]) -> None:
    with pytest.raises(ProtocolError):
        decode_texts(value, "messages")
