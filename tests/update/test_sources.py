"""Where projects and templates may lie, whose code runs, and what updates leave alone."""

from __future__ import annotations

import hashlib
import json

import pytest

from tests.render.world import dedented
from tests.testbed.bare import git
from tests.testbed.git_bed import write_files
from tests.update.test_update import COOKIECUTTER, COPIER, LINES, NATIVE
from tests.update.world import World

HOOKED = {
    **COOKIECUTTER,
    "hooks/post_gen_project.py": "from pathlib import Path\nPath('surplus.txt').unlink()\nPath('made.txt').write_text('made by 1\\n')\n",
    "{{ cookiecutter.name }}/surplus.txt": "one\n",
}


def test_hooks_run_on_both_sides_so_that_only_what_the_template_changed_counts(world: World) -> None:
    world.set_up(HOOKED)
    assert world.render("--cruft").code == 0
    world.commit()
    later = {path: text.replace("made by 1", "made by 2") for path, text in HOOKED.items()}
    world.set_up({**later, "{{ cookiecutter.name }}/surplus.txt": "two\n"}, "v2.0.0")
    run = world.update()
    assert run.code == 0, run.said
    assert world.read("made.txt") == "made by 2\n"
    assert not (world.project / "surplus.txt").exists()
    assert "surplus" not in run.said


def test_code_of_a_template_that_nobody_trusts_does_not_run(world: World) -> None:
    world.set_up(HOOKED)
    assert world.render("--cruft").code == 0
    world.commit()
    world.set_up({**HOOKED, "{{ cookiecutter.name }}/new.txt": "n\n"}, "v2.0.0")
    run = world.update(trust=False)
    assert (run.code, world.status()) == (77, [])
    assert "hooks/post_gen_project.py: error: it would run the hook post_gen_project" in run.said
    assert world.update("--skip-tasks", trust=False).code == 0
    assert world.read("new.txt") == "n\n"


def test_what_cruft_skips_is_left_alone_and_stays_listed(world: World) -> None:
    world.set_up(COOKIECUTTER)
    assert world.render("--cruft").code == 0
    world.commit(files={".cruft.json": json.dumps({**world.cruft(), "skip": ["skipped.txt"]}, indent=2) + "\n"})
    world.set_up({**COOKIECUTTER, "{{ cookiecutter.name }}/skipped.txt": "two\n", "{{ cookiecutter.name }}/new.txt": "n\n"}, "v2.0.0")
    assert world.update().code == 0
    assert (world.read("skipped.txt"), world.read("new.txt")) == ("one\n", "n\n")
    assert world.cruft()["skip"] == ["skipped.txt"]


def test_files_that_the_template_leaves_to_the_project_are_not_merged(world: World) -> None:
    files = {**COPIER, "copier.yml": "_skip_if_exists: [kept.txt]\nname: demo\n"}
    world.set_up(files)
    assert world.render().code == 0
    world.commit(files={"kept.txt": "mine\n"})
    world.set_up({**files, "kept.txt": "theirs\n", "gone.txt": "better\n"}, "v2.0.0")
    assert world.update().code == 0
    assert (world.read("kept.txt"), world.read("gone.txt")) == ("mine\n", "better\n")


def test_files_that_are_left_to_the_project_are_those_that_it_has_committed_or_has_here(world: World) -> None:
    settings = "_skip_if_exists: ['conf/*', local.txt]\nname: demo\n"
    files = {**COPIER, "copier.yml": settings, "conf/kept.txt": LINES, ".gitignore": "local.txt\n"}
    world.set_up(files)
    assert world.render().code == 0
    world.commit(files={"conf/kept.txt": f"{LINES}mine\n"})
    git(world.project, "sparse-checkout", "set", "--no-cone", "/*", "!/conf/")
    write_files(world.project, {"local.txt": "mine\n"})
    later = {**files, ".gitignore": "other\n", "local.txt": "theirs\n", "conf/kept.txt": f"theirs\n{LINES}", "gone.txt": "better\n"}
    world.set_up(later, "v2.0.0")
    run = world.update()
    assert run.code == 0, run.said
    assert (world.read("local.txt"), world.read("gone.txt")) == ("mine\n", "better\n")
    assert not (world.project / "conf/kept.txt").exists()


