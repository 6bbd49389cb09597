from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.errors import InputError, Position
from robot_action.model.copier import DEFAULT_EXCLUDE, Migration, Passage
from robot_action.model.tasks import Task
from robot_action.rendering.copier_tasks import match_paths, split_lines
from robot_action.rendering.faults import Where
from tests.rendering.copier_samples import AROUND, copied, refusals


@pytest.mark.parametrize(
    ("patterns", "path", "matches"),
    [
        (["*.md"], "a/b.md", True),
        (["a"], "a/b", True),
        (["a/"], "a", False),
        (["a/"], "a/b", True),
        (["a", "!a/b"], "a/b", False),
        (["/b"], "a/b", False),
        (["e\u0301"], "e\u0301", True),
        (["é"], "é", False),
        ([], "a", False),
        (["", "# a"], "a", False),
    ],
)
def test_patterns_match_path_by_path(patterns: list[str], path: str, matches: bool) -> None:
    assert match_paths(patterns, Where(None, "_exclude"))(path) is matches


def test_what_is_no_pattern_is_told() -> None:
    with pytest.raises(InputError, match="_exclude: "):
        match_paths(["!"], Where(None, "_exclude"))


def test_lines_of_any_kind_are_patterns_of_their_own() -> None:
    assert split_lines("a\nb\r\nc\rd") == ["a", "b", "c", "d"]


@pytest.mark.parametrize(("when", "runs"), [("true", True), ("'no'", False), ("'{{ q }}'", True), ("'{{ not q }}'", False), ("''", False)])
def test_conditions_of_tasks(when: str, runs: bool) -> None:
    assert bool(copied(f"_tasks: [{{command: x, when: {when}}}]\nq: 1").tasks) is runs


def test_tasks_see_what_they_are_run_for() -> None:
    rendering = copied("_tasks: ['{{ _stage }} {{ _copier_phase }} {{ _copier_operation }} {{ _folder_name }}']\nq: 1")
    assert rendering.tasks[0].command == "task tasks copy project"


_NAMES = st.sampled_from(
    [
        "copier.yml",
        "copier.yml\n",
        "copier.yaml",
        "~",
        "~a",
        "a~",
        "a.pyc",
        "a.py",
        ".pyo",
        "__pycache__",
        ".git",
        ".gitx",
        ".svn",
        "x\ny",
        ".DS_Store",
        "copier.yml\n",
    ]
)


@given(st.lists(_NAMES, min_size=1, max_size=4).map("/".join))
def test_what_is_left_out_by_default_is_what_the_patterns_say(path: str) -> None:
    assert match_paths(DEFAULT_EXCLUDE, Where(None, ""))(path) is match_paths([*DEFAULT_EXCLUDE, ""], Where(None, ""))(path)


BEFORE = Passage(
    "v1.0.0",
    "v2.0.0",
    ("1.0.0", "2.0.0"),
    (
        Migration(Task("first {{ _version_from }} {{ _version_current|default('none') }}"), stages=("before", "after")),
        Migration(Task(("to", "{{ _version_to }} {{ _version_pep440_to.major }}")), version="v1.5.0", stages=("before",)),
        Migration(Task("never", when="{{ _stage == 'after' }}"), stages=("before",)),
        Migration(Task("last {{ _version_current }} {{ _copier_operation }}")),
        Migration(Task("at {{ _version_current }} {{ _version_pep440_current.minor }}"), stages=("before",)),
    ),
    stage="before",
)


def test_migrations_before_the_merge_are_all_that_is_rendered_then() -> None:
    rendering = copied("q: 1\n_tasks: [x]", {"a": "{{ no Jinja"}, passage=BEFORE)
    assert [task.command for task in rendering.migrations] == ["first v1.0.0 none", ("to", "v2.0.0 2"), "at v1.5.0 5"]
    assert (dict(rendering.tree), dict(rendering.answers), rendering.tasks) == ({}, {}, ())


def test_migrations_after_it_come_with_the_files_and_know_the_version_of_those_before() -> None:
    rendering = copied("q: 1", {"a": "x"}, passage=replace(BEFORE, stage="after"), surroundings=replace(AROUND, operation="update"))
    assert [task.command for task in rendering.migrations] == ["first v1.0.0 none", "last v1.5.0 update"]
    assert rendering.migrations[1].environment["VERSION_PEP440_CURRENT"] == "1.5.0"
    assert "VERSION_CURRENT" not in rendering.migrations[0].environment
    assert "a" in rendering.tree


def test_a_migration_that_cannot_be_rendered_is_told() -> None:
    wrong = Migration(Task("{{ a.b.c }}", position=Position("copier.yml", 7)), stages=("before",))
    (said,) = refusals("q: 1", passage=replace(BEFORE, migrations=(wrong,)))
    assert said.startswith("copier.yml:7: in a task: 'a' is undefined")
