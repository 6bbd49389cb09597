"""Names, contents, line ends, links and modes: the same paths and the same bytes as Cookiecutter's."""

from __future__ import annotations

from typing import Any

import pytest

from robot_action.model.template import Rendering
from robot_action.model.tree import Mode
from tests.oracles.cookiecutter_peer import assert_both_fail, assert_same, compare, template
from tests.oracles.trees import DIRECTORY, link, program

Files = dict[str, Any]

NAMES: dict[str, Files] = {
    "rendered": template({"{{cookiecutter.a}}.txt": "1", "{{cookiecutter.a}}/{{cookiecutter.a}}2/x": "{{cookiecutter.a}}"}, a="v"),
    "an empty name skips the file": template({"{{cookiecutter.e}}": "1", "d/{% if cookiecutter.e %}x{% endif %}": "2", "d/y": ""}, e=""),
    "an empty folder stays": template({"d": DIRECTORY, "e/{{cookiecutter.a}}": DIRECTORY}, a="v"),
    "a folder whose only file is skipped stays": template({"d/{{cookiecutter.e}}": "1"}, e=""),
    "a name that is a path": template({"{{cookiecutter.a}}": "1", "b": DIRECTORY}, a="b/c"),
    "a folder's name that is a path": template({"{{cookiecutter.a}}/x": "1"}, a="b/c"),
    "dots": template({"{{cookiecutter.a}}x": "1", "{{cookiecutter.a}}d/y": "2"}, a="./"),
    "an empty folder that begins with a slash": template({"{{cookiecutter.a}}": DIRECTORY}, a="/b"),
    "a file in a folder that ends with a slash": template({"{{cookiecutter.a}}/x": "1"}, a="b/"),
    "up and down again": template({"b/x": "1", "{{cookiecutter.a}}": "2"}, a="b/../y"),
    "the later one wins": template({"a": "1", "{{cookiecutter.a}}": "2"}, a="a"),
    "two parts of one tag": template({"{% set y = 1 %}d/{{y}}": "1"}),
    "unicode and blanks": template({"{{cookiecutter.a}}": "1", "ü/x y ": "{{cookiecutter.a}}"}, a=" é☃ "),
    "a dash strips": template({"{{cookiecutter.a -}} /x": "1", "{{cookiecutter.b}}/ {{- cookiecutter.a}}": "2"}, a="v", b="w"),
    "the project's name is a path": template({"x": "{{cookiecutter._output_dir}}"}, slug="a/b"),
    "what stands beside is not rendered": template({"x": "1", "/README.md": "{{ nothing", "/other/y": "{% broken"}),
}

REFUSED_NAMES: dict[str, Files] = {
    "an empty folder's name": template({"{{cookiecutter.e}}/x": "1"}, e=""),
    "two folders of one name": template({"a/x": "1", "{{cookiecutter.a}}/y": "2"}, a="a"),
    "a folder that a file stands for": template({"a": "1", "{{cookiecutter.a}}/{{cookiecutter.b}}": "2"}, a="c", b="d/e"),
    "a path whose folder is not there": template({"{{cookiecutter.a}}": "1"}, a="b/c"),
    "a name that ends with a slash": template({"{{cookiecutter.a}}": "1"}, a="b/"),
    "a folder that begins with a slash": template({"{{cookiecutter.a}}/x": "1"}, a="/b"),
    "an empty project's name": template({"x": "1"}, slug=""),
    "no Jinja": template({"{{ x": "1"}),
    "undefined": template({"{{cookiecutter.nothing}}": "1"}),
    "undefined in a folder": template({"{{cookiecutter.nothing}}/x": "1"}),
    "undefined in a file": template({"x": "{{cookiecutter.nothing}}"}),
    "a syntax error in a file": template({"x": "{% if %}"}),
    "a copied folder's name": template({"{{cookiecutter.nothing}}/x": "1"}, _copy_without_render=["*nothing*"]),
    "a copied file's name is empty": template({"{{cookiecutter.e}}": "1"}, e="", _copy_without_render=["*"]),
    "no folder": {"cookiecutter.json": '{"slug": "x"}', "{{cookiecutter.slug}}": "a file", "project/x": ""},
}

