"""A request crosses to the worker whole, without the bytes that rendering cannot need."""

import io
from dataclasses import replace

import pytest

from robot_action.errors import Position
from robot_action.model.cookiecutter import CookiecutterSettings
from robot_action.model.template import Choice, Command, Commands, Readiness, ReadinessKind, RenderRequest, Specification, Start
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.rendering.request import decode_request, encode_request, modules_for
from tests.rendering.samples import AT, ask, make_request

BINARY = b"\x00binary" * 10


def sent(request: RenderRequest) -> dict[str, bytes]:
    """Return what the worker knows of the tree."""
    return {path: entry.content for path, entry in decode_request(io.BytesIO(encode_request(request))).tree.items()}


def test_a_request_comes_back_as_it_was() -> None:
    questions = [
        ask("a", "int", default=3, help="h", validator="v", when="{{ x }}"),
        ask("b", choices=(Choice("l", {"k": [1, None]}, "v"),), multiselect=True, secret=True),
        ask("c", "yaml", choices="[{{ a }}]", default=None, when=False),
    ]
    start = Start(Command(("x", "{port}"), Position("f", 2)), Readiness(ReadinessKind.PORT, "v"))
    request = make_request(
        {"a.jinja": "x", "b\udcff.jinja": Entry(Mode.EXECUTABLE, b"\xff"), "l": Entry(Mode.LINK, b"a"), "e": Entry(Mode.DIRECTORY)},
        questions,
        {"a": 1, "b": ["\ud800"], "x": {"y": 1.5}},
        install=Commands((Command(("a", "b c"), AT), Command(("d",)))),
        start=start,
        ignore=("*.pyc",),
        verbatim=("x", "!y"),
    )
    request = replace(request, places={"a": Position("m.yml", 3, 5), "b": Position("--data b")})
    assert decode_request(io.BytesIO(encode_request(request))) == request


def test_only_what_rendering_reads_is_sent() -> None:
    files = {"a.jinja": "{{ x }}", "big.bin": BINARY, "l": Entry(Mode.LINK, b"a"), "e": Entry(Mode.DIRECTORY)}
    assert sent(make_request(files, more={"docs/x.md": "x", "template.yml": "name: t"})) == {
        "template/a.jinja": b"{{ x }}",
        "template/big.bin": b"",
        "template/e": b"",
        "template/l": b"a",
    }


@pytest.mark.parametrize("tag", ["{% include 'x' %}", "{%- import 'x' as x %}", "{%+ extends 'x' %}", "{%\u00a0\r\n from 'x' import y %}"])
def test_everything_is_sent_where_a_file_can_be_loaded(tag: str) -> None:
    more: dict[str, Entry | str | bytes] = {"shared/x": "x"}
    expected = {"template/b.bin": BINARY, "shared/x": b"x"}
    assert sent(make_request({"a.jinja": f"text {tag}", "b.bin": BINARY}, more=more)).items() >= expected.items()
    assert sent(make_request({tag: "", "b.bin": BINARY}, more=more)).items() >= expected.items()
    assert sent(make_request({"b.bin": BINARY}, [ask("q", default=[{"k": tag}])], more=more)).items() >= expected.items()
    assert sent(make_request({"b.bin": BINARY}, install=Commands((Command(("x", tag)),)), more=more)).items() >= expected.items()


def spared(files: dict[str, str | Entry], **more: str) -> dict[str, bytes]:
    """Return what the worker knows of a template of Cookiecutter's with a file that need not be rendered."""
    tree = Tree({path: Entry(Mode.FILE, text.encode()) if isinstance(text, str) else text for path, text in files.items()})
    specification = Specification("t", settings=CookiecutterSettings(folder="p"))
    request = RenderRequest(specification, tree, {}, {}, "", 2000, "", spared=frozenset({"p/spared"}), place=more.get("place", ""))
    return sent(request)


def test_what_need_not_be_rendered_is_not_sent() -> None:
    files: dict[str, str | Entry] = {"p/spared": "{{ x }}", "p/other": "{{ y }}", "p/plain": "z"}
    assert spared(files) == {"p/spared": b"", "p/other": b"{{ y }}", "p/plain": b"z"}


@pytest.mark.parametrize(
    "more",
    [{"p/loads": "{% include 'p/spared' %}"}, {"p/{%- include 'p/spared' %}": ""}, {"p/link": Entry(Mode.LINK, b"spared")}],
    ids=["in a file", "in a name", "by a link"],
)
def test_unless_it_may_be_read_for_another_file(more: dict[str, str | Entry]) -> None:
    assert spared({"p/spared": "{{ x }}", **more})["p/spared"] == b"{{ x }}"


def test_or_by_the_templates_own_code() -> None:
    assert spared({"p/spared": "{{ x }}"}, place="/somewhere")["p/spared"] == b"{{ x }}"


@pytest.mark.parametrize(
    "text", ["import os\nfrom x import y\n{{ x }}", "{% if x %}include{% endif %}", "{# include #}", "{% yield x from y %}"]
)
def test_the_words_alone_load_nothing(text: str) -> None:
    assert sent(make_request({"a.jinja": text, "b.bin": BINARY}))["template/b.bin"] == b""


@pytest.mark.parametrize("directory", ["", "."])
def test_the_template_can_be_its_own_directory(directory: str) -> None:
    assert sent(make_request({}, more={"a.jinja": "x", "b": "y"}, directory=directory)) == {"a.jinja": b"x", "b": b""}


@pytest.mark.parametrize(
    ("request_", "modules"),
    [
        (make_request({"a.jinja": "yaml"}, [ask("a", "json")]), ()),
        (make_request({}, [ask("a", "yaml")]), ("robot_action.parsing.yaml_text",)),
        (make_request({}, [ask("a", choices="[1]")]), ("robot_action.parsing.yaml_text",)),
        (make_request({}, [ask("a", multiselect=True, choices=())]), ("robot_action.parsing.yaml_text",)),
        (make_request({"a.jinja": "{{ x|to_yaml }}"}), ("robot_action.parsing.yaml_text",)),
        (make_request({}, [ask("a", default="{{ x|to_yaml }}")]), ("robot_action.parsing.yaml_text",)),
        (make_request({}, ignore=("x",)), ("pathspec",)),
        (make_request({}, verbatim=("x",)), ("pathspec",)),
    ],
)
def test_the_worker_loads_only_what_a_request_needs(request_: RenderRequest, modules: tuple[str, ...]) -> None:
    assert modules_for(request_) == modules