def test_a_template_that_moved_is_followed_to_its_new_place(world: World) -> None:
    world.set_up(COPIER)
    assert world.render().code == 0
    world.commit()
    world.set_up({**COPIER, "gone.txt": "better\n"}, "v2.0.0")
    moved = world.root / "moved"
    git(world.root, "clone", "--quiet", str(world.git.path_of("acme/templates")), str(moved))
    run = world.update("--source", str(moved))
    assert run.code == 0, run.said
    assert world.read("gone.txt") == "better\n"
    assert f"_src_path: {moved}\n" in world.read(".copier-answers.yml")


def test_a_project_in_a_folder_of_a_larger_repository(world: World) -> None:
    world.set_up(COPIER)
    assert world.run("render", world.url, "mono/services/a", "--allow-protocol", "http").code == 0
    mono = write_files(world.root / "mono", {"README.md": "of the whole\n"})
    git(mono, "init", "--quiet", "--initial-branch=main")
    git(mono, "add", "--all")
    git(mono, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "x")
    world.set_up({**COPIER, "README.md.jinja": f"# {{{{ name }}}}\n{LINES}better\n"}, "v2.0.0")
    run = world.run("update", "mono/services/a", "--allow-protocol", "http")
    assert run.code == 0, run.said
    assert (mono / "services/a/README.md").read_text().endswith("better\n")
    assert (mono / "README.md").read_text() == "of the whole\n"


def test_each_project_of_a_repository_is_updated_by_itself(world: World) -> None:
    world.set_up(COPIER)
    assert world.render().code == 0
    for folder in ("svc/a", "svc/b"):
        write_files(world.project / folder, {path: text for path, text in world.files().items() if "/" not in path})
    world.commit()
    world.set_up({**COPIER, "kept.txt": "changed\n"}, "v2.0.0")
    for folder in ("svc/a", "svc/b", ""):
        run = world.run("update", f"demo/{folder}", "--allow-protocol", "http", "--trust")
        assert run.code == 0, run.said
    assert [world.read(f"{folder}kept.txt") for folder in ("svc/a/", "svc/b/", "")] == ["changed\n"] * 3
    world.commit()
    world.set_up({**COPIER, "kept.txt": "again\n"}, "v3.0.0")
    write_files(world.project, {"svc/b/kept.txt": "mine\n", "own.txt": "mine\n"})
    run = world.run("update", "demo/svc/b", "--allow-protocol", "http", "--trust")
    assert (run.code, world.read("svc/b/kept.txt")) == (1, "mine\n")
    assert "demo/svc/b has changes that are not committed: kept.txt\n" in run.said


def test_a_template_that_is_a_plain_folder_is_followed_as_it_stands(world: World) -> None:
    template = write_files(world.root / "template", dedented(NATIVE))
    assert world.run("render", "./template", "demo").code == 0
    world.commit()
    run = world.run("update", "demo")
    assert (run.code, world.status()) == (0, [])
    write_files(template, {"template/new.txt": "n\n"})
    run = world.run("update", "demo")
    assert (run.code, world.status()) == (65, [])
    assert "is a folder without versions, and the one that" in run.said
    run = world.run("update", "demo", "-d", "greeting=hi")
    assert run.code == 0, run.said
    assert "GREETING = 'hi'" in world.read("demo.py")


def test_several_state_files_have_to_be_told_apart(world: World) -> None:
    world.set_up(COPIER)
    assert world.render().code == 0
    assert world.run("render", world.url, "demo", "--allow-protocol", "http", "--overwrite", "-a", ".copier-answers.two.yml").code == 0
    world.commit()
    world.set_up({**COPIER, "gone.txt": "better\n"}, "v2.0.0")
    run = world.update()
    assert run.code == 65
    assert "follows 2 templates: .copier-answers.two.yml, .copier-answers.yml" in run.said
    assert world.update("-a", ".copier-answers.two.yml").code == 0
    assert "v2.0.0" in world.read(".copier-answers.two.yml")
    assert "v1.0.0" in world.read(".copier-answers.yml")


