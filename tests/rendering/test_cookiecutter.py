from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from robot_action.errors import Position
from robot_action.model.cookiecutter import CookiecutterSettings
from robot_action.model.surroundings import Surroundings
from robot_action.model.template import Rendering, RenderRequest
from robot_action.model.tree import Entry, Mode
from robot_action.parsing.formats.recognise import read_specification
from robot_action.rendering.cookiecutter import prepare
from robot_action.rendering.engine import render
from robot_action.rendering.frames import Frame, ProtocolError, join_frame
from robot_action.rendering.response import decode_response, encode_rendering
from tests.rendering.samples import contents, make_tree, problems

TOP = "{{cookiecutter.slug}}"


def request(files: dict[str, Any], data: dict[str, Any] | None = None, **variables: Any) -> RenderRequest:
    """Return a request for a template; paths that begin with ``/`` are beside the template folder."""
    inside = {f"{TOP}/{path}" if not path.startswith("/") else path[1:]: content for path, content in files.items()}
    tree = make_tree({"cookiecutter.json": json.dumps({"slug": "demo", **variables}), **inside})
    specification = read_specification(tree, "gh:acme/t", data)
    around = Surroundings(source="gh:acme/t", ref="v1", destination="/out/project", folder="/template")
    return RenderRequest(specification, tree, data or {}, {}, "", 2031, "gh:acme/t: cookiecutter.json", surroundings=around, seed="s")


def made(files: dict[str, Any], data: dict[str, Any] | None = None, **variables: Any) -> Rendering:
    return render(request(files, data, **variables))


class TestTheContext:
    def test_it_tells_where_the_template_is_from_and_where_the_project_goes(self) -> None:
        text = "{{cookiecutter._template}} {{cookiecutter._checkout}} {{cookiecutter._output_dir}} {{cookiecutter._repo_dir}}"
        assert contents(made({"a": text})) == {"a": b"gh:acme/t v1 /out /template"}

    def test_what_names_the_machine_is_not_remembered(self) -> None:
        replay = made({"a": ""}, name="{{cookiecutter.slug}}2").replay
        assert replay == {
            "cookiecutter": {"slug": "demo", "name": "demo2", "_template": "gh:acme/t", "_checkout": "v1"},
            "_cookiecutter": {"slug": "demo", "name": "{{cookiecutter.slug}}2"},
        }

    def test_what_templates_change_in_it_is_not_remembered(self) -> None:
        rendering = made({"a": "{{ cookiecutter.update({'slug': 'x'}) }} {{ cookiecutter._l.append(1) }} {{cookiecutter._l}}"}, _l=[])
        assert contents(rendering) == {"a": b"None None [1]"}
        assert rendering.replay["cookiecutter"] == {"slug": "demo", "_l": [], "_template": "gh:acme/t", "_checkout": "v1"}
        assert rendering.answers == {"slug": "demo", "_l": []}

    @pytest.mark.parametrize("value", ["range(3)", "'\\ud800'", "cookiecutter"])
    def test_what_no_replay_file_can_hold_is_refused(self, value: str) -> None:
        found = problems(request({"a": ""}, b=f"{{{{ cookiecutter.update({{'n': {value}}}) }}}}"))
        assert found[0].startswith("gh:acme/t: cookiecutter.json: the variables become what no replay file can hold: ")

    def test_a_folder_of_this_machine_is_told_to_files_and_not_to_hooks(self) -> None:
        asked = request({"a": "{{cookiecutter._repo_dir}}", "/hooks/post_gen_project.sh": "{{cookiecutter._repo_dir}}"})
        rendering = render(replace(asked, surroundings=replace(asked.surroundings, local="/home/t")))
        assert contents(rendering) == {"a": b"/home/t"}
        assert rendering.tasks[0].script == (".sh", b"/template")

    def test_crufts_knows_source_and_commit_and_nothing_of_this_machine(self) -> None:
        text = "{{cookiecutter._template}} {{cookiecutter._commit}} {{'_output_dir' in cookiecutter}} {{'_repo_dir' in cookiecutter}}"
        asked = request({"a": text})
        around = replace(asked.surroundings, is_crufts=True, commit="4f0c", local="/home/t")
        rendering = render(replace(asked, surroundings=around))
        assert contents(rendering) == {"a": b"gh:acme/t 4f0c False False"}
        assert rendering.replay["cookiecutter"] == {"slug": "demo", "_template": "gh:acme/t", "_commit": "4f0c"}

    def test_answers_are_told_with_private_ones_and_recorded_without(self) -> None:
        rendering = made({"a": ""}, {"name": "given"}, name="n", _raw=["{{ x }}"], __hidden="{{cookiecutter.name}}!", other=3)
        assert rendering.answers == {"slug": "demo", "name": "given", "_raw": ["{{ x }}"], "__hidden": "given!", "other": "3"}
        assert rendering.recorded == {"slug": "demo", "name": "given", "other": "3"}
        assert (rendering.defaulted, rendering.secret) == (("slug", "other"), ())

    def test_answers_that_nobody_asked_for_are_told_of(self) -> None:
        rendering = made({"a": ""}, {"nmae": "x", "template": "y"})
        assert rendering.messages == {"before_copy": "The template has no variable 'nmae': that answer counts nothing."}

    def test_only_its_own_settings_are_taken(self) -> None:
        asked = request({"a": ""})
        with pytest.raises(TypeError):
            prepare(replace(asked, specification=replace(asked.specification, settings=None)))


