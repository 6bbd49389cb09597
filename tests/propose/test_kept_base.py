"""A host can keep the version that a project has, rendered, so that the next pull request needs no second rendering of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.propose.conftest import make
from tests.propose.world import BRANCH, LINES, NAME, Run, World, commit_all
from tests.testbed.bare import BareRepositories, git
from tests.testbed.git_bed import write_files

TOP = LINES.replace("line 2\n", "LINE 2\n")
BOTTOM = TOP.replace("line 20\n", "LINE 20\n")
RENDERED = "refs/robot-action/rendered/"
COPIER = {
    "copier.yml": "_tasks: ['echo made >> a.txt']\nname: demo\n",
    "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml -}}\n",
    "a.txt": LINES,
}


def kept(world: World) -> dict[str, str]:
    """Return what the host keeps, by name."""
    return world.bare.refs(NAME, RENDERED)


def keeping(run: Run) -> tuple[str, str]:
    """Return what a run said of keeping: how its step ended, and all its words."""
    assert run.code == 0, run.said
    (step,) = [step for step in run.project["stages"] if step["stage"] == "keep"]
    return step["status"], "; ".join([step["summary"], *step["details"]])


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "index"}


def merge(world: World) -> None:
    world.merge(squash=world.github is not None)


def copiers(world: World, **changes: str) -> None:
    """Make the project one of a Copier template's whose task needs trust, and have the host keep it."""
    write_files(world.root / "cop", {**COPIER, **changes})
    git(world.root, "init", "--quiet", "--initial-branch=main", "cop")
    commit_all(world.root / "cop", "Version 1")
    git(world.root / "cop", "tag", "v1.0.0")
    assert world.run("render", "./cop", "made", "--ref", "v1.0.0", "--trust").code == 0
    for path in world.project.iterdir():
        if path.name != ".git":
            path.unlink()
    shutil.copytree(world.root / "made", world.project, dirs_exist_ok=True)
    world.commit({})


def copiers_next(world: World) -> None:
    """Make a version that needs no trust any more."""
    write_files(world.root / "cop", {"copier.yml": "name: demo\n", "a.txt": TOP})
    commit_all(world.root / "cop", "Version 2")
    git(world.root / "cop", "tag", "v2.0.0")


@pytest.fixture
def behind(world: World) -> World:
    world.version("v2.0.0", a_txt=TOP)
    return world


@pytest.fixture(scope="module")
def kept_once(tmp_path_factory: pytest.TempPathFactory, seed: Path) -> World:
    """Return a world in which the first version is kept, and a second one is there; nobody changes it."""
    root = tmp_path_factory.mktemp("kept")
    world = make(root, seed, BareRepositories(root / "forge"))
    assert keeping(world.propose("--keep-base"))[0] == "done"
    world.version("v2.0.0", a_txt=TOP)
    return world


@pytest.fixture
def ready(tmp_path: Path, kept_once: World) -> World:
    """Return a copy of it that a test may spoil."""
    shutil.copytree(kept_once.root, tmp_path, dirs_exist_ok=True, symlinks=True)
    world = World(tmp_path, BareRepositories(tmp_path / "forge"))
    git(world.project, "remote", "set-url", "origin", str(world.bare.path_of(NAME)))
    return world


def test_the_version_that_is_merged_is_kept_and_used_by_the_next_pull_request(behind: World) -> None:
    run = behind.propose("--keep-base")
    assert keeping(run) == ("done", "the host keeps it for the next update; the old version was rendered again: none was kept")
    first = kept(behind)
    assert len(first) == 1, "the version that is proposed is not merged yet"
    merge(behind)
    run = behind.propose("--keep-base")
    assert (run.pull["operation"], keeping(run)[0]) == ("unchanged", "done")
    second = kept(behind)
    assert (len(second), first.keys() & second.keys()) == (1, set()), "the older one goes away"
    behind.version("v3.0.0", a_txt=BOTTOM)
    run = behind.propose("--keep-base")
    assert keeping(run) == ("skipped", "the kept rendering of the old version on the host was used; the host keeps it already")
    assert (behind.show(f"{BRANCH}:a.txt"), kept(behind)) == (BOTTOM, second)


