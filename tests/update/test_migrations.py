"""Migrations of Copier's templates: whose run, where, and what comes of them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.render.world import in_place
from tests.update.test_update import COPIER, LINES
from tests.update.world import World

MOVED = {
    **{path: text for path, text in COPIER.items() if path not in {"old.txt", "kept.txt"}},
    "src/old.txt": LINES.upper().replace("SEVEN", "EIGHT"),
    ".gitignore": "*.log\n",
}


def given(world: World, migrations: str, files: Mapping[str, str] = COPIER, **edited: str) -> None:
    """Put a project of the first version into the world, and a second version with migrations on the server."""
    world.set_up({**COPIER, ".gitignore": "*.log\n"})
    assert world.render().code == 0
    world.commit(files={"own.txt": "own\n", **edited})
    world.set_up({**files, ".gitignore": "*.log\n", "copier.yml": f"name: demo\n_migrations:\n{migrations}"}, "v2.0.0")


def test_secret_answers_are_hidden_before_tasks_and_migrations_can_say_them(world: World) -> None:
    asks = {**COPIER, "copier.yml": "name: demo\ntoken: {type: str, secret: true, default: secret}\n"}
    world.set_up({**asks, "a-secret-plan.txt": "what everybody reads in the template is no secret\n"})
    assert world.render("-d", "token=hunter2").code == 0
    world.commit()
    commands = "_tasks: ['echo task {{ token }}']\n_migrations: [{version: v2.0.0, command: 'echo migration {{ token }}; exit %d'}]\n"
    for number, code in ((2, 1), (3, 0)):
        world.set_up({**asks, "copier.yml": f"{asks['copier.yml']}{commands % code}"}, f"v{number}.0.0")
        run = world.update("--dry-run", "--json", "-d", "token=hunter2")
        assert run.code == code, run.said
        assert "hunter2" not in run.said
        assert "| task ***" in run.err
        assert "| migration ***" in run.err
    world.commit(files={"a-secret-plan.txt": "x\n"})
    assert "a-secret-plan.txt" in world.run("check", "demo", "--drift", "--allow-protocol", "http", "--trust").said


BEFORE = "when: \"{{ _stage == 'before' }}\""


def test_what_runs_before_the_merge_may_move_files_with_git_and_the_edits_in_them_stay(world: World) -> None:
    given(
        world,
        f"  - {{version: v1.5.0, command: mkdir src && git mv old.txt src/, {BEFORE}}}\n"
        f"  - {{version: v2.0.0, command: [git, rm, --quiet, kept.txt], {BEFORE}}}\n",
        MOVED,
        **{"old.txt": LINES.upper().replace("TWO", "MINE")},
    )
    run = world.update()
    assert run.code == 0, run.said
    assert world.read("src/old.txt") == LINES.upper().replace("TWO", "MINE").replace("SEVEN", "EIGHT")
    assert not (world.project / "old.txt").exists()
    assert not (world.project / "kept.txt").exists()
    assert world.read("own.txt") == "own\n"
    assert "ran the migration mkdir src && git mv old.txt src/ before the merge" in run.said
    assert world.staged() == ""
    before = world.status()
    assert (world.update().code, world.status()) == (0, before), "running again changes nothing"


@pytest.mark.parametrize("program", [(), in_place()], ids=["isolated", "in place"])
def test_what_runs_after_the_merge_sees_what_came_of_it_and_ignored_files_stay_away(world: World, program: tuple[str, ...]) -> None:
    given(
        world,
        "  - cat own.txt gone.txt > all.txt; chmod +x all.txt; rm own.txt; touch it.log; rm -r .git\n"
        "  - {version: v3.0.0, command: 'false'}\n",
        {**COPIER, "gone.txt": "better\n"},
    )
    run = world.update(program=program)
    assert run.code == 0, run.said
    files = world.files()
    assert files["all.txt*"] == "own\nbetter\n"
    assert not {"own.txt", "it.log"} & set(files)
    assert "_commit: v2.0.0" in files[".copier-answers.yml"]


def test_a_dry_run_runs_them_in_copies_and_its_help_says_so(world: World) -> None:
    given(world, "  - {version: v2.0.0, command: touch made.txt && false}\n")
    run = world.update("--dry-run")
    assert (run.code, world.status()) == (1, [])
    assert "the command '/bin/sh -c touch made.txt && false' failed" in run.said
    assert "runs, in copies" in " ".join(world.run("update", "--help").out.split())


def test_what_may_not_be_written_elsewhere_is_no_obstacle_and_stays_as_it_is(world: World) -> None:
    given(world, "  - touch made.txt\n  - {command: touch first.txt, " + BEFORE + "}\n", {**COPIER, "gone.txt": "better\n"})
    (world.project / "out").symlink_to("/usr/share")
    world.commit(files={"a\nb": "odd\n", "Case": "one\n", "case": "two\n"})
    run = world.update()
    assert run.code == 0, run.said
    assert "no migration saw it: " in run.said
    assert {line.split()[-1] for line in world.status()} == {".copier-answers.yml", "gone.txt", "made.txt", "first.txt"}


def test_a_migration_that_fails_leaves_the_project_as_it_is(world: World) -> None:
    given(world, "  - touch made.txt && false\n")
    run = world.update()
    assert (run.code, world.status()) == (1, [])
    assert "the command '/bin/sh -c touch made.txt && false' failed" in run.said


def test_migrations_of_a_template_that_nobody_trusts_are_refused_each_by_its_name(world: World) -> None:
    given(world, "  - {version: v1.5.0, command: echo one}\n  - {version: v9, command: echo two}\n  - [echo, three]\n")
    run = world.update(trust=False)
    assert (run.code, world.status()) == (77, [])
    assert "it would run the migration echo one" in run.said
    assert "it would run the migration echo three" in run.said
    assert "echo two" not in run.said, "it is of a version that is not passed"
    run = world.update("--skip-tasks", trust=False)
    assert run.code == 0, run.said
    assert "2 migrations of the template left out, as --skip-tasks wants it" in run.said


def test_tasks_of_both_versions_and_migrations_are_refused_together(world: World) -> None:
    world.set_up({**COPIER, "copier.yml": "name: demo\n_tasks: [echo old]\n"})
    assert world.render().code == 0
    world.commit()
    world.set_up({**COPIER, "copier.yml": "name: demo\n_tasks: [echo new]\n_migrations: [echo between]\n"}, "v2.0.0")
    run = world.update(trust=False)
    assert (run.code, world.status()) == (77, [])
    for thing in ("task echo old", "task echo new", "migration echo between"):
        assert run.said.count(f"it would run the {thing}") == 1, run.said
    assert world.update("-d", "name=x", "--ref", "v1.0.0", trust=False).said.count("it would run") == 1, "what is the same is told once"


def test_conflicts_keep_what_migrations_have_changed_before(world: World) -> None:
    given(world, f"  - {{command: 'sed -i s/MINE/MIGRATED/ README.md', {BEFORE}}}\n", {**COPIER, "README.md.jinja": "# other\n"})
    world.commit(files={"README.md": f"# demo\n{LINES.replace('two', 'MINE')}"})
    run = world.update("--conflict", "project")
    assert run.code == 4, run.said
    assert "MIGRATED" in world.read("README.md")


def test_migrations_of_versions_that_cannot_be_told_are_not_run_and_bad_ones_are_placed(world: World) -> None:
    given(world, "  - {version: never, command: 'true'}\n")
    run = world.update()
    assert (run.code, world.status()) == (65, [])
    assert "copier.yml:3" in run.said
    assert "the migration for 'never' names no version" in run.said
    world.set_up({**COPIER, "copier.yml": "name: demo\n_migrations: ['false']\n"}, "odd")
    run = world.update("--ref", "odd")
    assert run.code == 0, run.said
    assert "the template's migrations were not run: odd is no version" in run.said
