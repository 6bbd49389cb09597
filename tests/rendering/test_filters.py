"""The filters for names and for data."""

import json
import tomllib

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from robot_action.rendering.filters import FILTERS, camel, kebab, pascal, snake, to_json, to_yaml
from tests.rendering.samples import ask, problems_of, rendered

PLAIN = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | PLAIN,
    lambda inner: st.lists(inner) | st.dictionaries(PLAIN, inner),
    max_leaves=8,
)


@pytest.mark.parametrize(
    "text", ["my new service", "My-New-Service", "my_new_service", "MyNewService", " myNew  service! ", "mÿ.néw/service"]
)
def test_names_take_every_form(text: str) -> None:
    assert (kebab(text), snake(text), pascal(text), camel(text)) == ("my-new-service", "my_new_service", "MyNewService", "myNewService")


def test_what_has_no_ascii_form_is_left_out() -> None:
    assert kebab("日本 x") == "x"
    assert camel("") == ""


@given(JSON)
def test_json_comes_back_as_it_was(value: object) -> None:
    assert json.loads(to_json(value)) == value


def test_json_can_be_indented_and_escapes_nothing_for_html() -> None:
    assert to_json({"b": "<ü>", "a": [1]}, 2) == '{\n  "b": "<ü>",\n  "a": [\n    1\n  ]\n}'


@given(st.text(st.characters(exclude_categories=["Cs"])) | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.lists(PLAIN))
def test_json_of_plain_values_is_toml(value: object) -> None:
    assert tomllib.loads(f"x = {to_json(value)}") == {"x": value}


@given(JSON)
@example({"\x85": "\u2028ü"})
def test_yaml_comes_back_as_it_was(value: object) -> None:
    text = to_yaml(value)
    assert not text.endswith("\n") or text.endswith("\n\n")
    assert yaml.safe_load(text + "\n") == value


def test_yaml_is_in_block_style_and_order() -> None:
    assert to_yaml({"b": [1, "x"], "a": "long " * 100}) == f"b:\n- 1\n- x\na: '{'long ' * 100}'"
    assert to_yaml("x") == "x"


@pytest.mark.parametrize("name", FILTERS)
def test_templates_know_them(name: str) -> None:
    assert rendered({"a.jinja": f"{{{{ 'x'|{name} }}}}"})["a"].strip(b'"').lower() == b"x"


def test_what_they_cannot_write_is_told() -> None:
    assert "template/a.jinja:1: " in problems_of({"a.jinja": "{{ nope|to_json }}"})[0]
    assert "template/a.jinja:1: " in problems_of({"a.jinja": "{{ range|to_yaml }}"})[0]
    assert problems_of({"a.jinja": "{{ x|to_json }}"}, [ask("x", "float", default="1e308")]) == []
