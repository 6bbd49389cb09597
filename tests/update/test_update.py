"""A template's changes come into projects of all three tools, and each tool can go on."""

from __future__ import annotations

import json

import pytest

from tests.testbed.bare import git
from tests.testbed.git_bed import write_files
from tests.update.world import World

LINES = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"
COPIER = {
    "copier.yml": "name: demo\n",
    "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml -}}\n",
    "README.md.jinja": f"# {{{{ name }}}}\n{LINES}",
    "old.txt": LINES.upper(),
    "gone.txt": "gone\n",
    "kept.txt": "kept\n",
}
NEXT = {
    **{path: text for path, text in COPIER.items() if path not in {"old.txt", "gone.txt"}},
    "copier.yml": "name: demo\nextra: {type: str, default: more}\n",
    "README.md.jinja": f"# {{{{ name }}}}\n{LINES.replace('seven', '{{ extra }}')}",
    "new.txt": LINES.upper(),
    "added.txt": "added\n",
    "kept.txt": "changed\n",
}


@pytest.fixture
def project(world: World) -> World:
    """Return the world with a project of the first version, edited and committed, and a second version on the server."""
    world.set_up(COPIER)
    assert world.render("-d", "name=mine").code == 0
    (world.project / "kept.txt").unlink()
    world.commit(files={"README.md": f"# mine\n{LINES.replace('two', 'TWO')}", "own.txt": "own\n"})
    world.set_up(NEXT, "v2.0.0")
    return world


def test_changes_of_both_sides_stand_side_by_side(project: World) -> None:
    run = project.update()
    assert run.code == 0, run.said
    assert "demo has the template's changes, uncommitted" in run.said
    assert project.read("README.md") == f"# mine\n{LINES.replace('two', 'TWO').replace('seven', 'more')}"
    files = project.files()
    assert {"own.txt", "added.txt", "new.txt"} <= set(files)
    assert not {"old.txt", "gone.txt"} & set(files)
    assert "kept.txt" not in files, "what the user deleted stays deleted"
    assert "kept.txt stays deleted, although the template changed it" in run.said
    assert "new question extra: the default was taken, more" in run.said
    assert files[".copier-answers.yml"] == f"_commit: v2.0.0\n_src_path: {project.url}\nextra: more\nname: mine\n"


def test_nothing_is_committed_and_the_index_is_clean(project: World) -> None:
    head = project.commit("More")
    assert project.update().code == 0
    assert project.staged() == ""
    assert project.commit("Updated") != head


def test_running_again_changes_nothing(project: World) -> None:
    assert project.update().code == 0
    project.commit("Updated")
    run = project.update()
    assert (run.code, project.status()) == (0, [])
    assert "the project has the newest version" in run.said


def test_a_dry_run_shows_the_plan_and_changes_nothing(project: World) -> None:
    run = project.update("--dry-run")
    assert run.code == 0
    assert "from 1.0.0 to 2.0.0" in run.said
    assert {"removes gone.txt", "moves old.txt to new.txt"} <= {line.strip() for line in run.out.splitlines()}
    assert " B  added.txt\n" in run.out, "what would be written is named"
    assert project.status() == []


def test_what_is_not_committed_is_refused_and_the_advice_puts_it_away(project: World) -> None:
    (project.project / "untracked.txt").write_text("mine\n")
    run = project.update()
    assert (run.code, "changes that are not committed: untracked.txt" in run.said) == (1, True)
    advice = next(line for line in run.said.splitlines() if "git stash" in line).partition("git ")[2].partition(",")[0]
    git(project.project, "-c", "user.name=a", "-c", "user.email=a@b", *advice.split())
    assert project.update().code == 0


def test_copier_can_go_on_with_the_project(project: World) -> None:
    assert project.update().code == 0
    project.commit("Updated")
    project.set_up({**NEXT, "added.txt": "better\n"}, "v2.1.0")
    project.peer("copier", "update", "--defaults", "--trust", project.project)
    assert project.read("added.txt") == "better\n"
    assert "_commit: v2.1.0" in project.read(".copier-answers.yml")