COPIED: dict[str, Files] = {
    "files": template({"a.html": "{{ x }}", "d/b.html": "{{ y }}", "c": "{{cookiecutter.slug}}"}, _copy_without_render=["*.html"]),
    "a file's own name is rendered": template({"{{cookiecutter.a}}.html": "{{ x }}"}, a="v", _copy_without_render=["*.html"]),
    "folders": template({"d/{{cookiecutter.a}}/x": "{{ x }}", "d/y.txt": "{{ y }}"}, a="v", _copy_without_render=["d"]),
    "a folder's own name is rendered": template(
        {"{{cookiecutter.a}}/{{cookiecutter.a}}": "{{ x }}"}, a="v", _copy_without_render=["{{cookiecutter.a}}"]
    ),
    "below a rendered folder": template({"{{cookiecutter.a}}/d/x": "{{ x }}"}, a="v", _copy_without_render=["*/d"]),
    "a star crosses folders": template({"d/e/x.txt": "{{ x }}", "y.txt": "{{ y }}"}, _copy_without_render=["d/*.txt", "y.tx?"]),
    "by unrendered names": template({"{{cookiecutter.a}}": "{{cookiecutter.a}}", "v": "{{ v }}"}, a="w", _copy_without_render=["v"]),
    "a set of characters": template({"a1": "{{ x }}", "b1": "{{cookiecutter.slug}}"}, _copy_without_render=["[ac]1"]),
    "one text is its characters": template({"a": "{{ x }}", "bc": "{{cookiecutter.slug}}"}, _copy_without_render="ad"),
    "two copied folders of one name": template({"a/x": "{{ 1 ", "{{cookiecutter.a}}/y": "{{ 2 "}, a="a", _copy_without_render=["a", "{{*"]),
    "empty folders and programs inside": template({"d/e": DIRECTORY, "d/p": program("{{ x")}, _copy_without_render=["d"]),
    "a copied folder without a name takes the project's place": template(
        {"a": "1", "b/c": "2", "{{cookiecutter.e}}/x": "{{ "}, e="", _copy_without_render=["{{*", "b"]
    ),
    "a copied folder whose name is a path": template({"{{cookiecutter.a}}/x": "{{ "}, a="b/c", _copy_without_render=["{{*"]),
    "line ends stay": template({"a": "x\r\ny\n{{ \r"}, _copy_without_render=["a"], _new_lines="\n"),
}

CONTENTS: dict[str, bytes] = {
    "empty": b"",
    "no line end": b"{{cookiecutter.slug}}",
    "the last line end stays": b"{{cookiecutter.slug}}\n\n",
    "carriage return and line feed": b"a\r\n{{cookiecutter.slug}}\r\n",
    "carriage returns": b"a\r{{cookiecutter.slug}}\r",
    "line feed first": b"a\nb\r\n{{cookiecutter.slug}}\r\n",
    "carriage return and line feed first": b"a\r\nb\n{{cookiecutter.slug}}\n",
    "carriage return first": b"a\rb\nc\r\n",
    "a first line that is longer than what is read at once": b"a" * 10_000 + b"\r\n{{cookiecutter.slug}}\n",
    "another line end after what is read at once": b"a\r\n" + b"b" * 10_000 + b"\n",
    "a line end between two reads": b"a" * 8191 + b"\r\nb\n",
    "line separators are none": "a\u2028b\u0085{{cookiecutter.slug}}\x0b\x0c".encode(),
    "a byte order mark": b"\xef\xbb\xbf{{cookiecutter.slug}}\r\n",
    "raw": b"{% raw %}{{ x }}{% endraw %}\r\n",
    "a comment": b"a{# {{ x }} #}b\n",
    "lone braces": b"{ { x } } }} %} {\r\n",
    "plain with mixed ends": b"a\r\nb\nc\n",
    "a line end in a value": b"{{cookiecutter.lines}}\r\n",
    "a line end in an expression": b'{{ "a\\r\\nb\\n" }}\r\n',
    "UTF-8 at 512 bytes": b"a" * 511 + "é{{cookiecutter.slug}}".encode(),
    "a control character": b"\x01 {{cookiecutter.slug}} and some text\n",
    "a NUL": b"text\x00 {{cookiecutter.slug}} and some more text\n",
    "many NULs": b"\x00" * 20 + b"{{cookiecutter.slug}}",
    "a PNG": b"\x89PNG\r\n\x1a\n{{cookiecutter.slug}}",
    "text that begins as a picture": b"BM{{cookiecutter.slug}} is a text\n",
    "a PDF's beginning": b"%PDF-1.4 {{cookiecutter.slug}}\n",
    "UTF-16": "{{cookiecutter.slug}} and more of it\n".encode("utf-16"),
    "Shift JIS": "日本語のテキスト {{cookiecutter.slug}} 日本語\n".encode("shift_jis"),
    "random bytes": bytes(range(256)) * 3,
}