def test_the_projects_folder_is_left_as_it_is(ready: World) -> None:
    before = snapshot(ready.project)
    assert "on the host was used" in keeping(ready.propose("--keep-base"))[1]
    assert snapshot(ready.project) == before


def test_what_people_read_says_nothing_of_it(ready: World) -> None:
    ready.propose("--keep-base")
    assert "kept rendering" not in ready.pulls()[-1].body


def test_running_again_writes_nothing(on_github: World) -> None:
    on_github.version("v2.0.0", a_txt=TOP)
    assert keeping(on_github.propose("--keep-base"))[0] == "done"
    writes = on_github.writes()
    assert keeping(on_github.propose("--keep-base"))[0] == "skipped"
    assert on_github.writes() == writes


def test_an_old_version_that_renders_no_more_is_no_obstacle(world: World) -> None:
    """copier-org/copier#1170: an old version cannot be replayed any more, here for its tasks, which nobody trusts now."""
    copiers(world)
    run = world.propose("--keep-base", "--trust")
    assert (run.pull["operation"], keeping(run)[0]) == ("unchanged", "done")
    assert keeping(world.propose("--keep-base")) == ("skipped", "the host keeps it already"), "nothing is rendered for that"
    copiers_next(world)
    assert world.propose().code == 77
    run = world.propose("--keep-base")
    assert run.pull["operation"] == "created"
    assert "the kept rendering of the old version on the host was used, since it cannot be rendered any more" in keeping(run)[1]
    assert world.show("robot-action/cop:a.txt") == TOP


def test_what_cannot_be_rendered_when_there_is_nothing_to_bring_in_is_only_told(local: World) -> None:
    copiers(local)
    status, said = keeping(local.propose("--keep-base"))
    assert (status, kept(local)) == ("skipped", {})
    assert said.startswith("it cannot be rendered any more: ")


def test_what_only_the_folder_keeps_and_nothing_proves_does_not_go_to_the_host(local: World) -> None:
    copiers(local)
    assert keeping(local.propose("--keep-base", "--trust"))[0] == "done"
    git(local.project, "fetch", "--quiet", str(local.bare.path_of(NAME)), f"{RENDERED}*:{RENDERED}*")
    for name in kept(local):
        local.bare.git(NAME, "update-ref", "-d", f"{RENDERED}{name}")
    copiers_next(local)
    status, said = keeping(local.propose("--keep-base"))
    assert (status, kept(local)) == ("skipped", {})
    assert "the kept rendering of the old version was used" in said
    assert "nothing proves that the project was made of it" in said


@pytest.mark.parametrize("kind", ["content", "shape"])
def test_what_is_not_what_the_state_file_says_is_not_used_and_written_anew(ready: World, kind: str) -> None:
    before = kept(ready)
    ((name, commit),) = before.items()
    other = ready.root / "tampering"
    git(ready.root, "init", "--quiet", "tampering")
    git(other, "fetch", "--quiet", str(ready.bare.path_of(NAME)), f"{RENDERED}{name}")
    git(other, "checkout", "--quiet", commit)
    write_files(other, {"files/a.txt": "evil\n"} if kind == "content" else {"rendering.json": "{}"})
    commit_all(other, "x")
    git(other, "push", "--quiet", "--force", str(ready.bare.path_of(NAME)), f"HEAD:{RENDERED}{name}")
    assert kept(ready) != before
    status, said = keeping(ready.propose("--keep-base"))
    why = "what was kept is something else" if kind == "content" else "none was kept"
    assert (status, said) == ("done", f"the host keeps it for the next update; the old version was rendered again: {why}")
    assert (ready.show(f"{BRANCH}:a.txt"), kept(ready)) == (TOP, before)


