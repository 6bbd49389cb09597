"""One request in, one rendering out."""

from robot_action.model.template import Command, Commands, Start
from robot_action.rendering.engine import render
from tests.rendering.samples import ask, contents, make_request, problems_of


def test_a_whole_template_is_rendered() -> None:
    request = make_request(
        {
            "{{ project.name }}/README.md.jinja": "# {{ title }} by {{ template.name }} {{ template.version }}, {{ year }}\n",
            "logo.png": b"\x89PNG\xff",
        },
        [
            ask("title", default="The {{ project.name }}"),
            ask("key", secret=True, default="k"),
            ask("slug", when=False, default="{{ title|kebab }}"),
        ],
        {"title": "Demo"},
        install=Commands((Command(("uv", "sync", "{{ slug }}")),)),
        start=Start(Command(("serve", "{port}"))),
    )
    rendering = render(request)
    assert contents(rendering) == {"demo/README.md": b"# Demo by t 1.2.0, 2031\n", "logo.png": b"\x89PNG\xff"}
    assert rendering.answers == {"title": "Demo", "key": "k", "slug": "demo"}
    assert rendering.recorded == {"title": "Demo"}
    assert rendering.secret == ("key",)
    assert rendering.defaulted == ("key", "slug")
    assert rendering.install.commands[0].arguments == ("uv", "sync", "demo")
    assert rendering.start == Start(Command(("serve", "{port}")))


def test_rendering_twice_gives_the_same() -> None:
    request = make_request({"a.jinja": "{{ x }}", "{% yield i from [2, 1] %}{{ i }}{% endyield %}": ""}, [ask("x", default="1")])
    assert render(request) == render(request)


def test_without_answers_no_file_is_rendered() -> None:
    (problem,) = problems_of({"a.jinja": "{{ nope }}"}, [ask("a")])
    assert "an answer is missing: a" in problem


def test_problems_without_a_place_come_first() -> None:
    found = problems_of({"a.jinja": "{{ nope }}"}, install=Commands((Command(("{{ nope }}",)),)))
    assert [problem.partition(":")[0] for problem in found] == ["in an install command", "gh"]


def test_a_template_without_files_gives_an_empty_tree() -> None:
    assert len(render(make_request()).tree) == 0