HOOKS = {
    "a": "{{ cookiecutter.update({'slug': 'changed'}) }}",
    "/hooks/pre_gen_project.py": "print('{{cookiecutter.slug}}')\r\n",
    "/hooks/post_gen_project.sh": "echo {{cookiecutter.slug}}\n",
    "/hooks/pre_prompt.py": "print({{ not Jinja",
}


class TestHooks:
    def test_they_are_rendered_before_and_after_the_files(self) -> None:
        before, after = made(HOOKS).tasks
        assert (before.before, before.script, before.command) == (True, (".py", b"print('demo')\n"), ())
        assert (after.before, after.script) == (False, (".sh", b"echo changed\n"))
        assert before.position == Position("gh:acme/t: hooks/pre_gen_project.py")

    def test_those_that_are_left_out_are_not_even_rendered(self) -> None:
        assert render(replace(request({**HOOKS, "/hooks/post_gen_project.py": "{{ nothing }}"}), skip_tasks=True)).tasks == ()

    def test_a_link_is_followed_to_the_hook(self) -> None:
        files = {"a": "", "/hooks": Entry(Mode.LINK, b"scripts"), "/scripts/pre_gen_project.py": Entry(Mode.LINK, b"../real"), "/real": "1"}
        (task,) = made(files).tasks
        assert task.script == (".py", b"1")

    def test_several_of_one_name_run_in_their_order(self) -> None:
        rendering = made({"a": "", "/hooks/pre_gen_project.sh": "2", "/hooks/pre_gen_project.py": "1"})
        assert [task.script for task in rendering.tasks] == [(".py", b"1"), (".sh", b"2")]

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ("\n{{ nothing }}", "gh:acme/t: hooks/pre_gen_project.py: 'nothing' is undefined"),
            (b"\xff", "gh:acme/t: hooks/pre_gen_project.py: the hook is not UTF-8"),
            ("{{ '\\ud800' }}", "gh:acme/t: hooks/pre_gen_project.py: the hook is not UTF-8"),
        ],
    )
    def test_one_that_cannot_be_rendered_is_told(self, content: str | bytes, said: str) -> None:
        assert problems(request({"a": "", "/hooks/pre_gen_project.py": content}))[0].startswith(said)


