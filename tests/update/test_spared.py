"""An update renders only what the template's change can touch; what comes of it is as if it had rendered everything."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.update.world import World

LINES = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"
COPIER = {
    "copier.yml": "name: demo\nwants_more: true\n",
    "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml -}}\n",
    "changed.txt.jinja": f"{{{{ name }}}}\n{LINES}",
    "same.txt.jinja": f"{{{{ name }}}} is the same\n{LINES}",
    "moved.txt.jinja": f"{{{{ name }}}} moves\n{LINES}",
    "gone.txt.jinja": f"{{{{ name }}}} is deleted\n{LINES}",
    "in/{{ name }}.txt.jinja": f"{{{{ name }}}} has a name\n{LINES}",
    "{% if wants_more %}more.txt{% endif %}.jinja": f"{{{{ name }}}} has more\n{LINES}",
}
CHANGED = {"changed.txt.jinja": f"{{{{ name }}}}\n{LINES.replace('seven', 'SEVEN')}"}
MINE = LINES.replace("two", "TWO")
EDITS = {"changed.txt": f"demo\n{MINE}", "same.txt": f"demo is the same\n{MINE}", "in/demo.txt": f"demo has a name\n{MINE}"}


def updated(world: World, files: Mapping[str, str], *arguments: str) -> dict[str, str]:
    world.set_up(COPIER)
    assert world.render().code == 0
    for path, text in EDITS.items():
        (world.project / path).write_text(text)
    (world.project / "gone.txt").unlink()
    (world.project / "moved.txt").rename(world.project / "elsewhere.txt")
    world.commit()
    world.set_up({**COPIER, **files}, "v2.0.0")
    run = world.update(*arguments)
    assert run.code == 0, run.said
    return {path: text for path, text in world.files().items() if not path.startswith(".")}


def test_what_the_user_has_stays_as_it_is(world: World) -> None:
    files = updated(world, CHANGED)
    assert files["changed.txt"] == f"demo\n{MINE.replace('seven', 'SEVEN')}"
    assert (files["same.txt"], files["in/demo.txt"]) == (EDITS["same.txt"], EDITS["in/demo.txt"])
    assert "gone.txt" not in files
    assert "moved.txt" not in files
    assert files["elsewhere.txt"] == f"demo moves\n{LINES}"


def test_names_follow_answers_that_are_given_anew(world: World) -> None:
    files = updated(world, CHANGED, "-d", "name=other", "-d", "wants_more=false")
    assert files["in/other.txt"] == f"other has a name\n{MINE}"
    assert "in/demo.txt" not in files
    assert "more.txt" not in files


@pytest.mark.parametrize("wants", ["true", "false"])
def test_a_name_that_hangs_on_an_answer_comes_and_goes(world: World, wants: str) -> None:
    files = updated(world, CHANGED, "-d", f"wants_more={wants}")
    assert ("more.txt" in files) is (wants == "true")


def test_what_the_user_deleted_stays_deleted_where_only_a_rendering_tells_its_name(world: World) -> None:
    world.set_up(COPIER)
    assert world.render().code == 0
    (world.project / "in/demo.txt").unlink()
    world.commit()
    world.set_up({**COPIER, **CHANGED}, "v2.0.0")
    run = world.update()
    assert run.code == 0, run.said
    assert "in/demo.txt" not in world.files()
    assert world.read("changed.txt").endswith("SEVEN\n")
    assert world.read("same.txt") == f"demo is the same\n{LINES}"