@pytest.mark.parametrize(("policy", "line"), [("project", "MINE"), ("template", "more")])
def test_who_wins_can_be_said(project: World, policy: str, line: str) -> None:
    project.commit(files={"README.md": f"# mine\n{LINES.replace('seven', 'MINE')}"})
    run = project.update("--conflict", policy)
    assert run.code == 4, run.said
    assert project.read("README.md") == f"# mine\n{LINES.replace('seven', line)}"


@pytest.mark.parametrize("policy", [(), ("--conflict", "inline")])
def test_conflicts_get_markers_and_their_own_exit_code(project: World, policy: tuple[str, ...]) -> None:
    project.commit(files={"README.md": f"# mine\n{LINES.replace('seven', 'MINE')}"})
    planned = project.update("--dry-run", "--json", *policy)
    assert (planned.code, planned.project["conflicts"]) == (0, ["README.md"])
    run = project.update(*policy)
    assert run.code == 4, run.said
    assert "<<<<<<< your-project\nMINE\n=======\nmore\n>>>>>>> template-v2.0.0\n" in project.read("README.md")
    assert "conflict in README.md: contents; it has conflict markers" in run.said
    assert "demo has the template's changes, uncommitted, and conflicts to look at" in run.said
    assert "Look at each conflict, then commit\n    git -C demo grep --untracked -l '^<<<<<<< '\n" in run.out
    assert run.out.rstrip().endswith("    git -C demo add --all && git -C demo commit")
    assert project.peer_git("-C", "demo", "grep", "--untracked", "-l", "^<<<<<<< ") == "README.md"
    assert project.staged() == "", "the index is never left unmerged"


def test_a_run_that_shall_fail_on_conflicts_changes_nothing(project: World) -> None:
    project.commit(files={"README.md": f"# mine\n{LINES.replace('seven', 'MINE')}"})
    run = project.update("--conflict", "fail")
    assert (run.code, project.status()) == (4, [])
    assert "README.md: contents" in run.said


def test_uncommitted_changes_are_refused(project: World) -> None:
    (project.project / "own.txt").write_text("not committed\n")
    run = project.update()
    assert run.code == 1
    assert "has changes that are not committed: own.txt" in run.said
    assert project.read("own.txt") == "not committed\n"


def test_what_is_staged_alone_is_not_lost_by_adding_everything(project: World) -> None:
    for staged, standing in (("mine\n", "own\n"), ("mine\n", None)):
        (project.project / "own.txt").write_text(staged)
        git(project.project, "add", "own.txt")
        (project.project / "own.txt").unlink() if standing is None else (project.project / "own.txt").write_text(standing)
        before = project.staged()
        run = project.update()
        assert (run.code, "has changes that are not committed: own.txt" in run.said) == (1, True), run.said
        assert project.staged() == before
        git(project.project, "reset", "--quiet", "--hard")
    added, text = project.project / "added.txt", "added\n"  # what an earlier run of this update wrote
    added.write_text("mine\n")
    git(project.project, "add", "added.txt")
    added.write_text(text)
    assert project.update().code == 1
    git(project.project, "add", "added.txt")
    assert project.update().code == 0


def test_an_update_that_was_broken_off_is_finished(project: World) -> None:
    (project.project / "added.txt").write_text("added\n")
    (project.project / "gone.txt").unlink()
    assert project.update().code == 0
    assert project.read("README.md").endswith("more\n")


def test_answers_can_be_given_anew(project: World) -> None:
    assert project.update("-d", "name=other", "-d", "extra=all").code == 0
    assert project.read("README.md").startswith("# other\n")
    assert project.read("README.md").endswith("all\n")


def test_an_answer_that_the_project_has_already_changes_nothing_and_that_is_told(project: World) -> None:
    assert project.update().code == 0
    project.commit()
    run = project.update("-d", "name=mine")
    assert (run.code, project.status()) == (0, []), run.said
    assert "the project has all that comes of it already" in run.said
    assert "has the template's changes" not in run.said
    assert json.loads(project.update("-d", "name=mine", "--json").out)["projects"][0]["result"] == "unchanged"


