"""Cookiecutter's templates, rendered for real: hooks, replay files, and Cruft itself goes on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.render.world import COOKIECUTTER, World, dedented

RENDERED = {"README.md": "# demo\n", "after.txt*": "demo\n", "before.txt": "made before\n", "raw.txt": "{{ raw }}\n"}
PRE_PROMPT = """\
    import json, pathlib, sys
    known = json.loads(pathlib.Path("cookiecutter.json").read_text())
    known["name"] = "prompted"
    pathlib.Path("cookiecutter.json").write_text(json.dumps(known))
    """


@pytest.fixture(autouse=True)
def template(world: World) -> str:
    return world.set_up(COOKIECUTTER)


def with_file(path: str, text: str) -> dict[str, str]:
    return {**COOKIECUTTER, path: text}


def peers(world: World, *arguments: str | Path) -> dict[str, str]:
    """Return what Cookiecutter makes, whose git knows no ``git+``."""
    url = world.url.removeprefix("git+")
    world.peer("cookiecutter", "--no-input", "--default-config", "--output-dir", "theirs", *arguments, url)
    (project,) = (world.root / "theirs").iterdir()
    return world.files(project)


def test_files_are_rendered_and_hooks_have_run(world: World) -> None:
    run = world.render()
    assert run.code == 0, run.said
    assert world.files() == RENDERED == peers(world)


def test_answers_are_given_as_to_every_template(world: World) -> None:
    (world.root / "data.yml").write_text("name: Other\nkind: lib\n")
    assert world.render("--data-file", "data.yml", "-d", "kind=app").code == 0
    assert world.files()["README.md"] == "# Other\n"
    assert world.files()["after.txt*"] == "other\n"


def test_no_state_file_is_written_unless_it_is_asked_for(world: World) -> None:
    assert world.render().code == 0
    assert not {".cruft.json", ".robot-action.yml"} & set(world.files())


def test_cruft_can_go_on_with_the_project(world: World, template: str) -> None:
    assert world.render("--cruft", template=world.url.removeprefix("git+")).code == 0
    state = json.loads(world.files()[".cruft.json"])
    assert (state["template"], state["commit"], state["checkout"]) == (world.url.removeprefix("git+"), template, None)
    assert world.git.heads("acme/templates")["main"] == template
    world.peer("cruft", "check", "--project-dir", world.project)
    world.peer("cruft", "create", "--no-input", "--default-config", world.url.removeprefix("git+"), "--output-dir", "theirs")
    assert world.files() == world.files(world.root / "theirs/demo")


def test_cruft_updates_the_project(world: World) -> None:
    assert world.render("--cruft", template=world.url.removeprefix("git+")).code == 0
    for command in (["init", "--quiet"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "x"]):
        subprocess.run(["git", "-C", world.project, *command], check=True, capture_output=True)
    world.set_up(with_file("{{ cookiecutter.slug }}/README.md", "# {{ cookiecutter.name }}, better\n"), "v1.1.0")
    world.peer("cruft", "update", "--skip-apply-ask", "--project-dir", world.project)
    assert world.files()["README.md"] == "# demo, better\n"


def test_without_a_ref_the_default_branch_is_rendered_as_by_cookiecutter(world: World) -> None:
    """It tags no releases that anybody would follow: what Cruft goes on with is the branch."""
    url = world.url.removeprefix("git+")
    commit = world.git.commit("acme/templates", dedented(with_file("{{ cookiecutter.slug }}/later.txt", "later\n")))
    assert world.render("--cruft", template=url).code == 0
    assert json.loads(world.files()[".cruft.json"])["commit"] == commit
    world.peer("cookiecutter", "--no-input", "--default-config", url, "--output-dir", "theirs")
    assert world.files(world.root / "theirs/demo") == {path: text for path, text in world.files().items() if path != ".cruft.json"}
    world.peer("cruft", "check", "--project-dir", world.project)
    released = world.git.git("acme/templates", "rev-parse", "v1.0.0")
    for chosen in (["--ref", "v1.0.0"], ["--prereleases"]):
        assert f"1.0.0 at {released[:12]}" in world.render("--overwrite", *chosen, template=url).said


def test_a_release_that_nobody_asked_for_need_not_fit(world: World) -> None:
    def nested(name: str) -> dict[str, str]:
        choice = json.dumps({"templates": {name: {"path": name}}})
        return {**{f"{name}/{path}": text for path, text in COOKIECUTTER.items()}, "cookiecutter.json": choice}

    world.set_up(nested("a"), "v1.1.0")
    world.git.commit("acme/templates", dedented(nested("b")))
    assert world.render("-d", "template=b").code == 0
    assert world.files()["README.md"] == "# demo\n"


def test_cruft_needs_a_commit(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    (folder / "{{cookiecutter.x}}").mkdir(parents=True)
    (folder / "cookiecutter.json").write_text('{"x": "y"}')
    refused = world.render("--cruft", template=str(folder))
    assert refused.code == 65, refused.said
    assert "Cruft cannot go on" in refused.said
    assert not world.project.exists()


def test_a_replay_file_is_written_and_read_by_both(world: World) -> None:
    assert world.render("-d", "name=Saved", "-d", "kind=app", "--save-replay", "saved.json").code == 0
    ours = world.files()
    theirs = world.url.removeprefix("git+")
    world.peer("cookiecutter", "--default-config", "--replay-file", "saved.json", "--output-dir", "theirs", theirs)
    assert world.files(world.root / "theirs/saved") == ours
    assert world.render("--replay-file", "saved.json", "--overwrite").code == 0
    assert world.files() == ours


def test_a_replay_file_is_not_written_into_the_project(world: World) -> None:
    refused = world.render("--save-replay", "demo/saved.json")
    assert (refused.code, "--save-replay" in refused.said) == (64, True)


def test_a_hook_that_fails_leaves_nothing(world: World) -> None:
    world.set_up(with_file("hooks/pre_gen_project.py", "raise SystemExit('not today')"), "v1.1.0")
    run = world.render()
    assert run.code == 1, run.said
    assert "not today" in run.said
    assert "pre_gen_project.py" in run.said
    assert list(world.root.iterdir()) == []
    world.set_up(with_file("hooks/post_gen_project.sh", "#!/bin/sh\ntouch half; exit 3\n"), "v1.2.0")
    run = world.render()
    assert run.code == 1, run.said
    assert "exit code 3" in run.said
    assert list(world.root.iterdir()) == []


def test_a_folder_that_was_there_survives_a_failing_hook(world: World) -> None:
    world.set_up(with_file("hooks/post_gen_project.sh", "#!/bin/sh\ntouch half; exit 3\n"), "v1.1.0")
    world.project.mkdir()
    (world.project / "mine.txt").write_text("mine\n")
    assert world.render("--overwrite").code == 1
    assert world.files()["mine.txt"] == "mine\n"


def test_several_hooks_of_one_name_run_in_the_order_of_their_files_names(world: World) -> None:
    hooks = {f"hooks/post_gen_project{suffix}": f"#!/bin/sh\necho '{suffix}' >> order.txt\n" for suffix in (".sh", ".b", ".a", "")}
    world.set_up({**COOKIECUTTER, **hooks}, "v1.1.0")
    assert world.render().code == 0
    assert world.files()["order.txt"] == "\n.a\n.b\n.sh\n"


def test_python_hooks_find_the_modules_of_robot_actions_own_environment(world: World) -> None:
    hook = "import sys, click; open('python.txt', 'w').write(sys.prefix + '\\n' + click.__name__)\n"
    world.set_up(with_file("hooks/post_gen_project.py", hook), "v1.1.0")
    assert world.render().code == 0
    assert world.files()["python.txt"] == f"{sys.prefix}\nclick"


def test_the_users_configuration_of_cookiecutter_is_not_read(world: World) -> None:
    file = world.home / ".cookiecutterrc"
    file.write_text("default_context: {name: mine}\nabbreviations: {acme: 'https://acme.example/{}'}\n")
    assert world.render(COOKIECUTTER_CONFIG=str(file)).code == 0
    assert world.files()["README.md"] == "# demo\n"
    assert world.run("render", "acme:t", "other").code == 65


def test_hooks_can_be_left_out(world: World) -> None:
    assert world.render("--skip-tasks", trust=False).code == 0
    assert world.files() == {"README.md": "# demo\n", "raw.txt": "{{ raw }}\n", "surplus.txt": ""}


def test_a_pre_prompt_hook_changes_the_template_that_is_rendered(world: World) -> None:
    world.set_up(with_file("hooks/pre_prompt.py", PRE_PROMPT), "v1.1.0")
    assert world.render().code == 0
    assert world.files()["README.md"] == "# prompted\n"
    assert world.files() == peers(world)


def test_a_pre_prompt_hook_does_not_run_for_a_plan(world: World) -> None:
    world.set_up(with_file("hooks/pre_prompt.py", "raise SystemExit('ran')"), "v1.1.0")
    plan = world.render("--dry-run")
    assert plan.code == 0, plan.said
    assert "ran\n" not in plan.said
    run = world.render()
    assert (run.code, "hooks/pre_prompt.py" in run.said) == (1, True)


def test_a_format_can_be_named(world: World) -> None:
    world.set_up({**COOKIECUTTER, "copier.yml": "_subdirectory: sub\n", "sub/only.txt": "copied\n"}, "v1.1.0")
    assert world.render("--skip-tasks").code == 0
    assert world.files() == {"only.txt": "copied\n"}
    assert world.render("--skip-tasks", "--format", "cookiecutter", "--overwrite").code == 0
    assert world.files()["README.md"] == "# demo\n"
    refused = world.render("--format", "native", "--overwrite")
    assert (refused.code, "none of template.yml" in refused.said) == (65, True)
