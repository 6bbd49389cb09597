"""Where the peers' own updates are right, ours give the same; where they are not, ours are.

The scenarios are tables of what the user and the template did; each is updated by the peer's program and by ours, from the same commit.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping

import pytest

from tests.testbed.bare import git
from tests.update.world import World

LINES = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"
EDITED, CHANGED = LINES.replace("two", "TWO"), LINES.replace("seven", "SEVEN")
Files = Mapping[str, str]
BASE = {"both": LINES, "user": LINES, "template": LINES, "gone": "gone\n", "same": "same\n", "deep/x": "x\n"}
USER = {"both": EDITED, "user": EDITED, "own": "own\n", "deep/own": "own\n"}
TEMPLATE = {"both": CHANGED, "user": LINES, "template": CHANGED, "same": "same\n", "deep/x": "y\n", "new": "new\n", "deeper/new": "new\n"}
CONFLICT = {**TEMPLATE, "both": LINES.replace("two", "II")}


def copier(files: Files, more: str = "") -> dict[str, str]:
    return {
        "copier.yml": f"name: demo\n{more}",
        "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml -}}\n",
        "named.txt.jinja": "{{ name }}\n",
        **files,
    }


def cruft(files: Files, more: str = "") -> dict[str, str]:
    made = {f"{{{{ cookiecutter.name }}}}/{path}": text for path, text in {**files, "named.txt": "{{ cookiecutter.name }}\n"}.items()}
    return {"cookiecutter.json": f'{{"name": "demo"{more}}}\n', **made}


def both(world: World, peer: Callable[[], object], code: int = 0) -> tuple[dict[str, str], dict[str, str]]:
    """Return the project as the peer and as we update it."""
    shutil.copytree(world.project, world.root / "copy", symlinks=True)
    peer()
    theirs = world.files()
    shutil.rmtree(world.project)
    (world.root / "copy").rename(world.project)
    run = world.update()
    assert run.code == code, run.said
    return theirs, world.files()


def by_copier(world: World, *options: str) -> Callable[[], object]:
    return lambda: world.peer("copier", "update", "--defaults", "--trust", *options, world.project)


def by_cruft(world: World) -> Callable[[], object]:
    return lambda: world.peer("cruft", "update", "--skip-apply-ask", "--project-dir", world.project)


def begin(world: World, files: Files, user: Files, later: Files) -> None:
    world.set_up(files)
    assert world.render(*(("--cruft",) if "cookiecutter.json" in files else ())).code == 0
    world.commit(files=user)
    world.set_up(later, "v2.0.0")


def test_copier_makes_the_same_of_changes_in_different_places(world: World) -> None:
    begin(world, copier(BASE), USER, copier(TEMPLATE, "more: {type: str, default: all}\n"))
    theirs, ours = both(world, by_copier(world))
    assert ours == theirs
    assert ours["both"] == EDITED.replace("seven", "SEVEN")


def test_cruft_makes_the_same_of_changes_in_different_places(world: World) -> None:
    begin(world, cruft(BASE), USER, cruft(TEMPLATE, ', "more": "all"'))
    theirs, ours = both(world, by_cruft(world))
    assert ours.pop(".cruft.json").split('"context"')[0] == theirs.pop(".cruft.json").split('"context"')[0]
    assert ours == theirs


def test_copier_makes_the_same_conflict_but_for_its_labels(world: World) -> None:
    begin(world, copier(BASE), USER, copier(CONFLICT))
    theirs, ours = both(world, by_copier(world, "--conflict", "inline"), 4)
    assert theirs.pop("both").replace("before updating", "your-project").replace("after updating", "template-v2.0.0") == ours.pop("both")
    assert ours == theirs


def test_copier_leaves_an_unmerged_index_and_we_do_not(world: World) -> None:
    """mjun0812/python-copier-template#41."""
    begin(world, copier(BASE), USER, copier(CONFLICT))
    unmerged = []

    def peer() -> None:
        by_copier(world, "--conflict", "inline")()
        unmerged.append(git(world.project, "ls-files", "--unmerged"))

    both(world, peer, 4)
    assert unmerged != [""]
    assert git(world.project, "ls-files", "--unmerged") == ""


def test_copier_does_not_follow_what_the_template_renamed_and_we_do(world: World) -> None:
    begin(world, copier({"old": LINES}), {"old": EDITED}, copier({"renamed": CHANGED}))
    theirs, ours = both(world, by_copier(world))
    assert theirs["renamed"] == CHANGED, "the user's edit is not in it"
    assert ours["renamed"] == EDITED.replace("seven", "SEVEN")
    assert "old" not in ours


def test_cruft_loses_its_way_in_conflicts_and_we_mark_them(world: World) -> None:
    """cruft/cruft#49: rejected hunks in files of their own."""
    begin(world, cruft(BASE), USER, cruft(CONFLICT))
    theirs, ours = both(world, by_cruft(world), 4)
    assert "<<<<<<< your-project\nTWO\n=======\nII\n>>>>>>> template-v2.0.0\n" in ours["both"]
    assert ours["template"] == CHANGED
    assert not any(path.endswith((".rej", ".orig")) for path in ours)
    assert theirs["both"] != ours["both"]


@pytest.mark.parametrize("kind", ["copier", "cruft"])
def test_each_can_go_on_where_the_other_has_been(world: World, kind: str) -> None:
    make, peer = (copier, by_copier(world)) if kind == "copier" else (cruft, by_cruft(world))
    begin(world, make(BASE), USER, make(TEMPLATE))
    assert world.update().code == 0
    world.commit("Ours")
    world.set_up(make({**TEMPLATE, "new": "newer\n"}), "v3.0.0")
    peer()
    assert world.read("new") == "newer\n"
    world.commit("Theirs")
    world.set_up(make({**TEMPLATE, "new": "newest\n"}), "v4.0.0")
    run = world.update()
    assert run.code == 0, run.said
    assert (world.read("new"), world.read("both")) == ("newest\n", EDITED.replace("seven", "SEVEN"))
