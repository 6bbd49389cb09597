"""Comments, anchors and spellings of a merged text: all there, and where they belong."""

from __future__ import annotations

import pytest

from robot_action.merging.marks import TOML_MARKS, YAML_MARKS, Marks

TABLES = '[web]\nversion = "1"{}\n\n[db]\nversion = "5"{}\n'
WORDS = "  # pinned"


@pytest.mark.parametrize(
    ("sides", "merged", "kept"),
    [
        ((("", ""), ("", WORDS), (WORDS, "")), (WORDS, WORDS), True),  # each side has its own
        ((("", ""), ("", WORDS), (WORDS, "")), (WORDS, ""), False),
        (((WORDS, ""), (WORDS, WORDS), ("", "")), ("", WORDS), True),  # one came, another one went
        (((WORDS, ""), (WORDS, WORDS), ("", "")), (WORDS, ""), False),
        ((("", ""), (WORDS, ""), (WORDS, "")), (WORDS, ""), True),  # both have the same
        ((("", ""), (WORDS, ""), (WORDS, "")), (WORDS, WORDS), False),
        (((WORDS, ""), ("", ""), ("", "")), ("", ""), True),
        ((("", ""), ("", ""), ("", "")), ("", WORDS), False),
    ],
)
def test_a_comment_is_beside_what_it_was_beside(sides: tuple[tuple[str, str], ...], merged: tuple[str, str], *, kept: bool) -> None:
    base, project, template = (TABLES.format(*side) for side in sides)
    assert TOML_MARKS.are_kept(base, project, template, TABLES.format(*merged)) is kept


@pytest.mark.parametrize(("marks", "sign"), [(TOML_MARKS, " ="), (YAML_MARKS, ":")])
def test_words_above_a_blank_line_are_those_of_the_side_that_has_them(marks: Marks, sign: str) -> None:
    base, words = f"a{sign} 1\n\nb{sign} 1\n", "# keep\n\n"
    project, template = words + base, f"{base}\n{words}"
    assert marks.are_kept(base, project, template, f"{words}{base}\n{words}")
    assert not marks.are_kept(base, project, template, words + base)


def test_what_the_template_moved_takes_its_comment_along() -> None:
    base, project = "[old]\na = 1\n", "[old]\na = 1  # mine\n"
    template = "[new]\na = 1\n"
    assert TOML_MARKS.are_kept(base, project, template, "[new]\na = 1  # mine\n")
    assert not TOML_MARKS.are_kept(base, project, template, template)
    assert not TOML_MARKS.are_kept(base, project, template, "[new]\nb = 1  # mine\na = 1\n")


def test_items_of_a_list_are_told_apart_wherever_they_stand() -> None:
    base = "on:\n- a\n- b\nof:\n  - a\n"
    project = base.replace("- a\n- b", "- a  # why\n- b")
    assert YAML_MARKS.are_kept(base, project, base, project)
    assert not YAML_MARKS.are_kept(base, project, base, base.replace("- b", "- b  # why"))
    assert not YAML_MARKS.are_kept(base, project, base, base.replace("  - a", "  - a  # why"))
