"""Cookiecutter's templates in the worker, which can load nothing and open no file once it has read the request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from robot_action.clients.isolation.renderer import WorkerRenderer
from robot_action.errors import InputError
from robot_action.model.template import Rendering
from robot_action.rendering.request import modules_for, zones_for
from tests.oracles.cookiecutter_peer import by_cookiecutter, request_for, template
from tests.oracles.trees import DIRECTORY, link, make_tree, program, write

EVERYTHING: dict[str, Any] = template(
    {
        "zones": "{% now 'Europe/Berlin', '%c %Z' %} {% now cookiecutter.zone, '%H %Z' %} {% now '+03:00', '%H' %}",
        "shifted": "{% now 'utc' + 'months=1' %} {% now 'utc' - 'days=1.5', '%d' %} {{ random_ascii_string(0) }}",
        "slug": "{{ 'Größe 影 ☃'|slugify }} {{ cookiecutter.name|slugify(separator='_') }} {{ {'a': 1}|jsonify }}",
        "text.txt": "Größe\r\n{{cookiecutter.name}}\r\n",
        "japanese": "日本語のテキスト 日本語\n".encode("shift_jis"),
        "picture.png": b"\x89PNG {{",
        "binary": bytes(range(256)),
        "link": link("text.txt"),
        "folder/{{cookiecutter.name}}/p": program("{% include 'shared' %}"),
        "empty": DIRECTORY,
        "macro": "{% macro m(x) %}{{ x }}{% endmacro %}{{ m('\\u00e9') }}{{ {'b': [1]}|pprint }}{{ 'a'|urlize }}{{ '%.2f'|format(2) }}",
        "/templates/shared": "shared\n",
        "/hooks/post_gen_project.sh": "echo {{cookiecutter.name}} é\n",
    },
    name="My Name",
    zone="America/New_York",
    _copy_without_render=["*.none"],
)


def test_everything_is_loaded_beforehand(tmp_path: Path) -> None:
    place, tree = tmp_path / "template", make_tree(EVERYTHING)
    write(tree, place)
    theirs = by_cookiecutter(place, tmp_path / "out")
    ours = WorkerRenderer().render(request_for(tree, place))
    assert not isinstance(theirs, Exception)
    assert dict(ours.tree) == theirs.entries
    assert ours.folder == "demo"
    assert [task.script for task in ours.tasks] == [(".sh", "echo My Name é\n".encode())]
    assert ours.answers["zone"] == "America/New_York"
    assert list(ours.replay["cookiecutter"]) == ["slug", "name", "zone", "_copy_without_render", "_template", "_checkout"]


def rendered(files: dict[str, Any]) -> Rendering:
    return WorkerRenderer().render(request_for(make_tree(files), Path("/template")))


def test_jinja_that_makes_words_and_random_values_needs_no_file() -> None:
    made = rendered(template({"x": "{{ lipsum(1) }} {{ [5]|random }} {{ uuid4() }} {{ random_ascii_string(3, punctuation=True) }}"}))
    assert made.tree["x"].content.startswith(b"<p>")


def test_a_zone_that_was_not_to_be_foreseen_is_an_error() -> None:
    with pytest.raises(InputError, match=r"\{\{cookiecutter\.slug\}\}/x:1: "):
        rendered(template({"x": "{% now 'Europe/' ~ 'Oslo' %}"}))


def test_problems_come_back() -> None:
    with pytest.raises(InputError, match="'nothing' is undefined"):
        rendered(template({"x": "{{ nothing }}"}))


def test_only_what_is_needed_is_loaded() -> None:
    plain, others = (request_for(make_tree(template({"x": text})), Path("/template")) for text in ("x", "{{ 'x'|slugify }}{% now 'utc' %}"))
    assert modules_for(plain) == ("robot_action.rendering.cookiecutter",)
    assert zones_for(plain) is None
    assert modules_for(others) == ("robot_action.rendering.cookiecutter", "slugify", "text_unidecode")
    assert zones_for(others) == ("utc",)
