from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from binaryornot import check
from hypothesis import given
from hypothesis import strategies as st

from robot_action.model.tree import Entry, Mode
from robot_action.rendering import cookiecutter_project
from robot_action.rendering.cookiecutter_files import is_binary
from robot_action.rendering.engine import render
from tests.rendering.samples import contents, problems
from tests.rendering.test_cookiecutter import TOP, request

NAMES = st.sampled_from(["x", "x.txt", "x.PDF", "x.pdf.txt", "{{cookiecutter.a}}.png", ".gif", "d.zip/x"])
PIECES = st.sampled_from(
    [b"\x00", b"\x01", b"\x1b[0m", b"%PDF", b"BM", b"\xff\xfe", b"\xef\xbb\xbf", b"\xe9", b"text " * 9, b"\r\n", "日本".encode()]
)
CONTENTS = st.one_of(
    st.binary(max_size=40),
    st.text(max_size=700).map(str.encode),
    st.lists(PIECES, max_size=6).map(b"".join),
    st.builds(
        lambda text, encoding: text.encode(encoding, "replace"), st.text(), st.sampled_from(["latin-1", "utf-16", "shift_jis", "big5"])
    ),
)


@given(name=NAMES, content=CONTENTS)
def test_a_file_is_binary_where_the_library_says_so(name: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, name)
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(content)
        assert is_binary(name, content) == check.is_binary(place)


def test_links_that_lead_round_and_round_end() -> None:
    files = {"d/round": Entry(Mode.LINK, b"../d"), "d/x": ""}
    assert "is longer than" in problems(request(files, _copy_without_render=["d"]))[0]


def test_a_copied_link_to_a_folder_is_no_file() -> None:
    assert problems(request({"a": Entry(Mode.LINK, b"/etc")}, _copy_without_render=["a"])) == [
        f"gh:acme/t: {TOP}/a: the link leads out of the template"
    ]


def test_a_template_makes_no_more_paths_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cookiecutter_project, "MAX_PATHS", 3)
    assert problems(request({"a": "", "b": "", "c": ""})) == [f"gh:acme/t: {TOP}: the template makes more than 3 paths"]


def test_the_state_file_is_not_the_templates() -> None:
    assert "which robot-action writes itself" in problems(request({".Robot-Action.yml": ""}))[0]


def test_names_can_have_statements_that_are_lines() -> None:
    options = {"line_statement_prefix": "%%", "line_comment_prefix": "##"}
    found = problems(request({"d ## {{ comment": Entry(Mode.DIRECTORY), "%% if/x": ""}, _jinja2_env_vars=options))
    assert len(found) == 1


def test_what_is_spared_stands_for_itself_by_its_path() -> None:
    asked = replace(request({"a": "{{ no.such.thing }}", "b": "{{cookiecutter.slug}}"}), spared=frozenset({f"{TOP}/a"}))
    assert contents(render(asked)) == {"a": f"{TOP}/a".encode(), "b": b"demo"}