def test_a_project_that_was_created_follows_one_template_with_both_files(world: World) -> None:
    files = {**COPIER, "copier.yml": "_migrations: ['echo migrated']\nname: demo\n"}
    world.set_up(files)
    manifest = f"schema: 1\nname: demo\ntemplate: {world.url}\ndestination: ./demo\n"
    write_files(world.root, {"demo.yml": manifest})
    run = world.run("create", "demo.yml", "--stages", "prepare,fetch,render", "--allow-protocol", "http", "--trust")
    assert run.code == 0, run.said
    world.commit()
    world.set_up({**files, "gone.txt": "better\n"}, "v2.0.0")
    run = world.update()
    assert run.code == 0, run.said
    assert "v2.0.0" in world.read(".copier-answers.yml")
    assert "version: 2.0.0" in world.read(".robot-action.yml")
    assert "ran the migration echo migrated after the merge" in run.said


def test_what_is_not_committed_anywhere_cannot_be_merged(world: World) -> None:
    world.set_up(COPIER)
    assert world.render().code == 0
    world.set_up({**COPIER, "gone.txt": "better\n"}, "v2.0.0")
    run = world.update()
    assert run.code == 1
    assert "is not committed in a git repository" in run.said
    assert world.read("gone.txt") == "gone\n"


@pytest.mark.parametrize("how", [(), ("--pull-request",)], ids=["work tree", "pull request"])
def test_a_folder_that_is_no_project_is_told_to_be_none(world: World, how: tuple[str, ...]) -> None:
    world.project.mkdir()
    run = world.update(*how)
    assert (run.code, "demo follows no template: it has no state file" in run.said) == (65, True), run.said


def test_a_state_file_that_is_missing_or_broken_is_told(world: World) -> None:
    world.project.mkdir()
    write_files(world.project, {".copier-answers.yml": "name: x\n"})
    world.commit()
    assert "the key '_src_path' is missing" in world.update().said
    assert "has no file .nothing.yml" in world.update("-a", ".nothing.yml").said
    write_files(world.project, {".robot-action.yml": "schema: 1\nproject: x\ntemplates: []\n"})
    assert "the state file names no template" in world.update("-a", ".robot-action.yml").said


@pytest.mark.parametrize("command", ["update", "check"])
@pytest.mark.parametrize(
    ("name", "code", "said"),
    [("conf", 65, "demo/conf is not a regular file"), ("../demo/x.yml", 64, "leads out with '..'"), ("/demo/x.yml", 64, "is absolute")],
)
def test_an_answers_file_that_can_be_none_is_refused(world: World, command: str, name: str, code: int, said: str) -> None:
    world.set_up(COPIER)
    assert world.render().code == 0
    world.commit(files={"conf/x": "x\n"})
    run = world.run(command, "demo", "--answers-file", name)
    assert (run.code, said in run.said) == (code, True), run.said


def test_what_git_lfs_keeps_comes_as_pointers(world: World) -> None:
    files = {**COPIER, ".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n", "a.bin": "one"}
    world.set_up(files)
    assert world.render().code == 0
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize {}\n"
    one, three = (hashlib.sha256(text).hexdigest() for text in (b"one", b"three"))
    world.commit(files={"a.bin": pointer.format(one, 3)})
    there = pointer.format("0" * 64, 9)
    world.set_up({**files, "a.bin": "three", "there.bin": there}, "v2.0.0")
    run = world.update()
    assert run.code == 0, run.said
    assert world.read("a.bin") == pointer.format(three, 5)
    assert "a.bin is kept in Git LFS: its pointer alone is written, so its contents have to be put there" in run.said
    assert world.read("there.bin") == there, "a template that is kept in Git LFS has pointers itself"


def test_a_partial_clone_is_enough_and_lacks_afterwards_what_it_lacked(world: World) -> None:
    world.set_up({**COPIER, "deep/x.txt": LINES})
    assert world.render().code == 0
    world.commit(files={"deep/x.txt": LINES.replace("one", "ONE"), "deep/own.txt": "own\n"})
    world.set_up({**COPIER, "deep/x.txt": LINES.replace("seven", "SEVEN")}, "v2.0.0")
    world.git.create("acme/origin")
    git(world.project, "push", "--quiet", str(world.git.path_of("acme/origin")), "HEAD:main")
    world.git.git("acme/origin", "config", "uploadpack.allowFilter", "true")
    world.project.rename(world.root / "whole")
    world.peer_git("clone", "--quiet", "--filter=blob:none", "--sparse", world.git.url_of("acme/origin"), "demo")
    lacking = git(world.project, "rev-list", "--objects", "--missing=print", "HEAD").count("?")
    run = world.update("--bundle", world.root / "bundle", "--repository", world.git.path_of("acme/origin"))
    assert run.code == 0, run.said
    assert lacking
    assert git(world.project, "rev-list", "--objects", "--missing=print", "HEAD").count("?") == lacking
    git(world.project, "sparse-checkout", "add", "deep")
    assert world.update().code == 0
    assert world.read("deep/x.txt") == LINES.replace("one", "ONE").replace("seven", "SEVEN")


