from __future__ import annotations

import pytest

from robot_action.errors import Position, Problem
from robot_action.model.copier import CopierSettings, Migration
from robot_action.model.tasks import Task
from robot_action.parsing.formats.copier_settings import Settings, parse_settings
from robot_action.parsing.formats.copier_yaml import Section

AT = Position("copier.yml", 1, 1)


def parse(key: str, value: object) -> tuple[CopierSettings, list[str]]:
    problems: list[Problem] = []
    section = Section({key: value}, {key: AT}, Position("copier.yml"))
    found = parse_settings(Settings(section, problems), is_top=True)
    assert all(problem.position == AT for problem in problems)
    return found, [problem.message for problem in problems]


def test_tasks_in_all_their_forms() -> None:
    found, _ = parse(
        "_tasks",
        ["echo a", ["git", 1, True], {"command": "x"}, {"command": ["y"], "when": "{{ z }}", "working_directory": "d", "other": 1}],
    )
    assert found.tasks == (
        Task("echo a", position=AT),
        Task(("git", "1", "True"), position=AT),
        Task("x", position=AT),
        Task(("y",), when="{{ z }}", folder="d", position=AT),
    )


@pytest.mark.parametrize(
    "task",
    [5, None, [], [[1]], [None], {"when": True}, {"command": 1}, {"command": "x", "when": 1}, {"command": "x", "working_directory": 2}],
)
def test_what_is_no_task(task: object) -> None:
    assert len(parse("_tasks", [task])[1]) == 1


def test_migrations_in_the_new_form() -> None:
    found, _ = parse("_migrations", ["a", ["b"], {"command": "c"}, {"version": 2.0, "command": "d", "when": "{{ _stage == 'before' }}"}])
    assert found.migrations == (
        Migration(Task("a", position=AT)),
        Migration(Task(("b",), position=AT)),
        Migration(Task("c", position=AT)),
        Migration(Task("d", when="{{ _stage == 'before' }}", position=AT), "2.0", ("before", "after")),
    )


def test_migrations_in_the_old_form() -> None:
    found, _ = parse("_migrations", [{"version": "v1", "before": ["a"], "after": [["b"], "c"]}])
    assert found.migrations == (
        Migration(Task("a", position=AT), "v1", ("before",)),
        Migration(Task(("b",), position=AT), "v1", ("after",)),
        Migration(Task("c", position=AT), "v1", ("after",)),
    )


@pytest.mark.parametrize("migration", [5, {"version": "1"}, {"version": [], "command": "x"}, {"before": "a"}, {"after": [5]}])
def test_what_is_no_migration(migration: object) -> None:
    assert len(parse("_migrations", [migration])[1]) == 1


def test_messages() -> None:
    assert parse("_message_after_copy", "Hi {{ q }}")[0].messages == {"after_copy": "Hi {{ q }}"}
    assert parse("_message_before_update", "")[0].messages == {}


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("_message_before_copy", 5, "this must be a text"),
        ("_answers_file", "/etc/passwd", "'/etc/passwd' is no path below the project's folder"),
        ("_answers_file", ["a"], "this must be a text"),
        ("_skip_if_exists", "a", "this must be a list"),
        ("_jinja_extensions", [1], "'1' is no text"),
        ("_envops", ["a"], "this must be a mapping of names to values"),
        ("_envops", {1: 2}, "this must be a mapping of names to values"),
        ("_external_data", {"a": 1}, "'a' must be the path of a YAML file"),
        ("_min_copier_version", "x", "'x' is no version"),
        ("_min_copier_version", "9" * 5000, f"'{'9' * 57}...' is no version"),
        ("_min_copier_version", 9.20, "9.2 is a number, and 9.20 would be 9.2"),
    ],
)
def test_settings_of_another_type_are_told(key: str, value: object, message: str) -> None:
    assert parse(key, value)[1] == [f"{key}: {message}"]


@pytest.mark.parametrize("key", ["_tasks", "_migrations", "_exclude", "_envops", "_answers_file", "_external_data", "_min_copier_version"])
def test_what_is_null_is_not_set(key: str) -> None:
    assert parse(key, None) == (parse("_other", 1)[0], [])


@pytest.mark.parametrize("version", ["9.19.99", "9.19", "6", 8, "9.0.0a1"])
def test_templates_of_this_copier_and_older_ones_work(version: object) -> None:
    assert parse("_min_copier_version", version)[1] == []


@pytest.mark.parametrize(("value", "kept"), [(True, True), (1, True), ("no", True), ("", False), (None, False)])
def test_links_are_kept_by_what_python_takes_for_true(value: object, kept: bool) -> None:
    assert parse("_preserve_symlinks", value)[0].preserve_symlinks is kept
