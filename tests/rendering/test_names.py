"""The template's paths become the project's, part by part."""

import pytest

from robot_action.errors import InputError
from robot_action.model.template import Question
from robot_action.model.tree import Entry, Mode
from robot_action.rendering import names
from robot_action.rendering.engine import render
from tests.rendering.samples import ask, make_entry, make_request, problems_of, rendered

FOLDER = Entry(Mode.DIRECTORY)


def yaml(name: str, value: object) -> Question:
    return ask(name, "yaml", default=value)


def test_each_part_is_rendered() -> None:
    assert rendered({"{{ project.name }}/{{ year }}.txt": "x", "plain.txt": "y"}) == {"demo/2031.txt": b"x", "plain.txt": b"y"}


@pytest.mark.parametrize("name", ["{% if false %}a{% endif %}", "{{ '' }}"])
def test_a_part_that_renders_to_nothing_leaves_out_what_is_below(name: str) -> None:
    assert rendered({f"{name}/b/c": "x", f"d/{name}": "x", f"{name}.jinja": "x", "e": "x"}) == {"e": b"x"}


def test_a_brace_alone_is_no_template() -> None:
    assert rendered({"{a}.txt": "x", "a{": "y"}) == {"{a}.txt": b"x", "a{": b"y"}


def test_a_part_may_render_to_several() -> None:
    assert rendered({"{{ package }}/c": "x"}, [ask("package", default="a/b")]) == {"a/b/c": b"x"}


def test_the_suffix_is_dropped_at_the_end_only() -> None:
    assert list(rendered({"a.jinja.txt": "", "b.jinja": "", "{% if true %}c.jinja{% endif %}": "", "d.jinja/e": ""})) == [
        "a.jinja.txt",
        "b",
        "c.jinja",
        "d.jinja/e",
    ]


def test_the_suffix_can_be_another() -> None:
    assert rendered({"a.j2": "{{ year }}", "b.jinja": "{{ year }}"}, suffix=".j2") == {"a": b"2031", "b.jinja": b"{{ year }}"}


def test_a_file_beside_its_template_is_left_out() -> None:
    assert rendered({"a": "old", "a.jinja": "new"}) == {"a": b"new"}


def test_a_file_beside_a_verbatim_or_ignored_template_stays() -> None:
    assert rendered({"a": "old", "a.jinja": "{{"}, verbatim=("*.jinja",)) == {"a": b"old", "a.jinja": b"{{"}
    assert rendered({"a": "old", "a.jinja": "{{"}, ignore=("*.jinja",)) == {"a": b"old"}


def test_an_empty_folder_is_kept() -> None:
    assert rendered({"{{ year }}": FOLDER, "x.jinja": FOLDER, "x": "file"}) == {"2031": b"", "x": b"file", "x.jinja": b""}


def test_an_empty_folder_that_others_fill_is_no_path_of_its_own() -> None:
    assert rendered({"{{ 'a' }}": FOLDER, "a/b": "x", "{{ 'c' }}": FOLDER, "c": FOLDER}) == {"a/b": b"x", "c": b""}


def test_a_folder_whose_files_are_all_left_out_is_not_made() -> None:
    assert rendered({"a/{{ '' }}": "x"}) == {}


class TestYield:
    def test_one_path_is_made_for_each_item_which_its_contents_see(self) -> None:
        files = {"{% yield s from services %}{{ s }}{% endyield %}.yml.jinja": "name: {{ s }}"}
        assert rendered(files, [yaml("services", ["a", "b"])]) == {"a.yml": b"name: a", "b.yml": b"name: b"}

    def test_everything_below_a_folder_sees_the_item(self) -> None:
        files = {
            "{% yield s from xs %}{{ s.n }}{% endyield %}/{{ s.n }}.jinja": "{{ s.v }}",
            "{% yield s from xs %}{{ s.n }}{% endyield %}/x/{{ s.v }}": "",
        }
        assert rendered(files, [yaml("xs", [{"n": "a", "v": 1}, {"n": "b", "v": 2}])]) == {
            "a/a": b"1",
            "a/x/1": b"",
            "b/b": b"2",
            "b/x/2": b"",
        }

    def test_parts_multiply(self) -> None:
        files = {"{% yield a from xs %}{{ a }}{% endyield %}/{% yield b from xs %}{{ a }}{{ b }}{% endyield %}": ""}
        assert list(rendered(files, [yaml("xs", [1, 2])])) == ["1/11", "1/12", "2/21", "2/22"]

    def test_an_item_may_render_to_nothing(self) -> None:
        files = {"{% yield a from xs %}{{ a if a > 1 }}{% endyield %}": ""}
        assert list(rendered(files, [yaml("xs", [1, 2])])) == ["2"]

    def test_no_items_make_no_paths(self) -> None:
        assert rendered({"{% yield a from [] %}{{ a }}{% endyield %}/b": ""}) == {}

    def test_it_may_stand_in_a_condition(self) -> None:
        files = {"{% if xs %}{% yield a from xs %}{{ a }}{% endyield %}{% else %}none{% endif %}": ""}
        assert list(rendered(files, [yaml("xs", [])])) == ["none"]
        assert list(rendered(files, [yaml("xs", ["x"])])) == ["x"]

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("{% yield a from 'text' %}{{ a }}{% endyield %}", "'yield a from' needs a list"),
            ("{% yield a from 3 %}{{ a }}{% endyield %}", "needs a list"),
            ("{% yield a from nope %}{{ a }}{% endyield %}", "'nope' is undefined"),
            ("{% yield a from [1] %}{% endyield %}{% yield b from [1] %}{% endyield %}", "one 'yield' at most"),
            ("{% yield a of [1] %}{% endyield %}", "expected token 'from'"),
            ("{% yield a from [1] %}{{ b }}{% endyield %}", "'b' is undefined"),
        ],
    )
    def test_a_wrong_one_is_told(self, name: str, said: str) -> None:
        (problem,) = problems_of({name: ""})
        assert problem.startswith(f"gh:acme/t: template/{name}")
        assert "in its name: " in problem
        assert said in problem

    def test_the_same_item_twice_makes_the_same_path_twice(self) -> None:
        (problem,) = problems_of({"{% yield a from [1, 1] %}{{ a }}{% endyield %}": ""})
        assert "the path '1' exists twice" in problem

    def test_it_has_no_place_in_contents(self) -> None:
        (problem,) = problems_of({"a.jinja": "\n{% yield a from [1] %}{% endyield %}"})
        assert "template/a.jinja:2: 'yield' belongs into the names" in problem

    def test_too_many_paths_are_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(names, "MAX_PATHS", 50)
        (problem,) = problems_of({"{% yield a from range(51) %}{{ a }}{% endyield %}": ""})
        assert "more than 50 paths" in problem


