"""What stands at a path may become something else: a folder a file or a link, a file or a link a folder."""

from __future__ import annotations

import shutil
import signal

import pytest

from robot_action.model.tree import Entry, Mode
from tests.render.world import in_place
from tests.testbed.bare import git
from tests.update.world import World

LINK = Entry(Mode.LINK, b"other")
COPIER: dict[str, str | Entry] = {
    "copier.yml": "_preserve_symlinks: true\nname: demo\n",
    "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml -}}\n",
}
NATIVE: dict[str, str | Entry] = {"template.yml": "name: tiny\nquestions:\n  greeting: {type: str, default: hello}\n"}
SIDES: dict[str, dict[str, str | Entry]] = {
    "folder": {"place/deep/x": "x\n", "place/y": "y\n"},
    "file": {"place": "a file\n"},
    "link": {"place": LINK},
}
TURNS = [(before, after) for before in SIDES for after in SIDES if before != after]


def versions(world: World, before: str, after: str, *, native: bool = False) -> None:
    """Make a project of a version in which a place is one thing, and a version in which it is another."""
    start, top = (NATIVE, "template/") if native else (COPIER, "")
    for number, place in enumerate((before, after), 1):
        files: dict[str, str | Entry] = {"a.txt": f"{number}\n", "other/deep/x": "another x\n", **SIDES[place]}
        world.set_up({**start, **{f"{top}{path}": content for path, content in files.items()}}, f"v{number}.0.0")
        if number == 1:
            assert world.render().code == 0
            world.commit()


def assert_is(world: World, after: str) -> None:
    assert world.read("a.txt") == "2\n"
    place = world.project / "place"
    assert after == ("link" if place.is_symlink() else "folder" if place.is_dir() else "file")
    wanted = {path: content for path, content in SIDES[after].items() if isinstance(content, str)}
    assert {path: world.read(path) for path in wanted} == wanted
    world.commit("Updated")
    assert world.update().code == 0
    assert world.status() == []
    tracked = git(world.project, "ls-files", "place").splitlines()
    assert sorted(tracked) == sorted(SIDES[after])


@pytest.mark.parametrize(("before", "after", "native"), [*((*turn, False) for turn in TURNS), ("folder", "file", True)])
def test_it_becomes_what_the_template_has_there(world: World, before: str, after: str, *, native: bool) -> None:
    versions(world, before, after, native=native)
    run = world.update()
    assert run.code == 0, run.said
    assert_is(world, after)


@pytest.mark.parametrize(("before", "after"), [("folder", "file"), ("folder", "link"), ("link", "folder")])
def test_a_killed_run_is_finished_by_the_next_one(world: World, before: str, after: str) -> None:
    versions(world, before, after)
    whole = world.root / "whole"
    shutil.copytree(world.project, whole, symlinks=True)
    for number in (1, 3):
        shutil.rmtree(world.project)
        shutil.copytree(whole, world.project, symlinks=True)
        assert world.update(program=in_place(f"write:{number}")).code == -signal.SIGKILL
        assert world.status() != []
        run = world.update()
        assert run.code == 0, run.said
        assert_is(world, after)


def ignored_in_the_way(world: World, own: str, files: dict[str, str | Entry], more: dict[str, str | Entry]) -> None:
    """Let the project have a file that git ignores, until a version of the template that has other files there."""
    world.set_up({**COPIER, ".gitignore": "own\n", "a.txt": "1\n", **files})
    assert world.render().code == 0
    world.commit()
    (world.project / own).parent.mkdir(parents=True, exist_ok=True)
    (world.project / own).write_text("mine\n")
    world.set_up({**COPIER, ".gitignore": "# nothing\n", "a.txt": "2\n", **more}, "v2.0.0")


@pytest.mark.parametrize(
    ("own", "files", "more"),
    [
        ("place/deep/own", SIDES["folder"], SIDES["file"]),
        ("place/own/er", SIDES["folder"], SIDES["link"]),
        ("own", {}, {"own/x": "x\n"}),
        ("own/er", {}, {"own": "a file\n"}),
        ("own/.git", {}, {"own": "a file\n"}),
    ],
)
def test_what_git_ignores_is_not_lost_and_nothing_is_written(
    world: World, own: str, files: dict[str, str | Entry], more: dict[str, str | Entry]
) -> None:
    ignored_in_the_way(world, own, files, more)
    for dry in ((), ("--dry-run",)):
        run = world.update(*dry)
        assert run.code == 1, run.said
        assert f"files that git ignores, which nobody could bring back: {own}\n" in run.said
    assert world.read(own) == "mine\n"
    assert world.status() == []
    (world.project / own).unlink()
    run = world.update()
    assert (run.code, world.read("a.txt")) == (0, "2\n"), run.said