@pytest.mark.parametrize("patterns", [("--cone", "kept"), ("--no-cone", "/*", "!/old/")])
@pytest.mark.parametrize("dry", [("--dry-run",), ()], ids=["planned", "done"])
def test_a_sparse_checkout_that_leaves_out_what_changes_is_refused(world: World, patterns: tuple[str, ...], dry: tuple[str, ...]) -> None:
    world.set_up({**COPIER, "kept/x.txt": LINES, "old/mod.txt": LINES.upper()})
    assert world.render().code == 0
    world.commit()
    git(world.project, "sparse-checkout", "set", *patterns)
    world.set_up({**COPIER, "kept/x.txt": f"more\n{LINES}", "old/mod.txt": LINES.upper()}, "v2.0.0")
    assert world.update().code == 0, "what it has can change"
    world.commit()
    world.set_up({**COPIER, "kept/x.txt": LINES, "new/mod.txt": LINES.upper()}, "v3.0.0")
    run = world.update(*dry)
    assert run.code == 1, run.said
    assert "leaves out what the template changes:" in run.said
    assert "old/mod.txt" in run.said
    assert "git sparse-checkout disable" in run.said
    assert world.status() == []
    git(world.project, "sparse-checkout", "disable")
    assert world.update().code == 0
    world.commit()
    assert git(world.project, "ls-files", "old", "new").split() == ["new/mod.txt"]


def test_a_file_that_git_ignores_is_never_written_over(world: World) -> None:
    files = {**COPIER, ".gitignore": "notes.txt\n*.log\n"}
    world.set_up(files)
    assert world.render().code == 0
    world.commit()
    (world.project / "notes.txt").write_text("mine\n")
    world.set_up({**files, ".gitignore": "*.log\n", "notes.txt": "the template's\n"}, "v2.0.0")
    run = world.update()
    assert run.code == 1, run.said
    assert "files that git ignores, which nobody could bring back: notes.txt" in run.said
    assert world.read("notes.txt") == "mine\n"
    (world.project / "notes.txt").unlink()
    run = world.update()
    assert (run.code, world.read("notes.txt")) == (0, "the template's\n"), run.said
    assert "files that are new, or have moved: 1; git knows them once they are added" in run.out


def test_a_place_that_is_none_any_more_can_be_replaced_without_a_new_version(world: World) -> None:
    world.set_up(COPIER)
    assert world.render().code == 0
    world.commit(files={".copier-answers.yml": world.read(".copier-answers.yml").replace(world.url, "gone://nowhere")})
    moved = world.root / "moved"
    git(world.root, "clone", "--quiet", str(world.git.path_of("acme/templates")), str(moved))
    assert world.update().code != 0
    run = world.update("--source", str(moved))
    assert run.code == 0, run.said
    assert f"_src_path: {moved}\n" in world.read(".copier-answers.yml")
    assert world.status() == ["M .copier-answers.yml"]


def test_where_a_template_is_gone_it_is_told_how_to_name_its_new_place(world: World) -> None:
    world.set_up(COPIER)
    assert world.render().code == 0
    world.commit(files={".copier-answers.yml": world.read(".copier-answers.yml").replace(world.url, "/nosuch-template")})
    for run in (world.update(), world.run("check", "demo")):
        assert run.code == 65, run.said
        assert "the template's folder /nosuch-template does not exist" in run.said
        assert "If the template is somewhere else by now, say where: --source NEW" in run.said
        assert "manifest" not in run.said
    assert "--source NEW" not in world.update("--source", "/nosuch-either").said


def test_crufts_file_names_the_version_that_was_asked_for_last(world: World) -> None:
    world.set_up(COOKIECUTTER)
    assert world.render("--cruft", "--ref", "v1.0.0").code == 0
    assert world.cruft()["checkout"] == "v1.0.0"
    world.commit()
    world.set_up({**COOKIECUTTER, "{{ cookiecutter.name }}/new.txt": "n\n"}, "v2.0.0")
    assert world.update("--ref", "v2.0.0").code == 0
    assert world.cruft()["checkout"] == "v2.0.0", "as cruft update --checkout v2.0.0 writes it"
    world.commit()
    world.set_up({**COOKIECUTTER, "{{ cookiecutter.name }}/new.txt": "m\n"}, "v2.1.0")
    assert world.update("--ref", ">=2,<3").code == 0
    assert world.cruft()["checkout"] == "v2.0.0", "a range is no checkout"


