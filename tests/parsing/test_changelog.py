"""What changelogs say of the versions that were passed."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.parsing.changelog import is_changelog, passed_sections

KEPT = """\
    # Changelog
    All notable changes.

    ## [Unreleased]
    - not yet

    ## [2.0.0](https://example.com/compare) (2024-01-02)
    ### Python 3.12 support
    - two
    ```
    ## 1.5.0
    ```
    ### [1.0.1]
    - a patch

    ## 1.0.0
    - one

    [2.0.0]: https://example.com
    """
NEWS = """\
    =======
    History
    =======

    demo 2.0.0 (2024-01-01)
    -----------------------

    Features
    ~~~~~~~~
    * two

    1.0.1
    -----

    * a patch

    1.0.0
    -----

    * one
    """


def test_markdown_gives_the_sections_after_the_old_version_up_to_the_new_one() -> None:
    found = passed_sections(dedent(KEPT), "1.0.0", "v2.0.0")
    assert found.startswith("## [2.0.0](https://example.com/compare) (2024-01-02)\n### Python 3.12 support\n- two\n")
    assert "```\n## 1.5.0\n```" in found, "what is fenced is no heading"
    assert found.endswith("### [1.0.1]\n- a patch")
    assert "not yet" not in found
    assert passed_sections(dedent(KEPT), "1.0.0", "1.0.1") == "### [1.0.1]\n- a patch"


def test_a_commit_after_a_version_has_passed_that_version_alone() -> None:
    assert passed_sections("# 1.0\na\n# 1.1\nb\n# 1.2\nc\n", "v1.0-3-gabcdef0", "v1.1-1-g1234567") == "# 1.1\nb"


def test_restructured_text_becomes_headings_of_markdown() -> None:
    found = passed_sections(dedent(NEWS), "1.0.0", "2.0.0")
    assert found.splitlines()[0] == "## demo 2.0.0 (2024-01-01)"
    assert "###### Features\n* two" in found
    assert found.endswith("## 1.0.1\n\n* a patch")
    assert "~~" not in found


@pytest.mark.parametrize("heading", ["2.0", "v2.0", "[2.0]", "Version 2.0", "Release 2.0.0", "2.0.0 - Codename", "tool 2.0 - 2024-01-31"])
def test_headings_that_open_a_version(heading: str) -> None:
    assert passed_sections(f"# {heading}\ntext\n", "1.0", "2.0") == f"# {heading}\ntext"


@pytest.mark.parametrize(
    "heading", ["Python 2.0 is dropped", "Unreleased", "2", "1.2.3.4-rc-x.9", "Thanks to 2.0.0 users", "2.0.0_7x", "2.0rc1b2"]
)
def test_headings_that_do_not(heading: str) -> None:
    assert passed_sections(f"# {heading}\ntext\n", "1.0", "3.0") == ""


@pytest.mark.parametrize(("old", "new"), [("", "2.0"), ("4f0c2ab", "2.0"), ("1.0", "main"), ("2.0", "2.0"), ("3.0", "2.0")])
def test_without_two_versions_there_is_nothing(old: str, new: str) -> None:
    assert passed_sections("# 2.0\ntext\n", old, new) == ""


@given(st.lists(st.sampled_from(["# 2.0", "2.0", "===", "---", "```", "~~~", "text", "", "- 1.5", "### 1.5", "*****"]), max_size=20))
def test_whatever_stands_there_nothing_is_invented(lines: list[str]) -> None:
    found = passed_sections("\n".join(lines), "1.0", "2.0").splitlines()
    assert {line.lstrip("# ") for line in found} <= {line.lstrip("# ") for line in lines} | {""}


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("CHANGELOG.md", True), ("history.rst", True), ("NEWS", True), ("CHANGES.txt", True), ("docs/NEWS.md", False), ("NEWS.py", False)],
)
def test_names(name: str, is_one: bool) -> None:
    assert is_changelog(name) is is_one


def test_a_number_of_thousands_of_digits_is_no_version() -> None:
    many = "9" * 5000
    assert passed_sections(f"## {many}\n\nx\n\n## 1.1.0\n\ny\n", "1.0.0", "2.0.0").count("y") == 1
    assert passed_sections("## 1.1.0\n", "1.0.0", many) == ""
