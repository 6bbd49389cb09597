"""Which version a project has, which one it gets, and where the template is now."""

from __future__ import annotations

import pytest

from tests.testbed.bare import git
from tests.testbed.git_bed import write_files
from tests.update.world import World

COPIER = {
    "copier.yml": "name: demo\n",
    "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml -}}\n",
    "a.txt": "1\n",
}


def write_commit(world: World, version: str) -> None:
    text = world.read(".copier-answers.yml")
    line = next(line for line in text.splitlines() if line.startswith("_commit:"))
    world.commit(files={".copier-answers.yml": text.replace(line, f"_commit: {version}")})


@pytest.mark.parametrize("prefix", ["v1.0.0-1-g", ""], ids=["described", "abbreviated"])
def test_a_commit_that_no_reference_names_is_found_by_its_short_id(world: World, prefix: str) -> None:
    world.set_up(COPIER)
    between = world.git.commit("acme/templates", {**COPIER, "a.txt": "1\n2\n"})
    world.set_up({**COPIER, "a.txt": "1\n2\n3\n"}, "v2.0.0")
    assert world.render("--ref", between).code == 0
    write_commit(world, f"{prefix}{between[:7]}")
    world.commit(files={"a.txt": "0\n1\n2\n"})
    assert world.run("check", "demo", "--drift", "--json", "--allow-protocol", "http").code == 3
    run = world.update()
    assert run.code == 0, run.said
    assert world.read("a.txt") == "0\n1\n2\n3\n"


def test_a_commit_that_is_gone_is_told(world: World) -> None:
    world.set_up(COPIER)
    assert world.render().code == 0
    write_commit(world, "v0.9.0-3-gabcdef0")
    run = world.update()
    assert run.code == 65
    assert "the version that the project has is not known" in run.said


@pytest.mark.parametrize("version", ["v9.9.9", "nosuch"])
def test_a_folder_as_it_stands_is_no_substitute_for_a_version_that_is_gone(world: World, version: str) -> None:
    template = write_files(world.root / "template", COPIER)
    git(template, "init", "--quiet")
    git(template, "add", "--all")
    git(template, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "x")
    git(template, "tag", "v1.0.0")
    assert world.run("render", "./template", "demo", "--ref", "v1.0.0").code == 0
    write_commit(world, version)
    (template / "a.txt").write_text("not committed\n")
    for run in (world.run("update", "demo", "-d", "name=other"), world.run("check", "demo", "--heal", ".")):
        assert run.code == 65, run.said
        assert f"the version that the project has is not known: {version}" in run.said
    assert world.status() == []


def test_a_project_between_two_releases_does_not_go_back(world: World) -> None:
    world.set_up(COPIER)
    commit = world.git.commit("acme/templates", {**COPIER, "a.txt": "2\n"})
    assert world.render("--ref", "main").code == 0
    described = f"v1.0.0-1-g{commit[:7]}"
    write_commit(world, described)
    run = world.update()
    assert run.code == 0, run.said
    assert world.status() == []
    assert f"the project has {described}" in run.said
    assert f"from {described} to 1.0.0" in world.update("--dry-run", "--ref", "v1.0.0").said
    told = [world.run("check", "demo", *how, "--allow-protocol", "http").out for how in ((), ("--ref", "v1.0.0"))]
    assert told == [f"demo: up to date, {described}\n", f"demo: ahead, has {described}, asked for is 1.0.0\n"]