class TestIgnore:
    def test_patterns_are_gitignores_over_unrendered_paths(self) -> None:
        files = {"a.pyc": "", "b/a.pyc": "", "b/keep.pyc": "", "c/d": "", "e/c/d": "", "{{ year }}": "", "f": FOLDER}
        assert list(rendered(files, ignore=("*.pyc", "!keep.pyc", "/c/", "*year*", "f/"))) == ["b/keep.pyc", "e/c/d"]

    def test_a_pattern_that_is_none_is_told(self) -> None:
        (problem,) = problems_of({"a": ""}, ignore=("!",))
        assert problem.startswith("gh:acme/t: template.yml: ignore: ")


class TestVerbatim:
    def test_what_matches_keeps_name_and_bytes(self) -> None:
        files = {"{{ year }}.jinja": "{{ year }}", "other.jinja": "{{ year }}"}
        assert rendered(files, verbatim=("*year*",)) == {"{{ year }}.jinja": b"{{ year }}", "other": b"2031"}

    def test_the_folders_around_it_are_rendered(self) -> None:
        files = {"{{ year }}/static/{{ a }}/b.jinja": "{{", "{{ year }}/c.jinja": "{{ year }}"}
        assert rendered(files, verbatim=("static/",)) == {"2031/static/{{ a }}/b.jinja": b"{{", "2031/c": b"2031"}

    def test_a_later_pattern_outweighs(self) -> None:
        assert list(rendered({"a.jinja": "", "b.jinja": ""}, verbatim=("*", "!b.jinja"))) == ["a.jinja", "b"]


def test_other_directories_of_the_template_make_nothing() -> None:
    request = make_request({"a": ""}, more={"template.yml": "name: t", "includes/b": "", "template-old/c": ""})
    assert list(render(request).tree) == ["a"]


@pytest.mark.parametrize("directory", ["", "."])
def test_the_template_can_be_its_own_directory(directory: str) -> None:
    request = make_request({}, more={"a.jinja": "{{ year }}"}, directory=directory)
    assert dict(render(request).tree) == {"a": make_entry("2031")}


def test_two_sources_of_one_path_are_named() -> None:
    (problem,) = problems_of({"{{ 'a' }}.txt": "", "a.txt": ""})
    assert problem.endswith(
        "the path 'a.txt' exists twice: 'template/a.txt' and 'template/{{ 'a' }}.txt' both make it".replace(
            "'template/{{ 'a' }}.txt'", repr("template/{{ 'a' }}.txt")
        )
    )


@pytest.mark.parametrize("part", ["..", "/etc", ".git/hooks", ".GIT", "a" * 300, "a//b", "a/../../b", "\n", "C:\\x"])
def test_a_name_that_may_not_be_written_is_refused(part: str) -> None:
    with pytest.raises(InputError) as refused:
        render(make_request({"{{ part }}/x": "x"}, [ask("part", default=part)]))
    (problem,) = refused.value.problems
    assert str(problem.position) == "gh:acme/t: template/{{ part }}/x"


def test_a_name_that_is_not_utf8_is_refused() -> None:
    assert any("is not UTF-8" in problem for problem in problems_of({"{{ '\\ud800' }}": "x"}))


@pytest.mark.parametrize("name", ["{{ '.robot-action.yml' }}", ".Robot-Action.yml", ".robot-action.yml.jinja"])
def test_the_state_file_is_not_the_templates_to_make(name: str) -> None:
    (problem,) = problems_of({name: "x"})
    assert "which robot-action writes itself" in problem


def test_a_name_that_cannot_be_rendered_is_told_once_for_all_files_below() -> None:
    (problem,) = problems_of({"{{ nope }}/a": "", "{{ nope }}/b": ""})
    assert problem == "gh:acme/t: template/{{ nope }}: in its name: 'nope' is undefined"


def test_unicode_names_are_kept() -> None:
    assert list(rendered({"größe/日本.txt": "", "e\u0301.txt": "", "{{ 'ü' }}.jinja": ""})) == ["e\u0301.txt", "größe/日本.txt", "ü"]
