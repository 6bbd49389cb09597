from __future__ import annotations

import pytest

from robot_action.model.surroundings import Surroundings
from robot_action.rendering.copier_modules import LIBRARY, PLAIN, WRAPPED, modules_for
from tests.rendering.copier_samples import copier_request
from tests.rendering.samples import make_request


def modules(specification: str, *sources: bytes) -> tuple[str, ...]:
    return modules_for(copier_request(specification), sources)


@pytest.mark.parametrize("name", sorted(PLAIN | WRAPPED))
def test_a_filter_of_the_library_is_found_however_it_is_used(name: str) -> None:
    for text in (f"{{{{ x|{name} }}}}", f"{{{{ x | {name}(1) }}}}", f"{{% filter {name} %}}", f"{{{{ x|map('{name}') }}}}"):
        assert LIBRARY in modules("q: 1", b"nothing", text.encode())


def test_a_filter_is_found_where_the_template_has_its_own_delimiters() -> None:
    assert LIBRARY in modules("_envops: {variable_start_string: '[[', variable_end_string: ']]'}", b"[[ x|to_yaml ]]")
    assert LIBRARY not in modules("q: 1", b"[[ x|to_yaml ]]")


@pytest.mark.parametrize("text", [b"a comment, a hash and a quote", b"{{ x|upper }}", b"{{ quote }}", b"{{ x|strftime }}"])
def test_words_are_no_filters(text: bytes) -> None:
    assert LIBRARY not in modules("q: 1", text)


@pytest.mark.parametrize(
    ("specification", "needed"),
    [
        ("q: text", False),
        ("q: [1]", True),
        ("q: {type: yaml}", True),
        ("q: {type: '{{ x }}'}", True),
        ("q: {type: str, choices: '{{ x }}', default: a}", True),
        ("q: {type: str, choices: [a], multiselect: true, default: [a]}", True),
        ("_external_data: {a: b.yml}", True),
    ],
)
def test_yaml_is_loaded_where_answers_need_it(specification: str, needed: bool) -> None:
    assert ("yaml" in modules(specification)) is needed


@pytest.mark.parametrize(
    ("specification", "needed"),
    [("q: 1", False), ("_subdirectory: t", False), ("_exclude: []", False), ("_exclude: ['*.md']", True), ("_skip_if_exists: [a]", True)],
)
def test_patterns_are_loaded_where_the_template_has_its_own(specification: str, needed: bool) -> None:
    assert ("pathspec" in modules(specification)) is needed


def test_another_formats_settings_are_a_bug() -> None:
    with pytest.raises(TypeError):
        modules_for(make_request(), [])


def test_yaml_is_loaded_for_the_projects_answers_file() -> None:
    assert "yaml" in modules_for(copier_request("q: text", surroundings=Surroundings(answered=b"q: 1")), [])
