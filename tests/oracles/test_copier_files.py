"""Names, suffixes, exclusions, links, modes and bytes: the same paths and the same bytes as Copier's."""

from __future__ import annotations

from typing import Any

import pytest

from robot_action.model.template import Rendering
from tests.oracles.copier_peer import ANSWERS, assert_same, compare
from tests.oracles.trees import DIRECTORY, link, program

Files = dict[str, Any]

NAMES: dict[str, Files] = {
    "rendered": {"copier.yml": "q: v", "{{ q }}": "1", "{{ q }}2/{{ q }}.txt.jinja": "{{ q }}", "d {{ q }}/e f": ""},
    "left out": {"copier.yml": "e: ''", "{{ e }}": "1", "x/{{ e }}.jinja": "2", "{% if e %}y{% endif %}/a/b": "", "{{ nothing }}/z": ""},
    "an empty folder remains": {"copier.yml": "e: ''", "d/{% if e %}f{% endif %}.jinja": "", "p/{{ e }}/q": ""},
    "a suffix in a condition is none": {"copier.yml": "q: v", "c{% if q %}.jinja{% endif %}": "{{ q }}"},
    "several parts of one": {"copier.yml": "p: a/b\nq: c/d/", "{{ p }}.txt": "1", "{{ q }}": "2", "e/{{ q }}x": "3"},
    "dots": {"copier.yml": "p: .\nr: ./x", "{{ p }}/a": "1", "{{ r }}": "2"},
    "unicode and blanks": {"copier.yml": "q: ' é☃ '", "{{ q }}.jinja": "{{ q }}", "ü": "", "{{ q }}/x y .jinja": "{{ q }}"},
    "hidden": {"copier.yml": "q: v", ".jinja": "{{ q }}", "x/.jinja": "{{ q }}", ".a.jinja": "{{ q }}", "b..jinja": "{{ q }}"},
    "a folder with the suffix": {"copier.yml": "q: 1", "d.jinja/f": "x", "d.jinja/g.jinja": "{{ q }}", "{{ q }}.jinja/z": ""},
    "a template and its raw twin": {"copier.yml": "q: v", "a": "raw", "a.jinja": "made", "b.jinja.jinja": "{{ q }}", "b.jinja": "x"},
    "a raw file that becomes a template's twin": {"copier.yml": "q: v", "{{ q }}": "raw", "v.jinja": "made"},
    "a twin in the folder above": {"copier.yml": "_subdirectory: s", "s/a": "raw", "a.jinja": "made", "s/b": "x", "s/b.jinja": "y"},
    "lone braces": {"copier.yml": "q: 1", "a{b}": "{", "{x.jinja": "{ {"},
    "included": {"copier.yml": "q: 5", "{{ q }}{% include pathjoin('inc', 'n') %}.txt": "x", "inc/n": "N{{ q }}"},
    "no Jinja": {"copier.yml": "q: 1", "a{{ ": "x"},
    "two of one": {"copier.yml": "q: a", "{{ q }}": "same", "a": "same"},
    "a folder and a file of one": {"copier.yml": "q: a", "d.jinja": "x", "d/f": "y"},
    "out of the project": {"copier.yml": "q: ..", "{{ q }}/b": "1"},
    "absolute": {"copier.yml": "q: /absolute", "{{ q }}": "1"},
}


@pytest.mark.parametrize("files", NAMES.values(), ids=NAMES)
def test_names(files: Files) -> None:
    both = compare(files)
    assert both.both_fail or both.differences() == []


