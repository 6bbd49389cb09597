from __future__ import annotations

import sys

import pytest

from robot_action.rendering.copier_filters import pathjoin
from tests.rendering.copier_samples import refusals, shown


def test_what_json_has_no_word_for_is_written_as_copier_writes_it() -> None:
    text = "{{ [_copier_conf.dst_path, day, stamp, now()]|to_json }}"
    assert shown(text, "day: 2020-01-01\nstamp: 2020-01-01 10:00:00") == (
        '["/home/me/project", "2020-01-01", "2020-01-01T10:00:00", "1970-01-01T00:00:00Z"]'
    )
    assert shown("{{ _copier_conf.settings|to_json }}") == '{"defaults": {}, "trust": []}'
    assert "cannot be written as JSON" in refusals("q: 1", {"a.jinja": "{{ nothing|to_json }}"})[0]


def test_a_templates_own_fallback_counts() -> None:
    assert "cannot be written" not in shown("{{ [1]|to_json(separators=[',', ':']) }}")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'a/b'|relpath('a')", "b"),
        ("'/a/b'|relpath('/a/c')", "../b"),
        ("'a/../b'|realpath", "/b"),
        ("'$HOME ~'|expandvars|expanduser", "$HOME ~"),
        ("'/*'|fileglob", "[]"),
        ("[{'a': 1}]|ans_groupby('a')|list", "[(1, [{'a': 1}])]"),
    ],
)
def test_paths_are_texts_alone(expression: str, expected: str) -> None:
    assert shown(f"{{{{ {expression} }}}}") == expected


def test_the_library_is_loaded_when_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    from robot_action.rendering.copier_filters import _library

    _library.cache_clear()
    monkeypatch.setitem(sys.modules, "jinja2_ansible_filters.core_filters", None)
    assert shown("{{ q|upper }}{{ '%Y'|strftime(0) }}", "q: a") == "A1970"
    assert "ModuleNotFoundError" in refusals("q: 1", {"a.jinja": "{{ q|to_yaml }}"})[0]


def test_parts_are_joined_to_paths() -> None:
    assert (pathjoin("a", "b"), pathjoin("a", "b", mode="windows"), pathjoin("a", "/b", mode="native")) == ("a/b", "a\\b", "/b")