def test_a_refused_push_is_only_told(on_github: World) -> None:
    on_github.bare.refuse_pushes(NAME, "nothing besides branches, please")
    status, said = keeping(on_github.propose("--keep-base"))
    assert (status, kept(on_github)) == ("skipped", {})
    assert "the host does not keep it: the next update renders it again" in said
    assert "nothing besides branches, please" in said


def test_older_ones_that_may_not_be_removed_are_told(on_github: World) -> None:
    on_github.version("v2.0.0", a_txt=TOP)
    on_github.propose("--keep-base")
    merge(on_github)
    hook = on_github.bare.path_of(NAME) / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\nwhile read -r before after name; do case $after in 0000*) exit 1;; esac; done\n")
    hook.chmod(0o755)
    status, said = keeping(on_github.propose("--keep-base"))
    assert (status, len(kept(on_github))) == ("done", 2)
    assert "what was kept for older versions stays: " in said


def test_a_host_that_gives_nothing_to_read_is_told(on_github: World) -> None:
    assert on_github.github
    on_github.version("v2.0.0", a_txt=TOP)
    on_github.github.git.allows = lambda *_, push, **__: push
    status, said = keeping(on_github.propose("--keep-base"))
    assert (status, on_github.pulls()[0].state) == ("skipped", "open")
    assert "the old version was rendered again: none was kept; " in said


def test_nothing_is_kept_where_secrets_were_answered(local: World) -> None:
    copiers(local, **{"copier.yml": "name: demo\nword: {type: str, secret: true, default: hush}\n"})
    status, said = keeping(local.propose("--keep-base"))
    assert (status, kept(local)) == ("skipped", {})
    assert "it is not kept, for the template asks for secrets" in said


def test_what_renders_to_something_else_by_now_is_not_kept(local: World) -> None:
    (local.root / "tpl/template/year.txt.jinja").write_text("{{ year }}\n")
    local.version("v2.0.0")
    local.propose(SOURCE_DATE_EPOCH="1600000000")
    merge(local)
    status, said = keeping(local.propose("--keep-base", SOURCE_DATE_EPOCH="1700000000"))
    assert (status, kept(local)) == ("skipped", {})
    assert "nothing proves that the project was made of it" in said


def test_a_template_without_versions_is_not_kept(local: World) -> None:
    shutil.rmtree(local.root / "tpl/.git")
    lines = (local.project / ".robot-action.yml").read_text().splitlines(keepends=True)
    local.commit({".robot-action.yml": "".join(line for line in lines if not line.strip().startswith(("version:", "commit:")))})
    status, said = keeping(local.propose("--keep-base", "-d", "greeting=hi"))
    assert (status, kept(local)) == ("skipped", {})
    assert "a template without versions is not kept" in said


def test_nothing_is_kept_unasked_nor_by_a_dry_run(local: World) -> None:
    local.version("v2.0.0", a_txt=TOP)
    run = local.propose("--keep-base", "--dry-run")
    assert (run.code, [step["stage"] for step in run.project["plan"]]) == (0, ["branch", "pull", "keep"])
    run = local.propose()
    assert (run.code, [step["stage"] for step in run.project["plan"]]) == (0, ["branch", "pull"])
    assert kept(local) == {}


def test_who_only_prepares_reads_and_does_not_write(ready: World) -> None:
    before = kept(ready)
    prepared = ("update", "demo", "--bundle", "out/update.bundle", "--json", "--keep-base")
    assert "on the host was used; the host keeps it already" in keeping(ready.run(*prepared))[1]
    ready.bare.git(NAME, "update-ref", "-d", f"{RENDERED}{next(iter(before))}")
    told = "the old version was rendered again: none was kept; with --bundle nothing is written to the host"
    assert keeping(ready.run(*prepared)) == ("skipped", told)
    assert kept(ready) == {}
    ready.propose()
    merge(ready)
    assert keeping(ready.run(*prepared)) == ("skipped", "with --bundle nothing is written to the host")