YIELDS: dict[str, Files] = {
    "lists": {"{% yield x from xs %}{{ x }}{% endyield %}.txt.jinja": "{{ x }}"},
    "one in the other": {
        "{% yield k from m.items() %}{{ k[0] }}{% endyield %}/{% yield n from k[1] %}n{{ n }}{% endyield %}.jinja": "{{ k }} {{ n }}",
        "p{% yield z from [{'a': 1}] %}{{ z.a }}{% endyield %}/{% if z.a %}q{% endif %}": "",
    },
    "texts": {"{% yield c from 'xyz' %}c{{ c }}{% endyield %}": "r"},
    "nothing": {f"{{% yield z from {what} %}}c{{{{ z }}}}{{% endyield %}}": "r" for what in ("none", "nothing", "[]")},
    "empty items": {"{% yield z from ['', 'w'] %}{{ z }}{% endyield %}": "e"},
    "the same item": {"{% yield x from ['a', 'a'] %}{{ x }}{% endyield %}": "e"},
    "two tags": {"{% yield x from xs %}{{ x }}{% endyield %}{% yield y from xs %}{{ y }}{% endyield %}": ""},
    "in a file": {"f.jinja": "{% yield x from xs %}{{ x }}{% endyield %}"},
    "no list": {"{% yield x from 5 %}{{ x }}{% endyield %}": ""},
}


@pytest.mark.parametrize("files", YIELDS.values(), ids=YIELDS)
def test_one_path_for_each_item(files: Files) -> None:
    both = compare({"copier.yml": "xs: [a, b]\nm: {default: {k: [1, 2], l: [3]}}", **files})
    assert both.both_fail or both.differences() == []


@pytest.mark.parametrize("suffix", [".tmpl", ".jinja2", "''", ".tmpl.j2", "_x", ".j2", "null"])
def test_suffixes(suffix: str) -> None:
    names = ("a.tmpl", "b.jinja2", "c.txt", "d.tmpl.j2", "e_x", "f.txt_x", "g.j2", "sub.tmpl/h.tmpl", "k.tmpl.tmpl", "l.jinja")
    assert_same({"copier.yml": f"_templates_suffix: {suffix}\nq: 5", "raw": b"\xff{{ q }}", **dict.fromkeys(names, "{{ q }}\n")})


@pytest.mark.parametrize(
    "directory", ["tpl", "'{{ q }}'", "tpl/", "./tpl", "tpl/../tpl", ".", "''", "nope", "..", "/tmp", "'{{ z }}'", "tpl/in"]
)
def test_subdirectories(directory: str) -> None:
    files = {"tpl/a.jinja": "{% include 'inc.txt' %}{{ q }}", "tpl/in/b": "x", "inc.txt": "inc\n", "tpl/copier.yml": "x"}
    both = compare({"copier.yml": f"_subdirectory: {directory}\nq: tpl", **files})
    assert both.both_fail or both.differences() == []


EXCLUDED = {
    "nothing said": "q: 1",
    "nothing": "_exclude: []",
    "a list": "_exclude: ['*.md', '!keep.md', '/top', 'dir/', 'd2', '{{ q }}.txt', '#b', ' spaces ']\nq: cc",
    "lines": '_exclude: ["top\\ncc.txt\\r\\nd2\\rdir"]',
    "all but": "_exclude: ['*', '!*.py', '!sub']",
    "within a folder": "_exclude: ['dir/*', '!dir/f']",
    "rendered names": "_exclude: ['{{ q }}.txt', cc]\nq: cc",
    "the operation": "_exclude: ['{{ _copier_operation }}.op']",
    "a composed form": "_exclude: ['é']",
    "an empty one": "_exclude: ['{% if q == 1 %}x{% endif %}']\nq: 2",
    "no pattern": "_exclude: ['[']",
    "two documents": "_exclude: [top]\n---\n_exclude: [d2]",
    "what has no template's suffix": "_exclude: ['*.jinja', 'made.txt']",
}


@pytest.mark.parametrize("specification", EXCLUDED.values(), ids=EXCLUDED)
def test_exclusions(specification: str) -> None:
    names = (
        "x.md",
        "keep.md",
        "top",
        "s/top",
        "dir/f",
        "dir/g/h",
        "d2/f",
        "cc.txt",
        "a.py",
        "sub/c.py",
        "copy.op",
        "update.op",
        "é",
    )
    junk = ("~x", "a.pyc", "__pycache__/x", ".DS_Store", "sub/copier.yml", ".svn/x", "made.txt.jinja", "#b", "{{ q }}.txt.jinja")
    files = {"copier.yml": specification, **dict.fromkeys((*names, *junk), "")}
    if "cc" in specification:
        del files["{{ q }}.txt.jinja"]  # it would be cc.txt, too
    assert_same(files)


