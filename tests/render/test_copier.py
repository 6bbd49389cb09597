"""Copier's templates, rendered for real: tasks, messages, files that stay, and Copier itself goes on."""

from __future__ import annotations

import subprocess

import pytest

from tests.render.world import COPIER, TEMPLATES, World, dedented

RENDERED = {
    ".copier-answers.yml": "",
    "README.md": "# demo\n",
    "kept.txt": "the template's\n",
    "made.txt": "task copy demo\n",
    "sub/in-sub": "",
    "sub/x": "",
}


@pytest.fixture(autouse=True)
def template(world: World) -> str:
    return world.set_up(COPIER)


def without_answers(files: dict[str, str]) -> dict[str, str]:
    return {**files, ".copier-answers.yml": ""}


def test_files_are_rendered_and_tasks_have_run(world: World) -> None:
    run = world.render()
    assert run.code == 0, run.said
    assert without_answers(world.files()) == RENDERED
    assert world.files()[".copier-answers.yml"] == f"_commit: v1.0.0\n_src_path: {world.url}\nname: demo\ntarget: all\n"


def test_it_is_what_copier_makes(world: World) -> None:
    assert world.render("-d", "name=other").code == 0
    world.peer("copier", "copy", "--trust", "--defaults", "-d", "name=other", world.url, "theirs")
    assert world.files() == world.files(world.root / "theirs")


def test_line_ends_are_those_of_a_checkout(world: World) -> None:
    attributes = "* text=auto\n*.bat text eol=crlf\n*.jinja text eol=crlf\nraw/** -text\n*.id ident\n"
    texts = {"x.bat": "a\nb\n", "raw/x.bat": "a\n", "raw/.gitattributes": "*.cmd eol=crlf\n", "raw/x.cmd": "a\n"}
    world.set_up({**COPIER, ".gitattributes": attributes, "y.txt.jinja": "{{ name }}\n", "id.id": "$Id$\n", **texts}, "v2.0.0")
    assert world.render().code == 0
    world.peer("copier", "copy", "--trust", "--defaults", world.url, "theirs")
    ours, theirs = ({path: (world.root / top / path).read_bytes() for path in (*texts, "y.txt")} for top in ("demo", "theirs"))
    assert ours == theirs
    assert (ours["x.bat"], ours["raw/x.bat"]) == (b"a\r\nb\r\n", b"a\n")
    assert (world.files()["id.id"], world.files(world.root / "theirs")["id.id"][:5]) == ("$Id$\n", "$Id: ")