class TestTheProjectsFolder:
    def test_its_name_is_rendered(self) -> None:
        assert made({"a": ""}, slug="x y").folder == "x y"

    @pytest.mark.parametrize("name", ["", "/etc/x", "../x", "a/../../b", ".git", "a//b", "x\n"])
    def test_a_name_that_may_not_be_written_is_refused(self, name: str) -> None:
        found = problems(request({"a": ""}, slug=name))
        assert [text for text in found if text.startswith(f"gh:acme/t: {TOP}: the project's name")]

    def test_one_that_cannot_be_rendered_is_told(self) -> None:
        asked = request({"a": ""})
        settings = asked.specification.settings
        assert isinstance(settings, CookiecutterSettings)
        wrong = replace(settings, folder="{{cookiecutter.nothing}}")
        tree = make_tree({"{{cookiecutter.nothing}}/a": ""})
        found = problems(replace(asked, tree=tree, specification=replace(asked.specification, settings=wrong)))
        assert "{{cookiecutter.nothing}}: in its name: " in found[0]


def test_every_problem_of_a_template_is_told_with_its_place() -> None:
    found = problems(request({"a": "\n{{ x }}", "b/{{ y }}": "", "c": b"\n\xe9\xe8 text", "{{ z }}/d": "", "e": "ok"}))
    assert [text.split("\n")[0] for text in found] == [
        f"gh:acme/t: {TOP}/a:2:4: 'x' is undefined",
        f"gh:acme/t: {TOP}/b/{{{{ y }}}}: in its name: 'y' is undefined",
        f"gh:acme/t: {TOP}/c:2: it is not UTF-8: byte 0xe9 at offset 1",
        f"gh:acme/t: {TOP}/{{{{ z }}}}: in its name: 'z' is undefined",
    ]


def test_of_answers_only_those_are_told_that_fail_by_themselves() -> None:
    found = problems(request({"a": ""}, b="{{cookiecutter.nothing}}", c="{{cookiecutter.b}}", d="{{", e=[]))
    assert [text.split("\n")[0] for text in found] == [
        "gh:acme/t: cookiecutter.json:1:18: 'b': 'collections.OrderedDict object' has no attribute 'nothing'",
        "gh:acme/t: cookiecutter.json:1:78: 'd': unexpected 'end of template'",
        "gh:acme/t: cookiecutter.json:1:89: the list of choices is empty",
    ]


def test_an_answer_that_is_not_utf_8_is_refused() -> None:
    assert problems(request({"a": ""}, b="{{ '\\ud800' }}")) == ["gh:acme/t: cookiecutter.json:1:18: what it renders to is not UTF-8"]


def test_what_renders_to_no_utf_8_is_refused() -> None:
    assert problems(request({"a": "{{ '\\ud800' }}"})) == [f"gh:acme/t: {TOP}/a: what it renders to is not UTF-8"]


def test_a_random_text_does_not_grow_for_ever() -> None:
    assert "the text of 'random_ascii_string' would be too long" in problems(request({"a": "{{ random_ascii_string(10**9) }}"}))[0]


class TestTheWayBack:
    """What a worker sends is read as if an attacker had sent it."""

    ASKED = request({**HOOKS, "b.png": b"\x89"}, {"nobody": 1}, name="{{cookiecutter.slug}}2", _raw={"a": [1, None]}, __hidden="x")

    def sent(self, **changes: object) -> bytes:
        frame = Frame(encode_rendering(render(self.ASKED), self.ASKED))
        assert isinstance(frame.header, dict)
        content = frame.take(sum(entry[3] for entry in frame.header["tree"]))
        return join_frame({**frame.header, **changes}, [content])

    def test_a_rendering_comes_back_as_it_was(self) -> None:
        ours, back = render(self.ASKED), decode_response(self.sent(), self.ASKED)
        assert back == ours
        assert list(back.replay["cookiecutter"]) == list(ours.replay["cookiecutter"])

    @pytest.mark.parametrize(
        "changes",
        [
            {"folder": "../x"},
            {"folder": "/etc"},
            {"folder": ".git"},
            {"folder": 5},
            {"folder": "\ud800"},
            {"replay": []},
            {"replay": {"cookiecutter": "\ud800"}},
            {"answers": {"other": "x"}},
            {"recorded": ["__nothing"]},
            {"messages": {"before_copy": 5}},
            {"more": ""},
        ],
        ids=str,
    )
    def test_what_does_not_keep_to_the_protocol_is_refused(self, changes: dict[str, object]) -> None:
        with pytest.raises(ProtocolError):
            decode_response(self.sent(**changes), self.ASKED)