LINKED = {
    "a.txt": "x",
    "t.jinja": "{{ q }}",
    "p": program("p"),
    "d/e/f.jinja": "{{ q }}",
    "l": link("a.txt"),
    "l2.jinja": link("t.jinja"),
    "l3.jinja": link("a.txt"),
    "lt": link("t.jinja"),
    "ld": link("d"),
    "lp": link("p"),
    "chain": link("l"),
    "d/l": link("e"),
    "m": link("d/l"),
    "sub/up": link("../m/f.jinja"),
    "sub/up2.jinja": link("../m/f.jinja"),
    "x.jinja": "{% include 'm/f.jinja' %}{% include 'l' %}",
}


def test_links_are_followed() -> None:
    assert_same({"copier.yml": "q: 1", **LINKED})


def test_links_can_stay_links() -> None:
    more = {
        "{{ q }}": link("{{ q }}.txt"),
        "{{ q }}.ln.jinja": link("{{ q }}.txt"),
        "broken": link("nope"),
        "folder": link("d/"),
        "dots": link("d/./e//f"),
        "{% yield x from [1, 2] %}y{{ x }}{% endyield %}.jinja": link("{{ x }}a"),
        "{% if false %}z{% endif %}": link("a"),
    }
    assert_same({"copier.yml": "_preserve_symlinks: true\nq: a", **LINKED, **more})


@pytest.mark.parametrize("preserved", ["false", "true"])
@pytest.mark.parametrize(("path", "target"), [("l", "nope"), ("l", "/etc/hostname"), ("l", "../../x"), ("d/l", "."), ("l", "l")])
def test_links_that_lead_nowhere_or_out(path: str, target: str, preserved: str) -> None:
    both = compare({"copier.yml": f"_preserve_symlinks: {preserved}", path: link(target), "f": "x"})
    assert isinstance(both.theirs, Exception) is (preserved == "false")
    leaves = target.startswith(("/", "../"))
    assert isinstance(both.ours, Rendering) is (preserved == "true" and not leaves)


def test_a_link_that_is_left_out_may_lead_nowhere() -> None:
    assert_same({"copier.yml": "_exclude: [l]", "l": link("nope"), "a": ""})


def test_modes_and_empty_folders() -> None:
    files: Files = {"a.sh": program("x"), "b.sh.jinja": program("{{ q }}"), "c": "x"}
    assert_same({"copier.yml": "q: 1", **files, "empty": DIRECTORY, "e2/{{ q }}": DIRECTORY, "{{ nothing }}": DIRECTORY})


def test_bytes() -> None:
    files: Files = {
        "a.jinja": "x\r\ny\rz\n{{ q }}\r\n",
        "b": "x\r\n\ry",
        "c.jinja": "no tags\r\n",
        "d.jinja": "",
        "e.jinja": "\ufeff{{ q }}\n",
        "f.jinja": "no end",
        "g": b"\xff\n\x00",
        "h.jinja": "\x00\x1b{{ q }}",
    }
    assert_same({"copier.yml": 'q: "a\\r\\nb"', **files, **ANSWERS})


def test_a_template_that_is_not_utf8_is_refused_by_both() -> None:
    assert compare({"copier.yml": "q: 1", "a.jinja": b"\xff\n"}).both_fail


def test_every_file_can_be_a_template() -> None:
    assert_same({"copier.yml": "_templates_suffix: ''\nq: 1", "a": "{{ q }}\r\n", "b": b"\xff{{ q }}\r\n", "c.jinja": "{{ q }}"})


ANSWERS_FILES: dict[str, Files] = {
    "another name": {"copier.yml": "_answers_file: .my-{{ q }}.yml\nq: z", **ANSWERS},
    "in a folder": {"copier.yml": "_answers_file: conf/a.yml\nq: z", **ANSWERS},
    "from a folder": {"copier.yml": "q: z", "sub/{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml }}"},
    "dotted": {"copier.yml": "_answers_file: ./b.yml\nq: z", **ANSWERS},
    "raw": {"copier.yml": "q: z", "{{ _copier_conf.answers_file }}": "raw {{ q }}"},
    "under its own name": {"copier.yml": "q: z", ".copier-answers.yml.jinja": "{{ q }}"},
    "left out": {"copier.yml": "_exclude: ['.copier-answers.yml']\nq: z", **ANSWERS, "a": ""},
    "none": {"copier.yml": "q: z", "a": ""},
}