def test_an_answer_that_no_question_asks_for_is_told(project: World) -> None:
    assert "extro: given, but no question asks for it (did you mean 'extra'?)" in project.update("-d", "extro=all").said


def test_a_version_can_be_named_and_prereleases_only_on_request(project: World) -> None:
    project.set_up({**NEXT, "added.txt": "early\n"}, "v3.0.0rc1")
    assert "to 2.0.0" in project.update("--dry-run").said
    assert "to 3.0.0rc1" in project.update("--dry-run", "--prereleases").said
    assert "to 3.0.0rc1" in project.update("--dry-run", "--ref", "v3.0.0rc1").said


def test_a_shallow_clone_is_enough(project: World) -> None:
    origin = project.project.rename(project.root / "origin")
    project.peer_git("clone", "--quiet", "--depth=1", f"file://{origin}", "demo")
    assert project.update().code == 0
    assert project.read("README.md") == f"# mine\n{LINES.replace('two', 'TWO').replace('seven', 'more')}"


def test_removed_and_changed_questions_are_told(project: World) -> None:
    project.set_up({**NEXT, "copier.yml": "name: {type: int, default: 3}\nextra: x\n"}, "v3.0.0")
    run = project.update()
    assert run.code == 0, run.said
    assert "the default was taken" in run.said
    assert "name: 3\n" in project.read(".copier-answers.yml")
    project.commit("Three")
    project.set_up({**NEXT, "copier.yml": "extra: x\n", "README.md.jinja": "x\n"}, "v4.0.0")
    run = project.update("--conflict", "project")
    assert "name: the template does not ask for it any more" in run.said


def test_what_follows_no_template_says_what_to_do(world: World) -> None:
    world.project.mkdir()
    run = world.update()
    assert run.code == 65
    assert "follows no template" in run.said


@pytest.mark.parametrize("command", ["update", "check"])
@pytest.mark.parametrize("around", [True, False], ids=["in a repository", "nowhere"])
def test_a_folder_that_is_not_there_is_told(world: World, command: str, around: bool) -> None:
    if around:
        git(world.root, "init", "--quiet")
    run = world.run(command, "nosuch")
    assert (run.code, "there is no folder" in run.said) == (65, True), run.said


def test_a_repository_of_several_projects_names_them(world: World) -> None:
    write_files(world.project, {f"services/{name}/.copier-answers.yml": "_src_path: gh:acme/t\n" for name in ("api", "web")})
    git(world.project, "init", "--quiet", "--initial-branch=main")
    run = world.update()
    assert run.code == 65
    assert "There are projects below it: services/api, services/web. Name the folder of one." in run.said


COOKIECUTTER = {
    "cookiecutter.json": '{"name": "demo"}\n',
    "{{ cookiecutter.name }}/README.md": f"# {{{{ cookiecutter.name }}}}\n{LINES}",
    "{{ cookiecutter.name }}/skipped.txt": "one\n",
}


def test_cruft_can_go_on_with_its_projects(world: World) -> None:
    world.set_up(COOKIECUTTER)
    assert world.render("--cruft").code == 0
    world.commit(files={"README.md": f"# demo\n{LINES.replace('two', 'TWO')}"})
    second = world.set_up(
        {**COOKIECUTTER, "{{ cookiecutter.name }}/README.md": f"# {{{{ cookiecutter.name }}}}\n{LINES.replace('seven', '7')}"}, "v2.0.0"
    )
    run = world.update()
    assert run.code == 0, run.said
    assert world.read("README.md") == f"# demo\n{LINES.replace('two', 'TWO').replace('seven', '7')}"
    assert world.cruft()["commit"] == second
    world.commit("Updated")
    world.peer("cruft", "check", "--project-dir", world.project)


