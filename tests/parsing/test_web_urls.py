"""Where browsers find what git fetches."""

from __future__ import annotations

import pytest

from robot_action.parsing.web_urls import comparison_url


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("https://github.com/acme/templates", "https://github.com/acme/templates/compare/a...b"),
        ("git@github.com:acme/templates.git", "https://github.com/acme/templates/compare/a...b"),
        ("ssh://git@gitlab.com/acme/group/templates", "https://gitlab.com/acme/group/templates/-/compare/a...b"),
        ("https://codeberg.org/acme/templates.git", "https://codeberg.org/acme/templates/compare/a...b"),
        ("https://git.acme.example/templates", ""),
        ("http://github.com/acme/templates", ""),
        ("/srv/templates", ""),
    ],
)
def test_the_comparison_of_two_commits(location: str, url: str) -> None:
    assert comparison_url(location, "a", "b") == url


def test_one_commit_alone_is_compared_with_nothing() -> None:
    assert comparison_url("https://github.com/acme/templates", "", "b") == ""