@pytest.mark.parametrize("files", ANSWERS_FILES.values(), ids=ANSWERS_FILES)
def test_answers_files(files: Files) -> None:
    assert_same(files)


SPECIFICATIONS: dict[str, Files] = {
    "documents": {"copier.yml": "a: 1\n_exclude: [x]\n---\nb: 2\na: 5\n---\n_exclude: [y]\n---\n[{c: 1}, [{d: 2}]]\n", "x": "", "y": ""},
    "included files": {
        "copier.yml": "a: 1\n---\n!include inc/*.yml\n---\n!include inc/**/deep.yml\n---\nlist: {default: !include data.yml}\n",
        "inc/one.yml": "b: 2\n---\nc: 3\n",
        "inc/x/deep.yml": "e: 1",
        "data.yml": "- 1\n- [2, 3]\n",
    },
    "an included file that is not there": {"copier.yml": "a: 1\n---\n!include nope.yml\n"},
    "an absolute include": {"copier.yml": "!include /etc/hostname\n"},
    "an include within its file": {"copier.yml": "a: !include copier.yml\n"},
    "merge keys and repeated keys": {"copier.yml": "_x: &x {type: str, default: d}\nq:\n  <<: *x\n  help: h\ntwice: 1\ntwice: 2\n"},
    "aliases": {"copier.yml": "a: &a [1, 2]\nb: *a\nc: {default: *a, type: yaml}\n"},
    "tags": {"copier.yml": "a: !!str 5\nb: !!int '5'\nc: !!float 5\n"},
    "an unknown tag": {"copier.yml": "d: !foo x\n"},
    "no date": {"copier.yml": "a: 2020-13-45\n"},
    "carriage returns and a byte order mark": {"copier.yml": b'\xef\xbb\xbfq: a\r\nr: "{{ q }}"\r\n', "x.jinja": "{{ q }}{{ r }}"},
    "a link": {"copier.yml": link("d/spec"), "d/spec": "q: 1\n"},
    "nothing": {"copier.yml": "", "f": "x"},
    "no mapping": {"copier.yml": "text\n"},
    "no YAML": {"copier.yml": "a: [\n"},
    "unknown settings": {"copier.yml": "_foo: 1\n_bar: [x]\nq: 1\n", "a.jinja": "{{ _foo }}"},
    "two specifications": {"copier.yml": "a: 1", "copier.yaml": "b: 2"},
    "an older Copier": {"copier.yml": "_min_copier_version: '6.0.0a1'\nq: 1\n", "a": ""},
    "this Copier": {"copier.yml": "_min_copier_version: '9.19'\nq: 1\n", "a": ""},
    "a newer Copier": {"copier.yml": "_min_copier_version: '99'\nq: 1\n"},
    "no version": {"copier.yml": "_min_copier_version: 'foo'\nq: 1\n"},
    "a version that is a number": {"copier.yml": "_min_copier_version: 9.10\nq: 1\n", "a": ""},
    "a subdirectory behind a link": {"copier.yml": "_subdirectory: l/b\n_preserve_symlinks: true\nq: 1\n", "a/b/x": "", "l": link("a")},
    "a subdirectory that is nowhere": {"copier.yml": "_subdirectory: l\n_preserve_symlinks: true\nq: 1\n", "l": link("a")},
    "a subdirectory that is a file": {"copier.yml": "_subdirectory: a\nq: 1\n", "a": ""},
}


@pytest.mark.parametrize("files", SPECIFICATIONS.values(), ids=SPECIFICATIONS)
def test_specifications(files: Files) -> None:
    both = compare({**files, **ANSWERS})
    assert both.both_fail or both.differences() == []
