"""TOML, YAML and JSON: the template's change beside the project's, comments and order kept; or left to the lines."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from functools import partial
from io import StringIO
from typing import Any

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from robot_action.merging.structured import merge_structured
from robot_action.model.merge import Policy, Sides
from robot_action.model.tree import Entry, Mode


def merged(path: str, base: str, project: str, template: str, favour: Policy | None = None) -> str | None:
    sides = (Entry(Mode.FILE, text.encode()) for text in (base, project, template))
    result = merge_structured(path, Sides(*sides), favour)
    return None if result is None else result.decode()


TOML = '[project]\nname = "x"  # the name\ndependencies = [\n  "click>=8",\n]\n\n[tool.ruff]\nline-length = 80\n'


def test_toml_keeps_comments_and_order() -> None:
    project = TOML.replace('"click>=8",', '"click>=8",\n  "mine", # ours').replace('"x"', '"demo"')
    template = (
        TOML.replace('"click>=8",', '"click>=8",\n  "rich",').replace("80", "100") + "\n[tool.mypy]\n# as strict as can be\nstrict = true\n"
    )
    result = merged("pyproject.toml", TOML, project, template)
    assert result is not None
    assert 'name = "demo"  # the name' in result
    assert '"mine", # ours' in result
    assert "# as strict as can be\nstrict = true" in result
    read = tomllib.loads(result)
    assert read["project"]["dependencies"] == ["click>=8", "rich", "mine"]
    assert read["tool"] == {"ruff": {"line-length": 100}, "mypy": {"strict": True}}


def test_items_that_the_template_takes_away_go_and_the_projects_own_stay() -> None:
    base = TOML.replace('"click>=8",', '"click>=8",\n  "old",')
    project = base.replace('"old",', '"old",\n  "mine", # ours')
    result = merged("pyproject.toml", base, project, TOML.replace('"click>=8",', '"click>=9",'))
    assert result is not None
    assert tomllib.loads(result)["project"]["dependencies"] == ["click>=9", "mine"]
    assert '"mine", # ours' in result
    for old in ("old", "'old'", '"old"', "0x10", "1_000", "1.50", "true"):
        sides = [f"on: [push{items}]\na: 1\n" for items in (f", {old}", f", {old}, mine", "")]
        assert merged("ci.yml", *sides) == "on: [push, mine]\na: 1\n"


@pytest.mark.parametrize(
    ("base", "project", "template"),
    [
        (["flask==1", "requests==2.0"], ["flask==1"], ["flask==1", "requests==2.1"]),  # taken out, and brought up to date
        (["run", "--host", "a"], ["run"], ["run", "--host", "b"]),
        (["a", "W"], ["a", "W6"], ["a"]),  # brought up to date, and taken out
        (["a"], ["a", "x>=1"], ["a", "x>=2"]),  # the same, in other words
        (["cp", "src", "dst"], ["cp", "mysrc", "dst"], ["cp", "src", "src2", "dst"]),  # what it stands behind is another one
        (["--port", "80", "app"], ["--port", "81", "app"], ["--port", "80", "--host", "h", "app"]),
    ],
)
def test_items_that_both_may_have_meant_are_left_to_the_lines(base: list[str], project: list[str], template: list[str]) -> None:
    for kind, write in (("json", partial(json.dumps, indent=2)), ("yml", json.dumps)):
        assert merged(f"a.{kind}", *(f"{write({'list': items})}\n" for items in (base, project, template))) is None


def test_items_keep_the_quotes_that_they_have_in_the_template() -> None:
    base = 'ports: ["80:80"]\n'
    result = merged("compose.yml", base, 'ports: ["80:80", "81:81"]\n', 'ports: ["80:80", "22:22"]\n')
    assert result == 'ports: ["80:80", "22:22", "81:81"]\n'


@pytest.mark.parametrize(("old", "new"), [("no", '"no"'), ("'on'", "on"), ("644", "0644"), ("22:22", '"22:22"'), ("Yes", "'Yes'")])
def test_what_is_spelt_otherwise_is_a_change_though_yaml_1_2_reads_the_same(old: str, new: str) -> None:
    sides = (f"{{country: {country}, b: {b}}}\n" for country, b in ((old, 1), (old, 2), (new, 1)))
    assert merged("a.yml", *sides) in {None, f"{{country: {new}, b: 2}}\n"}


@pytest.mark.parametrize("number", ["1e400", "NaN", "-Infinity", "0.12345678901234567890"])
def test_numbers_that_json_or_python_cannot_hold_are_left_to_the_lines(number: str) -> None:
    base, project, template = (f'{{"a": {a}, "b": {b}}}\n' for a, b in ((1, 1), (1, 2), (number, 1)))
    assert merged("a.json", base, project, template) is None


SIDES = (
    {"both": 1, "a": 1, "gone": 1, "out": 1, "list": [[1]], "in": {"x": 1, "y": 1}},
    {"both": 2, "a": 1, "gone": 2, "list": [[2]], "in": {"x": 2, "y": 2}, "mine": 1, "new": 2},
    {"both": 3, "a": 3, "out": 3, "list": [[3]], "in": {"x": 3, "y": 1, "z": 1}, "new": 3},
)
FAVOURED = {
    Policy.PROJECT: {"both": 2, "a": 3, "gone": 2, "list": [[2]], "in": {"x": 2, "y": 2, "z": 1}, "mine": 1, "new": 2},
    Policy.TEMPLATE: {"both": 3, "a": 3, "out": 3, "list": [[3]], "in": {"x": 3, "y": 2, "z": 1}, "mine": 1, "new": 3},
}


@pytest.mark.parametrize("favour", FAVOURED)
def test_a_side_is_favoured_only_where_both_changed_the_same(favour: Policy) -> None:
    forms: dict[str, tuple[Callable[[Any], str], Callable[[str], Any]]] = {
        "a.json": (partial(json.dumps, indent=2), json.loads),
        "a.toml": (tomlkit.dumps, tomllib.loads),
        "a.yaml": (_yaml, YAML(typ="safe", pure=True).load),
    }
    for path, (write, read) in forms.items():
        base, project, template = map(write, SIDES)
        assert merged(path, base, project, template) is None
        assert read(merged(path, base, project, template, favour) or "") == FAVOURED[favour], path


def _yaml(value: object) -> str:
    stream = StringIO()
    YAML().dump(value, stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("path", "sides", "expected"),
    [
        ("f.yaml", ("a: 1\nb: 2\n", "# mine\na: 2\nb: 2\n", "a: 1\nn: 4\nb: 2\n"), "# mine\na: 2\nn: 4\nb: 2\n"),
        ("f.toml", ("a = 1\nb = 2\n", "# mine\na = 2\nb = 2\n", "a = 1\nb = 2\nn = 4\n"), "# mine\na = 2\nb = 2\nn = 4\n"),
        ("f.json", ('{\n  "a": 1\n}\n', '{\n  "a": 2\n}\n', '{\n  "a": 1,\n  "n": 4\n}\n'), '{\n  "a": 2,\n  "n": 4\n}\n'),
    ],
)
def test_line_ends_of_all_sides_stay(path: str, sides: tuple[str, str, str], expected: str) -> None:
    assert merged(path, *sides) == expected
    assert merged(path, *(side.replace("\n", "\r\n") for side in sides)) == expected.replace("\n", "\r\n")


@pytest.mark.parametrize("indent", ["", "  "])
def test_yaml_keeps_comments_order_and_indentation(indent: str) -> None:
    base = f"# top\non: [push]\njobs:\n{indent}- a # first\nenv: {{}}\n"
    project = base.replace(f"{indent}- a # first\n", f"{indent}- a # first\n{indent}- mine\n")
    template = base.replace(f"{indent}- a # first\n", f"{indent}- a # first\n{indent}- theirs\n").replace(
        "env: {}", "env: {}\nmore: 1 # why"
    )
    expected = f"# top\non: [push]\njobs:\n{indent}- a # first\n{indent}- theirs\n{indent}- mine\nenv: {{}}\nmore: 1 # why\n"
    assert merged("ci.yml", base, project, template) == expected


@pytest.mark.parametrize(("path", "sign"), [("a.yml", ":"), ("a.toml", " =")])
def test_what_comes_beside_a_line_that_both_changed_has_its_comment(path: str, sign: str) -> None:
    base, project, template = (f"on{sign} {items}\nz{sign} 1\n" for items in ("[1]", "[1, 3]", "[1, 2]"))
    new = f"more{sign} 1 # why\nz"
    result = merged(path, base, project, template.replace("z", new)) or ""
    assert sorted(result.splitlines()) == [f"more{sign} 1 # why", f"on{sign} [1, 2, 3]", f"z{sign} 1"]


def test_json_keeps_order_indentation_and_the_last_line_end() -> None:
    base = '{\n    "name": "x",\n    "scripts": {\n        "a": "1"\n    }\n}'
    project = base.replace('"a": "1"', '"a": "1",\n        "mine": "2"')
    template = base.replace('"a": "1"', '"a": "3"').replace('"name": "x",', '"name": "x",\n    "private": true,')
    assert merged("package.json", base, project, template) == project.replace('"a": "1"', '"a": "3"').replace(
        '"name": "x",', '"name": "x",\n    "private": true,'
    )


@pytest.mark.parametrize("separators", [(",", ":"), (",", ": "), (", ", ": ")])
def test_json_on_one_line_stays_as_compact_as_it_is(separators: tuple[str, str]) -> None:
    texts = (json.dumps(value, separators=separators) for value in ({"a": 1, "b": 2}, {"a": 1, "b": 22}, {"a": 10, "b": 2, "c": [3]}))
    assert merged("a.json", *texts) == json.dumps({"a": 10, "b": 22, "c": [3]}, separators=separators)


@pytest.mark.parametrize(
    ("path", "base", "project", "template"),
    [
        ("a.json", '{"a": 1}', '{"a": 2}', '{"a": 3}'),
        ("a.json", '{"a": 1}', '{"a": true}', '{"a": 2}'),
        ("a.json", '{"a": 1}', "{}", '{"a": 2}'),
        ("a.json", '{"a": {"b": 1}}', '{"a": {"b": 1, "c": 1}}', '{"a": 1}'),
        ("a.json", '{"a": 1}', '{"a": 2}', "{}"),
        ("a.json", '{"a": ["x"]}', '{"a": ["y"]}', '{"a": ["z"]}'),
        ("a.json", '{"a": ["x", "y"]}', '{"a": ["x", "y", "m"]}', '{"a": ["y", "x"]}'),
        ("a.json", '{"a": [{}]}', '{"a": [{}, 1]}', '{"a": [{}, 2]}'),
        ("a.json", '{"a": ["x"]}', '{"a": ["x", "x"]}', '{"a": ["x", "y"]}'),
        ("a.json", "[1]", "[1, 2]", "[1, 3]"),
        ("a.json", '{"a": 1}', '{"a":1,   "b": 2}', '{"a": 1, "c": 2}'),
        ("a.json", "{", "{", "{"),
        ("a.toml", "a = 1", "a = 2", "a = 3"),
        ("a.toml", "a =", "a = 2", "a = 3"),
        ("a.yml", "a: 1\n", "a: [\n", "a: 3\n"),
        ("a.yml", "a: 1\nb: [x]\n", "a:    1\nb: [x, y]\n", "a: 1\nb: [x, z]\n"),
        ("a.yml", "a: 1\n---\nb: 1\n", "a: 2\n---\nb: 1\n", "a: 1\n---\nb: 2\n"),
        ("a.txt", "a", "b", "c"),
        ("a.json", "\x00", "b", "c"),
    ],
)
def test_what_does_not_go_together_or_cannot_be_edited_is_left_to_the_lines(path: str, base: str, project: str, template: str) -> None:
    assert merged(path, base, project, template) is None


def test_what_the_template_took_away_goes() -> None:
    base = '{\n  "a": 1,\n  "b": ["x", "y"]\n}\n'
    template = '{\n  "b": ["y"]\n}\n'.replace("[", "[\n    ").replace("]", "\n  ]")
    base, project = (
        text.replace('["x", "y"', '[\n    "x",\n    "y"').replace("]", "\n  ]") for text in (base, base.replace("1,", '1,\n  "m": 2,'))
    )
    assert json.loads(merged("a.json", base, project, template) or "") == {"m": 2, "b": ["y"]}
    toml = 'a = 1 # one\nb = ["x", "y"]\n'
    assert merged("a.toml", toml, f"{toml}m = 2\n", 'b = ["y"]\nt = 3\n') == 'b = ["y"]\nt = 3\nm = 2\n'
    yaml = "a: 1\nb:\n- x\n- y\n"
    assert merged("a.yml", yaml, f"{yaml}m: 2\n", "t: 3\nb:\n- y\n") == "t: 3\nb:\n- y\nm: 2\n"


@pytest.mark.parametrize(
    ("project", "template"),
    [
        (TOML.replace("= 80", "= 80 # mine"), TOML.replace("= 80", "= 100")),
        (TOML.replace('"click>=8",', '"click>=8", # mine'), TOML.replace('  "click>=8",\n', '  "rich",\n')),
        (TOML.replace("line-length", "# mine\nline-length"), TOML.replace("[tool.ruff]\nline-length = 80\n", "")),
    ],
)
def test_a_comment_of_the_users_at_a_value_that_the_template_replaced_is_not_lost(project: str, template: str) -> None:
    result = merged("pyproject.toml", TOML, project, template)
    assert result is None or "# mine" in result


COMPOSE = "x-common: &common\n  restart: always\nweb:\n  <<: *common\n  image: web\n"


def test_anchors_aliases_and_merge_keys_stay() -> None:
    project = COMPOSE.replace("image: web", "image: mine")
    template = COMPOSE.replace("always", "on-failure").replace("image: web", "image: web\n  init: true")
    expected = template.replace("image: web", "image: mine")
    assert merged("compose.yml", COMPOSE, project, template) == expected


@pytest.mark.parametrize(
    ("project", "template", "expected"),
    [
        ("a: &a {x: 1, m: 2}\nb: *a\n", "a: &a {x: 3}\nb: *a\n", "a: &a {x: 3, m: 2}\nb: *a\n"),
        ("a: &a {x: 1, m: 2}\nb:\n  <<: *a\n", "a: &a {x: 3}\nb:\n  <<: *a\n", "a: &a {x: 3, m: 2}\nb:\n  <<: *a\n"),
        ("a: &a {x: 1, m: 2}\nb:\n  <<: *a\n", "a: &a {x: 3}\nb: {x: 3}\n", "a: &a {x: 3, m: 2}\nb:\n  <<: *a\n"),
        ("a: &a {'x': 1}\nb: *a\n", "a: &a {x: 3}\nb: {x: 3, t: 4}\n", None),
    ],
)
def test_what_is_named_elsewhere_is_changed_where_it_stands_or_not_at_all(project: str, template: str, expected: str | None) -> None:
    base = project.replace(", m: 2", "").replace("'", "")
    assert merged("a.yml", base, project, template) == expected


def test_an_anchor_that_the_template_replaced_goes() -> None:
    project, template = f"{COMPOSE}mine: 1\n", "x-common: {}\nweb:\n  image: web\ntheirs: 1\n"
    assert merged("a.yml", COMPOSE, project, template) == f"{template}mine: 1\n"


@pytest.mark.parametrize("path", ["a.yaml", "a.toml"])
def test_a_comment_of_the_templates_comes_or_the_lines_decide(path: str) -> None:
    sign = ":" if path == "a.yaml" else " ="
    base = f"port{sign} 80\nhost{sign} 1\nlist{sign} [1]\n"
    commented = base.replace("80\n", "80\n# tls\n").replace(f"host{sign} 1", f"host{sign} 2")
    assert merged(path, base, base.replace("80", "81"), commented) == commented.replace("80", "81")
    reworded = [base.replace("[1]", f"[{items}] # {word}") for items, word in (("1", "old"), ("1, 2", "old"), ("1, 3", "new"))]
    assert merged(path, *reworded) is None


def test_changes_of_lines_that_only_touch_are_both_made() -> None:
    base = 'a = 1\n\n[old]\nx = ["y"]\n\n[new]\nz = [\n  "one",\n]\n\n[last]\nb = 1\n'
    project = base.replace('"one",', '"one", # mine') + "\n[mine]\nc = 1\n"
    template = base.replace("[new]", "[new.deeper]").replace("\n[last]\nb = 1\n", "")
    assert merged("pyproject.toml", base, project, template) == project.replace("[new]", "[new.deeper]").replace("\n[last]\nb = 1\n", "")


@pytest.mark.parametrize(("path", "form"), [("a.json", '{{\n  "k": {}\n}}'), ("a.yml", "k: {}\n"), ("a.toml", "k = {}\n")])
@pytest.mark.parametrize("favour", [None, *FAVOURED])
def test_a_mapping_that_the_user_left_empty_is_an_answer_too(path: str, form: str, favour: Policy | None) -> None:
    base, project, template = form.format(1).replace("k", "a"), form.format("{}"), form.format('"T"')
    assert merged(path, base, project, template, favour) == {None: None, Policy.PROJECT: project, Policy.TEMPLATE: template}[favour]


def test_what_both_added_is_there_once() -> None:
    base, both = '{\n  "z": 1\n}\n', '{\n  "a": 1,\n  "z": 1\n}\n'
    result = merged("a.json", base, both.replace('"a": 1,', '"a": 1,\n  "m": 2,'), both.replace('"a": 1,', '"a": 1,\n  "t": 3,')) or ""
    assert result.count('"a"') == 1
    assert json.loads(result) == {"a": 1, "m": 2, "t": 3, "z": 1}


def test_a_side_that_is_missing_or_no_text_is_left_to_the_lines() -> None:
    entry = Entry(Mode.FILE, b'{"a": 1}')
    assert merge_structured("a.json", Sides(None, entry, entry)) is None
    assert merge_structured("a.json", Sides(entry, entry, Entry(Mode.FILE, b"\xff"))) is None
    assert merge_structured("a.json", Sides(entry, entry, Entry(Mode.FILE, b" " * (1 << 20) + b"{}"))) is None


def test_both_may_have_changed_the_same_to_the_same() -> None:
    base, both = '{\n  "a": 1\n}\n', '{\n  "a": 2,\n  "b": {\n    "c": 1\n  }\n}\n'
    assert merged("a.json", base, both, both) == both
    project = both.replace('"c": 1', '"c": 1,\n    "mine": 2')
    assert json.loads(merged("a.json", base, project, both.replace('"c": 1', '"t": 3,\n    "c": 1')) or "") == {
        "a": 2,
        "b": {"t": 3, "c": 1, "mine": 2},
    }


def test_a_long_list_takes_no_longer_than_it_is() -> None:
    words = [f"word {number}" for number in range(50_000)]
    result = merged("f.json", *(json.dumps({"words": [*words, *more]}) for more in ([], ["mine"], ["theirs"])))
    assert result is not None
    assert json.loads(result) == {"words": [*words, "theirs", "mine"]}


@pytest.mark.parametrize("path", ["f.json", "f.toml", "f.yml"])
def test_very_many_changes_of_a_list_are_left_to_the_lines(path: str) -> None:
    words, others = ([f"{word} {number}" for number in range(5_000)] for word in ("word", "other"))
    texts = [[*words], ["mine", *words], [*words, *others]]
    if path == "f.yml":
        sides = ["words:\n" + "".join(f"- {word}\n" for word in text) for text in texts]
    else:
        sides = [f'{{"words": {json.dumps(text)}}}' if path == "f.json" else f"words = {json.dumps(text)}\n" for text in texts]
    assert merged(path, *sides) is None


def test_aliases_that_name_very_many_values_are_left_to_the_lines() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{number}: &a{number} [*a{number - 1}, *a{number - 1}]\n" for number in range(1, 64))
    sides = [f"{bomb}z: *a63\nmine: {mine}\ntheirs: {theirs}\n" for mine, theirs in ((1, 1), (2, 1), (1, 2))]
    assert merged("f.yml", *sides) is None


def test_yaml_that_takes_long_to_read_is_left_to_the_lines() -> None:
    text = "".join(f"{number:06}: {'x' * 200}\n" for number in range(1_400))
    sides = [f"{text}mine: {mine}\ntheirs: {theirs}\n" for mine, theirs in ((1, 1), (2, 1), (1, 2))]
    assert merged("f.yml", *sides) is None


def test_a_mistake_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr("robot_action.merging.structured.is_same", fail)
    with pytest.raises(ZeroDivisionError):
        merged("a.json", "{}", "{}", "{}")


def test_what_would_not_read_as_it_has_to_is_left_to_the_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("robot_action.merging.structured.apply", lambda *_: {"something": "else"})
    assert merged("a.toml", "a = 1\n", "a = 1\nm = 1\n", "a = 2\n") is None


SCALARS = st.one_of(st.booleans(), st.integers(-9, 9), st.text("ab c", max_size=3))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(SCALARS, max_size=3), st.dictionaries(st.sampled_from("pqrs"), inner, max_size=3)),
    max_leaves=6,
)
FILES = st.dictionaries(st.sampled_from("abcdef"), VALUES, max_size=4)


def in_json(value: Any) -> str:
    return json.dumps(value, indent=2) + "\n"


@given(FILES, FILES)
def test_one_side_alone_is_taken_as_it_is(base: dict[str, Any], other: dict[str, Any]) -> None:
    for path, text, read in (("a.json", in_json, json.loads), ("a.toml", tomlkit.dumps, tomllib.loads)):
        assert merged(path, text(base), text(other), text(base)) == text(other)
        taken = merged(path, text(base), text(base), text(other))
        assert taken is None or read(taken) == other


@given(FILES, FILES, FILES)
def test_no_change_of_either_side_is_lost(base: dict[str, Any], project: dict[str, Any], template: dict[str, Any]) -> None:
    result = merged("a.json", in_json(base), in_json(project), in_json(template))
    if result is None:
        return
    read = json.loads(result)
    for key in {*base, *project, *template}:
        mine, theirs, before = project.get(key), template.get(key), base.get(key)
        if in_json(theirs) == in_json(before):
            assert in_json(read.get(key)) == in_json(mine)
        elif in_json(mine) == in_json(before):
            assert in_json(read.get(key)) == in_json(theirs)


@pytest.mark.parametrize("path", ["a.yml", "a.toml"])
def test_a_comment_stays_beside_what_it_is_about(path: str) -> None:
    sign = ":" if path.endswith("yml") else " ="

    def text(*lines: str) -> str:
        return "".join(f"{line.replace(':', sign)}\n" for line in lines)

    base = text("# about a", "a: 1", "b: 1  # about b", "", "# at the end")
    project = text("# about a", "a: 2", "b: 1  # about b", "", "# at the end")
    for template in (
        text("# about a", "a: 1", "# about n", "n: 1", "b: 1  # about b", "", "# at the end"),
        text("# about n", "n: 1", "# about a", "a: 1", "b: 1  # about b", "", "# at the end"),
        text("# about a", "a: 1", "b: 3  # about b, now", "", "# at the end"),
        text("a: 1", "b: 1  # about b", "", "# at the end"),
    ):
        result = merged(path, base, project, template)
        assert result in {None, template.replace(f"a{sign} 1", f"a{sign} 2")}


TABLES = {
    "a.toml": '[web]\nversion = "{0}"{1}\n\n[db]\nversion = "{2}"{3}\n',
    "a.yml": "web:\n  version: '{0}'{1}\n\ndb:\n  version: '{2}'{3}\n",
}


@pytest.mark.parametrize("path", TABLES)
def test_the_same_comment_at_another_key_of_that_name_is_another_one(path: str) -> None:
    form, words = TABLES[path], "  # pinned"
    sides = (form.format(1, "", 5, ""), form.format(1, "", 5, words), form.format(2, words, 6, ""))
    assert merged(path, *sides) in {None, form.format(2, words, 6, words)}
    sides = (form.format(1, words, 5, ""), form.format(1, words, 5, words), form.format(2, "", 6, ""))
    assert merged(path, *sides) in {None, form.format(2, "", 6, words)}
    first, second = form.format(1, words, 5, words).split("\n\n")
    sides = (f"{first}\n\n{second}", f"{first}\n\n{second}".replace("5", "7"), second)
    assert merged(path, *sides) in {None, second.replace("5", "7")}


def test_words_above_a_blank_line_are_those_of_the_side_that_has_them() -> None:
    base = "a: 1\n\nb: 1\n\nc: 1\n"
    project, template = base.replace("a: 1\n", "# keep\n\na: 2\n"), base.replace("c: 1\n", "c: 2\n\n# keep\n")
    assert merged("a.yml", base, project, template) in {None, "# keep\n\na: 2\n\nb: 1\n\nc: 2\n\n# keep\n"}


KEYS = [(table, key) for table in ("t", "u") for key in ("a", "b", "c")]
Part = tuple[str, str, str]
"""A key's value, the comment behind it, and the one above it."""
PARTS = st.tuples(st.sampled_from("12"), st.sampled_from(["", "# x", "# y"]), st.sampled_from(["", "# x", "# z"]))
EDITS = st.dictionaries(st.sampled_from(KEYS), PARTS, max_size=4)