def test_copier_can_go_on_with_the_project(world: World) -> None:
    assert world.render("-d", "name=other").code == 0
    git(world, "init", "--quiet")
    git(world, "add", ".")
    git(world, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--message=Begin")
    world.set_up({**COPIER, "README.md.jinja": "# {{ name }}, better\n"}, "v1.1.0")
    world.peer("copier", "update", "--trust", "--defaults", world.project)
    assert world.files()["README.md"] == "# other, better\n"
    assert "_commit: v1.1.0" in world.files()[".copier-answers.yml"]


def git(world: World, *arguments: str) -> None:
    subprocess.run(["git", "-C", world.project, *arguments], check=True, capture_output=True)


def test_a_commit_between_tags_is_described_as_git_does(world: World) -> None:
    commit = world.git.commit(TEMPLATES, dedented({**COPIER, "later": ""}))
    assert world.render("--ref", "main").code == 0
    assert f"_commit: v1.0.0-1-g{commit[:7]}\n" in world.files()[".copier-answers.yml"]


def test_prereleases_count_on_request(world: World) -> None:
    world.set_up({**COPIER, "README.md.jinja": "early\n"}, "v2.0.0rc1")
    assert world.render("--skip-tasks").code == 0
    assert world.files()["README.md"] == "# demo\n"
    assert world.render("--skip-tasks", "--overwrite", "--prereleases").code == 0
    assert world.files()["README.md"] == "early\n"


def test_the_answers_file_is_called_as_the_operator_wants(world: World) -> None:
    assert world.render("-a", ".answers/docs.yml").code == 0
    assert ".copier-answers.yml" not in world.files()
    assert "name: demo" in world.files()[".answers/docs.yml"]
    refused = world.render("-a", "../x.yml")
    assert (refused.code, "--answers-file" in refused.said) == (64, True)


def test_messages_are_shown_before_and_after(world: World) -> None:
    run = world.render()
    assert f"Making {world.project}" in run.err
    assert "It is there:\n      make all" in run.out


def test_messages_are_in_the_plan_and_in_the_json_document(world: World) -> None:
    plan = world.render("--dry-run")
    assert f"Making {world.project}" in plan.out
    assert "make all" in plan.out
    assert world.render("--json").project["message"] == "It is there:\n  make all\n"


def test_a_hostile_message_cannot_steer_the_terminal(world: World) -> None:
    world.set_up({**COPIER, "copier.yml": '_message_after_copy: "\\e[2J\\e]0;owned\\a ##[add-mask]x"\nname: x\n'}, "v1.1.0")
    run = world.render(GITHUB_ACTIONS="true")
    assert run.code == 0, run.said
    assert "\x1b" not in run.said
    assert "##[add-mask]" not in run.said


def test_a_file_that_the_template_keeps_is_left_alone(world: World) -> None:
    world.project.mkdir()
    (world.project / "kept.txt").write_text("mine\n")
    (world.project / "README.md").write_text("mine, too\n")
    refused = world.render()
    assert refused.code == 77, refused.said
    assert "README.md" in refused.said
    assert world.files() == {"kept.txt": "mine\n", "README.md": "mine, too\n"}
    assert world.render("--overwrite").code == 0
    assert without_answers(world.files()) == {**RENDERED, "kept.txt": "mine\n"}


def test_tasks_see_and_may_change_the_folder_that_was_there(world: World) -> None:
    world.set_up({**COPIER, "copier.yml": "_tasks: [cat mine.txt > copy.txt]\nname: demo\n"}, "v1.1.0")
    world.project.mkdir()
    (world.project / "mine.txt").write_text("mine\n")
    assert world.render("--overwrite").code == 0
    assert world.files()["copy.txt"] == "mine\n"


def test_a_second_answers_run_needs_no_more_than_overwrite(world: World) -> None:
    assert world.render().code == 0
    refused = world.render("-d", "name=other")
    assert refused.code == 77, refused.said
    assert world.files()["README.md"] == "# demo\n"
    assert world.render("-d", "name=other", "--overwrite").code == 0
    assert world.files()["README.md"] == "# other\n"


def test_secret_answers_are_neither_recorded_nor_shown(world: World) -> None:
    tasks = COPIER["copier.yml"].replace("- [rm, surplus.txt]", '- "echo {{ password }}"')
    world.set_up({**COPIER, "copier.yml": tasks}, "v1.1.0")
    run = world.render("-d", "password=hunter2hunter2")
    assert run.code == 0, run.said
    assert "hunter2hunter2" not in run.said
    assert not any("hunter2hunter2" in text for text in world.files().values())


def test_nor_are_the_parts_of_a_secret_answer(world: World) -> None:
    changed = COPIER["copier.yml"].replace('{type: str, default: "-", secret: true}', "{type: yaml, default: {word: x}, secret: true}")
    changed = changed.replace("make {{ target }}", "say {{ password.word }}").replace("- [rm, surplus.txt]", '- "echo {{ password.word }}"')
    world.set_up({**COPIER, "copier.yml": changed}, "v1.1.0")
    run = world.render("-d", "password={word: hunter2hunter2}")
    assert run.code == 0, run.said
    assert "say ***" in run.said
    assert "hunter2hunter2" not in run.said


def test_tasks_find_the_files_of_their_template(world: World) -> None:
    files = {"copier.yml": "_tasks: ['cp {{ _copier_conf.src_path }}/tools/x made']\n_exclude: [tools, copier.yml]\nname: demo\n"}
    world.set_up({**COPIER, **files, "tools/x": "from the template\n"}, "v1.1.0")
    run = world.render()
    assert run.code == 0, run.said
    assert world.files()["made"] == "from the template\n"
    assert "tools/x" not in world.files()


def test_a_variable_reaches_tasks_only_when_it_is_named(world: World) -> None:
    world.set_up({**COPIER, "copier.yml": '_tasks: ["echo $MINE-$OTHER > made.txt"]\nname: demo\n'}, "v1.1.0")
    assert world.render("--env", "MINE", MINE="1", OTHER="2").code == 0
    assert world.files()["made.txt"] == "1-\n"


def test_a_template_without_an_answers_file_leaves_no_state(world: World) -> None:
    world.set_up({"copier.yml": "name: demo\n", "x.jinja": "{{ name }}"}, "v3.0.0")
    assert world.render().code == 0
    assert world.files() == {"x": "demo"}
