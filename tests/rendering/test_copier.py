from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from robot_action.clients.isolation.renderer import WorkerRenderer
from robot_action.errors import Position
from robot_action.model.template import Specification
from robot_action.model.tree import Entry, Mode
from robot_action.rendering.copier import prepare
from robot_action.rendering.engine import render
from tests.rendering.copier_samples import ANSWERS, AROUND, copied, copier_request, refusals
from tests.rendering.samples import contents, make_request

EVERYTHING = """
_envops: {trim_blocks: true}
_exclude: [copier.yml, '*.bak', '{{ name }}.no']
_skip_if_exists: ['keep*', 'd/']
_external_data: {parent: '{{ file }}'}
_answers_file: .{{ name }}.yml
_message_before_copy: Before {{ name }}{{ _copier_phase }}
_message_after_copy: After {{ name }}{{ _copier_phase }}
_message_after_update: Updated
_tasks:
  - echo {{ name }}
  - [git, 'commit {{ name }}']
  - {command: 'x {{ _stage }} {{ _copier_operation }}', when: '{{ wanted }}', working_directory: '{{ name }}'}
  - {command: never, when: '{{ not wanted }}'}
file: p.yml
name: demo
wanted: true
day: 2020-01-01
many: {type: str, multiselect: true, choices: '[a, {{ name }}]', default: '[demo]'}
more: {type: yaml, default: '{a: [1, é]}'}
json: {type: json, default: '{"k": null}'}
secret: {type: str, default: s3cret, secret: true}
hidden: {type: str, default: '{{ secret }}', when: false}
"""
FILES = {
    **ANSWERS,
    "a.jinja": (
        "{{ more|to_json }}{{ more|to_nice_yaml }}{{ '2020-01-01 10:00:00'|to_datetime }}{{ '%Y-%m-%d'|strftime }}{{ now().year }}"
        "{{ make_secret()|length }}{{ [1, 2, 3]|random }}{{ 100|ans_random }}{{ [1, 2]|shuffle }}{{ '52:54'|random_mac|length }}"
        "{{ 'a'|hash('sha512')|length }}{{ lipsum(1)|length > 9 }}{{ _external_data.parent.x }}{{ 'é'|quote }}{{ 'a'|to_uuid }}"
        "{{ '1: 2'|from_yaml }}{{ 'x'|regex_replace('x', 'y') }}{{ day|to_json }}{{ {'a': day}|to_yaml }}"
    ),
    "keep.me": "x",
    "d/e": "y",
    "old.bak": "",
    "demo.no": "",
}


def test_a_template_with_everything() -> None:
    rendering = copied(EVERYTHING, FILES, moment=1e9, surroundings=replace(AROUND, files={"p.yml": b"x: 42\n"}))
    assert set(rendering.tree) == {".demo.yml", "a", "keep.me", "d/e"}
    assert b"42" in rendering.tree["a"].content
    assert b"2001-09-09" in rendering.tree["a"].content
    assert rendering.answers_file == ".demo.yml"
    assert rendering.kept == {"keep.me", "d/e"}
    assert rendering.messages == {"before_copy": "Before undefined", "after_copy": "After demoundefined"}
    assert rendering.secret == ("secret",)
    assert not {"secret", "hidden", "day"} & set(rendering.recorded)
    assert rendering.answers["day"] == "2020-01-01"


def test_a_worker_that_can_load_nothing_renders_the_same() -> None:
    request = copier_request(EVERYTHING, FILES, moment=1e9, surroundings=replace(AROUND, files={"p.yml": b"x: 42\n"}))
    assert WorkerRenderer().render(request) == render(request)


def test_tasks_are_rendered_and_those_that_are_not_wanted_left_out() -> None:
    tasks = copied(EVERYTHING, FILES).tasks
    assert [task.command for task in tasks] == ["echo demo", ("git", "commit demo"), "x task copy"]
    assert [task.folder for task in tasks] == ["", "", "demo"]
    assert all(task.environment == {"STAGE": "task", "COPIER_OPERATION": "copy"} for task in tasks)
    assert tasks[0].position == Position("gh:acme/t: copier.yml", 11, 5)


def test_an_update_has_messages_and_tasks_of_its_own() -> None:
    rendering = copied(EVERYTHING, FILES, surroundings=replace(AROUND, operation="update"))
    assert rendering.messages == {"after_update": "Updated"}
    assert rendering.tasks[-1].command == "x task update"


def test_what_cannot_be_rendered_is_told_together() -> None:
    specification = "_tasks: ['{{ a.b.c }}', {command: x, when: '{{ d.e.f }}'}]\n_message_after_copy: '{{ g.h.i }}'\nq: 1"
    said = refusals(specification, {"f.jinja": "{{ j.k.l }}", "{{ m.n.o }}": ""})
    assert [line.split(": ", 1)[1].split("\n")[0] for line in said] == [
        "copier.yml:1:10: in a task: 'a' is undefined",
        "copier.yml:1:25: in a task: 'd' is undefined",
        "copier.yml:2:1: in a message: 'g' is undefined",
        "f.jinja:1:4: 'j' is undefined",
        "{{ m.n.o }}: in its name: 'm' is undefined",
    ]


@pytest.mark.parametrize("setting", ["_exclude", "_skip_if_exists"])
def test_patterns_that_are_none_are_told(setting: str) -> None:
    assert refusals(f"{setting}: ['{{{{ x.y.z }}}}']", {"a": ""})[0].startswith("gh:acme/t: copier.yml:1:1: ")
    assert refusals(f"{setting}: ['!']", {"a": ""})[0].startswith(f"gh:acme/t: copier.yml:1:1: {setting}: ")


def test_what_is_not_rendered_is_the_templates_own_entry() -> None:
    request = copier_request("q: 1", {"raw": "x" * 100, "same.jinja": "no tags\n"})
    tree = render(request).tree
    assert tree["raw"] is request.tree["raw"]
    assert tree["same"] is request.tree["same.jinja"]


def test_a_followed_link_of_a_template_in_git_makes_no_executable_file() -> None:
    files = {"x": Entry(Mode.EXECUTABLE, b"1"), "l": Entry(Mode.LINK, b"x")}
    assert copied("q: 1", files).tree["l"].mode is Mode.FILE
    assert copied("q: 1", files, surroundings=replace(AROUND, commit="")).tree["l"].mode is Mode.EXECUTABLE


def test_no_file_of_the_machine_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret.yml").write_text("x: leaked")
    around = replace(AROUND, destination=str(tmp_path))
    rendering = copied("_external_data: {p: secret.yml}", {"a.jinja": "{{ _external_data.p }}"}, surroundings=around)
    assert contents(rendering)["a"] == b"{}"


def test_another_formats_settings_are_a_bug() -> None:
    with pytest.raises(TypeError):
        prepare(replace(make_request(), specification=Specification("t")))
