"""What templates want to run, told before any of it runs."""

from dataclasses import replace

from robot_action.errors import Position, Problem
from robot_action.planning.foreign_code import code_of, needs_trust_to_render, pre_prompt_hooks, task_lines, untrusted
from tests.planning.foreign import AFTER, AT, BEFORE, COOKIECUTTER, COPIER
from tests.planning.values import MANIFEST, SPECIFICATION


def test_own_templates_have_none() -> None:
    assert list(code_of(SPECIFICATION, "t", skip_tasks=False)) == []
    assert not needs_trust_to_render(SPECIFICATION, skip_tasks=False)


def test_copier_has_extensions_and_tasks_each_at_its_place() -> None:
    extension = Problem("it would load the extension thing.Extension", Position("t: copier.yml", 1, 1))
    found = list(code_of(COPIER, "t", skip_tasks=False))
    assert found[:2] == [extension, Problem("it would run the task make all", AT)]
    assert list(code_of(COPIER, "t", skip_tasks=True)) == [extension]
    assert needs_trust_to_render(COPIER, skip_tasks=True)


def test_an_extension_without_a_place_stands_in_the_specification() -> None:
    (problem,) = code_of(replace(COPIER, places={}), "t", skip_tasks=True)
    assert problem.position == Position("t: copier.yml")


def test_cookiecutter_has_hooks_each_in_its_file() -> None:
    assert [str(problem) for problem in code_of(COOKIECUTTER, "t", skip_tasks=False)] == [
        "t: hooks/pre_prompt.py: it would run the hook pre_prompt",
        "t: hooks/post_gen_project.sh: it would run the hook post_gen_project",
    ]
    assert list(code_of(COOKIECUTTER, "t", skip_tasks=True)) == []
    assert needs_trust_to_render(COOKIECUTTER, skip_tasks=False)
    assert not needs_trust_to_render(COOKIECUTTER, skip_tasks=True)
    assert (pre_prompt_hooks(COOKIECUTTER), pre_prompt_hooks(COPIER)) == (("hooks/pre_prompt.py",), ())


def test_rendered_tasks_are_told_as_they_would_run() -> None:
    assert [problem.message for problem in task_lines((BEFORE, AFTER))] == [
        "it would run python hooks/pre_gen_project.py",
        "it would run the task make all",
    ]


def test_the_refusal_says_what_to_do() -> None:
    code = list(task_lines((AFTER,)))
    refusal, *rest = untrusted(MANIFEST, code)
    assert rest == code
    assert MANIFEST.template.text in refusal.message
    assert f"--trust-source '{MANIFEST.template.normalised}'" in (refusal.hint or "")
    assert "--skip-tasks" in (refusal.hint or "")
    assert "--skip-tasks" not in (untrusted(MANIFEST, code, may_skip=False)[0].hint or "")
