"""Files are followed to where the template moves them, whatever is in them."""

from __future__ import annotations

import pytest

from tests.update.world import World

COPIER = {
    "copier.yml": "name: demo\n",
    "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml -}}\n",
    "{{ name }}/__init__.py": "",
    "{{ name }}/VERSION.jinja": "{{ name }} 1\n",
    "{{ name }}/sub/__init__.py": "",
}
COOKIECUTTER = {
    "cookiecutter.json": '{"slug": "project", "name": "demo"}\n',
    "{{ cookiecutter.slug }}/{{ cookiecutter.name }}/__init__.py": "",
    "{{ cookiecutter.slug }}/{{ cookiecutter.name }}/VERSION": "{{ cookiecutter.name }} 1\n",
    "{{ cookiecutter.slug }}/{{ cookiecutter.name }}/sub/__init__.py": "",
}
NATIVE = {
    "template.yml": "name: tiny\nquestions:\n  name: {type: str, default: demo}\n",
    "template/{{ name }}/__init__.py": "",
    "template/{{ name }}/VERSION.jinja": "{{ name }} 1\n",
    "template/{{ name }}/sub/__init__.py": "",
}
LINES = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"
EDITS = {"demo/__init__.py": "mine = 1\n", "demo/own.py": "own = 1\n", "demo/sub/own.py": "own = 2\n"}
FORMATS = pytest.mark.parametrize("files", [COPIER, COOKIECUTTER, NATIVE], ids=["copier", "cookiecutter", "native"])


def begin(world: World, files: dict[str, str]) -> None:
    world.set_up(files)
    assert world.render(*(("--cruft",) if "cookiecutter.json" in files else ())).code == 0
    world.commit(files=EDITS)


def assert_moved(world: World, where: str, version: str) -> None:
    found = {path: text for path, text in world.files().items() if not path.startswith(".")}
    assert found == {
        f"{where}/__init__.py": "mine = 1\n",
        f"{where}/VERSION": version,
        f"{where}/own.py": "own = 1\n",
        f"{where}/sub/__init__.py": "",
        f"{where}/sub/own.py": "own = 2\n",
    }


@FORMATS
def test_an_answer_that_names_a_folder_takes_the_users_edits_and_files_along(world: World, files: dict[str, str]) -> None:
    begin(world, files)
    planned = world.update("-d", "name=other", "--dry-run")
    assert "moves demo/own.py to other/own.py" in planned.said
    assert "removes demo" not in planned.said
    run = world.update("-d", "name=other")
    assert run.code == 0, run.said
    assert_moved(world, "other", "other 1\n")
    assert "demo/own.py is other/own.py now: the template moved its folder" in run.said
    assert "demo/__init__.py is other/__init__.py now: the template moved it\n" in run.said
    assert "moved: 5; removed: 0" in run.said


@FORMATS
def test_a_folder_that_the_template_moves_takes_them_along(world: World, files: dict[str, str]) -> None:
    begin(world, files)
    folder = "{{ cookiecutter.name }}/" if "cookiecutter.json" in files else "{{ name }}/"
    world.set_up({path.replace(folder, f"src/{folder}"): text.replace(" 1\n", " 2\n") for path, text in files.items()}, "v2.0.0")
    run = world.update()
    assert run.code == 0, run.said
    assert_moved(world, "src/demo", "demo 2\n")


@pytest.mark.parametrize("policy", ["markers", "project", "template"])
def test_own_files_that_would_meet_at_one_place_stay_where_they_are(world: World, policy: str) -> None:
    rest = {path: text for path, text in COPIER.items() if "{{ name }}" not in path}
    tests = {f"{name}.py": "".join(f"{name} {number}\n" for number in range(9)) for name in ("x", "y")}
    world.set_up({**rest, "tests/unit/x.py": tests["x.py"], "tests/integration/y.py": tests["y.py"]})
    assert world.render().code == 0
    mine = {f"tests/{kind}/conftest.py": f"{kind} = 1\n" for kind in ("unit", "integration")}
    world.commit(files=mine)
    moved = {f"tests/{name}": text for name, text in tests.items()}
    world.set_up({**rest, **moved}, "v2.0.0")
    run = world.update("--conflict", policy)
    assert run.code == 0, run.said
    assert {path: text for path, text in world.files().items() if path != ".copier-answers.yml"} == {**mine, **moved}
    assert "tests/unit/conftest.py stays there, although the template moved its folder: tests/conftest.py is for something else" in run.said


def test_what_the_user_deleted_stays_deleted_where_the_template_moves_it(world: World) -> None:
    begin(world, COPIER)
    (world.project / "demo/sub/__init__.py").unlink()
    world.commit("Deleted")
    run = world.update("-d", "name=other")
    assert run.code == 0, run.said
    assert not (world.project / "other/sub/__init__.py").exists()


@pytest.mark.parametrize("text", ["", '"""Code."""\n'])
def test_a_folder_that_goes_and_one_that_comes_are_two_though_files_with_nothing_in_them_are_alike(world: World, text: str) -> None:
    rest = {path: text for path, text in COPIER.items() if "{{ name }}" not in path}
    before, after = ("".join(f"{word} {number}\n" for number in range(20)) for word in ("old", "new"))
    world.set_up({**rest, "a/__init__.py": text, "a/core.py": before, "logs/.gitkeep": text})
    assert world.render().code == 0
    mine = {"a/__init__.py": f"{text}mine = 1\n", "a/own.py": "own = 1\n", "logs/own.txt": "own\n"}
    world.commit(files=mine)
    world.set_up({**rest, "b/__init__.py": text, "b/engine.py": after, "cache/.gitkeep": text}, "v2.0.0")
    run = world.update()
    assert run.code == 4, run.said
    assert "conflict in a/__init__.py: deleted by the template, changed in the project" in run.said
    found = {path: text for path, text in world.files().items() if path != ".copier-answers.yml"}
    assert found == {**mine, "b/__init__.py": text, "b/engine.py": after, "cache/.gitkeep": text}


@pytest.mark.parametrize("later", [LINES, f"{LINES}more\n"], ids=["as it was", "changed"])
@pytest.mark.parametrize("new", ["tox-new.ini", "build/tox.ini"])
@pytest.mark.parametrize("mine", ["", "mine\n"], ids=["untouched", "edited"])
def test_a_file_that_the_template_moves_to_where_the_project_ignores_it_stays(world: World, new: str, later: str, mine: str) -> None:
    world.set_up({**COPIER, "tox.ini": LINES})
    assert world.render().code == 0
    world.commit(files={".gitignore": "tox-new.ini\nbuild/\n", "tox.ini": f"{mine}{LINES}"})
    world.set_up({**COPIER, new: later}, "v2.0.0")
    run = world.update()
    assert (run.code, world.read("tox.ini")) == (0, f"{mine}{later}"), run.said
    assert not (world.project / new).exists()
    assert f"tox.ini stays there, although the template moved it: git ignores {new} in the project" in " ".join(run.said.split())