def test_a_file_that_holds_all_answers_of_cookiecutter_holds_what_cruft_tells(world: World) -> None:
    files = {**COOKIECUTTER, "{{ cookiecutter.name }}/answers.json": "{{ cookiecutter | jsonify }}\n"}
    first = world.set_up(files)
    assert world.render("--cruft").code == 0
    assert json.loads(world.read("answers.json")) == {"name": "demo", "_template": world.url, "_commit": first}
    world.commit()
    second = world.set_up({**files, "{{ cookiecutter.name }}/new.txt": "new\n"}, "v2.0.0")
    run = world.update()
    assert run.code == 0, run.said
    assert json.loads(world.read("answers.json")) == {"name": "demo", "_template": world.url, "_commit": second}


NATIVE = {
    "template.yml": "name: tiny\nquestions:\n  greeting: {type: str, default: hello}\n",
    "template/demo.py.jinja": "NAME = '{{ project.name }}'\nGREETING = '{{ greeting }}'\nVERSION = '{{ project.version }}'\n",
}


def test_our_own_projects_remember_what_the_template_saw(world: World) -> None:
    world.set_up(NATIVE)
    assert world.render().code == 0
    world.commit()
    world.set_up({**NATIVE, "template/demo.py.jinja": NATIVE["template/demo.py.jinja"] + "NEW = 1\n"}, "v2.0.0")
    run = world.update()
    assert run.code == 0, run.said
    assert world.read("demo.py") == "NAME = 'demo'\nGREETING = 'hello'\nVERSION = '0.1.0'\nNEW = 1\n"
    assert "version: 2.0.0" in world.read(".robot-action.yml")
    assert "does not render to what it did" not in run.said


def test_conflict_markers_that_are_left_are_told_by_the_next_run_too(project: World) -> None:
    project.commit(files={"README.md": f"# mine\n{LINES.replace('seven', 'SEVEN')}"})
    assert project.update().code == 4
    run = project.update()
    assert run.code == 4, run.said
    assert "conflict markers of an earlier update are left in README.md" in " ".join(run.out.split())
    assert "missing" not in run.said, "no other update is needed"
    assert "demo has the template's changes, uncommitted, and conflicts to look at" in run.said
    assert run.out.rstrip().endswith("git -C demo grep --untracked -l '^<<<<<<< '\n    git -C demo add --all && git -C demo commit")
    assert project.update("--json").project["conflicts"] == ["README.md"]
    project.commit(files={"README.md": f"# mine\n{LINES.replace('seven', 'SEVEN')}"})
    assert project.update().code == 0


def test_an_answer_that_no_question_asks_for_is_told_without_news_too(project: World) -> None:
    assert project.update().code == 0
    project.commit("Updated")
    run = project.update("-d", "extr=1")
    assert (run.code, project.status()) == (0, []), run.said
    assert "extr: given, but no question asks for it (did you mean 'extra'?)" in " ".join(run.out.split())
    run = project.update("-d", "extra=other")
    assert "other answers, or another source; the version stays 2.0.0" in " ".join(run.out.split()), run.said


def test_tasks_that_are_left_out_are_told(world: World) -> None:
    world.set_up({**COPIER, "copier.yml": "name: demo\n_tasks: ['touch made']\n"})
    assert world.render("--skip-tasks").code == 0
    world.commit()
    world.set_up({**COPIER, "copier.yml": "name: demo\n_tasks: ['touch made']\n", "a.txt": "a\n"}, "v2.0.0")
    run = world.update("--skip-tasks")
    assert run.code == 0, run.said
    assert "1 task of the template left out, as --skip-tasks wants it" in " ".join(run.out.split())


def test_the_command_to_go_on_with_is_none_that_failed_for_what_it_says(project: World) -> None:
    def told(*arguments: str) -> str:
        run = project.run("update", *arguments, "--allow-protocol", "http")
        assert run.code == 65, run.said
        return " ".join(run.said.split())

    assert "When that is mended robot-action update PROJECT --allow-protocol http" in told(".")
    assert "When that is mended robot-action update demo --ref REF --allow-protocol http" in told("demo", "--ref", "v9")
    project.commit(files={".copier-answers.two.yml": project.read(".copier-answers.yml")})
    assert "When that is mended robot-action update demo --allow-protocol http --answers-file NAME" in told("demo")