def test_a_project_made_of_a_template_as_it_stood_is_told_how_to_get_a_version(world: World) -> None:
    template = write_files(world.root / "template", dedented(COPIER))
    git(template, "init", "--quiet", "--initial-branch=main")
    for tag in ("v1.0.0", "v2.0.0"):
        write_files(template, {"a.txt": f"of {tag}\n"})
        git(template, "add", "--all")
        git(template, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", tag)
        git(template, "tag", tag)
        if tag == "v1.0.0":
            told = world.run("render", "./template", "demo", "--trust")
            assert told.code == 0
            assert "taken as it stands, in no version: updates cannot go on from there; --ref takes a tag" in told.said
    assert "as it stands" not in world.run("render", "./template", "other", "--ref", "v1.0.0", "--trust").said
    world.commit()
    run = world.run("update", "demo", "--trust")
    assert run.code == 65, run.said
    assert "as it stood, so that nobody knows its version" in run.said
    assert f"robot-action adopt {template} {world.project} --ref v2.0.0\n" in run.said
    given = world.run("update", "demo", "--trust", "-d", "name=other")
    assert (given.code, world.status()) == (65, []), "as it stands now is no substitute, whatever is asked for"
    (world.project / ".copier-answers.yml").unlink()
    assert world.run("adopt", "./template", "demo", "--ref", "v1.0.0", "--trust").code == 0
    world.commit("Adopted")
    assert world.run("update", "demo", "--trust").code == 0
    assert world.read("a.txt") == "of v2.0.0\n"


def test_a_new_file_that_its_own_gitignore_leaves_out_is_told(world: World) -> None:
    files = {**COPIER, ".gitignore": "*.log\n"}
    world.set_up(files)
    assert world.render().code == 0
    world.commit()
    world.set_up({**files, ".gitignore": "*.log\nbuild/\n", "build/tpl.txt": "t\n", "new.txt": "n\n"}, "v2.0.0")
    run = world.update()
    assert (run.code, world.read("build/tpl.txt")) == (0, "t\n"), run.said
    told = " ".join(run.out.split())
    assert "new files that the new .gitignore leaves out: build/tpl.txt; only git add --force takes them" in told


def test_line_ends_are_those_of_the_attributes_that_come_along(world: World) -> None:
    world.set_up({**COPIER, "a.txt": LINES, "own.txt": "one\n"})
    assert world.render().code == 0
    write_files(world.project, {"own.txt": "one\r\n"})
    world.commit(files={"a.txt": f"{LINES}mine\n"})
    world.set_up(
        {**COPIER, "a.txt": f"theirs\n{LINES}", "own.txt": "one\n", "b.txt": "b\n", ".gitattributes": "* text eol=crlf\n"}, "v2.0.0"
    )
    run = world.update()
    assert run.code == 0, run.said
    assert (world.project / "a.txt").read_bytes() == f"theirs\n{LINES}mine\n".replace("\n", "\r\n").encode()
    assert (world.project / "b.txt").read_bytes() == b"b\r\n"
    assert "stored otherwise than .gitattributes says from now on: own.txt;" in run.out
    assert git(world.project, "diff", "--stat", "--", "a.txt").splitlines()[0].split()[2] == "1"


def test_lock_files_are_merged_by_nobody(world: World) -> None:
    locks = dict.fromkeys(("package-lock.json", "uv.lock"), '{\n  "a": 1,\n  "b": 1\n}\n')
    world.set_up({**COPIER, **locks})
    assert world.render().code == 0
    mine = {name: text.replace('"a": 1', '"a": 2') for name, text in locks.items()}
    world.commit(files=mine)
    world.set_up({**COPIER, **{name: text.replace('"b": 1', '"b": 2') for name, text in locks.items()}}, "v2.0.0")
    run = world.update()
    assert run.code == 4, run.said
    assert {name: world.read(name) for name in locks} == mine
    assert all(f"conflict in {name}: contents; the project's side was kept" in run.out for name in locks)