def test_a_link_that_git_ignores_is_in_the_way_of_what_comes_below(world: World) -> None:
    ignored_in_the_way(world, "elsewhere/own", {}, {"own/x": "x\n"})
    (world.project / "elsewhere/x").write_text("not the project's\n")
    git(world.project, "add", "elsewhere/x")
    world.commit()
    (world.project / "own").symlink_to("elsewhere")
    run = world.update()
    assert run.code == 1, run.said
    assert "nobody could bring back: own\n" in run.said
    assert world.read("elsewhere/x") == "not the project's\n"
    assert world.status() == []


@pytest.mark.parametrize("policy", ["markers", "project", "template"])
def test_a_link_that_would_lead_out_from_its_new_place_stays_and_all_else_comes(world: World, policy: str) -> None:
    folder: dict[str, str | Entry] = {"p/q/d.txt": "d\nd\n", "p/q/e.txt": "e\ne\n", "p/q/l": Entry(Mode.LINK, b"d.txt")}
    world.set_up({**COPIER, **folder, "top.txt": "top\n"})
    assert world.render().code == 0
    (world.project / "p/q/l").unlink()
    (world.project / "p/q/l").symlink_to("../../top.txt")
    world.commit()
    world.set_up({**COPIER, **{path.removeprefix("p/"): entry for path, entry in folder.items()}, "top.txt": "new\n"}, "v2.0.0")
    run = world.update("--conflict", policy)
    assert run.code == 4, run.said
    assert "conflict in p/q/l: a link that would lead out of the project" in run.said
    assert (world.read("q/d.txt"), world.read("q/e.txt"), world.read("p/q/l")) == ("d\nd\n", "e\ne\n", "new\n")
    assert not (world.project / "p/q/d.txt").exists()
    assert not (world.project / "q/l").is_symlink()


def test_names_that_stand_side_by_side_are_both_updated(world: World) -> None:
    texts = {name: "".join(f"{name} {number}\n" for number in range(9)) for name in ("one", "two")}
    world.set_up({**COPIER, **texts})
    assert world.render().code == 0
    for old, new in (("one", "name"), ("two", "Name")):
        (world.project / old).rename(world.project / new)
    if len(list(world.project.glob("[nN]ame"))) < 2:
        pytest.skip("the file system takes both names for one")
    world.commit()
    world.set_up({**COPIER, **{name: f"{text}new\n" for name, text in texts.items()}}, "v2.0.0")
    run = world.update()
    assert run.code == 0, run.said
    assert (world.read("name"), world.read("Name")) == (f"{texts['one']}new\n", f"{texts['two']}new\n")


def test_a_failure_in_the_middle_is_told_as_one(world: World) -> None:
    versions(world, "folder", "file")
    inner = world.project / "place/own/.git"  # into which git never looks
    inner.mkdir(parents=True)
    (inner / "HEAD").write_text("nothing\n")
    run = world.update()
    assert run.code == 1, run.said
    assert "place: Is a directory" in run.said
    assert "Move away what stands there, then run the same command again." in run.said
    assert "What exists now\n" in run.said
    assert f"folder  {world.project} (perhaps in part)" in run.said
    shutil.rmtree(inner.parent)
    assert world.update().code == 0
    assert_is(world, "file")


@pytest.mark.parametrize("was", ["a", "s"])
def test_what_moves_is_never_gone_wherever_a_run_fails_or_ends(world: World, was: str) -> None:
    texts = {name: "".join(f"{name} {number}\n" for number in range(9)) for name in ("d", "e")}
    more = {"s": "a file\n"} if was == "s" else {}  # a folder moves, and where it was comes a file
    world.set_up({**COPIER, **{f"{was}/{name}": text for name, text in texts.items()}})
    assert world.render().code == 0
    world.commit(files={f"{was}/own": "mine\n"})
    world.set_up({**COPIER, **more, **{f"t/{name}": text for name, text in texts.items()}, "t/z": "new\n"}, "v2.0.0")
    inner = world.project / "t/z/own/.git"  # into which git never looks, and nothing is written
    inner.mkdir(parents=True)
    (inner / "HEAD").write_text("nothing\n")
    for _ in range(2):
        run = world.update()
        assert (run.code, "z: Is a directory" in run.said) == (1, True), run.said
        assert {name: world.read(f"{was}/{name}") for name in ("d", "e", "own")} == {**texts, "own": "mine\n"}
    shutil.rmtree(inner.parents[1])
    assert world.update(program=in_place("write:1")).code == -signal.SIGKILL
    assert {name: world.read(f"{was}/{name}") for name in ("d", "e", "own")} == {**texts, "own": "mine\n"}
    run = world.update()
    assert run.code == 0, run.said
    assert {name: world.read(f"t/{name}") for name in ("d", "e", "own", "z")} == {**texts, "own": "mine\n", "z": "new\n"}
    assert world.read("s") == "a file\n" if was == "s" else not (world.project / "a").exists()