NAMED: dict[str, bytes] = {
    "x.pdf": b"{{cookiecutter.slug}}\n",
    "x.PNG": b"{{cookiecutter.slug}}\n",
    "{{cookiecutter.slug}}.zip": b"{{cookiecutter.slug}}\n",
    "x.txt": b"{{cookiecutter.slug}}\n",
    "x.svg": b"{{cookiecutter.slug}}\n",
    "x.pdf/y": b"{{cookiecutter.slug}}\n",
    ".png": b"{{cookiecutter.slug}}\n",
}

LINKS: dict[str, Files] = {
    "to a file": template({"a": link("b"), "b": "{{cookiecutter.slug}}"}),
    "to a program": template({"a": link("d/p"), "d/p": program("{{cookiecutter.slug}}")}),
    "to a file beside the template folder": template({"a": link("../b"), "/b": "{{cookiecutter.slug}}"}),
    "to a link": template({"a": link("b"), "b": link("c"), "c": "{{cookiecutter.slug}}"}),
    "to a folder is an empty folder": template({"a": link("d"), "d/x": "1"}),
    "to a folder that is copied": template({"a": link("d"), "d/x": "{{cookiecutter.slug}}"}, _copy_without_render=["a"]),
    "in a folder that is copied": template(
        {"d/a": link("../b"), "d/e": link("../f"), "f/y": "{{cookiecutter.slug}}", "b": "x"}, _copy_without_render=["d"]
    ),
    "by way of folders that are links": template({"a": link("d/x"), "d": link("e"), "e/x": "{{cookiecutter.slug}}"}),
    "with a picture's name to a text": template({"a.png": link("b"), "b": "{{cookiecutter.slug}}"}),
    "that is copied": template({"a": link("b"), "b": "{{ x }}"}, _copy_without_render=["a", "b"]),
    "the template folder itself": {
        "cookiecutter.json": '{"slug": "x"}',
        "{{cookiecutter.slug}}": link("real"),
        "real/y": "{% include 'z' %}",
        "templates/z": "Z",
    },
}

REFUSED_LINKS: dict[str, Files] = {
    "to nothing": template({"a": link("b")}),
    "to itself": template({"a": link("a")}),
    "to nothing, in a copied folder": template({"d/a": link("b")}, _copy_without_render=["d"]),
}


@pytest.mark.parametrize("files", NAMES.values(), ids=NAMES)
def test_names(files: Files) -> None:
    assert_same(files)


@pytest.mark.parametrize("files", REFUSED_NAMES.values(), ids=REFUSED_NAMES)
def test_names_and_texts_that_both_refuse(files: Files) -> None:
    error = assert_both_fail(files)
    assert all(problem.position for problem in error.problems)


@pytest.mark.parametrize("files", COPIED.values(), ids=COPIED)
def test_what_is_copied_without_being_rendered(files: Files) -> None:
    assert_same(files)


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
@pytest.mark.parametrize("new_lines", ["", "\n", "\r\n", "\r"], ids=["detected", "LF", "CRLF", "CR"])
def test_contents_and_line_ends(content: bytes, new_lines: str) -> None:
    more = {"_new_lines": new_lines} if new_lines else {}
    assert compare(template({"file": content, "p": program("{{cookiecutter.slug}}")}, lines="a\nb\r\nc\rd", **more)).agree


@pytest.mark.parametrize("name", NAMED)
def test_a_file_is_a_picture_by_its_name(name: str) -> None:
    assert_same(template({name: NAMED[name]}))


@pytest.mark.parametrize("files", LINKS.values(), ids=LINKS)
def test_links(files: Files) -> None:
    made = assert_same(files)
    assert Mode.LINK not in {entry.mode for entry in made.tree.values()}


@pytest.mark.parametrize("files", REFUSED_LINKS.values(), ids=REFUSED_LINKS)
def test_links_that_both_refuse(files: Files) -> None:
    assert "lead" in str(assert_both_fail(files))


def test_latin_1_is_refused_with_its_place() -> None:
    error = assert_both_fail(template({"x": "Gr\xf6\xdfe {{cookiecutter.slug}}\n".encode("latin-1")}))
    assert "x:1: it is not UTF-8: byte 0xf6 at offset 2" in str(error)


def test_what_is_not_changed_is_the_templates_own_entry() -> None:
    both = compare(template({"plain": "no Jinja\n", "p": program("x"), "a.png": b"\x89PNG"}))
    assert isinstance(both.ours, Rendering)
    assert [both.ours.tree[path].content for path in ("a.png", "p", "plain")] == [b"\x89PNG", b"x", b"no Jinja\n"]
