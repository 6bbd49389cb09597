from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.errors import InputError
from robot_action.parsing.pyproject import DEFAULT_BACKEND, PythonProject, parse_pyproject


@pytest.mark.parametrize(
    ("text", "project"),
    [
        (
            '[build-system]\nbuild-backend = "hatchling.build"\n[project]\nname = "Demo_App"\nversion = "1.0-rc1"\n',
            PythonProject("demo-app", "1.0rc1", "hatchling.build"),
        ),
        ('[project]\nname = "demo"\ndynamic = ["version"]\n', PythonProject("demo")),
        ('[tool.poetry]\nname = "demo"\nversion = "2"\n', PythonProject("demo", "2")),
        ("[tool.ruff]\nline-length = 100\n", PythonProject()),
        ("", PythonProject()),
        ("project = 3\ntool = []\n[build-system]\nbuild-backend = 7\n", PythonProject()),
    ],
)
def test_what_the_file_says_is_read(text: str, project: PythonProject) -> None:
    assert parse_pyproject(text.encode()) == project
    assert project.backend in {"hatchling.build", DEFAULT_BACKEND}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[project\n", "p.toml:1:9: is not TOML: Expected ']' at the end of a table declaration"),
        (b"\xff\xfe", "p.toml: is not UTF-8"),
        (b'[project]\nname = "a b"\n', "p.toml: the package's name 'a b' is none that an index takes"),
        (b"[project]\nname = 7.5\n[x]\nversion = 1", None),
        (b'[project]\nversion = "one"\n', "p.toml: the version 'one' is none that an index takes"),
        (b'[project]\nversion = "%s"\n' % (b"9" * 5000), f"p.toml: the version '{'9' * 5000}' is none that an index takes"),
        (b"a = " + b"[" * 10_000, "p.toml: is not TOML"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(content: bytes, message: str | None) -> None:
    if message is None:
        assert parse_pyproject(content, "p.toml").name == "7-5"
        return
    with pytest.raises(InputError) as caught:
        parse_pyproject(content, "p.toml")
    assert str(caught.value).startswith(message)


@given(
    st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: f"[project]\nname = {text!r}\nversion = {text!r}".encode()))
)
def test_nothing_but_an_input_error_comes_of_any_bytes(content: bytes) -> None:
    try:
        parse_pyproject(content)
    except InputError as error:
        assert str(error).startswith("pyproject.toml")  # noqa: PT017 - most inputs are wrong