def written(path: str, parts: dict[tuple[str, str], Part]) -> str:
    table, indent, sign = ("[{}]", "", " =") if path.endswith("toml") else ("{}:", "  ", ":")
    lines: list[str] = []
    for (name, key), (value, beside, above) in ((key, parts[key]) for key in KEYS):
        lines += [table.format(name)] if key == "a" else []
        lines += [f"{indent}{above}"] if above else []
        lines += [f"{indent}{key}{sign} {value}  {beside}".rstrip()]
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize("path", ["a.toml", "a.yml"])
@given(st.fixed_dictionaries(dict.fromkeys(KEYS, PARTS)), EDITS, EDITS)
@settings(max_examples=40, deadline=None)
def test_no_comment_is_lost_or_comes_to_another_key(
    path: str, base: dict[tuple[str, str], Part], mine: dict[tuple[str, str], Part], theirs: dict[tuple[str, str], Part]
) -> None:
    project, template = {**base, **mine}, {**base, **theirs}
    result = merged(path, *(written(path, side) for side in (base, project, template)))
    found = re.findall(r"(?m)^ *(?:(#.*)\n *)?[abc](?: =|:) (\d)(?:  (#.*))?$", result or "")
    for key, (above, value, beside) in zip(KEYS, found, strict=result is not None):
        for was, here, there, now in zip(base[key], project[key], template[key], (value, beside, above), strict=True):
            assert now in ({here} if there in (was, here) else {there} if here == was else {here, there}), result