def test_a_template_whose_old_place_is_gone_is_followed_to_its_new_one(world: World) -> None:
    """copier-org/copier#1729: the template moved, and there was no way to retarget a project."""
    world.set_up(COPIER)
    assert world.render().code == 0
    world.commit(files={"a.txt": "0\n1\n"})
    world.set_up({**COPIER, "a.txt": "1\n2\n"}, "v2.0.0")
    moved = world.root / "moved"
    git(world.root, "clone", "--quiet", str(world.git.path_of("acme/templates")), str(moved))
    world.git.delete("acme/templates")
    assert world.update().code != 0
    run = world.update("--source", str(moved))
    assert run.code == 0, run.said
    assert world.read("a.txt") == "0\n1\n2\n"
    world.commit("Updated")
    git(moved, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--allow-empty", "-m", "x")
    git(moved, "tag", "v3.0.0")
    assert "to 3.0.0" in world.update("--dry-run").said, "the new place stays in the state file"


def test_several_templates_of_several_folders_are_each_updated_alone(world: World) -> None:
    """copier-org/copier#2300 and #934: several generated parts in one repository, several templates in one folder."""
    world.set_up(COPIER)
    mono = write_files(world.root / "mono", {"README.md": "of the whole\n"})
    for place, file in (("a", ".copier-answers.yml"), ("a", ".copier-answers.ci.yml"), ("deep/b", ".copier-answers.yml")):
        run = world.run("render", world.url, f"mono/{place}", "-a", file, "--overwrite", "--allow-protocol", "http")
        assert run.code == 0, run.said
    git(mono, "init", "--quiet", "--initial-branch=main")
    git(mono, "add", "--all")
    git(mono, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "x")
    world.set_up({**COPIER, "a.txt": "2\n"}, "v2.0.0")
    checked = world.run("check", "mono", "--allow-protocol", "http")
    assert checked.code == 2
    assert "3 projects: 3 behind" in checked.out
    for place, file in (("mono/a", ".copier-answers.ci.yml"), ("mono/deep/b", ".copier-answers.yml")):
        run = world.run("update", place, "-a", file, "--allow-protocol", "http")
        assert run.code == 0, run.said
        git(mono, "add", "--all")
        git(mono, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "x")
    assert "v1.0.0" in (mono / "a/.copier-answers.yml").read_text()
    assert "v2.0.0" in (mono / "a/.copier-answers.ci.yml").read_text()
    assert (mono / "deep/b/a.txt").read_text() == "2\n"


def test_a_project_that_is_up_to_date_is_told_why_and_moves_to_the_templates_new_place(world: World) -> None:
    world.set_up(COPIER)
    assert world.render().code == 0
    world.commit()
    for arguments in ((), ("--dry-run",)):
        run = world.update(*arguments)
        assert "skipped" in run.said
        assert "the project has the newest version, 1.0.0" in run.said
    assert "the project has 1.0.0 already" in world.update("--ref", "v1.0.0").said, "nobody looked whether that is the newest"
    git(world.root, "clone", "--quiet", str(world.git.path_of("acme/templates")), "moved")
    run = world.update("--source", "./moved")
    assert run.code == 0, run.said
    assert world.status() == ["M .copier-answers.yml"]
    assert f"_src_path: {world.root / 'moved'}\n" in world.read(".copier-answers.yml"), "it was no folder before; as Copier writes one"
    world.commit("Moved")
    run = world.update("--source", "./moved")
    assert (run.code, world.status()) == (0, [])
    assert "the project has the newest version, 1.0.0" in run.said


def test_the_tag_that_was_asked_for_is_the_version_also_where_its_commit_has_others(world: World) -> None:
    files = {"template.yml": "name: tiny\n", "template/a.txt": "1\n"}
    world.set_up(files)
    assert world.render().code == 0
    world.commit()
    world.set_up({**files, "template/a.txt": "2\n"}, "v2.0.0")
    git(world.git.path_of("acme/templates"), "tag", "v3.0.0rc1", "v2.0.0")
    assert "newest is 2.0.0" in world.run("check", "demo", "--allow-protocol", "http").out
    run = world.update("--ref", "v2.0.0")
    assert (run.code, "from 1.0.0 to 2.0.0" in run.said) == (0, True), run.said
    world.commit("Updated")
    world.set_up({**files, "template/a.txt": "2.1\n"}, "v2.1.0")
    run = world.update()
    assert (run.code, world.read("a.txt")) == (0, "2.1\n"), run.said


@pytest.mark.parametrize("state", [".robot-action.yml", ".copier-answers.yml", ".cruft.json"])
def test_a_new_place_is_written_relative_where_the_former_one_was(world: World, state: str) -> None:
    """A path of this machine would be of no use to anybody else."""
    native = {"template.yml": "name: tiny\n", "template/a.txt": "1\n"}
    cookie = {"cookiecutter.json": '{"name": "demo"}\n', "{{ cookiecutter.name }}/a.txt": "1\n"}
    world.set_up({".robot-action.yml": native, ".copier-answers.yml": COPIER, ".cruft.json": cookie}[state])
    for place in ("here", "there"):
        git(world.root, "clone", "--quiet", str(world.git.path_of("acme/templates")), place)
    assert world.run("render", "./here", "demo", "--ref", "v1.0.0", *(["--cruft"] if "cruft" in state else [])).code == 0
    world.commit(files={state: world.read(state).replace(str(world.root / "here"), "../here")})
    run = world.run("update", "demo", "--source", "./there")
    assert run.code == 0, run.said
    assert "../there" in world.read(state)
    assert "from now on the template is followed at ../there" in run.said
    assert str(world.root) not in world.read(state)
    world.commit("Moved")
    assert "up to date, 1.0.0" in world.run("check", "demo").out


def test_one_that_is_newer_is_told_so(world: World) -> None:
    world.set_up(COPIER)
    world.set_up({**COPIER, "a.txt": "2\n"}, "v2.0.0rc1")
    assert world.render("--prereleases").code == 0
    world.commit()
    run = world.update("--dry-run")
    assert "the project has 2.0.0rc1, and never goes back to 1.0.0 unless that is asked for" in run.said


@pytest.mark.parametrize(("needed", "is_offered"), [("_tasks: ['true']\n", True), ("_jinja_extensions: [their.own]\n", False)])
def test_without_trust_what_is_offered_helps(world: World, needed: str, is_offered: bool) -> None:
    world.set_up(COPIER)
    assert world.render().code == 0
    world.commit()
    world.set_up({**COPIER, "copier.yml": f"{needed}name: demo\n"}, "v2.0.0")
    run = world.update(trust=False)
    assert run.code == 77
    assert "--trust-source" in run.said
    assert ("--skip-tasks" in run.said) is is_offered
    if is_offered:
        assert world.update("--skip-tasks", trust=False).code == 0


def test_answers_of_another_type_are_converted_or_told(world: World) -> None:
    questions = 'port: {type: str, default: "80"}\nkind: {type: str, choices: [a, b]}\nold: {type: str, default: x}\nname: demo\n'
    later = "port: {type: int, default: 1}\nkind: {type: str, choices: [b, c], default: c}\nname: demo\nmore: {type: bool, default: true}\n"
    world.set_up({**COPIER, "copier.yml": questions})
    assert world.render("-d", "port=8080", "-d", "kind=a").code == 0
    world.commit()
    world.set_up({**COPIER, "copier.yml": later}, "v2.0.0")
    run = world.update()
    assert run.code == 0, run.said
    answers = world.read(".copier-answers.yml")
    assert {"port: 8080", "kind: c", "more: true", "name: demo"} <= set(answers.splitlines())
    assert "old:" not in answers
    for told in (
        "old: the template does not ask for it any more",
        "'a' is none of the choices",
        "new question more: the default was taken",
    ):
        assert told in run.said


def test_the_document_tells_what_an_update_brings(world: World) -> None:
    world.set_up(COPIER)
    assert world.render().code == 0
    world.commit()
    world.set_up({**COPIER, "a.txt": "2\n", "copier.yml": "name: demo\nmore: all\n"}, "v2.0.0")
    found = world.update("--json", "--dry-run").project["update"]
    assert (found["before"], found["after"]) == ("1.0.0", "2.0.0")
    assert found["files"]["changed"] == [".copier-answers.yml", "a.txt"]
    assert [question["name"] for question in found["questions"]] == ["more"]
